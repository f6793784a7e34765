/*
 * pt_tree.h - the radix tree behind a hal_pt: four levels of 512 entries, as in hardware. All
 * under pt->lock.
 */
#pragma once

#include "hal/mmu.h"

/* A leaf entry: the frame's address, HAL_PROT_* in the low bits, and: */
#define PTE_PRESENT   8ull
#define PTE_PROT(pte) ((unsigned)(pte)&7u)
/* The host, if it maps the frame at all, gives no rights but these; 0: not known. Fork takes
 * the right to write from many pages and gives it back to some before the host has been told.
 */
#define PTE_HOST(pte)     ((unsigned)(pte) >> 4 & 7u)
#define PTE_HOST_MASK     0x70ull
#define PTE_OF_HOST(prot) ((uint64_t)(prot) << 4)
#define PTE_FRAME(pte)    ((pte) & ~(uint64_t)PAGE_MASK)

#define PT_TABLE_SPAN (512 * PAGE_SIZE) /* of a table of the lowest level */

/* Pages of contiguous frames with the same rights. */
struct pt_run {
    user_addr_t va;
    paddr_t pa;
    size_t count;
    unsigned prot;
};

/* The entry of `va`, or NULL where no table is. */
uint64_t *pt_entry(struct hal_pt *pt, user_addr_t va);
/* The same, made if needed. NULL: out of memory. */
uint64_t *pt_entry_create(struct hal_pt *pt, user_addr_t va);

/* The entry of `va`, that of the page before being `before`; NULL: it is in another table. */
static inline uint64_t *pt_entry_behind(uint64_t *before, user_addr_t va)
{
    return before && va % PT_TABLE_SPAN ? before + 1 : NULL;
}

/* The first run at or behind `va`, cut off at `end`; false: nothing is present there. */
bool pt_next_run(struct hal_pt *pt, user_addr_t va, user_addr_t end, struct pt_run *run);

/* The same for pages with the same rights that the host has not been given, whatever their
 * frames are: `run->pa` means nothing. */
bool pt_next_rights(struct hal_pt *pt, user_addr_t va, user_addr_t end, struct pt_run *run);

/* Calls fn for the present entries of the range. `*touched` spans them; false: none. */
bool pt_for_each(struct hal_pt *pt, user_addr_t va, user_addr_t end,
                 void (*fn)(uint64_t *entry, unsigned arg), unsigned arg,
                 struct pt_range *touched);

void pt_free_tables(struct hal_pt *pt);
