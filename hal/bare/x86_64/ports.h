/*
 * ports.h - which ports the CPU lets user mode use.
 */
#pragma once

#include "hal/bare/x86_64/cpu.h"

/* The map goes with its address space. */
void ports_free(struct hal_pt *pt);

void ports_show(struct cpu *cpu, const struct hal_pt *pt, uint64_t number);

/* On the way to user mode, interrupts off. */
static inline void ports_load(struct cpu *cpu, const struct hal_pt *pt)
{
    uint64_t number = atomic_load_explicit(&pt->port_map, memory_order_acquire);

    if (cpu->port_map != number)
        ports_show(cpu, pt, number);
}
