/*
 * vmo_dirty.c - which pages of a VMO its pager has yet to be told of.
 */
#include "vm/vmo_internal.h"

void vmo_track_dirty(struct vmo *vmo, struct vmo_dirty *d, bool trap)
{
    *d = (struct vmo_dirty){.trap = trap, .zero_from = vmo_pages(vmo), .seen = vmo->changes};
    vmo->dirty = d;
}

static struct page *own_page(struct vmo *vmo, uint64_t index)
{
    bool ours;

    return vmo_peek_locked(vmo, index, &ours);
}

bool vmo_is_supplied_locked(struct vmo *vmo, uint64_t index)
{
    return index >= vmo_zero_from(vmo) || own_page(vmo, index);
}

bool vmo_is_dirty_locked(struct vmo *vmo, uint64_t index)
{
    const struct page *page = own_page(vmo, index);

    return page && page->dirty == PAGE_DIRTY;
}

/* A zero that is written is a page; what is behind it does not count as written back first. */
static status_t insert_zero(struct vmo *vmo, uint64_t index)
{
    struct page *page;
    status_t st = page_alloc_zeroed(&page);

    if (st != OK)
        return st;
    st = vmo_insert_locked(vmo, index, page);
    if (st != OK) {
        page_put(page);
        return st;
    }
    vmo->dirty->zero_clean = MIN(vmo->dirty->zero_clean, index);
    return OK;
}

/* One that is supplied. */
static status_t dirty_page(struct vmo *vmo, uint64_t index)
{
    status_t st = own_page(vmo, index) ? OK : insert_zero(vmo, index);

    if (st == OK)
        own_page(vmo, index)->dirty = PAGE_DIRTY;
    return st;
}

status_t vmo_dirty_for_write_locked(struct vmo *vmo, uint64_t index)
{
    if (vmo_is_dirty_locked(vmo, index))
        return OK;
    if (vmo->dirty->trap || !vmo_is_supplied_locked(vmo, index))
        return ERR_SHOULD_WAIT;
    return dirty_page(vmo, index);
}

void vmo_dirty_cut_locked(struct vmo *vmo)
{
    struct vmo_dirty *d = vmo->dirty;

    d->zero_from = MIN(d->zero_from, vmo_pages(vmo));
    d->zero_clean = MIN(d->zero_clean, vmo_pages(vmo));
}

static status_t check_supplied(struct vmo *vmo, uint64_t first, uint64_t end)
{
    SPIN_GUARD(&vmo->lock);

    if (end > vmo_pages(vmo))
        return ERR_OUT_OF_RANGE;
    for (uint64_t i = first; i < MIN(end, vmo_zero_from(vmo)); i++)
        if (!own_page(vmo, i))
            return ERR_NOT_FOUND;
    return OK;
}

/* One at a time, so that nobody waits long for the lock; it may have been cut off meanwhile. */
static status_t dirty_one(struct vmo *vmo, uint64_t index)
{
    SPIN_GUARD(&vmo->lock);

    if (index >= vmo_pages(vmo))
        return ERR_OUT_OF_RANGE;
    return vmo_is_supplied_locked(vmo, index) ? dirty_page(vmo, index) : ERR_NOT_FOUND;
}

status_t vmo_make_dirty(struct vmo *vmo, uint64_t first, uint64_t end)
{
    status_t st = check_supplied(vmo, first, end);

    for (uint64_t i = first; st == OK && i < end; i++)
        st = dirty_one(vmo, i);
    return st;
}

/* The first page from `index` on that is there, before `end`; or `end`. */
static uint64_t next_page(struct vmo *vmo, uint64_t index, uint64_t end)
{
    uint64_t at = radix_next(vmo->root, vmo->root_base + index);

    return at == UINT64_MAX ? end : MIN(at - vmo->root_base, end);
}

/* Of the zeroes, only the first stretch can be written back: from `zero_from` on. The last word
 * on how much of it counts. */
