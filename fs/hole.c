/*
 * hole.c - parts of regular files that are zero and take no memory: made, and found.
 */
#include "fs/fs_internal.h"
#include "fs/ram_quota.h"
#include "fs/seal.h"

/* Absent pages are zero, so a page can be given back. Others show what is behind them. */
static bool can_be_sparse(const struct vmo *vmo)
{
    return !vmo->parent && (!vmo->pager || vmo_has_holes(vmo));
}

/* Part of one page. An absent one is zero already, or is brought in and becomes ours. */
static status_t zero_part(struct vmo *vmo, uint64_t offset, uint64_t end)
{
    unsigned how = can_be_sparse(vmo) ? VMO_WRITE | VMO_PRESENT_ONLY : VMO_WRITE;
    struct page *page;
    bool writable;
    status_t st;
    SPIN_GUARD(&vmo->lock);

    if (offset >= end)
        return OK;
    st = vmo_get_page_locked(vmo, offset >> PAGE_SHIFT, how, &page, &writable);
    if (st == OK)
        memset((char *)page_data(page) + (offset & PAGE_MASK), 0, end - offset);
    return st == ERR_NOT_FOUND ? OK : st;
}

static status_t zero_pages(struct vmo *vmo, uint64_t offset, uint64_t end)
{
    status_t st = OK;

    if (can_be_sparse(vmo))
        return vmo_decommit(vmo, offset, end - offset);
    for (; st == OK && offset < end; offset += PAGE_SIZE)
        st = zero_part(vmo, offset, offset + PAGE_SIZE);
    return st;
}

static status_t zero_range(struct vmo *vmo, uint64_t offset, uint64_t end)
{
    uint64_t first = ROUND_UP(offset, PAGE_SIZE), last = ROUND_DOWN(end, PAGE_SIZE);
    status_t st;

    if (first > last) /* within one page */
        return zero_part(vmo, offset, end);
    st = zero_part(vmo, offset, first);
    if (st == OK)
        st = zero_part(vmo, last, end);
    return st == OK && first < last ? zero_pages(vmo, first, last) : st;
}

/* Under inode.lock, as a truncation: a write that had a page pinned looks again. */
static status_t punch_locked(struct inode *inode, uint64_t offset, uint64_t size, int64_t now)
{
    uint64_t end = MIN(offset + size, inode->attr.size);
    status_t st = ERR_NOT_SUPPORTED;

    if (inode->vmo && !inode->ops->write) /* the bytes lie here and nowhere else */
        st = seal_check_write_locked(inode, 0);
    if (st != OK || offset >= end)
        return st;
    /* Past the file's end its last page is zero anyway. */
    if (end == inode->attr.size)
        end = ROUND_UP(end, PAGE_SIZE);
    st = zero_range(inode->vmo, offset, MIN(end, inode->vmo->size));
    if (st == OK)
        inode->attr.mtime = inode->attr.ctime = now;
    return st;
}

status_t file_punch(struct file *file, uint64_t offset, uint64_t size)
{
    struct inode *inode = inode_contents(file->inode);
    int64_t now = inode_time_now();
    struct vmo *vmo;
    status_t st;

    {
        SPIN_GUARD(&inode->lock);
        st = punch_locked(inode, offset, size, now);
    }
    vmo = inode_vmo(inode);
    if (vmo)
        ram_pages_settle(vmo);
    vmo_put(vmo);
    return st;
}

status_t file_punch_mapped(struct vmo *vmo, uint64_t offset, uint64_t size)
{
    status_t st = ERR_NOT_SUPPORTED;

    if (can_be_sparse(vmo) && !(vmo->flags & VMO_PHYSICAL)) {
        uint64_t end = MIN(offset + size, vmo->size);

        st = offset < end ? vmo_decommit(vmo, offset, end - offset) : OK;
    }
    ram_pages_settle(vmo);
    return st == ERR_OUT_OF_RANGE ? OK : st; /* it was truncated meanwhile */
}

static uint64_t find(struct inode *inode, uint64_t offset, uint64_t end, bool data)
{
    struct vmo *vmo = inode_vmo(inode);
    uint64_t index, at = data ? offset : end;

    if (vmo && can_be_sparse(vmo)) {
        index = vmo_find_page(vmo, offset >> PAGE_SHIFT, DIV_ROUND_UP(end, PAGE_SIZE), data);
        at = MIN(MAX(index << PAGE_SHIFT, offset), end);
    }
    vmo_put(vmo);
    return at;
}

uint64_t file_find_data(struct inode *inode, uint64_t offset, uint64_t end)
{
    return find(inode, offset, end, true);
}

uint64_t file_find_hole(struct inode *inode, uint64_t offset, uint64_t end)
{
    return find(inode, offset, end, false);
}
