/*
 * place.c - where a new region goes.
 *
 * Searches run from the top down and remember how far they came: while all that was skipped is
 * too small, the next one starts there, so mapping costs one descent of the tree. Freeing a
 * region above that point moves it up again.
 */
#include "vm/vmar_internal.h"

#include "base/status.h"
#include "hal/boot.h"

bool place_is_free(const struct vmar *vmar, user_addr_t base, uint64_t size)
{
    struct region *r = region_find(vmar, base);

    return !r || r->base >= base + size;
}

void place_freed(struct vmar *vmar, user_addr_t end, const struct region *next)
{
    struct gap_cache *gaps = &vmar->gaps;

    if (end >= gaps->scan)
        gaps->scan = MIN(next ? next->base : region_end(&vmar->region), gaps->limit);
}

/* The gaps of a VMAR below some address, from the top down. */
struct gap_walk {
    const struct vmar *vmar;
    const struct region *below; /* what bounds the next gap from below; NULL: the VMAR itself */
    user_addr_t base, end;      /* the gap */
    bool last;
};

static struct gap_walk gap_walk_from(const struct vmar *vmar, user_addr_t top)
{
    struct rb_node *above = rb_lower_bound(&vmar->regions, it, region_of(it)->base < top);
    struct rb_node *below = above ? rb_prev(above) : rb_last(&vmar->regions);

    return (struct gap_walk){.vmar = vmar, .below = region_of(below), .base = top, .end = top};
}

/* The next gap, perhaps an empty one; false: there are no more. */
static bool gap_next(struct gap_walk *w)
{
    if (w->last)
        return false;
    w->end = w->base;
    w->last = !w->below;
    if (!w->below) {
        w->base = w->vmar->region.base;
        return true;
    }
    /* The topmost region may reach beyond where the walk began. */
    w->end = MAX(w->end, region_end(w->below));
    w->base = region_end(w->below);
    return true;
}

/* After gap_next: step over the region below the gap. */
static void gap_step(struct gap_walk *w)
{
    if (w->below) {
        w->base = w->below->base;
        w->below = region_of(rb_prev(&w->below->node));
    }
}

/* The highest aligned place for `size` bytes in the gap. */
static bool gap_fits(const struct gap_walk *w, uint64_t size, uint64_t align, user_addr_t *base)
{
    if (w->end - w->base < size)
        return false;
    *base = ROUND_DOWN(w->end - size, align);
    return *base >= w->base;
}

static status_t place_top(struct vmar *vmar, const struct placement *p, user_addr_t limit,
                          user_addr_t *base)
{
    struct gap_cache *gaps = &vmar->gaps;
    struct gap_walk w;

    if (gaps->limit != limit || p->size <= gaps->largest)
        *gaps = (struct gap_cache){.limit = limit, .scan = limit};
    w = gap_walk_from(vmar, gaps->scan);
    for (; gap_next(&w); gap_step(&w)) {
        if (gap_fits(&w, p->size, p->align, base)) {
            gaps->scan = w.end;
            return OK;
        }
        gaps->largest = MAX(gaps->largest, w.end - w.base);
    }
    gaps->scan = vmar->region.base;
    return ERR_NO_MEMORY;
}

/* Regions at random places come near one another, so that they share page tables. */
#define NEIGHBOURHOOD (8ull << 20)

static uint64_t random_number(struct aspace *as, uint64_t below)
{
    struct random *r = &as->random;
    uint64_t seed;

    if (!(r->s[0] | r->s[1] | r->s[2] | r->s[3])) {
        hal_entropy(&seed, sizeof(seed));
        random_seed(r, seed);
    }
    return random_below(r, below);
}

/* How many places the gap has from `floor` on, and the lowest. */
static uint64_t gap_places(const struct gap_walk *w, const struct placement *p,
                           user_addr_t floor, user_addr_t *lowest)
{
    user_addr_t highest;

    *lowest = ROUND_UP(MAX(w->base, floor), p->align);
    return gap_fits(w, p->size, p->align, &highest) && highest >= *lowest
               ? (highest - *lowest) / p->align + 1
               : 0;
}

/* Of the places in [floor, limit) each is as likely as another. */
static status_t place_between(struct vmar *vmar, const struct placement *p, user_addr_t floor,
                              user_addr_t limit, user_addr_t *base)
{
    uint64_t total = 0, nth, places = 0;
    struct gap_walk w;

    for (w = gap_walk_from(vmar, limit); gap_next(&w) && w.end > floor; gap_step(&w))
        total += gap_places(&w, p, floor, base);
    if (!total)
        return ERR_NO_MEMORY;
    nth = random_number(vmar->region.aspace, total);
    for (w = gap_walk_from(vmar, limit); gap_next(&w); gap_step(&w)) {
        places = gap_places(&w, p, floor, base);
        if (nth < places)
            break;
        nth -= places;
    }
    *base += nth * p->align;
    return OK;
}

static status_t place_random(struct vmar *vmar, const struct placement *p, user_addr_t limit,
                             user_addr_t *base)
{
    user_addr_t near = ROUND_DOWN(vmar->near, NEIGHBOURHOOD);
    status_t st;

    if (vmar->near && place_between(vmar, p, MAX(near, vmar->region.base),
                                    MIN(near + NEIGHBOURHOOD, limit), base) == OK)
        return OK;
    st = place_between(vmar, p, vmar->region.base, limit, base);
    if (st == OK && p->size < NEIGHBOURHOOD)
        vmar->near = *base;
    return st;
}

status_t place_find(struct vmar *vmar, const struct placement *p, user_addr_t *base)
{
    bool fits = region_holds(&vmar->region, p->addr, p->size) && IS_ALIGNED(p->addr, p->align);
    user_addr_t limit = region_end(&vmar->region);

    switch (p->place) {
    case PLACE_EXACT:
        *base = p->addr;
        if (!fits)
            return ERR_OUT_OF_RANGE;
        return place_is_free(vmar, p->addr, p->size) ? OK : ERR_ALREADY_EXISTS;
    case PLACE_OVERWRITE:
        *base = p->addr;
        if (!fits)
            return ERR_OUT_OF_RANGE;
        return touches_hole(p->addr, p->addr + p->size) ? ERR_NO_MEMORY : OK;
    case PLACE_HINT:
        *base = p->addr;
        if (fits && place_is_free(vmar, p->addr, p->size))
            return OK;
        break;
    }
    if (p->limit)
        limit = MIN(limit, MAX(p->limit, vmar->region.base));
    return p->place == PLACE_RANDOM ? place_random(vmar, p, limit, base)
                                    : place_top(vmar, p, limit, base);
}
