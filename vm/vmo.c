/*
 * vmo.c - VMOs: creation, size, and giving pages back.
 */
#include "vm/vmo_internal.h"

#include "base/assert.h"
#include "base/string.h"
#include "hal/ref.h"
#include "mm/counter.h"
#include "mm/slab.h"

SLAB_CACHE(vmo_cache, struct vmo);

struct vmo *vmo_new(uint64_t size, uint32_t flags)
{
    struct vmo *vmo = slab_alloc_zeroed(&vmo_cache);

    if (!vmo)
        return NULL;
    atomic_init(&vmo->refs, 1);
    vmo->flags = flags;
    vmo->size = size;
    list_init(&vmo->cache_link);
    list_init(&vmo->clones);
    list_init(&vmo->clone_link);
    list_init(&vmo->pins);
    list_init(&vmo->kin);
    counter_add(COUNTER_VMOS, 1);
    return vmo;
}

status_t vmo_create(uint64_t size, uint32_t flags, struct vmo **out)
{
    struct vmo *vmo;

    if (size > VMO_MAX_SIZE)
        return ERR_OUT_OF_RANGE;
    vmo = vmo_new(ROUND_UP(size, PAGE_SIZE), flags);
    if (!vmo)
        return ERR_NO_MEMORY;
    *out = vmo;
    return OK;
}

status_t vmo_create_paged(uint64_t size, const struct vmo_pager_ops *pager, void *data,
                          struct vmo **out)
{
    status_t st = vmo_create(size, VMO_RESIZABLE, out);

    if (st != OK)
        return st;
    (*out)->pager = pager;
    (*out)->pager_data = data;
    return OK;
}

status_t vmo_create_physical(paddr_t base, uint64_t size, struct vmo **out)
{
    status_t st = vmo_create(size, VMO_PHYSICAL, out);

    if (st != OK)
        return st;
    (*out)->phys_base = base;
    return OK;
}

struct vmo *vmo_get(struct vmo *vmo)
{
    ref_get(&vmo->refs);
    return vmo;
}

bool vmo_try_get(struct vmo *vmo)
{
    return ref_try_get(&vmo->refs);
}

static void leave_parent(struct vmo *vmo)
{
    SPIN_GUARD(&vmo->parent->lock);

    list_remove(&vmo->clone_link);
}

/* A mapping has a reference, so none is left. A parent has none of its own: no recursion. */
void vmo_put(struct vmo *vmo)
{
    if (!vmo || ref_put(&vmo->refs) != 1)
        return;
    assert(!vmo_is_mapped_locked(vmo));
    assert(list_empty(&vmo->pins));
    if (vmo->parent && vmo->parent->pager->cut)
        leave_parent(vmo);
    vmo_kin_leave(vmo);
    vmo_cache_forget(vmo);
    if (vmo->pager && vmo->pager->release)
        vmo->pager->release(vmo);
    radix_put(vmo->root);
    vmo_put(vmo->parent);
    if (vmo->label && vmo->label->owner)
        vmo->label->gone(vmo->label);
    kfree(vmo->label);
    slab_free(&vmo_cache, vmo);
    counter_add(COUNTER_VMOS, -1);
}

status_t vmo_drop_locked(struct vmo *vmo, uint64_t first, uint64_t end)
{
    if (first >= end)
        return OK;
    if (radix_prepare_remove(&vmo->root, vmo->root_base + first, vmo->root_base + end - 1) !=
        OK)
        return ERR_NO_MEMORY;
    vmo->changes++;
    vmo_unmap_locked(vmo, first, end, NULL);
    radix_remove(&vmo->root, vmo->root_base + first, vmo->root_base + end - 1);
    return OK;
}

status_t vmo_decommit(struct vmo *vmo, uint64_t offset, uint64_t size)
{
    SPIN_GUARD(&vmo->lock);

    if (offset > vmo->size || size > vmo->size - offset)
        return ERR_OUT_OF_RANGE;
    if (vmo_pinned_locked(vmo, offset >> PAGE_SHIFT, (offset + size) >> PAGE_SHIFT))
        return ERR_BAD_STATE;
    return vmo_drop_locked(vmo, offset >> PAGE_SHIFT, (offset + size) >> PAGE_SHIFT);
}

/* The last page's own copy, if there is a page, for its tail to be cleared. */
static status_t tail_page_locked(struct vmo *vmo, uint64_t size, struct page **out)
{
    bool writable;
    status_t st;

    *out = NULL;
    if (IS_ALIGNED(size, PAGE_SIZE))
        return OK;
    st = vmo_get_page_locked(vmo, size >> PAGE_SHIFT, VMO_WRITE | VMO_PRESENT_ONLY, out,
                             &writable);
    return st == ERR_NOT_FOUND ? OK : st;
}

static void limit_parent(struct vmo *vmo, uint64_t size)
{
    SPIN_GUARD(&vmo->parent->lock);

    vmo->parent_limit = MIN(vmo->parent_limit, size);
}

static void cut_clones_locked(struct vmo *vmo)
{
    list_for_each (it, &vmo->clones) {
        struct vmo *clone = container_of(it, struct vmo, clone_link);
        uint64_t offset = clone->parent_offset;

        clone->parent_limit =
            MIN(clone->parent_limit, vmo->size > offset ? vmo->size - offset : 0);
    }
}

static status_t shrink_locked(struct vmo *vmo, uint64_t size)
{
    uint64_t rounded = ROUND_UP(size, PAGE_SIZE);
    struct page *tail;
    status_t st;

    if (vmo_pinned_locked(vmo, rounded >> PAGE_SHIFT, vmo_pages(vmo)))
        return ERR_BAD_STATE;
    st = tail_page_locked(vmo, size, &tail);
    if (st == OK)
        st = vmo_drop_locked(vmo, rounded >> PAGE_SHIFT, vmo_pages(vmo));
    if (st != OK)
        return st;
    if (tail)
        memset((char *)page_data(tail) + (size & PAGE_MASK), 0, rounded - size);
    vmo->changes++;
    vmo->size = rounded;
    if (vmo->parent)
        limit_parent(vmo, rounded);
    if (vmo->pager && vmo->pager->cut) {
        cut_clones_locked(vmo);
        vmo->pager->cut(vmo);
    }
    return OK;
}

status_t vmo_set_size(struct vmo *vmo, uint64_t size)
{
    if (size > VMO_MAX_SIZE)
        return ERR_OUT_OF_RANGE;
    SPIN_GUARD(&vmo->lock);
    if (size < vmo->size && !(vmo->flags & VMO_PHYSICAL))
        return shrink_locked(vmo, size);
    vmo->changes++;
    vmo->size = ROUND_UP(size, PAGE_SIZE);
    return OK;
}

uint64_t vmo_find_page(struct vmo *vmo, uint64_t index, uint64_t end, bool present)
{
    bool ours;
    SPIN_GUARD(&vmo->lock);

    if (present) {
        uint64_t at = radix_next(vmo->root, vmo->root_base + index);

        return at == UINT64_MAX ? end : MIN(at - vmo->root_base, end);
    }
    while (index < end && vmo_peek_locked(vmo, index, &ours))
        index++;
    return index;
}

uint64_t vmo_committed_pages(struct vmo *vmo)
{
    SPIN_GUARD(&vmo->lock);

    return radix_count(vmo->root);
}

unsigned vmo_count(void)
{
    return (unsigned)counter_sum(COUNTER_VMOS);
}
