/*
 * context.h (x86_64) - the private part of a user context.
 */
#pragma once

#include "isa/regs.h"

struct hal_context_private {
    /*
     * 1 + the CPU whose registers hold this context's newest FP state; 0: only memory has it.
     * True of that CPU only while its `fp_owner` is this context too; see fp.c.
     */
    unsigned fp_cpu;
    struct debug_regs debug; /* loaded while it is in user mode, if any is enabled */
};

/* May user mode set its own gs base (arch_prctl(2), ARCH_SET_GS)? */
static inline bool hal_context_gs_settable(void)
{
    return true;
}

/* Does the trap flag make user mode stop after each instruction (HAL_EXC_STEP)? */
static inline bool hal_context_can_step(void)
{
    return true;
}

/* Can user mode be stopped where it touches an address (HAL_EXC_STEP)? */
static inline bool hal_context_can_watch(void)
{
    return true;
}

/* Which addresses, if it can. A change counts when the context next enters user mode. */
static inline struct debug_regs *hal_context_debug(struct hal_context_private *priv)
{
    return &priv->debug;
}
