/*
 * cpu.h (riscv64) - the CPU-local pointer: in kernel mode `tp` holds it, and nothing else.
 */
#pragma once

static inline struct hal_cpu *hal_cpu_local(void)
{
    struct hal_cpu *cpu;

    __asm__("mv %0, tp" : "=r"(cpu));
    return cpu;
}
