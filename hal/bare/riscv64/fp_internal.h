/*
 * fp_internal.h - the FP unit of a CPU and the contexts that share it.
 */
#pragma once

#include "hal/context.h"

/* Linux's struct __riscv_d_ext_state: what ctx->fp points at. */
struct fp_state {
    uint64_t f[32];
    uint32_t fcsr;
};

#define FP_NOWHERE UINT32_MAX /* hal_context_private.fp_cpu */

/* fp_regs.S */
void fp_regs_save(struct fp_state *to);
void fp_regs_load(const struct fp_state *from);

/* Interrupts off, before user mode: the FP unit is as `ctx` left it on this CPU, or off. */
void fp_prepare(struct hal_context *ctx);

/* Interrupts off, `ctx` met an instruction that is illegal so far: if the FP unit is off, load
 * it and answer true: try again. */
bool fp_load(struct hal_context *ctx);
