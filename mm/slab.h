/*
 * slab.h - memory for objects: named caches, and kmalloc over a row of them.
 *
 * Any context that may take a spinlock; the locks are leaves. Never waits. Debug builds
 * (TASK_DEBUG) poison freed objects and check red zones.
 */
#pragma once

#include "base/list.h"
#include "hal/spinlock.h"

/* After page_init. All caches are empty, whatever they held: a simulated machine boots often.
 */
void slab_init(void);

struct slab_cache {
    const char *name;
    uint32_t size, align; /* bytes, as asked */
    uint32_t slot, per_slab, slab_order;
    struct spinlock lock;
    struct list partial;    /* slabs with free slots; guarded by lock */
    uint64_t live;          /* objects handed out; guarded by lock */
    uint64_t slabs;         /* guarded by lock */
    struct list cache_link; /* of all caches; guarded by the list's own lock */
};

/* `*cache` may be a zeroed static; registers it for slab_for_each. size <= 64 KiB, align <=
 * 4096 and a power of two (0: 16). Made by SLAB_CACHE at compile time, it initialises itself at
 * first use. */
void slab_cache_init(struct slab_cache *cache, const char *name, size_t size, size_t align);

#define SLAB_CACHE(variable, type)        \
    static struct slab_cache variable = { \
        .name = #type, .size = sizeof(type), .align = _Alignof(type)}

/* Contents undefined; NULL: out of memory. */
void *slab_alloc(struct slab_cache *cache) MUST_USE;
void *slab_alloc_zeroed(struct slab_cache *cache) MUST_USE;
void slab_free(struct slab_cache *cache, void *object); /* NULL is fine */

/* Sizes up to 64 KiB from caches, above from whole pages. 16-aligned, larger powers of two
 * naturally aligned up to a page. NULL: out of memory. */
void *kmalloc(size_t size) MUST_USE;
void *kzalloc(size_t size) MUST_USE;
void kfree(void *memory); /* NULL is fine */
/* A copy of `size` bytes, or NULL. */
void *kmemdup(const void *from, size_t size) MUST_USE;

/* Calls back for each cache, under the list's lock and the cache's. */
void slab_for_each(void (*fn)(void *arg, const struct slab_cache *cache), void *arg);
/* Give empty slabs back to the page allocator (tests, memory pressure). */
void slab_drain(void);
/* Objects handed out over all caches, kmalloc's included: the leak tests compare it. */
uint64_t slab_live_objects(void);
/* Of those, this cache's. */
uint64_t slab_cache_live(struct slab_cache *cache);
/* Memory that all slabs take, free slots included. */
uint64_t slab_bytes(void);
