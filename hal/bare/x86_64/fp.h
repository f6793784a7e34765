/*
 * fp.h - FP and vector state: which CPU holds whose.
 */
#pragma once

#include "hal/bare/x86_64/cpu.h"

/* Once, on the boot CPU, before fp_init_cpu of the others: what there is to save, and how
 * large. */
void fp_init_cpu(void);

/* User mode is about to run `ctx` here: have its state in the registers. Interrupts off. */
void fp_load(struct cpu *cpu, struct hal_context *ctx);
