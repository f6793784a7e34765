/*
 * slab.c - caches of equal objects. A slab is a block of pages cut into slots; slabs with a
 * free slot are on their cache's list, full ones on none. Each frame's descriptor names its
 * slab, so freeing needs no search.
 *
 * Small objects share their slab with its header. Large ones, which would waste a slot on it,
 * have theirs in a cache of headers.
 *
 * Lock order: caches_lock -> cache.lock -> headers.lock -> the page allocator's.
 */
#include "mm/slab_internal.h"

#include "base/assert.h"
#include "base/status.h"
#include "base/string.h"
#include "mm/inject.h"
#include "mm/page.h"
#include "mm/slab_debug.h"

#define LARGE_SLOT    512u /* bytes: from here on the header is outside */
#define WANTED_SLOTS  8u   /* a slab, and ... */
#define WASTE_MOST    16u  /* a part of the slab so small may be left over, as far as ... */
#define WANTED_ORDER  3u   /* ... this many pages allow: larger blocks are hard to get */
#define DEFAULT_ALIGN 16u

/* All but `cache`, `memory` and `page` is guarded by cache->lock. */
struct slab {
    struct slab_cache *cache;
    struct page *page;     /* head of its block */
    unsigned char *memory; /* the first slot */
    struct list link;      /* on cache->partial while it has a free slot */
    void *free;            /* returned slots, each holding the address of the next */
    uint32_t used;         /* slots handed out */
    uint32_t fresh;        /* slots from this one on were never handed out */
};

SLAB_CACHE(headers, struct slab);

static struct spinlock caches_lock;
static struct list caches = {&caches, &caches}; /* of cache_link; guarded by caches_lock */

static bool header_inside(const struct slab_cache *cache)
{
    return cache->slot < LARGE_SLOT;
}

/* Where the first slot is in a slab. */
static size_t first_slot(const struct slab_cache *cache)
{
    return header_inside(cache) ? ROUND_UP(sizeof(struct slab), cache->align) : 0;
}

static void cache_layout(struct slab_cache *cache, uint32_t slot)
{
    unsigned order = 0;
    size_t fit, left;

    for (;; order++) {
        size_t first = slot < LARGE_SLOT ? ROUND_UP(sizeof(struct slab), cache->align) : 0;

        fit = ((PAGE_SIZE << order) - first) / slot;
        left = (PAGE_SIZE << order) - first - fit * slot;
        if ((fit >= WANTED_SLOTS && left <= (PAGE_SIZE << order) / WASTE_MOST) ||
            (fit && order >= WANTED_ORDER))
            break;
    }
    cache->slab_order = order;
    cache->per_slab = (uint32_t)fit;
}

/*
 * The first use of a cache: two CPUs may come here at once, and the second finds it done. The
 * release of `slot`, last, pairs with the acquire in cache_is_ready.
 */
static void cache_begin(struct slab_cache *cache)
{
    SPIN_GUARD(&caches_lock);
    size_t align = cache->align ? cache->align : DEFAULT_ALIGN;
    uint32_t slot;

    if (cache->slot)
        return;
    cache->align = (uint32_t)MAX(align, sizeof(void *)); /* a free slot holds a link */
    slot = ROUND_UP(cache->size + SLAB_RED_ZONE, cache->align);
    cache_layout(cache, slot);
    list_init(&cache->partial);
    list_push_back(&caches, &cache->cache_link);
    __atomic_store_n(&cache->slot, slot, __ATOMIC_RELEASE);
}

static bool cache_is_ready(struct slab_cache *cache)
{
    return __atomic_load_n(&cache->slot, __ATOMIC_ACQUIRE) != 0;
}

/* The headers first: growing a cache takes one with the cache's lock held, and then it would be
 * too late for caches_lock. */
static void cache_ready(struct slab_cache *cache)
{
    if (cache_is_ready(cache))
        return;
    if (!cache_is_ready(&headers))
        cache_begin(&headers);
    cache_begin(cache);
}

void slab_cache_init(struct slab_cache *cache, const char *name, size_t size, size_t align)
{
    *cache =
        (struct slab_cache){.name = name, .size = (uint32_t)size, .align = (uint32_t)align};
    cache_begin(cache);
}

/* --- slabs; the caller holds cache->lock --- */

static void slab_mark_frames(struct page *head, unsigned order, struct slab *slab)
{
    for (size_t i = 0; i < 1ul << order; i++)
        head[i].owner = slab;
}

static struct slab *slab_grow_locked(struct slab_cache *cache)
{
    struct page *page;
    struct slab *slab;

    if (page_alloc_order(cache->slab_order, &page) != OK)
        return NULL;
    slab = header_inside(cache) ? page_data(page) : slab_alloc(&headers);
    if (!slab) {
        page_free(page);
        return NULL;
    }
    *slab = (struct slab){.cache = cache,
                          .page = page,
                          .memory = (unsigned char *)page_data(page) + first_slot(cache)};
    slab_mark_frames(page, cache->slab_order, slab);
    list_init(&slab->link);
    list_push_back(&cache->partial, &slab->link);
    cache->slabs++;
    return slab;
}

