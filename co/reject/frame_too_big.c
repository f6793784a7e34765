/* expect: frame outgrew its slot */
#include "co/task.h"
union slot {
    struct co head;
    unsigned char bytes[64];
};
struct probe {
    struct co co;
    unsigned char path[4096];
};
CO_FITS(probe, union slot);
