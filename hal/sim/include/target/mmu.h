/*
 * mmu.h (sim) - physical memory is one host mapping; page tables are a radix tree in it.
 */
#pragma once

#include "base/types.h"

#define HAL_PATCHES_TEXT 0
#define HAL_MEMORY_ZERO  1 /* the host clears it */

#define HAL_USER_BASE 0x1000ull
#define HAL_USER_END  0x7ffffffff000ull

/* No part of the user half is taken. */
#define HAL_USER_HOLE_BASE 0ul
#define HAL_USER_HOLE_END  0ul

/* Not zero, so that a physical address is not taken for an offset. */
#define SIM_RAM_BASE 0x80000000ull

/* Where SIM_RAM_BASE is on the host. */
extern unsigned char *sim_ram;

struct hal_pt {
    paddr_t root; /* the top table */
};

static inline void *hal_phys_to_virt(paddr_t pa)
{
    return sim_ram + (pa - SIM_RAM_BASE);
}

static inline paddr_t hal_virt_to_phys(const void *p)
{
    return (paddr_t)((const unsigned char *)p - sim_ram) + SIM_RAM_BASE;
}

bool hal_memory_take(paddr_t pa, uint64_t size);
void hal_memory_give(paddr_t pa, uint64_t size);
