/*
 * cpu.h (x86_64) - the CPU's own block, through %gs.
 */
#pragma once

struct hal_cpu;

/* Each block begins with struct hal_cpu and holds its own address, 16 bytes in. */
static inline struct hal_cpu *hal_cpu_local(void)
{
    struct hal_cpu *cpu;

    __asm__ volatile("mov %%gs:16, %0" : "=r"(cpu));
    return cpu;
}
