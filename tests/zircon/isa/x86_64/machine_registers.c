/*
 * machine_registers.c (x86_64) - see registers.h and restricted.h.
 */
#include "tests/zircon/restricted.h"

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

const struct restricted_machine restricted_machine = {
    .size = sizeof(zx_x86_64_restricted_state_t),
    .count = 16,
    .lost = 1u << 5 | 1u << 11, /* rcx and r11 */
    .pc = 16,
    .sp = 7,
    .arg0 = 0,
    .number = 6,
    .own = 18,
    .flags = 17,
    .gs = 19,
};
