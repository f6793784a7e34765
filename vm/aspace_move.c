/*
 * aspace_move.c - mremap: a mapping range moves, or grows where it is.
 */
#include "vm/vmar_internal.h"

#include "base/status.h"

struct move {
    struct mapping *m; /* holds [from, from + old_size) */
    user_addr_t from;
    uint64_t old_size;
    struct placement to; /* size: the new one */
    struct vmo *vmo;     /* what the new range shows, from `offset`; a reference */
    uint64_t offset;
    struct vmo *left; /* what the old range shows then; NULL: it goes */
    struct list dead;
};

static bool in_place(const struct move *mv)
{
    return !mv->left && (mv->to.place == PLACE_EXACT || mv->to.place == PLACE_HINT) &&
           mv->to.addr == mv->from;
}

/* Private memory grows by its VMO if nobody else has any of it, by more of a shared one's range
 * as it is, and otherwise as a snapshot whose tail is fresh. */
static status_t choose_vmo(struct move *mv)
{
    struct vmo *vmo = mv->m->vmo;
    uint64_t offset = mv->from - mv->m->region.base + mv->m->offset,
             tail = offset + mv->old_size;
    bool same = mv->to.size == mv->old_size || mv->m->flags & MAPPING_SHARED ||
                vmo->flags & VMO_PHYSICAL;
    status_t st = OK;

    mv->offset = offset;
    if (!same && !vmo->parent && tail == vmo->size &&
        atomic_load_explicit(&vmo->refs, memory_order_acquire) == 1) {
        st = vmo_set_size(vmo, offset + mv->to.size);
        same = true;
    }
    if (same) {
        mv->vmo = st == OK ? vmo_get(vmo) : NULL;
        return st;
    }
    mv->offset = 0;
    st = vmo_clone(vmo, offset, mv->to.size, &mv->vmo);
    if (st == OK)
        st = vmo_decommit(mv->vmo, mv->old_size, mv->to.size - mv->old_size);
    return st;
}

/* Is there room behind the range for it to grow where it is? */
static status_t check_in_place(const struct move *mv)
{
    const struct vmar *vmar = mv->m->region.parent;
    user_addr_t end = mv->from + mv->old_size;
    uint64_t more = mv->to.size - mv->old_size;

    if (!region_holds(&vmar->region, end, more))
        return ERR_OUT_OF_RANGE;
    return more && !place_is_free(vmar, end, more) ? ERR_ALREADY_EXISTS : OK;
}

/* Where it goes. The old range still counts as taken, but for growth in place. */
static status_t find_place(struct move *mv, user_addr_t *base)
{
    struct vmar *vmar = mv->m->region.parent;
    status_t st;

    if (in_place(mv)) {
        st = check_in_place(mv);
        if (st == OK || mv->to.place == PLACE_EXACT) {
            *base = mv->from;
            return st;
        }
        mv->to.place = PLACE_ANY;
    }
    if (vmo_is_text(mv->m->vmo->parent))
        return ERR_NO_MEMORY; /* it would not find its stubs (vm/text.c) */
    st = place_find(vmar, &mv->to, base);
    if (st != OK || mv->to.place != PLACE_OVERWRITE)
        return st;
    if (*base < mv->from + mv->old_size && mv->from < *base + mv->to.size)
        return ERR_INVALID_ARGS;
    return vmar_unmap_locked(vmar, *base, *base + mv->to.size, &mv->dead);
}

/* The old range, a mapping of its own by now, gives way to the new one. */
static status_t replace(struct move *mv, user_addr_t base)
{
    struct mapping *m = mv->m, *fresh, *left = NULL;
    struct vmar *vmar = m->region.parent;

    if (m->vmo == mv->vmo && base == mv->from) {
        m->region.aspace->mapped_bytes += mv->to.size - mv->old_size;
        vmo_resize_mapping(m, base, mv->to.size, m->offset);
        return OK;
    }
    fresh = mapping_new(mv->vmo, mv->offset, m->prot, m->max_prot, m->flags);
    if (!fresh)
        return ERR_NO_MEMORY;
    if (mv->left) {
        left = mapping_new(mv->left, 0, m->prot, m->max_prot,
                           m->flags & ~(unsigned)MAPPING_LOCKED);
        if (!left) {
            mapping_free(fresh);
            return ERR_NO_MEMORY;
        }
    }
    if (m->vmo != mv->vmo && mapping_give_up_pages(m) != OK) {
        mapping_free(fresh);
        return ERR_NO_MEMORY;
    }
    fresh->origin = mapping_origin_get(m->origin);
    mapping_detach(m, &mv->dead);
    mapping_insert(vmar, fresh, base, mv->to.size);
    if (left)
        mapping_insert(vmar, left, mv->from, mv->old_size);
    return OK;
}

static status_t move_locked(struct aspace *as, struct move *mv, user_addr_t *out)
{
    struct vmar *vmar;
    user_addr_t base;
    status_t st;

    mv->m = mapping_find(as, mv->from);
    if (!mv->m || !region_holds(&mv->m->region, mv->from, mv->old_size))
        return ERR_FAULT;
    if (mv->m->flags & MAPPING_PINNED)
        return ERR_ACCESS_DENIED;
    if (mv->left && !mapping_is_anonymous(mv->m->flags, mv->m->vmo))
        return ERR_INVALID_ARGS;
    vmar = mv->m->region.parent;
    st = find_place(mv, &base);
    if (st == OK)
        st = choose_vmo(mv);
    if (st == OK)
        st = mapping_split_at(vmar, mv->from);
    if (st == OK)
        st = mapping_split_at(vmar, mv->from + mv->old_size);
    if (st == OK) {
        mv->m = mapping_find(as, mv->from);
        st = replace(mv, base);
    }
    mapping_merge_range(vmar, mv->from, mv->from + mv->old_size);
    if (st != OK)
        return st;
    mapping_merge_range(vmar, base, base + mv->to.size);
    *out = base;
    return OK;
}

static status_t move(struct aspace *as, struct move *mv, user_addr_t *out)
{
    status_t st;

    if (!range_valid(mv->from, mv->old_size) || mv->to.size < mv->old_size ||
        !IS_ALIGNED(mv->to.size, PAGE_SIZE) || !IS_ALIGNED(mv->to.addr, PAGE_SIZE) ||
        mv->to.place == PLACE_RANDOM)
        return ERR_INVALID_ARGS;
    list_init(&mv->dead);
    {
        SPIN_GUARD(&as->lock);
        st = move_locked(as, mv, out);
    }
    mapping_free_all(&mv->dead);
    vmo_put(mv->vmo);
    return st;
}

status_t aspace_move(struct aspace *as, user_addr_t from, uint64_t old_size, uint64_t new_size,
                     unsigned place, user_addr_t to, user_addr_t limit, user_addr_t *out)
{
    struct move mv = {.from = from,
                      .old_size = old_size,
                      .to = placement_of(place, to, new_size, PAGE_SIZE, limit)};

    return move(as, &mv, out);
}

status_t aspace_move_out(struct aspace *as, user_addr_t from, uint64_t size, unsigned place,
                         user_addr_t to, user_addr_t limit, user_addr_t *out)
{
    struct move mv = {
        .from = from, .old_size = size, .to = placement_of(place, to, size, PAGE_SIZE, limit)};
    status_t st = vmo_create(size, 0, &mv.left);

    if (st != OK)
        return st;
    st = move(as, &mv, out);
    vmo_put(mv.left);
    return st;
}
