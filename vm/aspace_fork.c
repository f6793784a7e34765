/*
 * aspace_fork.c - a copy of an address space: clones of private memory, and the same shared
 * one.
 */
#include "vm/vmar_internal.h"

#include "base/status.h"

/* The last VMO cloned: mappings that a split left behind are neighbours, and keep one VMO. */
struct fork_clone {
    const struct vmo *of;
    struct vmo *clone; /* reference */
};

static status_t vmo_for_child(const struct mapping *m, struct fork_clone *last,
                              struct vmo **out)
{
    status_t st;

    *out = m->vmo;
    if (m->flags & MAPPING_SHARED || m->vmo->flags & VMO_PHYSICAL)
        return OK;
    if (last->of != m->vmo) {
        vmo_put(last->clone);
        *last = (struct fork_clone){0};
        st = vmo_clone(m->vmo, 0, m->vmo->size, &last->clone);
        if (st != OK)
            return st;
        last->of = m->vmo;
    }
    *out = last->clone;
    return OK;
}

/* What is locked in the parent is not in the child (fork(2)). */
static status_t map_in_child(const struct mapping *m, struct aspace *to, struct vmo *vmo,
                             uint64_t offset)
{
    struct mapping *copy =
        mapping_new(vmo, offset, m->prot, m->max_prot, m->flags & ~(unsigned)MAPPING_LOCKED);

    if (!copy)
        return ERR_NO_MEMORY;
    mapping_insert(to->root, copy, m->region.base, m->region.size);
    return OK;
}

static status_t fork_wiped(const struct mapping *m, struct aspace *to)
{
    struct vmo *vmo;
    status_t st = vmo_create(m->region.size, 0, &vmo);

    if (st != OK)
        return st;
    st = map_in_child(m, to, vmo, 0);
    vmo_put(vmo);
    return st;
}

static status_t fork_mapping(const struct mapping *m, struct aspace *to,
                             struct fork_clone *last)
{
    struct vmo *vmo;
    status_t st;

    if (m->flags & MAPPING_WIPEONFORK)
        return fork_wiped(m, to);
    st = vmo_for_child(m, last, &vmo);
    return st == OK ? map_in_child(m, to, vmo, m->offset) : st;
}

/* Both locked, the parent's first: a fault, an unmap or a map of the parent's comes wholly
 * before or wholly after. */
static status_t fork_locked(struct aspace *from, struct aspace *to)
{
    struct fork_clone last = {0};
    user_addr_t at = 0;
    status_t st = OK;
    SPIN_GUARD(&from->lock);
    SPIN_GUARD(&to->lock);

    to->growth = from->growth;
    while (st == OK) {
        struct mapping *m = mapping_find_from(from->root, at);

        if (!m)
            break;
        at = region_end(&m->region);
        if (!(m->flags & MAPPING_DONTFORK))
            st = fork_mapping(m, to, &last);
    }
    vmo_put(last.clone);
    return st;
}

status_t aspace_fork(struct aspace *from, struct aspace *to)
{
    status_t st = fork_locked(from, to);

    if (st != OK)
        aspace_clear(to);
    return st;
}
