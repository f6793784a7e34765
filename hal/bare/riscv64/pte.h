/*
 * pte.h - Sv39 page tables: three levels of 512 entries; a leaf at level 2, 1 or 0 maps 1 GiB,
 * 2 MiB or 4 KiB.
 *
 * Accessed and dirty are set from the start: hardware may trap where they are clear, and nobody
 * here reads them.
 */
#pragma once

#include <stdatomic.h>

#include "hal/mmu.h"

#define PTE_VALID    (1ull << 0)
#define PTE_READ     (1ull << 1)
#define PTE_WRITE    (1ull << 2)
#define PTE_EXEC     (1ull << 3)
#define PTE_USER     (1ull << 4)
#define PTE_GLOBAL   (1ull << 5)
#define PTE_ACCESSED (1ull << 6)
#define PTE_DIRTY    (1ull << 7)

#define PT_ENTRIES    512u
#define PT_ROOT_LEVEL 2u

/* The hardware walks while we write: whole entries at once. */
typedef _Atomic(uint64_t) pte_t;

/* What an entry at `level` spans. */
static inline uint64_t pt_span(unsigned level)
{
    return 1ull << (PAGE_SHIFT + 9 * level);
}

static inline unsigned pt_index(uint64_t va, unsigned level)
{
    return (unsigned)(va >> (PAGE_SHIFT + 9 * level)) % PT_ENTRIES;
}

static inline uint64_t pte_get(const pte_t *slot)
{
    return atomic_load_explicit(slot, memory_order_relaxed);
}

/* The release shows a new table's contents before the entry that points to it. */
static inline void pte_set(pte_t *slot, uint64_t value)
{
    atomic_store_explicit(slot, value, memory_order_release);
}

static inline uint64_t pte_make(paddr_t pa, uint64_t flags)
{
    return pa >> PAGE_SHIFT << 10 | flags | PTE_VALID;
}

static inline paddr_t pte_phys(uint64_t pte)
{
    return pte >> 10 << PAGE_SHIFT; /* the bits above the frame number are 0 in our entries */
}

static inline pte_t *pte_table(uint64_t pte)
{
    return hal_phys_to_virt(pte_phys(pte));
}
