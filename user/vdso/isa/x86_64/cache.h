/*
 * cache.h (x86_64) - caches keep themselves in step with each other, but not memory with them.
 */
#pragma once

#include <stdint.h>

enum { CACHE_LINE = 64 };

/* CLFLUSH writes back and invalidates (SDM volume 2). */
static inline void cache_write_back(const void *addr, uint64_t size)
{
    uintptr_t at = (uintptr_t)addr & ~(uintptr_t)(CACHE_LINE - 1);

    __asm__ volatile("mfence" : : : "memory");
    for (; size && at < (uintptr_t)addr + size; at += CACHE_LINE)
        __asm__ volatile("clflush (%0)" : : "r"(at) : "memory");
    __asm__ volatile("mfence" : : : "memory");
}

/* Instructions that were written at another address want a serialising one (SDM volume 3,
 * 11.6). */
static inline void cache_sync_instructions(void)
{
    uint32_t a = 0, c = 0;

    __asm__ volatile("cpuid" : "+a"(a), "+c"(c) : : "ebx", "edx", "memory");
}
