/*
 * fp.h - floating-point and vector state of contexts; see target/context.h for who holds it.
 *
 * The kernel uses general registers only, so a context's state may stay in the carrier's
 * registers while kernel code runs. hal_context_park saves it to memory when the CPU may leave.
 */
#pragma once

#include "hal/context.h"

/* Once, at boot: which components this machine has. */
void fp_setup(void);

/* Before user mode: make the running carrier's registers hold the state of `ctx`. */
void fp_load(struct hal_context *ctx);

/* From a signal handler: the host has put the user's state into the signal frame and cleared
 * the registers; bring it back. */
void fp_take_frame(const void *frame);
