/*
 * aspace_flags.c - what fork and accounts are to do with mappings: their flags changed.
 */
#include "vm/vmar_internal.h"

#include "base/status.h"

bool mapping_is_anonymous(unsigned flags, const struct vmo *vmo)
{
    return !(flags & MAPPING_SHARED) && !vmo->parent && !vmo->pager;
}

static bool may_set(const struct mapping *m, unsigned set)
{
    return !(set & MAPPING_WIPEONFORK) || mapping_is_anonymous(m->flags, m->vmo);
}

/* The part of the mapping in [base, end) becomes one of its own, with other flags. */
static status_t change(struct mapping *m, user_addr_t base, user_addr_t end, unsigned flags)
{
    struct vmar *vmar = m->region.parent;
    user_addr_t first = MAX(base, m->region.base), last = MIN(end, region_end(&m->region));
    status_t st = mapping_split_at(vmar, first);

    if (st == OK)
        st = mapping_split_at(vmar, last);
    if (st == OK)
        mapping_find(vmar->region.aspace, first)->flags = flags;
    mapping_merge_range(vmar, first, last);
    return st;
}

static status_t set_flags_locked(struct aspace *as, user_addr_t base, user_addr_t end,
                                 unsigned clear, unsigned set)
{
    user_addr_t at = base;
    bool hole = false;
    status_t st = OK;

    while (st == OK && at < end) {
        struct mapping *m = mapping_find_from(as->root, at);
        unsigned flags = m ? (m->flags & ~clear) | set : 0;

        hole = hole || !m || m->region.base > at;
        if (!m || m->region.base >= end)
            break;
        at = region_end(&m->region);
        if (!may_set(m, set))
            return ERR_INVALID_ARGS;
        if (flags != m->flags)
            st = change(m, base, end, flags);
    }
    return st == OK && hole ? ERR_NO_MEMORY : st;
}

status_t aspace_set_flags(struct aspace *as, user_addr_t base, uint64_t size, unsigned clear,
                          unsigned set)
{
    if (!range_valid(base, size))
        return ERR_INVALID_ARGS;
    SPIN_GUARD(&as->lock);
    return set_flags_locked(as, base, base + size, clear, set);
}

void aspace_set_map_flags(struct aspace *as, unsigned flags)
{
    SPIN_GUARD(&as->lock);

    as->map_flags = flags;
}
