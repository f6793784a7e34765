/*
 * context.h (libos) - where a context's floating-point and vector state lives.
 *
 * The registers of host thread C hold the state of context X exactly when C->fp_owner == X and
 * X->fp_carrier == C. Both are needed: C may have loaded another context since, and X may have
 * run on another carrier since.
 */
#pragma once

#include "isa/regs.h"

struct carrier;

struct hal_context_private {
    struct carrier *fp_carrier; /* which carrier loaded it last; NULL: memory is the truth */
    void *fp_kept; /* what hal_context_init was given; where `fp` is not it, it is a page */
};

/* May user mode set its own gs base (arch_prctl(2), ARCH_SET_GS)? */
static inline bool hal_context_gs_settable(void)
{
    return false;
}

/* Does the trap flag make user mode stop after each instruction (HAL_EXC_STEP)? */
static inline bool hal_context_can_step(void)
{
    return true;
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
