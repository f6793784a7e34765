/*
 * mmu.h (riscv64) - Sv39: 256 GiB of user space, and a linear map of physical memory above it.
 *
 *     0x0000000000000000  user half
 *     0xffffffc000000000  + physical address: devices and memory, the kernel's image in its
 * place
 *
 * The kernel is linked to run in the linear map, so no frame has two kernel mappings: text is
 * executable and never writable anywhere.
 */
#pragma once

#include "base/types.h"
#include "hal/memory_fixed.h"

#define HAL_PATCHES_TEXT 0
#define HAL_MEMORY_ZERO  0 /* who was here before may have left something */

#define HAL_USER_BASE 0x10000ul
#define HAL_USER_END  0x4000000000ul

/* No part of the user half is taken. */
#define HAL_USER_HOLE_BASE 0ul
#define HAL_USER_HOLE_END  0ul

#define LINEAR_BASE 0xffffffc000000000ul

struct hal_pt {
    paddr_t root; /* one frame; its upper half is the kernel's */

    /* Tables out of use that hardware may still walk: no entry is valid, the first names the
     * next table (mmu.c). */
    paddr_t detached;
    unsigned detached_count;
};

static inline void *hal_phys_to_virt(paddr_t pa)
{
    return (void *)(pa + LINEAR_BASE);
}

static inline paddr_t hal_virt_to_phys(const void *va)
{
    return (paddr_t)va - LINEAR_BASE;
}
