/*
 * context.h (sim) - the running script of a context.
 */
#pragma once

#include "isa/regs.h"

struct hal_context_private {
    struct sim_user *user; /* NULL until it first enters user mode */
};

/* May user mode set its own gs base (arch_prctl(2), ARCH_SET_GS)? */
static inline bool hal_context_gs_settable(void)
{
    return true;
}

/* Does the trap flag make user mode stop after each instruction (HAL_EXC_STEP)? */
static inline bool hal_context_can_step(void)
{
    return false;
}

/* Can user mode be stopped where it touches an address (HAL_EXC_STEP)? */
static inline bool hal_context_can_watch(void)
{
    return false;
}

/* Which addresses, if it can. A change counts when the context next enters user mode. */
static inline struct debug_regs *hal_context_debug(struct hal_context_private *priv)
{
    (void)priv;
    return NULL;
}
