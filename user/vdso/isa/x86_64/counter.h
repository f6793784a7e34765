/*
 * counter.h (x86_64) - the time stamp counter.
 */
#pragma once

#include <stdint.h>

/* Ordered after all loads before it: whoever has been told of a time reads no earlier one. */
static inline uint64_t counter_read(void)
{
    uint32_t low, high;

    __asm__ volatile("lfence; rdtsc" : "=a"(low), "=d"(high) : : "memory");
    return (uint64_t)high << 32 | low;
}
