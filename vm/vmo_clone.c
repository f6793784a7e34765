/*
 * vmo_clone.c - snapshots: one more reference to the root of the tree.
 */
#include "vm/vmo_internal.h"

/* Caller holds the lock of the clone's parent. */
static void join_parent_locked(struct vmo *clone)
{
    struct vmo *parent = clone->parent;

    if (!parent->pager->cut)
        return;
    clone->parent_limit =
        MIN(clone->parent_limit,
            parent->size > clone->parent_offset ? parent->size - clone->parent_offset : 0);
    list_push_back(&parent->clones, &clone->clone_link);
}

/*
 * Absent pages of a clone come from where the original's come from. What the original itself
 * holds is shared if it is a snapshot's to keep, and stays the pager's view otherwise.
 */
static void share_locked(struct vmo *vmo, struct vmo *clone, uint64_t offset)
{
    if (vmo->pager) {
        clone->parent = vmo_get(vmo);
        clone->parent_offset = offset;
        clone->parent_limit = clone->size;
        join_parent_locked(clone);
        return;
    }
    if (vmo->root)
        vmo_write_protect_locked(vmo);
    clone->root = radix_get(vmo->root);
    clone->root_base = vmo->root_base + (offset >> PAGE_SHIFT);
    if (vmo->parent) {
        SPIN_GUARD(&vmo->parent->lock);
        clone->parent = vmo_get(vmo->parent);
        clone->parent_offset = vmo->parent_offset + offset;
        clone->parent_limit =
            vmo->parent_limit > offset ? MIN(vmo->parent_limit - offset, clone->size) : 0;
        join_parent_locked(clone);
    }
}

/* Let go of shared pages outside the clone: nothing keeps alive what it cannot show. No one
 * else knows the clone yet. */
static status_t trim(struct vmo *clone)
{
    uint64_t first = clone->root_base, end = first + vmo_pages(clone);
    status_t st = OK;

    if (first)
        st = radix_prepare_remove(&clone->root, 0, first - 1);
    if (st != OK)
        return st;
    if (first)
        radix_remove(&clone->root, 0, first - 1);
    st = radix_prepare_remove(&clone->root, end, UINT64_MAX);
    if (st != OK)
        return st;
    radix_remove(&clone->root, end, UINT64_MAX);
    if (!clone->root)
        clone->root_base = 0;
    return OK;
}

status_t vmo_clone(struct vmo *vmo, uint64_t offset, uint64_t size, struct vmo **out)
{
    struct vmo *clone;
    bool whole;
    status_t st = OK;

    if (vmo->flags & (VMO_PHYSICAL | VMO_DISCARDABLE))
        return ERR_NOT_SUPPORTED;
    if (size > VMO_MAX_SIZE || offset > VMO_MAX_SIZE)
        return ERR_OUT_OF_RANGE;
    clone = vmo_new(ROUND_UP(size, PAGE_SIZE), vmo->flags);
    if (!clone)
        return ERR_NO_MEMORY;
    clone->name = vmo->name;
    {
        SPIN_GUARD(&vmo->lock);
        whole = offset == 0 && clone->size >= vmo->size;
        if (list_empty(&vmo->pins) || vmo->pager)
            share_locked(vmo, clone, offset);
        else
            st = ERR_BAD_STATE;
    }
    if (st == OK && !whole)
        st = trim(clone);
    if (st != OK) {
        vmo_put(clone);
        return st;
    }
    *out = clone;
    return OK;
}
