/*
 * descriptors.h - segments and trap gates.
 */
#pragma once

#include "hal/bare/x86_64/cpu.h"

/* Fill in the CPU's segments and task state but for its stacks, and use them. */
void gdt_load(struct cpu *cpu);

/* The gates are the same for every CPU: made once, loaded by each. */
void idt_init(void);
void idt_load(void);
