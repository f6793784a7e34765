/*
 * region.c - the region tree: finding, splitting and joining mappings.
 */
#include "vm/vmar_internal.h"

#include "hal/ref.h"
#include "mm/slab.h"

SLAB_CACHE(mapping_cache, struct mapping);

struct region *region_find(const struct vmar *vmar, user_addr_t addr)
{
    return region_of(rb_lower_bound(&vmar->regions, it, region_end(region_of(it)) <= addr));
}

void region_insert(struct vmar *vmar, struct region *r)
{
    r->parent = vmar;
    rb_insert(&vmar->regions, &r->node, it, region_of(it)->base <= r->base);
}

void region_remove(struct region *r)
{
    struct region *next = region_next(r);

    rb_remove(&r->parent->regions, &r->node);
    place_freed(r->parent, region_end(r), next);
    r->parent = NULL;
}

/* Down into VMARs and up out of those that hold nothing more; nesting is the user's choice, so
 * no recursion. */
struct mapping *mapping_find_from(struct vmar *vmar, user_addr_t addr)
{
    struct vmar *at = vmar;
    struct region *r = region_find(at, addr);

    while (!r || r->kind == REGION_VMAR) {
        if (r) {
            at = vmar_of(r);
            r = region_find(at, addr);
        } else if (at != vmar) {
            r = region_next(&at->region);
            at = at->region.parent;
        } else
            return NULL;
    }
    return mapping_of(r);
}

struct mapping *mapping_find(struct aspace *as, user_addr_t addr)
{
    struct region *r = region_find(as->root, addr);

    while (r && r->base <= addr && r->kind == REGION_VMAR)
        r = region_find(vmar_of(r), addr);
    return r && r->base <= addr ? mapping_of(r) : NULL;
}

struct mapping *mapping_new(struct vmo *vmo, uint64_t offset, unsigned prot, unsigned max_prot,
                            unsigned flags)
{
    struct mapping *m = slab_alloc_zeroed(&mapping_cache);

    if (!m)
        return NULL;
    m->region.kind = REGION_MAPPING;
    rb_node_init(&m->region.node);
    interval_init(&m->shown);
    interval_init(&m->shown_of_parent);
    list_init(&m->dead_link);
    m->vmo = vmo_get(vmo);
    m->offset = offset;
    m->vmo_limit = UINT64_MAX;
    m->prot = prot;
    m->max_prot = max_prot;
    m->flags = flags;
    return m;
}

struct mapping_origin *mapping_origin_get(struct mapping_origin *origin)
{
    if (origin)
        ref_get(&origin->refs);
    return origin;
}

void mapping_origin_put(struct mapping_origin *origin)
{
    if (origin && ref_put(&origin->refs) == 1)
        origin->free(origin);
}

void mapping_free(struct mapping *m)
{
    if (!m)
        return;
    mapping_origin_put(m->origin);
    vmo_put(m->vmo);
    slab_free(&mapping_cache, m);
}

void mapping_free_all(struct list *dead)
{
    for (struct list *link; (link = list_pop_front(dead));)
        mapping_free(container_of(link, struct mapping, dead_link));
}

void mapping_insert(struct vmar *vmar, struct mapping *m, user_addr_t base, uint64_t size)
{
    m->region.aspace = vmar->region.aspace;
    m->region.base = base;
    m->region.size = size;
    region_insert(vmar, &m->region);
    vmo_link_mapping(m);
    m->region.aspace->mapped_bytes += size;
    m->region.aspace->mappings++;
}

void mapping_detach(struct mapping *m, struct list *dead)
{
    vmo_unlink_mapping(m);
    m->region.aspace->mapped_bytes -= m->region.size;
    m->region.aspace->mappings--;
    region_remove(&m->region);
    list_push_back(dead, &m->dead_link);
}

static bool may_split(const struct aspace *as)
{
    return !as->mappings_max ||
           as->mappings < atomic_load_explicit(as->mappings_max, memory_order_relaxed);
}

/* The right part is among the VMO's mappings before the left one shrinks: who walks them
 * between the two must not miss pages that are mapped. */
status_t mapping_split_at(struct vmar *vmar, user_addr_t at)
{
    struct region *r = region_find(vmar, at);
    struct mapping *left, *right;

    if (!r || r->kind != REGION_MAPPING || r->base >= at)
        return OK;
    if (!may_split(r->aspace))
        return ERR_NO_MEMORY;
    left = mapping_of(r);
    right = mapping_new(left->vmo, left->offset + (at - r->base), left->prot, left->max_prot,
                        left->flags);
    if (!right)
        return ERR_NO_MEMORY;
    right->vmo_limit = left->vmo_limit;
    right->origin = mapping_origin_get(left->origin);
    right->region.aspace = r->aspace;
    right->region.base = at;
    right->region.size = region_end(r) - at;
    vmo_link_mapping(right);
    vmo_resize_mapping(left, r->base, at - r->base, left->offset);
    region_insert(vmar, &right->region);
    r->aspace->mappings++;
    return OK;
}

static bool continues(struct region *a, struct region *b)
{
    struct mapping *left = mapping_of(a), *right = mapping_of(b);

    return a->kind == REGION_MAPPING && b->kind == REGION_MAPPING && region_end(a) == b->base &&
           left->vmo == right->vmo && left->offset + a->size == right->offset &&
           left->vmo_limit == right->vmo_limit && left->prot == right->prot &&
           left->max_prot == right->max_prot && left->flags == right->flags &&
           left->origin == right->origin;
}

void mapping_merge_range(struct vmar *vmar, user_addr_t base, user_addr_t end)
{
    struct region *r = region_find(vmar, base ? base - 1 : 0), *next;

    for (; r && r->base < end; r = next) {
        next = region_next(r);
        if (!next || !continues(r, next))
            continue;
        vmo_resize_mapping(mapping_of(r), r->base, r->size + next->size, mapping_of(r)->offset);
        vmo_forget_mapping(mapping_of(next));
        next->aspace->mappings--;
        region_remove(next);
        mapping_free(mapping_of(next));
        next = r;
    }
}

/* Caller holds the VMO's lock. */
static status_t drop_pages_locked(struct mapping *m, user_addr_t base, user_addr_t end)
{
    user_addr_t from = MAX(base, m->region.base), to = MIN(end, region_end(&m->region));
    uint64_t first = (from - m->region.base + m->offset) >> PAGE_SHIFT;

    return vmo_drop_locked(m->vmo, first,
                           MIN(first + ((to - from) >> PAGE_SHIFT), vmo_pages(m->vmo)));
}

status_t mapping_drop_pages(struct mapping *m, user_addr_t base, user_addr_t end)
{
    SPIN_GUARD(&m->vmo->lock);

    return drop_pages_locked(m, base, end);
}

/* Another mapping shows some of the same pages: a move in two steps, map and unmap. Caller
 * holds the VMO's lock. */
static bool shown_elsewhere(const struct mapping *m)
{
    interval_for_each (it, &m->vmo->mappings, m->shown.first, m->shown.end)
        if (it != &m->shown)
            return true;
    return false;
}

status_t mapping_give_up_pages(struct mapping *m)
{
    if (m->flags & MAPPING_SHARED ||
        atomic_load_explicit(&m->vmo->refs, memory_order_acquire) == 1)
        return OK;
    SPIN_GUARD(&m->vmo->lock);
    if (shown_elsewhere(m))
        return OK;
    return drop_pages_locked(m, m->region.base, region_end(&m->region));
}
