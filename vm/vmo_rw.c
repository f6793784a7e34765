/*
 * vmo_rw.c - VMOs from the kernel's side: reading, writing, and waiting for the pager.
 */
#include "vm/vmo_internal.h"

#include "base/assert.h"
#include "base/string.h"

/* Copy out of a page of the VMO that has the pager. Caller holds its lock. */
static status_t read_supplied(struct vmo *vmo, uint64_t index, size_t at, void *to, size_t size)
{
    struct page *page;
    status_t st = vmo_supply_locked(vmo, index, 0, &page);

    if (st == OK)
        memcpy(to, (char *)page_data(page) + at, size);
    return st;
}

/* Within one page. */
static status_t read_part(struct vmo *vmo, uint64_t offset, void *to, size_t size)
{
    uint64_t index = offset >> PAGE_SHIFT, parent_index;
    size_t at = offset & PAGE_MASK;
    struct page *page;
    bool ours;
    SPIN_GUARD(&vmo->lock);

    if (index >= vmo_pages(vmo))
        return ERR_OUT_OF_RANGE;
    page = vmo_peek_locked(vmo, index, &ours);
    if (page) {
        memcpy(to, (char *)page_data(page) + at, size);
        return OK;
    }
    if (vmo->pager)
        return read_supplied(vmo, index, at, to, size);
    if (vmo->parent) {
        SPIN_GUARD(&vmo->parent->lock);
        if (vmo_from_parent(vmo, index, &parent_index))
            return read_supplied(vmo->parent, parent_index, at, to, size);
    }
    memset(to, 0, size);
    return OK;
}

static status_t write_part(struct vmo *vmo, uint64_t offset, const void *from, size_t size)
{
    struct page *page;
    bool writable;
    status_t st;
    SPIN_GUARD(&vmo->lock);

    st = vmo_get_page_locked(vmo, offset >> PAGE_SHIFT, VMO_WRITE, &page, &writable);
    if (st == OK)
        memcpy((char *)page_data(page) + (offset & PAGE_MASK), from, size);
    return st;
}

static status_t check_range(struct vmo *vmo, uint64_t offset, size_t size)
{
    SPIN_GUARD(&vmo->lock);

    if (vmo->flags & VMO_PHYSICAL)
        return ERR_NOT_SUPPORTED;
    return offset <= vmo->size && size <= vmo->size - offset ? OK : ERR_OUT_OF_RANGE;
}

status_t vmo_read(struct vmo *vmo, uint64_t offset, void *to, size_t size, size_t *done)
{
    status_t st = check_range(vmo, offset, size);
    size_t moved = 0;

    while (st == OK && moved < size) {
        size_t part = MIN(size - moved, PAGE_SIZE - ((offset + moved) & PAGE_MASK));

        st = read_part(vmo, offset + moved, (char *)to + moved, part);
        if (st == OK)
            moved += part;
    }
    if (done)
        *done = moved;
    return st;
}

status_t vmo_write(struct vmo *vmo, uint64_t offset, const void *from, size_t size,
                   size_t *done)
{
    status_t st = check_range(vmo, offset, size);
    size_t moved = 0;

    while (st == OK && moved < size) {
        size_t part = MIN(size - moved, PAGE_SIZE - ((offset + moved) & PAGE_MASK));

        st = write_part(vmo, offset + moved, (const char *)from + moved, part);
        if (st == OK)
            moved += part;
    }
    if (done)
        *done = moved;
    return st;
}

void vmo_update(struct vmo *vmo, uint64_t offset, const void *from, size_t size)
{
    SPIN_GUARD(&vmo->lock);

    for (size_t done = 0, part; done < size; done += part) {
        uint64_t at = offset + done;
        bool ours;
        struct page *page = vmo_peek_locked(vmo, at >> PAGE_SHIFT, &ours);

        part = MIN(size - done, PAGE_SIZE - (at & PAGE_MASK));
        if (page)
            memcpy((char *)page_data(page) + (at & PAGE_MASK), (const char *)from + done, part);
    }
}

status_t vmo_write_back(struct vmo *vmo, uint64_t first, uint64_t end,
                        status_t (*write)(void *arg, uint64_t index, const void *data),
                        void *arg)
{
    status_t st = OK;
    SPIN_GUARD(&vmo->lock);

    end = MIN(end, vmo_pages(vmo));
    if (first < end)
        vmo_write_protect_locked(vmo);
    for (uint64_t i = first; st == OK && i < end; i++) {
        bool ours;
        struct page *page = vmo_peek_locked(vmo, i, &ours);

        if (!page || !page->dirty)
            continue;
        st = write(arg, i, page_data(page));
        page->dirty = st != OK;
    }
    return st;
}

/* Of the pages wanted from f->index on, how many the clone does not have and its parent may. */
static uint32_t count_wanted(const struct vmo_page_in *f)
{
    uint64_t parent_index;
    uint32_t n = 1;
    bool ours;

    while (n < f->count && !vmo_peek_locked(f->vmo, f->index + n, &ours) &&
           vmo_from_parent(f->vmo, f->index + n, &parent_index))
        n++;
    return n;
}

/* Find who has the pager. False: nothing is absent that a pager would have. */
static bool find_owner(struct vmo_page_in *f)
{
    bool ours;
    SPIN_GUARD(&f->vmo->lock);

    f->owner = f->vmo;
    f->owner_index = f->index;
    if (f->vmo->pager)
        return true;
    f->owner = f->vmo->parent;
    f->count = f->write ? 1 : count_wanted(f);
    f->write = false; /* what is written is a copy */
    return !vmo_peek_locked(f->vmo, f->index, &ours) &&
           vmo_from_parent(f->vmo, f->index, &f->owner_index);
}

/* OK: it is there. ERR_SHOULD_WAIT: the pager has to be waited for; if it fills pages one by
 * one, f->page. */
static status_t page_in_begin(struct vmo_page_in *f)
{
    struct page *page;
    status_t st;

    if (!find_owner(f))
        return OK;
    {
        SPIN_GUARD(&f->owner->lock);
        st = vmo_supply_locked(f->owner, f->owner_index, 0, &page);
    }
    if (st == OK && f->write && f->owner->dirty)
        st = ERR_SHOULD_WAIT;
    if (st != ERR_SHOULD_WAIT)
        return st;
    assert(f->owner->pager->page_in);
    if (!f->owner->pager->try_page_in)
        return ERR_SHOULD_WAIT;
    st = page_alloc(&f->page);
    return st == OK ? ERR_SHOULD_WAIT : st;
}

/* Somebody else may have brought it in meanwhile: his is as good. */
static status_t page_in_end(struct vmo_page_in *f, status_t st)
{
    if (!f->page)
        return st;
    if (st == OK) {
        SPIN_GUARD(&f->owner->lock);
        st = vmo_insert_locked(f->owner, f->owner_index, f->page);
    }
    if (st != OK)
        page_put(f->page);
    return st == ERR_ALREADY_EXISTS ? OK : st;
}

static unsigned page_count(const struct vmo_page_in *f)
{
    return f->count ? f->count : 1;
}

CO_FN(vmo_page_in)
{
    status_t st;

    st = page_in_begin(f);
    if (st != ERR_SHOULD_WAIT)
        CO_RETURN(st);
    CO_CALL_SLOT(st, f->slot, f->owner->pager->page_in, .vmo = f->owner,
                 .index = f->owner_index, .page = f->page, .count = page_count(f),
                 .interruptible = f->interruptible, .write = f->write);
    CO_RETURN(page_in_end(f, st));
}
CO_END
