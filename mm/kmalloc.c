/*
 * kmalloc.c - memory of any size: a row of caches, and blocks of pages above them.
 */
#include "mm/slab_internal.h"

#include "base/status.h"
#include "base/string.h"
#include "mm/page.h"
#include "mm/slab_debug.h"

#define LEAST_SHIFT 4u  /* 16 bytes */
#define MOST_SHIFT  16u /* 64 KiB */

#define ROW(n, alignment)                                    \
    {                                                        \
        .name = "kmalloc-" #n, .size = n, .align = alignment \
    }

/* 2^shift bytes, from LEAST_SHIFT on. */
static struct slab_cache powers[] = {
    ROW(16, 16),      ROW(32, 32),      ROW(64, 64),      ROW(128, 128),   ROW(256, 256),
    ROW(512, 512),    ROW(1024, 1024),  ROW(2048, 2048),  ROW(4096, 4096), ROW(8192, 4096),
    ROW(16384, 4096), ROW(32768, 4096), ROW(65536, 4096),
};

/* Three quarters of 2^shift bytes, from THREE_QUARTERS_SHIFT on. */
#define THREE_QUARTERS_SHIFT 6u
static struct slab_cache three_quarters[] = {
    ROW(48, 16),   ROW(96, 32),    ROW(192, 64),    ROW(384, 128),
    ROW(768, 256), ROW(1536, 512), ROW(3072, 1024),
};

/* ceil(log2 n), at least `least`. */
static unsigned shift_of(size_t n, unsigned least)
{
    return n <= 1ul << least ? least : 64 - (unsigned)__builtin_clzl(n - 1);
}

static struct slab_cache *cache_for(size_t size)
{
    unsigned shift = shift_of(size, LEAST_SHIFT);
    unsigned index = shift - THREE_QUARTERS_SHIFT; /* wraps for the small ones */

    if (index < countof(three_quarters) && size <= three_quarters[index].size)
        return &three_quarters[index];
    return &powers[shift - LEAST_SHIFT];
}

static void *alloc_pages(size_t size)
{
    unsigned order = shift_of(size, PAGE_SHIFT) - PAGE_SHIFT;
    struct page *page;

    return page_alloc_order(order, &page) == OK ? page_data(page) : NULL;
}

static void *alloc_object(struct slab_cache *cache, size_t size)
{
    void *object = slab_alloc(cache);

    if (object)
        slab_debug_trim(object, size, cache->size);
    return object;
}

void *kmalloc(size_t size)
{
    return size <= 1ul << MOST_SHIFT ? alloc_object(cache_for(size), size) : alloc_pages(size);
}

void *kzalloc(size_t size)
{
    void *memory = kmalloc(size);

    if (memory)
        memset(memory, 0, size);
    return memory;
}

void kfree(void *memory)
{
    struct slab_cache *cache;

    if (!memory)
        return;
    cache = slab_cache_of(memory);
    if (cache)
        slab_free(cache, memory);
    else
        page_free(page_of_phys(hal_virt_to_phys(memory)));
}

void *kmemdup(const void *from, size_t size)
{
    void *memory = kmalloc(size);

    if (memory)
        memcpy(memory, from, size);
    return memory;
}
