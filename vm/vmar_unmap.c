/*
 * vmar_unmap.c - taking mappings and VMARs out of an address space.
 */
#include "vm/vmar_internal.h"

#include "base/status.h"

static bool holds_pinned(struct vmar *vmar)
{
    struct mapping *m = mapping_find_from(vmar, 0);

    while (m && !(m->flags & MAPPING_PINNED))
        m = mapping_find_from(vmar, region_end(&m->region));
    return m;
}

/* Nothing changes before it is known that all may go. */
static status_t check_range(struct vmar *vmar, user_addr_t base, user_addr_t end)
{
    bool pinned = false;

    for (struct region *r = region_find(vmar, base); r && r->base < end; r = region_next(r)) {
        if (touches_hole(r->base, region_end(r)))
            continue;
        if (r->kind == REGION_VMAR && (r->base < base || region_end(r) > end))
            return ERR_INVALID_ARGS;
        pinned = pinned || (r->kind == REGION_VMAR ? holds_pinned(vmar_of(r))
                                                   : mapping_of(r)->flags & MAPPING_PINNED);
    }
    return pinned ? ERR_ACCESS_DENIED : OK;
}

/* Out of the tree, which drops its reference; it is empty. */
static void vmar_retire(struct vmar *vmar)
{
    vmar->alive = false;
    if (vmar->region.parent) {
        region_remove(&vmar->region);
        vmar_put(vmar);
    }
}

/* First all mappings, then the VMARs from the innermost out; no recursion, see
 * mapping_find_from. */
void vmar_empty_locked(struct vmar *vmar, struct list *dead)
{
    struct vmar *at = vmar;
    struct mapping *m;

    while ((m = mapping_find_from(vmar, 0)))
        mapping_detach(m, dead);
    for (;;) {
        struct rb_node *child = rb_first(&at->regions);
        struct vmar *empty = at;

        if (child) {
            at = vmar_of(region_of(child));
            continue;
        }
        if (at == vmar)
            return;
        at = at->region.parent;
        vmar_retire(empty);
    }
}

static status_t remove_region(struct region *r, struct list *dead)
{
    status_t st;

    if (r->kind == REGION_VMAR) {
        vmar_empty_locked(vmar_of(r), dead);
        vmar_retire(vmar_of(r));
        return OK;
    }
    st = mapping_give_up_pages(mapping_of(r));
    if (st == OK && vmo_is_text(mapping_of(r)->vmo->parent))
        mapping_drop_stubs(mapping_of(r), dead);
    if (st == OK)
        mapping_detach(mapping_of(r), dead);
    return st;
}

status_t vmar_unmap_locked(struct vmar *vmar, user_addr_t base, user_addr_t end,
                           struct list *dead)
{
    struct region *r, *next;
    status_t st = check_range(vmar, base, end);

    if (st == OK)
        st = mapping_split_at(vmar, base);
    if (st == OK)
        st = mapping_split_at(vmar, end);
    for (r = region_find(vmar, base); st == OK && r && r->base < end; r = next) {
        next = region_next(r);
        if (!touches_hole(r->base, region_end(r)))
            st = remove_region(r, dead);
    }
    if (st != OK)
        mapping_merge_range(vmar, base, end);
    return st;
}

status_t vmar_unmap(struct vmar *vmar, user_addr_t base, uint64_t size)
{
    status_t st = ERR_BAD_STATE;
    struct list dead;

    if (!range_valid(base, size))
        return ERR_INVALID_ARGS;
    list_init(&dead);
    {
        SPIN_GUARD(&vmar->region.aspace->lock);
        if (vmar->alive)
            st = vmar_unmap_locked(vmar, base, base + size, &dead);
    }
    mapping_free_all(&dead);
    return st;
}

status_t vmar_destroy(struct vmar *vmar)
{
    struct list dead;
    status_t st = ERR_BAD_STATE;

    list_init(&dead);
    {
        SPIN_GUARD(&vmar->region.aspace->lock);
        if (vmar->alive) {
            vmar_empty_locked(vmar, &dead);
            vmar_retire(vmar);
            st = OK;
        }
    }
    mapping_free_all(&dead);
    return st;
}
