/*
 * pte.h - page-table entries of x86_64 (SDM volume 3, 4.5), for kernel and user maps alike.
 */
#pragma once

#include "hal/mmu.h"

typedef uint64_t pte_t;

#define PTE_PRESENT (1ull << 0)
#define PTE_WRITE   (1ull << 1)
#define PTE_USER    (1ull << 2)
#define PTE_LARGE   (1ull << 7) /* a leaf above the lowest level */
#define PTE_GLOBAL  (1ull << 8)
#define PTE_NO_EXEC (1ull << 63)
#define PTE_ADDRESS 0x000ffffffffff000ull

#define PT_LEVELS  4u
#define PT_ENTRIES 512u

/* Bytes that an entry of `level` (1 the lowest) covers. */
static inline uint64_t pt_span(unsigned level)
{
    return PAGE_SIZE << (9 * (level - 1));
}

static inline unsigned pt_index(uint64_t va, unsigned level)
{
    return va >> (PAGE_SHIFT + 9 * (level - 1)) & (PT_ENTRIES - 1);
}

static inline pte_t *pt_table(pte_t entry)
{
    return hal_phys_to_virt(entry & PTE_ADDRESS);
}
