/*
 * cpu.h (libos) - the CPU behind the running host thread: %gs finds the carrier, the carrier
 * its CPU (hal/libos/carrier.h).
 */
#pragma once

struct hal_cpu;

static inline struct hal_cpu *hal_cpu_local(void)
{
    struct hal_cpu *cpu;

    __asm__ volatile("movq %%gs:8, %0" : "=r"(cpu));
    return cpu;
}
