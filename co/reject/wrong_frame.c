/* expect: incompatible types */
#include "co/task.h"
struct callee {
    struct co co;
};
co_fn callee;
struct other {
    struct co co;
};
struct probe {
    struct co co;
    struct other other;
};
CO_FN(probe)
{
    status_t st;
    CO_CALL(st, f->other, callee);
    CO_RETURN(st);
}
CO_END
