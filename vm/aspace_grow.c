/*
 * aspace_grow.c - a stack becomes longer when what is below it is touched.
 *
 * It grows in steps, so that not each page is a fault of its own kind, and keeps away from what
 * is mapped below it. What is new continues the VMO where that has room, and is one mapping
 * with the old part then.
 */
#include "vm/vmar_internal.h"

enum { STEP = 128 << 10, GUARD = 1 << 20 };

void aspace_set_growth(struct aspace *as, user_addr_t top, uint64_t limit)
{
    SPIN_GUARD(&as->lock);

    if (top)
        as->growth.end = top;
    as->growth.limit = ROUND_DOWN(limit, PAGE_SIZE);
}

/* How far down: a step, or less where the limit is, or the room ends; 0: not to `addr`. */
static uint64_t growth_size(const struct aspace *as, const struct mapping *m, user_addr_t addr)
{
    const struct aspace_growth *g = &as->growth;
    user_addr_t base = m->region.base, least = ROUND_DOWN(addr, PAGE_SIZE), to;

    if (g->end < base || g->end - least > g->limit)
        return 0;
    to = ROUND_DOWN(addr, STEP);
    to = MAX(to, g->end - MIN(g->limit, g->end));
    if (to < GUARD || !place_is_free(as->root, to - GUARD, base - to + GUARD))
        to = least;
    if (to < GUARD || !place_is_free(as->root, to - GUARD, base - to + GUARD))
        return 0;
    return base - to;
}

/* What is to be mapped; the VMO, if it has room in front, is a reference. */
static status_t prepare(struct aspace *as, user_addr_t addr, struct vmar_map_args *args)
{
    struct mapping *m;
    SPIN_GUARD(&as->lock);

    m = as->growth.end ? mapping_find_from(as->root, addr) : NULL;
    if (!m || !(m->flags & MAPPING_GROWS))
        return ERR_FAULT;
    if (m->region.base <= addr)
        return OK; /* somebody else was first */
    args->size = growth_size(as, m, addr);
    if (!args->size)
        return ERR_FAULT;
    args->addr = m->region.base - args->size;
    args->prot = m->prot;
    args->max_prot = m->max_prot;
    args->flags = m->flags;
    if (m->offset >= args->size) {
        args->vmo = vmo_get(m->vmo);
        args->vmo_offset = m->offset - args->size;
    }
    return OK;
}

status_t aspace_grow(struct aspace *as, user_addr_t addr)
{
    struct vmar_map_args args = {.place = PLACE_EXACT};
    user_addr_t at;
    status_t st = prepare(as, addr, &args);

    if (st != OK || !args.size)
        return st;
    if (!args.vmo)
        st = vmo_create(args.size, 0, &args.vmo);
    if (st != OK)
        return st;
    st = vmar_map(as->root, &args, &at);
    vmo_put(args.vmo);
    /* Taken meanwhile, perhaps by the same growth: who asked looks again. */
    return st == ERR_ALREADY_EXISTS ? OK : st;
}
