/*
 * context.h (riscv64) - what the HAL keeps in a user context beside its registers.
 */
#pragma once

#include "base/types.h"

struct hal_cpu;

struct hal_context_private {
    struct hal_cpu *cpu; /* whose user mode it is in; for the trap entry */
    /* The CPU whose FP registers are this context's, if that CPU says the same
     * (struct cpu.fp_owner); FP_NOWHERE: memory alone is. */
    unsigned fp_cpu;
};
