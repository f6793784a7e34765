/*
 * aspace_fork.c - a copy of an address space: clones of private memory, and the same shared
 * one.
 */
#include "vm/vmar_internal.h"

#include "base/status.h"

/* Runs of pages copied at once, at most. */
enum { AHEAD_MAX = 8 };

struct fork {
    struct aspace *to;
    /* The last VMO cloned: mappings that a split left behind are neighbours, and keep one VMO.
     */
    const struct vmo *of;
    struct vmo *clone; /* reference */
    unsigned ahead;    /* runs copied at once so far */
};

static bool is_shared(const struct mapping *m)
{
    return m->flags & MAPPING_SHARED || m->vmo->flags & VMO_PHYSICAL;
}

static status_t vmo_for_child(struct fork *f, const struct mapping *m, struct vmo **out)
{
    status_t st;

    *out = m->vmo;
    if (is_shared(m))
        return OK;
    if (f->of != m->vmo) {
        vmo_put(f->clone);
        f->clone = NULL;
        f->of = NULL;
        st = vmo_clone(m->vmo, 0, m->vmo->size, &f->clone);
        if (st != OK)
            return st;
        f->of = m->vmo;
    }
    *out = f->clone;
    return OK;
}

/* What is locked in the parent is not in the child (fork(2)). NULL: no memory. */
static struct mapping *map_in_child(struct fork *f, const struct mapping *m, struct vmo *vmo,
                                    uint64_t offset)
{
    struct mapping *copy =
        mapping_new(vmo, offset, m->prot, m->max_prot, m->flags & ~(unsigned)MAPPING_LOCKED);

    if (!copy)
        return NULL;
    copy->origin = mapping_origin_get(m->origin);
    mapping_insert(f->to->root, copy, m->region.base, m->region.size);
    return copy;
}

static status_t fork_wiped(struct fork *f, const struct mapping *m)
{
    struct mapping *copy;
    struct vmo *vmo;
    status_t st = vmo_create(m->region.size, 0, &vmo);

    if (st != OK)
        return st;
    copy = map_in_child(f, m, vmo, 0);
    vmo_put(vmo);
    return copy ? OK : ERR_NO_MEMORY;
}

/*
 * What was written last will be written next, by both: the child gets its copy now and the
 * parent keeps its pages, which saves each a fault. Without memory for it the faults will come.
 */
static void copy_ahead(struct fork *f, struct mapping *m, struct mapping *copy)
{
    user_addr_t addr;

    if (f->ahead == AHEAD_MAX || is_shared(m) || m->vmo->pager || !mapping_last_write(m, &addr))
        return;
    if (mapping_write_ahead(copy, addr) == OK && mapping_write_ahead(m, addr) == OK)
        f->ahead++;
}

static status_t fork_mapping(struct fork *f, struct mapping *m)
{
    struct mapping *copy;
    struct vmo *vmo;
    status_t st;

    if (m->flags & MAPPING_WIPEONFORK)
        return fork_wiped(f, m);
    st = vmo_for_child(f, m, &vmo);
    if (st != OK)
        return st;
    copy = map_in_child(f, m, vmo, m->offset);
    if (!copy)
        return ERR_NO_MEMORY;
    copy_ahead(f, m, copy);
    mapping_show_stubs(copy);
    return OK;
}

/* Both locked, the parent's first: a fault, an unmap or a map of the parent's comes wholly
 * before or wholly after. */
static status_t fork_locked(struct aspace *from, struct aspace *to)
{
    struct fork f = {.to = to};
    user_addr_t at = 0;
    status_t st = OK;
    SPIN_GUARD(&from->lock);
    SPIN_GUARD(&to->lock);

    to->growth = from->growth;
    to->mappings_max = from->mappings_max;
    while (st == OK) {
        struct mapping *m = mapping_find_from(from->root, at);

        if (!m)
            break;
        at = region_end(&m->region);
        if (!(m->flags & MAPPING_DONTFORK))
            st = fork_mapping(&f, m);
    }
    vmo_put(f.clone);
    return st;
}

status_t aspace_fork(struct aspace *from, struct aspace *to)
{
    status_t st = fork_locked(from, to);

    if (st != OK)
        aspace_clear(to);
    return st;
}