static void slab_release_locked(struct slab_cache *cache, struct slab *slab)
{
    struct page *page = slab->page;

    list_remove(&slab->link);
    cache->slabs--;
    slab_debug_gone(slab->memory, (size_t)cache->per_slab * cache->slot);
    slab_mark_frames(page, cache->slab_order, NULL);
    if (!header_inside(cache))
        slab_free(&headers, slab);
    page_free(page);
}

static void *slot_take_locked(struct slab_cache *cache, struct slab *slab)
{
    void *object = slab->free;

    if (object) {
        slab_debug_link_open(object);
        slab->free = *(void **)object;
    } else {
        object = slab->memory + (size_t)slab->fresh++ * cache->slot;
        slab_debug_new(object, cache->slot);
    }
    if (++slab->used == cache->per_slab)
        list_remove(&slab->link);
    cache->live++;
    return object;
}

/* An empty slab is kept if it is the only one with free slots: the next object is likely. */
static void slot_return_locked(struct slab_cache *cache, struct slab *slab, void *object)
{
    slab_debug_link_open(object);
    *(void **)object = slab->free;
    slab_debug_link_close(object);
    slab->free = object;
    cache->live--;
    if (slab->used-- == cache->per_slab)
        list_insert_before(cache->partial.next, &slab->link);
    if (slab->used == 0 && cache->partial.next->next != &cache->partial)
        slab_release_locked(cache, slab);
}

static void *slab_alloc_locked(struct slab_cache *cache)
{
    struct slab *slab;

    if (!list_empty(&cache->partial))
        slab = container_of(cache->partial.next, struct slab, link);
    else
        slab = slab_grow_locked(cache);
    return slab ? slot_take_locked(cache, slab) : NULL;
}

/* --- the interface --- */

void *slab_alloc(struct slab_cache *cache)
{
    void *object;

    if (inject_failure())
        return NULL;
    cache_ready(cache);
    {
        SPIN_GUARD(&cache->lock);
        object = slab_alloc_locked(cache);
    }
    if (object)
        slab_debug_alloc(object, cache->size, cache->slot);
    return object;
}

void *slab_alloc_zeroed(struct slab_cache *cache)
{
    void *object = slab_alloc(cache);

    if (object)
        memset(object, 0, cache->size);
    return object;
}

void slab_free(struct slab_cache *cache, void *object)
{
    struct slab *slab;

    if (!object)
        return;
    slab = page_of_phys(hal_virt_to_phys(object))->owner;
    assert(slab && slab->cache == cache);
    assert((size_t)((unsigned char *)object - slab->memory) % cache->slot == 0);
    slab_debug_free(object, cache->size, cache->slot);

    SPIN_GUARD(&cache->lock);
    slot_return_locked(cache, slab, object);
}

struct slab_cache *slab_cache_of(const void *object)
{
    struct slab *slab = page_of_phys(hal_virt_to_phys(object))->owner;

    return slab ? slab->cache : NULL;
}

static void cache_drain(struct slab_cache *cache)
{
    SPIN_GUARD(&cache->lock);

    list_for_each_safe (it, &cache->partial) {
        struct slab *slab = container_of(it, struct slab, link);

        if (slab->used == 0)
            slab_release_locked(cache, slab);
    }
}

void slab_drain(void)
{
    SPIN_GUARD(&caches_lock);

    list_for_each (it, &caches)
        cache_drain(container_of(it, struct slab_cache, cache_link));
    if (cache_is_ready(&headers))
        cache_drain(&headers); /* again: the others have returned theirs */
}

/* Back to how SLAB_CACHE made it. */
static void slab_cache_forget(struct slab_cache *cache)
{
    *cache =
        (struct slab_cache){.name = cache->name, .size = cache->size, .align = cache->align};
}

void slab_init(void)
{
    struct list *link;

    caches_lock = (struct spinlock){0};
    while ((link = list_pop_front(&caches)))
        slab_cache_forget(container_of(link, struct slab_cache, cache_link));
}

void slab_for_each(void (*fn)(void *arg, const struct slab_cache *cache), void *arg)
{
    SPIN_GUARD(&caches_lock);

    list_for_each (it, &caches) {
        struct slab_cache *cache = container_of(it, struct slab_cache, cache_link);
        SPIN_GUARD(&cache->lock);

        fn(arg, cache);
    }
}

static void add_live(void *arg, const struct slab_cache *cache)
{
    if (cache != &headers)
        *(uint64_t *)arg += cache->live;
}

uint64_t slab_live_objects(void)
{
    uint64_t live = 0;

    slab_for_each(add_live, &live);
    return live;
}

uint64_t slab_cache_live(struct slab_cache *cache)
{
    SPIN_GUARD(&cache->lock);

    return cache->live;
}

static void add_bytes(void *arg, const struct slab_cache *cache)
{
    *(uint64_t *)arg += cache->slabs * (PAGE_SIZE << cache->slab_order);
}

uint64_t slab_bytes(void)
{
    uint64_t bytes = 0;

    slab_for_each(add_bytes, &bytes);
    return bytes;
}
