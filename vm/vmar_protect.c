/*
 * vmar_protect.c - changing the rights of mappings.
 */
#include "vm/vmar_internal.h"

#include "base/status.h"

static status_t check_region(struct region *r, unsigned prot)
{
    if (r->kind == REGION_VMAR)
        return touches_hole(r->base, region_end(r)) ? ERR_NOT_FOUND : ERR_INVALID_ARGS;
    if (mapping_of(r)->flags & MAPPING_PINNED || prot & ~mapping_of(r)->max_prot)
        return ERR_ACCESS_DENIED;
    return OK;
}

/* How far from `base` the range may be changed; `*end` on OK, else what stops it there. */
static status_t check_range(struct vmar *vmar, user_addr_t base, user_addr_t *end,
                            unsigned prot)
{
    struct region *r = region_find(vmar, base);
    user_addr_t at = base;
    status_t st;

    for (; at < *end; at = region_end(r), r = region_next(r)) {
        st = r && r->base <= at ? check_region(r, prot) : ERR_NOT_FOUND;
        if (st != OK) {
            *end = at;
            return st;
        }
    }
    return OK;
}

static void protect(struct mapping *m, unsigned prot)
{
    bool regained = prot & ~m->prot & HAL_PROT_WRITE;

    if (m->prot == prot)
        return;
    vmo_protect_mapping(m, prot);
    if (regained)
        mapping_regain_write(m);
}

/* [base, end) is mapped all through, and may be changed. */
static status_t protect_range(struct vmar *vmar, user_addr_t base, user_addr_t end,
                              unsigned prot)
{
    status_t st = mapping_split_at(vmar, base);
    struct region *r;

    if (st == OK)
        st = mapping_split_at(vmar, end);
    for (r = region_find(vmar, base); st == OK && r && r->base < end; r = region_next(r))
        protect(mapping_of(r), prot);
    mapping_merge_range(vmar, base, end);
    return st;
}

static status_t protect_locked(struct vmar *vmar, user_addr_t base, user_addr_t end,
                               unsigned prot, bool whole)
{
    status_t st, changed = OK;

    if (!vmar->alive)
        return ERR_BAD_STATE;
    st = check_range(vmar, base, &end, prot);
    if ((st == OK || !whole) && end > base)
        changed = protect_range(vmar, base, end, prot);
    if (changed != OK)
        return changed;
    return st == ERR_NOT_FOUND && !whole ? ERR_NO_MEMORY : st;
}

status_t vmar_protect(struct vmar *vmar, user_addr_t base, uint64_t size, unsigned prot,
                      bool whole)
{
    if (!range_valid(base, size))
        return ERR_INVALID_ARGS;
    SPIN_GUARD(&vmar->region.aspace->lock);
    return protect_locked(vmar, base, base + size, prot, whole);
}
