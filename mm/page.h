/*
 * page.h - page frames: a buddy allocator with per-CPU magazines, and a descriptor per frame.
 *
 * Any context that may take a spinlock: the allocator's locks are leaves and allocation never
 * waits, so pages may be taken with other spinlocks held. Exhaustion is ERR_NO_MEMORY, never a
 * panic.
 */
#pragma once

#include <stdatomic.h>

#include "base/list.h"
#include "hal/mmu.h"

#define PAGE_MAX_ORDER 10u /* 4 MiB */

/* What the one behind a VMO's pages has yet to be told. AWAITING_CLEAN: it is being told, and
 * nobody has written the page since. */
enum page_dirty { PAGE_CLEAN, PAGE_DIRTY, PAGE_AWAITING_CLEAN };

/* The descriptor of one frame. */
struct page {
    atomic_uint
        refs; /* holders: for a page of VMOs, the slots of radix leaves that point to it */
    uint16_t order; /* of the block it heads while free or allocated as a block */
    uint8_t flags;  /* the allocator's */
    uint8_t dirty;  /* enum page_dirty: of a file's or pager's VMO; guarded by the VMO's lock */
    void *owner;    /* the slab it belongs to, if any */
    struct list link; /* free list, or its owner's use while allocated */
};

/* From kernel_main on the boot CPU, at each boot of the machine: takes hal_boot_info()'s
 * regions. */
void page_init(void);

/* 2^order frames, naturally aligned, contents undefined, refs = 1 in the head. */
status_t page_alloc_order(unsigned order, struct page **out) MUST_USE;
/* The same holding zeroes, which memory fresh from the machine may do already. */
status_t page_alloc_order_zeroed(unsigned order, struct page **out) MUST_USE;

/* One frame. */
static inline status_t page_alloc(struct page **out)
{
    return page_alloc_order(0, out);
}

static inline status_t page_alloc_zeroed(struct page **out)
{
    return page_alloc_order_zeroed(0, out);
}

/* A block of frames becomes 2^order single frames, each refs = 1, to be freed one by one. */
void page_split(struct page *head);

/* Back to the allocator, whatever refs says; for a block its head. */
void page_free(struct page *page);

/* One more holder / one less, freed (as a single frame) with the last. */
void page_get(struct page *page);
void page_put(struct page *page);

paddr_t page_to_phys(const struct page *page);
/* NULL where no frame of ours is (device memory). */
struct page *page_of_phys(paddr_t pa);

static inline void *page_data(const struct page *page)
{
    return hal_phys_to_virt(page_to_phys(page));
}

/* As hal_upcalls wants them: one frame of zeroes by its address, and back. */
status_t page_alloc_frame(paddr_t *out) MUST_USE;
void page_free_frame(paddr_t frame);

struct page_stats {
    uint64_t total, free; /* frames */
};
/* Exact when nothing else runs; magazines count as free. */
void page_stats_read(struct page_stats *out);

/* Little is free. A glance: no lock, no walk over magazines. */
bool page_is_low(void);
/* So many frames, or fewer, are little. */
uint64_t page_low_mark(void);

/* Give magazines of this CPU back (tests, memory pressure). */
void page_drain(void);
