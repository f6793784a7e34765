/*
 * fp.h - floating-point and vector state of contexts; see target/context.h for who holds it.
 *
 * The kernel uses general registers only, so a context's state may stay in the carrier's
 * registers while kernel code runs. hal_context_park saves it to memory when the CPU may leave.
 */
#pragma once

#include "hal/libos/carrier.h"

/* Once, at boot: which components this machine has, and which of them are kept. */
void fp_setup(void);

/* Before user mode: make the registers of `c`, which runs, hold the state of `ctx`. */
void fp_switch(struct carrier *c, struct hal_context *ctx);
static inline void fp_load(struct carrier *c, struct hal_context *ctx)
{
    if (atomic_load_explicit(&c->fp_owner, memory_order_relaxed) != ctx ||
        ctx->priv.fp_carrier != c)
        fp_switch(c, ctx);
    c->fp_live = true;
}

/* Before user mode: is there a page for what the context may come to use of the registers? It
 * is asked for here, where a context can still wait for memory, and not when the CPU leaves it.
 */
bool fp_refill(struct cpu *cpu);
static inline bool fp_ready(struct cpu *cpu)
{
    return __builtin_expect(cpu->fp_spare != NULL, 1) || fp_refill(cpu);
}

/* In a signal handler, first: the host calls x87 in use in all frames, and where the registers
 * come back from the frame it then is. */
void fp_trim_frame(void *frame);

/* From a signal handler: the host has put the user's state into the signal frame and cleared
 * the registers; bring it back. */
void fp_take_frame(const void *frame);

/* fp_moves.S: components to and from memory. */
struct xsave_area;
void fp_store_sse(struct xsave_area *area);
void fp_fetch_sse(const struct xsave_area *area);
void fp_store_masks(void *masks);
void fp_fetch_masks(const void *masks);
void fp_store_high_zmm(void *registers);
void fp_fetch_high_zmm(const void *registers);
