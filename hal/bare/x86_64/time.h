/*
 * time.h - the TSC as the clock, and each CPU's deadline.
 */
#pragma once

#include "hal/bare/x86_64/cpu.h"
#include "hal/time.h"

/* On the boot CPU, its local APIC on: measures the clocks; monotonic time begins. */
void time_init(void);

/* On each CPU: choose how its timer works, switched off. */
void timer_init_cpu(void);

/* The timer has interrupted, or was set: raise what is due, or start it. Interrupts off. */
void timer_update(struct cpu *cpu);
