/* expect: maybe-uninitialized */
#include "co/task.h"
int get(void);
void use(int n);
struct probe {
    struct co co;
};
CO_FN(probe)
{
    int n;
    n = get();
    CO_SUSPEND();
    use(n);
    CO_RETURN(OK);
}
CO_END
