/*
 * walk.c - looking at all regions of an address space.
 */
#include "vm/vmar_internal.h"

/* The first region inside of `r`; NULL: it holds none. */
static struct region *first_inside(struct region *r)
{
    return r->kind == REGION_VMAR ? region_of(rb_first(&vmar_of(r)->regions)) : NULL;
}

/* What follows `r` and all inside of it. */
static struct region *next_outside(struct region *r, unsigned *depth)
{
    struct region *next;

    while (r->parent) {
        next = region_next(r);
        if (next)
            return next;
        r = &r->parent->region;
        --*depth;
    }
    return NULL;
}

/* The machine's own part is no region of the program's. */
static bool is_hole(const struct region *r)
{
    return r->parent && r->kind == REGION_VMAR && touches_hole(r->base, region_end(r));
}

void aspace_walk(struct aspace *as,
                 void (*see)(void *arg, const struct region *r, unsigned depth), void *arg)
{
    SPIN_GUARD(&as->lock);
    struct region *r = &as->root->region, *inside;
    unsigned depth = 0;

    while (r) {
        inside = NULL;
        if (!is_hole(r)) {
            see(arg, r, depth);
            inside = first_inside(r);
        }
        depth += inside != NULL;
        r = inside ? inside : next_outside(r, &depth);
    }
}
