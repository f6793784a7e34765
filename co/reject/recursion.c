/* expect: incomplete type */
#include "co/task.h"
struct probe {
    struct co co;
    struct probe deeper;
};
