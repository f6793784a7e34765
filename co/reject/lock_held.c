/* expect: jump-misses-init */
#include "co/task.h"
#include "hal/spinlock.h"
struct probe {
    struct co co;
    struct spinlock lock;
};
CO_FN(probe)
{
    {
        SPIN_GUARD(&f->lock);
        CO_SUSPEND();
    }
    CO_RETURN(OK);
}
CO_END
