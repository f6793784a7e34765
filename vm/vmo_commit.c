/*
 * vmo_commit.c - pages made present, given back as zeroes, and taken out.
 */
#include "vm/vmo_internal.h"

#include "base/string.h"

/* One at a time, so that nobody waits long for the lock. */
static status_t commit_page(struct vmo *vmo, uint64_t index)
{
    struct page *page;
    bool writable;
    SPIN_GUARD(&vmo->lock);

    if (index >= vmo_pages(vmo) || vmo->flags & VMO_PHYSICAL)
        return OK;
    return vmo_get_page_locked(vmo, index, vmo->dirty ? VMO_READ : VMO_WRITE, &page, &writable);
}

status_t vmo_commit(struct vmo *vmo, uint64_t *first, uint64_t end)
{
    status_t st = OK;

    end = MIN(end, vmo_pages(vmo));
    end = MIN(end, vmo_zero_from(vmo));
    while (*first < end && (st = commit_page(vmo, *first)) == OK)
        ++*first;
    return st;
}

/* Is an absent page a zero page? */
static bool absent_is_zero(const struct vmo *vmo, uint64_t index)
{
    uint64_t parent_index;

    if (vmo->pager)
        return index >= vmo_zero_from(vmo);
    return !vmo_from_parent(vmo, index, &parent_index);
}

/* [offset, offset + size) lies in one page. */
static status_t zero_part(struct vmo *vmo, uint64_t offset, size_t size)
{
    uint64_t index = offset >> PAGE_SHIFT;
    struct page *page;
    bool ours, writable;
    status_t st;
    SPIN_GUARD(&vmo->lock);

    if (index >= vmo_pages(vmo))
        return OK;
    if (absent_is_zero(vmo, index)) {
        if (!vmo_peek_locked(vmo, index, &ours))
            return OK;
        if (size == PAGE_SIZE && !(vmo->flags & VMO_CONTIGUOUS) &&
            !vmo_pinned_locked(vmo, index, index + 1))
            return vmo_drop_locked(vmo, index, index + 1);
    }
    st = vmo_get_page_locked(vmo, index, VMO_WRITE, &page, &writable);
    if (st == OK)
        memset((char *)page_data(page) + (offset & PAGE_MASK), 0, size);
    return st;
}

/* Where there may be something but zeroes: a VMO may be large, and empty. */
static uint64_t next_to_zero(struct vmo *vmo, uint64_t offset, uint64_t end)
{
    uint64_t index = offset >> PAGE_SHIFT;

    if (vmo->pager && index < vmo_zero_from(vmo))
        return offset;
    if (vmo->parent && index < vmo->parent_limit >> PAGE_SHIFT)
        return offset;
    index = vmo_find_page(vmo, index, (end + PAGE_MASK) >> PAGE_SHIFT, true);
    return MAX(offset, index << PAGE_SHIFT);
}

status_t vmo_zero(struct vmo *vmo, uint64_t *offset, uint64_t end)
{
    while ((*offset = next_to_zero(vmo, *offset, end)) < end) {
        size_t part = MIN(end - *offset, PAGE_SIZE - (*offset & PAGE_MASK));
        status_t st = zero_part(vmo, *offset, part);

        if (st != OK)
            return st;
        *offset += part;
    }
    return OK;
}

status_t vmo_take_page(struct vmo *vmo, uint64_t index, struct page **out)
{
    bool writable;
    status_t st;
    SPIN_GUARD(&vmo->lock);

    if (vmo_pinned_locked(vmo, index, index + 1))
        return ERR_BAD_STATE;
    st = vmo_get_page_locked(vmo, index, VMO_WRITE, out, &writable);
    if (st != OK)
        return st;
    page_get(*out);
    st = vmo_drop_locked(vmo, index, index + 1);
    if (st != OK)
        page_put(*out);
    return st;
}
