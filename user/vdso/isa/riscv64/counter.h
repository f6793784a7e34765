/*
 * counter.h (riscv64) - the time register.
 */
#pragma once

#include <stdint.h>

static inline uint64_t counter_read(void)
{
    uint64_t value;

    __asm__ volatile("rdtime %0" : "=r"(value) : : "memory");
    return value;
}
