/* expect: duplicate case value */
#include "co/task.h"
struct probe {
    struct co co;
};
/* clang-format off */
CO_FN(probe)
{
    CO_SUSPEND(); CO_SUSPEND();
    CO_RETURN(OK);
}
CO_END
