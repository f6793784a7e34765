/*
 * vmar.c - VMARs and mapping into them.
 */
#include "vm/vmar_internal.h"

#include "base/status.h"
#include "hal/ref.h"
#include "mm/slab.h"

SLAB_CACHE(vmar_cache, struct vmar);

struct vmar *vmar_new(struct aspace *as, user_addr_t base, uint64_t size, uint32_t flags)
{
    struct vmar *vmar = slab_alloc_zeroed(&vmar_cache);

    if (!vmar)
        return NULL;
    atomic_init(&vmar->refs, 1);
    rb_node_init(&vmar->region.node);
    vmar->region.kind = REGION_VMAR;
    vmar->region.aspace = as;
    vmar->region.base = base;
    vmar->region.size = size;
    vmar->flags = flags;
    vmar->alive = true;
    aspace_hold(as);
    return vmar;
}

struct vmar *vmar_get(struct vmar *vmar)
{
    ref_get(&vmar->refs);
    return vmar;
}

/* What is in the tree has a reference, so this one is empty. */
void vmar_put(struct vmar *vmar)
{
    if (!vmar || ref_put(&vmar->refs) != 1)
        return;
    aspace_release(vmar->region.aspace);
    slab_free(&vmar_cache, vmar);
}

/* The parts of a placement that need no lock. */
static status_t placement_check(struct placement *p)
{
    bool placed = p->place == PLACE_EXACT || p->place == PLACE_OVERWRITE;

    if (!p->size || !IS_ALIGNED(p->size, PAGE_SIZE) || (p->align & (p->align - 1)))
        return ERR_INVALID_ARGS;
    p->align = MAX(p->align, PAGE_SIZE);
    if (placed && (!IS_ALIGNED(p->addr, p->align) || !range_valid(p->addr, p->size)))
        return ERR_INVALID_ARGS;
    return OK;
}

/* Mappings may be written over, but no VMAR. */
static bool holds_vmar(const struct vmar *vmar, user_addr_t base, user_addr_t end)
{
    struct region *r = region_find(vmar, base);

    while (r && r->base < end && r->kind == REGION_MAPPING)
        r = region_next(r);
    return r && r->base < end;
}

static status_t map_locked(struct vmar *vmar, const struct placement *p, struct mapping *m,
                           struct list *dead, user_addr_t *out)
{
    user_addr_t base;
    status_t st;

    if (!vmar->alive)
        return ERR_BAD_STATE;
    st = place_find(vmar, p, &base);
    if (st == OK && p->place == PLACE_OVERWRITE)
        st = holds_vmar(vmar, base, base + p->size)
                 ? ERR_INVALID_ARGS
                 : vmar_unmap_locked(vmar, base, base + p->size, dead);
    if (st != OK)
        return st;
    m->flags |= vmar->region.aspace->map_flags;
    mapping_insert(vmar, m, base, p->size);
    mapping_show_present(m);
    mapping_merge_range(vmar, base, base + p->size);
    *out = base;
    return OK;
}

status_t vmar_map(struct vmar *vmar, const struct vmar_map_args *args, user_addr_t *out)
{
    struct placement p =
        placement_of(args->place, args->addr, args->size, args->align, args->limit);
    status_t st = placement_check(&p);
    struct mapping *m;
    struct list dead;

    if (st != OK)
        return st;
    if (!IS_ALIGNED(args->vmo_offset, PAGE_SIZE) || args->size > UINT64_MAX - args->vmo_offset)
        return ERR_INVALID_ARGS;
    if (args->prot & ~args->max_prot)
        return ERR_ACCESS_DENIED;
    m = mapping_new(args->vmo, args->vmo_offset, args->prot, args->max_prot, args->flags);
    if (!m)
        return ERR_NO_MEMORY;
    if (args->vmo_limit)
        m->vmo_limit = args->vmo_limit;
    m->origin = mapping_origin_get(args->origin);
    list_init(&dead);
    {
        SPIN_GUARD(&vmar->region.aspace->lock);
        st = map_locked(vmar, &p, m, &dead, out);
    }
    if (st != OK)
        mapping_free(m);
    mapping_free_all(&dead);
    return st;
}

static status_t insert_child(struct vmar *parent, const struct placement *p, struct vmar *child)
{
    status_t st;
    SPIN_GUARD(&parent->region.aspace->lock);

    if (!parent->alive)
        return ERR_BAD_STATE;
    st = place_find(parent, p, &child->region.base);
    if (st != OK)
        return st;
    region_insert(parent, &vmar_get(child)->region);
    return OK;
}

status_t vmar_create_child(struct vmar *parent, unsigned place, user_addr_t addr, uint64_t size,
                           uint64_t align, uint32_t flags, struct vmar **out)
{
    bool placed = place == PLACE_EXACT || place == PLACE_HINT;
    struct placement p = placement_of(place, addr, size, align, placed ? 0 : addr);
    status_t st = placement_check(&p);
    struct vmar *child;

    if (st != OK)
        return st;
    if (place == PLACE_OVERWRITE)
        return ERR_INVALID_ARGS;
    child = vmar_new(parent->region.aspace, 0, size, flags);
    if (!child)
        return ERR_NO_MEMORY;
    st = insert_child(parent, &p, child);
    if (st != OK) {
        vmar_put(child);
        return st;
    }
    *out = child;
    return OK;
}
