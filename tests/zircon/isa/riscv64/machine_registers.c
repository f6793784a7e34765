/*
 * machine_registers.c (riscv64) - see registers.h and restricted.h.
 */
#include "tests/zircon/restricted.h"

const struct machine_registers machine_registers = {
    .size = sizeof(zx_riscv64_thread_state_general_regs_t),
    .words = 31,
    .first = 1,
    .fp_size = sizeof(zx_riscv64_thread_state_fp_regs_t),
    .fp_count = 32,
    .own = 4,
    .arg0 = 10,
    .arg1 = 11,
};

const struct restricted_machine restricted_machine = {
    .size = sizeof(zx_riscv64_restricted_state_t),
    .first = 1,
    .count = 31,
    .sp = 2,
    .arg0 = 10,
    .number = 17,
    .own = 4,
};
