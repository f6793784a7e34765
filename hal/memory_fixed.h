/*
 * memory_fixed.h - for machines whose memory is there: see hal/mmu.h.
 */
#pragma once

#include "base/types.h"

static inline bool hal_memory_take(paddr_t pa, uint64_t size)
{
    (void)pa, (void)size;
    return true;
}

static inline void hal_memory_give(paddr_t pa, uint64_t size)
{
    (void)pa, (void)size;
}
