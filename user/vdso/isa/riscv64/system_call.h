/*
 * system_call.h (riscv64) - the Linux calls that the vDSO falls back on.
 */
#pragma once

#define NR_clock_gettime      113
#define NR_clock_getres       114
#define NR_getcpu             168
#define NR_gettimeofday       169
#define NR_riscv_flush_icache 259

static inline long system_call(long number, const void *a, const void *b, const void *c)
{
    register long a7 __asm__("a7") = number;
    register long a0 __asm__("a0") = (long)a;
    register const void *a1 __asm__("a1") = b, *a2 __asm__("a2") = c;

    __asm__ volatile("ecall" : "+r"(a0) : "r"(a7), "r"(a1), "r"(a2) : "memory");
    return a0;
}
