/* expect: jump-misses-init */
#include "co/task.h"
struct probe {
    struct co co;
};
CO_FN(probe)
{
    for (int i = 0; i < 3; i++)
        CO_YIELD();
    CO_RETURN(OK);
}
CO_END
