/*
 * system_call.h (x86_64) - the Linux calls that the vDSO falls back on.
 */
#pragma once

#define NR_gettimeofday  96
#define NR_time          201
#define NR_clock_gettime 228
#define NR_clock_getres  229
#define NR_getcpu        309

static inline long system_call(long number, const void *a, const void *b, const void *c)
{
    long result = number;

    __asm__ volatile("syscall"
                     : "+a"(result)
                     : "D"(a), "S"(b), "d"(c)
                     : "rcx", "r11", "memory");
    return result;
}
