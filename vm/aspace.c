/*
 * aspace.c - address spaces: birth, emptying and end, and what /proc asks about them.
 */
#include "vm/vmar_internal.h"

#include "base/status.h"
#include "hal/ref.h"
#include "mm/slab.h"

SLAB_CACHE(aspace_cache, struct aspace);

void aspace_hold(struct aspace *as)
{
    atomic_fetch_add_explicit(&as->holds, 1, memory_order_relaxed);
}

void aspace_release(struct aspace *as)
{
    if (atomic_fetch_sub_explicit(&as->holds, 1, memory_order_acq_rel) == 1)
        slab_free(&aspace_cache, as);
}

/* Where the machine itself lives in the user half (libos), nothing else ever goes. */
static status_t reserve_hole(struct aspace *as)
{
    uint64_t size = HAL_USER_HOLE_END - HAL_USER_HOLE_BASE;
    struct vmar *hole;
    status_t st;

    if (!size)
        return OK;
    st = vmar_create_child(as->root, PLACE_EXACT, HAL_USER_HOLE_BASE, size, 0, 0, &hole);
    if (st == OK)
        vmar_put(hole); /* the tree has its own */
    return st;
}

status_t aspace_create(struct aspace **out)
{
    struct aspace *as = slab_alloc_zeroed(&aspace_cache);
    status_t st = ERR_NO_MEMORY;

    if (!as)
        return ERR_NO_MEMORY;
    atomic_init(&as->refs, 1);
    atomic_init(&as->holds, 1);
    as->root = vmar_new(as, HAL_USER_BASE, HAL_USER_END - HAL_USER_BASE, 0);
    if (!as->root)
        goto out_aspace;
    st = hal_pt_init(&as->pt);
    if (st != OK)
        goto out_root;
    st = reserve_hole(as);
    if (st != OK) {
        aspace_put(as);
        return st;
    }
    *out = as;
    return OK;
out_root:
    vmar_put(as->root);
out_aspace:
    aspace_release(as);
    return st;
}

struct aspace *aspace_get(struct aspace *as)
{
    ref_get(&as->refs);
    return as;
}

static void clear(struct aspace *as, bool for_good)
{
    struct list dead;

    list_init(&dead);
    {
        SPIN_GUARD(&as->lock);
        vmar_empty_locked(as->root, &dead);
        as->root->alive = as->root->alive && !for_good;
    }
    mapping_free_all(&dead);
}

void aspace_clear(struct aspace *as)
{
    clear(as, false);
}

/* VMARs may outlive the address space: dead, but with its lock to find that out. */
void aspace_put(struct aspace *as)
{
    if (!as || ref_put(&as->refs) != 1)
        return;
    clear(as, true);
    hal_pt_fini(&as->pt);
    vmar_put(as->root);
    aspace_release(as);
}

status_t aspace_next_mapping(struct aspace *as, user_addr_t addr, struct mapping_info *out)
{
    struct mapping *m;
    SPIN_GUARD(&as->lock);

    m = mapping_find_from(as->root, addr);
    if (!m)
        return ERR_NOT_FOUND;
    *out = (struct mapping_info){
        .base = m->region.base,
        .size = m->region.size,
        .offset = m->offset,
        .prot = m->prot,
        .max_prot = m->max_prot,
        .flags = m->flags,
        .vmo = vmo_get(m->vmo),
    };
    return OK;
}

struct mapping_origin *aspace_origin(struct aspace *as, user_addr_t addr)
{
    struct mapping *m;
    SPIN_GUARD(&as->lock);

    m = mapping_find(as, addr);
    return m ? mapping_origin_get(m->origin) : NULL;
}

void aspace_set_origin(struct aspace *as, user_addr_t base, user_addr_t end,
                       struct mapping_origin *origin)
{
    struct mapping *m;
    SPIN_GUARD(&as->lock);

    for (user_addr_t at = base; (m = mapping_find_from(as->root, at)) && m->region.base < end;
         at = region_end(&m->region))
        if (!m->origin && m->vmo->parent)
            m->origin = mapping_origin_get(origin);
}

static status_t discard_locked(struct aspace *as, user_addr_t base, user_addr_t end)
{
    user_addr_t at = base;
    bool hole = false;
    status_t st = OK;

    while (st == OK && at < end) {
        struct mapping *m = mapping_find_from(as->root, at);

        hole = hole || !m || m->region.base > at;
        if (!m || m->region.base >= end)
            break;
        if (!(m->flags & MAPPING_SHARED))
            st = mapping_drop_pages(m, base, end);
        at = region_end(&m->region);
    }
    return st == OK && hole ? ERR_NO_MEMORY : st;
}

status_t aspace_discard(struct aspace *as, user_addr_t base, uint64_t size)
{
    if (!range_valid(base, size))
        return ERR_INVALID_ARGS;
    SPIN_GUARD(&as->lock);
    return discard_locked(as, base, base + size);
}
