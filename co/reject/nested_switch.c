/* expect: overflow */
#include "co/task.h"
struct probe {
    struct co co;
    int kind;
};
CO_FN(probe)
{
    switch (f->kind) {
    case 1:
        CO_SUSPEND();
        break;
    default:
        break;
    }
    CO_RETURN(OK);
}
CO_END
