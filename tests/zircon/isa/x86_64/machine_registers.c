/*
 * machine_registers.c (x86_64) - see registers.h.
 */
#include "tests/zircon/registers.h"

const struct machine_registers machine_registers = {
    .size = sizeof(zx_x86_64_thread_state_general_regs_t),
    .words = 16,
    .pc = 16,
    .fp_size = sizeof(zx_x86_64_thread_state_fp_regs_t),
    .fp_first = 4,
    .fp_count = 8,
    .vector = 1,
    .own = 18,
    .gs = 19,
    .arg0 = 5,
    .arg1 = 4,
};
