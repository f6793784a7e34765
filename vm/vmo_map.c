/*
 * vmo_map.c - from a VMO to the page tables that show its pages.
 */
#include "vm/vmo_internal.h"

/* Caller holds the VMO's lock. */
static void show(struct mapping *m)
{
    uint64_t first = m->offset >> PAGE_SHIFT;

    interval_insert(&m->vmo->mappings, &m->shown, first,
                    first + (m->region.size >> PAGE_SHIFT));
}

/* Caller holds the lock of the VMO's parent as well. */
static void show_of_parent(struct mapping *m)
{
    uint64_t shift = m->vmo->parent_offset >> PAGE_SHIFT;

    interval_insert(&m->vmo->parent->clone_mappings, &m->shown_of_parent,
                    m->shown.first + shift, m->shown.end + shift);
}

void vmo_link_mapping(struct mapping *m)
{
    struct vmo *parent = m->vmo->parent;
    SPIN_GUARD(&m->vmo->lock);

    show(m);
    if (parent) {
        SPIN_GUARD(&parent->lock);
        show_of_parent(m);
    }
}

static void forget_locked(struct mapping *m)
{
    struct vmo *parent = m->vmo->parent;

    interval_remove(&m->vmo->mappings, &m->shown);
    if (parent) {
        SPIN_GUARD(&parent->lock);
        interval_remove(&parent->clone_mappings, &m->shown_of_parent);
    }
}

void vmo_forget_mapping(struct mapping *m)
{
    SPIN_GUARD(&m->vmo->lock);

    forget_locked(m);
}

/* Caller holds the VMO's lock, or its parent's: pages shown here stay until we are done. */
static void unmap_part(struct mapping *m, uint64_t first, uint64_t end)
{
    struct aspace *as = m->region.aspace;
    uint64_t from = MAX(first, m->offset >> PAGE_SHIFT);
    uint64_t to = MIN(end, (m->offset + m->region.size) >> PAGE_SHIFT);

    if (from < to) {
        SPIN_GUARD(&as->pt_lock);
        hal_pt_unmap(&as->pt, m->region.base + ((from << PAGE_SHIFT) - m->offset), to - from);
    }
}

/* The page tables first: once it is not known here, its pages may be freed. */
void vmo_unlink_mapping(struct mapping *m)
{
    SPIN_GUARD(&m->vmo->lock);

    unmap_part(m, 0, UINT64_MAX);
    forget_locked(m);
}

static void set_range(struct mapping *m, user_addr_t base, uint64_t size, uint64_t offset)
{
    interval_remove(&m->vmo->mappings, &m->shown);
    m->region.base = base;
    m->region.size = size;
    m->offset = offset;
    show(m);
}

void vmo_resize_mapping(struct mapping *m, user_addr_t base, uint64_t size, uint64_t offset)
{
    struct vmo *parent = m->vmo->parent;
    SPIN_GUARD(&m->vmo->lock);

    if (!parent) {
        set_range(m, base, size, offset);
        return;
    }
    SPIN_GUARD(&parent->lock);
    interval_remove(&parent->clone_mappings, &m->shown_of_parent);
    set_range(m, base, size, offset);
    show_of_parent(m);
}

/* Rights are only taken away here: what is gained comes by faults, which know whose pages are
 * whose. Rights that move sideways are dropped and come back by faults. */
void vmo_protect_mapping(struct mapping *m, unsigned prot)
{
    struct aspace *as = m->region.aspace;
    size_t count = m->region.size >> PAGE_SHIFT;
    unsigned old;
    SPIN_GUARD(&m->vmo->lock);
    SPIN_GUARD(&as->pt_lock);

    old = mapping_hal_prot(m);
    m->prot = prot;
    prot = mapping_hal_prot(m);
    if (!prot)
        hal_pt_unmap(&as->pt, m->region.base, count);
    else if (old & ~prot)
        hal_pt_protect(&as->pt, m->region.base, count, prot & old & ~(unsigned)HAL_PROT_WRITE);
}

void vmo_unmap_locked(struct vmo *vmo, uint64_t first, uint64_t end,
                      const struct mapping *except)
{
    interval_for_each (it, &vmo->mappings, first, end) {
        if (mapping_shown(it) != except)
            unmap_part(mapping_shown(it), first, end);
    }
    interval_for_each (it, &vmo->clone_mappings, first, end) {
        struct mapping *m = mapping_shown_of_parent(it);
        uint64_t shift = m->vmo->parent_offset >> PAGE_SHIFT;

        unmap_part(m, MAX(first, shift) - shift, end - shift);
    }
}

void vmo_write_protect_locked(struct vmo *vmo)
{
    interval_for_each (it, &vmo->mappings, 0, UINT64_MAX) {
        struct mapping *m = mapping_shown(it);
        struct aspace *as = m->region.aspace;

        if (m->prot & HAL_PROT_WRITE) {
            SPIN_GUARD(&as->pt_lock);
            hal_pt_protect(&as->pt, m->region.base, m->region.size >> PAGE_SHIFT,
                           mapping_hal_prot(m) & ~(unsigned)HAL_PROT_WRITE);
        }
    }
}

void vmo_watch_writes(struct vmo *vmo)
{
    SPIN_GUARD(&vmo->lock);

    vmo_write_protect_locked(vmo);
}
