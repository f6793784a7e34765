/* expect: a frame starts with co */
#include "co/task.h"
struct probe {
    int first;
    struct co co;
};
CO_FN(probe)
{
    CO_RETURN(OK);
}
CO_END
