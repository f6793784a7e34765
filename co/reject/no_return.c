/* expect: return-type */
#include "co/task.h"
struct probe {
    struct co co;
};
CO_FN(probe)
{
    CO_SUSPEND();
}
CO_END
