/*
 * cache.h (riscv64) - memory is coherent; fetches are not, and the thread may be on another CPU
 * by the time it comes there.
 */
#pragma once

#include <stdint.h>

int32_t vdso_cache_sync(void);

static inline void cache_write_back(const void *addr, uint64_t size)
{
    (void)addr, (void)size;
    __asm__ volatile("fence rw, rw" : : : "memory");
}

static inline void cache_sync_instructions(void)
{
    (void)vdso_cache_sync();
}
