/*
 * page_internal.h - what page.c, the interface, asks of buddy.c, the store.
 */
#pragma once

#include "mm/page.h"

/* struct page.flags; 0: allocated. */
enum {
    PAGE_FLAG_FREE = 1u << 0,   /* heads a block on a free list */
    PAGE_FLAG_CACHED = 1u << 1, /* in a magazine */
    PAGE_FLAG_ZERO = 1u << 2,   /* free, and known to hold zeroes: all of the block */
};

/* Takes hal_boot_info()'s regions. */
void buddy_init(void);

/* A block of 2^order frames: flags are 0 or ZERO, refs and owner as they were. NULL: none. */
struct page *buddy_take(unsigned order);
/* Single frames, at most `max`; how many. */
unsigned buddy_take_singles(struct page **out, unsigned max);

/* Blocks whose flags are 0 or ZERO, each of its own order. */
void buddy_give(struct page *const *pages, unsigned count);

void buddy_stats(struct page_stats *out);
