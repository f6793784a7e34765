/*
 * mmu.h (x86_64) - the linear map and the root of an address space.
 */
#pragma once

#include <stdatomic.h>

#include "base/types.h"
#include "hal/memory_fixed.h"

/* The last page of the lower half stays out: a SYSCALL in it would return to an address that
 * SYSRET cannot take. */
#define HAL_PATCHES_TEXT 0
#define HAL_MEMORY_ZERO  0 /* who was here before may have left something */

#define HAL_USER_BASE 0x1000ull
#define HAL_USER_END  0x7ffffffff000ull

/* No part of the user half is taken. */
#define HAL_USER_HOLE_BASE 0ul
#define HAL_USER_HOLE_END  0ul

#define HAL_LINEAR_BASE 0xffff800000000000ul
#define HAL_IMAGE_BASE  0xffffffff80000000ul

#define HAL_PORT_PAGES 2u

struct hal_pt {
    paddr_t root;           /* the top table */
    atomic_uint active;     /* CPUs, one bit each, whose TLBs may hold translations of it */
    atomic_ullong port_map; /* number of its map of ports; 0: it has none */
    uint8_t *ports[HAL_PORT_PAGES]; /* the map: a bit for each, set: not allowed; NULL: none */
};

static inline void *hal_phys_to_virt(paddr_t pa)
{
    return (void *)(pa + HAL_LINEAR_BASE);
}

/* Of the linear map or of the kernel image. */
static inline paddr_t hal_virt_to_phys(const void *va)
{
    uintptr_t address = (uintptr_t)va;

    return address - (address >= HAL_IMAGE_BASE ? HAL_IMAGE_BASE : HAL_LINEAR_BASE);
}