static void begin_clean_zeroes(struct vmo *vmo, uint64_t first, uint64_t end)
{
    struct vmo_dirty *d = vmo->dirty;
    uint64_t at = d->zero_from;

    while (at < end && own_page(vmo, at))
        at++;
    if (first <= at && at < end)
        d->zero_clean = next_page(vmo, at, end);
}

status_t vmo_begin_clean(struct vmo *vmo, uint64_t first, uint64_t end)
{
    SPIN_GUARD(&vmo->lock);

    if (end > vmo_pages(vmo))
        return ERR_OUT_OF_RANGE;
    for (uint64_t i = first; (i = next_page(vmo, i, end)) < end; i++)
        if (vmo_is_dirty_locked(vmo, i))
            own_page(vmo, i)->dirty = PAGE_AWAITING_CLEAN;
    begin_clean_zeroes(vmo, first, end);
    vmo_write_protect_locked(vmo);
    return OK;
}

/* Up to the first zeroes that have not been written back; zero_from passes what is there. */
static void end_clean_locked(struct vmo *vmo, uint64_t first, uint64_t end)
{
    struct vmo_dirty *d = vmo->dirty;

    for (uint64_t i = first; i < end; i++) {
        uint64_t next = next_page(vmo, i, end);
        struct page *page;

        if (i <= d->zero_from && d->zero_from < next)
            d->zero_from = MAX(d->zero_from, MIN(next, d->zero_clean));
        if (next == end || next > d->zero_from)
            return;
        page = own_page(vmo, next);
        if (page->dirty == PAGE_AWAITING_CLEAN)
            page->dirty = PAGE_CLEAN;
        d->zero_from += next == d->zero_from;
        i = next;
    }
}

/* Zeroes that are the pager's now are shown no longer. */
status_t vmo_end_clean(struct vmo *vmo, uint64_t first, uint64_t end)
{
    uint64_t before;
    SPIN_GUARD(&vmo->lock);

    if (end > vmo_pages(vmo))
        return ERR_OUT_OF_RANGE;
    before = vmo->dirty->zero_from;
    end_clean_locked(vmo, first, end);
    if (vmo->dirty->zero_from > before)
        vmo_unmap_locked(vmo, before, vmo->dirty->zero_from, NULL);
    return OK;
}

enum kind { KIND_CLEAN, KIND_DIRTY, KIND_ZERO };

/* What page `i` is; where pages begin that may be of another kind. */
static uint64_t kind_at(struct vmo *vmo, uint64_t i, uint64_t end, enum kind *kind)
{
    const struct page *page = own_page(vmo, i);
    uint64_t zero_from = vmo->dirty->zero_from, next;

    if (page) {
        *kind = page->dirty ? KIND_DIRTY : KIND_CLEAN;
        return i + 1;
    }
    next = next_page(vmo, i, end);
    *kind = i >= zero_from ? KIND_ZERO : KIND_CLEAN;
    return i >= zero_from ? next : MIN(next, zero_from);
}

bool vmo_next_dirty(struct vmo *vmo, uint64_t from, uint64_t end, struct vmo_dirty_range *out)
{
    enum kind kind = KIND_CLEAN, found = KIND_CLEAN;
    SPIN_GUARD(&vmo->lock);

    end = MIN(end, vmo_pages(vmo));
    for (uint64_t i = from, next; i < end; i = next) {
        next = kind_at(vmo, i, end, &kind);
        if (found == KIND_CLEAN && kind != KIND_CLEAN) {
            found = kind;
            *out = (struct vmo_dirty_range){.first = i, .zero = kind == KIND_ZERO};
        }
        if (found != kind)
            break;
        out->end = next;
    }
    return found != KIND_CLEAN;
}

bool vmo_is_modified(struct vmo *vmo, bool reset)
{
    bool modified;
    SPIN_GUARD(&vmo->lock);

    modified = vmo->changes != vmo->dirty->seen;
    if (reset) {
        vmo->dirty->seen = vmo->changes;
        vmo_write_protect_locked(vmo);
    }
    return modified;
}
