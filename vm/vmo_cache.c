/*
 * vmo_cache.c - the page cache gives way: clean pages of files are dropped when memory is low,
 * and discardable VMOs that nobody keeps.
 *
 * VMOs that have such pages are on a list, the one that was read last at the end. Pages go from
 * its front, of each VMO in turn of their index (cache_hand), first of those that nobody has
 * mapped. A reader that goes through a file larger than memory loses what he read first.
 *
 * Lock order: vmo.lock -> cache_lock -> aspace.pt_lock. Against that order the lock of a VMO is
 * only tried.
 */
#include "vm/vmo_internal.h"

enum { LOW_BATCH = 2 * VMO_RUN_PAGES, VISITS_MAX = 64 };

static struct spinlock cache_lock;
static struct list cached = {&cached, &cached}; /* of vmo.cache_link; guarded by cache_lock */

void vmo_cache_enter_locked(struct vmo *vmo)
{
    SPIN_GUARD(&cache_lock);

    if (cached.prev != &vmo->cache_link) {
        list_remove(&vmo->cache_link);
        list_push_back(&cached, &vmo->cache_link);
    }
}

void vmo_cache_leave_locked(struct vmo *vmo)
{
    SPIN_GUARD(&cache_lock);

    list_remove(&vmo->cache_link);
}

void vmo_cache_used_locked(struct vmo *vmo)
{
    if (vmo->pager->cache)
        vmo_cache_enter_locked(vmo);
}

void vmo_cache_forget(struct vmo *vmo)
{
    if (vmo->flags & VMO_DISCARDABLE || (vmo->pager && vmo->pager->cache))
        vmo_cache_leave_locked(vmo);
}

/* Pages that could go from the leaf with `index`; 0: one is dirty, and so all stay. */
static size_t droppable_locked(struct vmo *vmo, uint64_t index)
{
    bool ours;
    struct radix_node *leaf = radix_leaf(vmo->root, vmo->root_base + index, &ours);
    size_t count = 0;

    for (unsigned i = 0; i < RADIX_SLOTS; i++) {
        if (leaf->pages[i] && leaf->pages[i]->dirty)
            return 0;
        count += leaf->pages[i] != NULL;
    }
    return count;
}

/* Once around the VMO at most. A pager's tree has root_base 0 and is nobody else's. */
static size_t drop_from_locked(struct vmo *vmo, size_t wanted)
{
    size_t dropped = 0;
    bool wrapped = false;

    while (dropped < wanted) {
        uint64_t at = radix_next(vmo->root, vmo->cache_hand), first = 0;
        size_t count;

        if (at == UINT64_MAX) {
            if (wrapped)
                break;
            wrapped = true;
            vmo->cache_hand = 0;
            continue;
        }
        first = ROUND_DOWN(at, (uint64_t)RADIX_SLOTS);
        vmo->cache_hand = first + RADIX_SLOTS;
        count = droppable_locked(vmo, first);
        if (count && vmo_drop_locked(vmo, first, first + RADIX_SLOTS) == OK)
            dropped += count;
    }
    return dropped;
}

/* One that has no page left is off the list; another goes to its end. */
static size_t visit_locked(struct vmo *vmo, size_t wanted, bool mapped_too)
{
    size_t dropped = 0;

    list_remove(&vmo->cache_link);
    if (vmo->flags & VMO_DISCARDABLE)
        dropped = vmo_discard_locked(vmo);
    else if (mapped_too || !vmo_is_mapped_locked(vmo))
        dropped = drop_from_locked(vmo, wanted);
    if (vmo->root)
        list_push_back(&cached, &vmo->cache_link);
    return dropped;
}

/* `held`: its lock is the caller's. */
static size_t shrink(size_t wanted, struct vmo *held, bool mapped_too)
{
    size_t dropped = 0;
    SPIN_GUARD(&cache_lock);

    for (unsigned i = 0; i < VISITS_MAX && dropped < wanted && !list_empty(&cached); i++) {
        struct vmo *vmo = container_of(cached.next, struct vmo, cache_link);
        struct spinlock *lock = &vmo->lock;

        if (vmo == held) {
            dropped += visit_locked(vmo, wanted - dropped, mapped_too);
        } else if (spin_try_lock(lock)) {
            dropped += visit_locked(vmo, wanted - dropped, mapped_too);
            spin_guard_end(&lock);
        } else {
            list_remove(&vmo->cache_link);
            list_push_back(&cached, &vmo->cache_link);
        }
    }
    return dropped;
}

static size_t shrink_held(size_t pages, struct vmo *held)
{
    size_t dropped = shrink(pages, held, false);

    return dropped ? dropped : shrink(pages, held, true);
}

size_t vmo_cache_shrink(size_t pages)
{
    return shrink_held(pages, NULL);
}

void vmo_cache_make_room_locked(struct vmo *vmo)
{
    if (page_is_low())
        shrink_held(LOW_BATCH, vmo);
}
