/*
 * vmo_map.c - from a VMO to the page tables that show its pages.
 */
#include "vm/vmo_internal.h"

void vmo_link_mapping(struct mapping *m)
{
    struct vmo *parent = m->vmo->parent;
    SPIN_GUARD(&m->vmo->lock);

    list_push_back(&m->vmo->mappings, &m->vmo_link);
    if (parent) {
        SPIN_GUARD(&parent->lock);
        list_push_back(&parent->clone_mappings, &m->parent_link);
    }
}

static void forget_locked(struct mapping *m)
{
    struct vmo *parent = m->vmo->parent;

    list_remove(&m->vmo_link);
    if (parent) {
        SPIN_GUARD(&parent->lock);
        list_remove(&m->parent_link);
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

/* The page tables first: once it is off the lists, its pages may be freed. */
void vmo_unlink_mapping(struct mapping *m)
{
    SPIN_GUARD(&m->vmo->lock);

    unmap_part(m, 0, UINT64_MAX);
    forget_locked(m);
}

static void set_range(struct mapping *m, user_addr_t base, uint64_t size, uint64_t offset)
{
    m->region.base = base;
    m->region.size = size;
    m->offset = offset;
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
    set_range(m, base, size, offset);
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
    list_for_each (it, &vmo->mappings) {
        struct mapping *m = container_of(it, struct mapping, vmo_link);

        if (m != except)
            unmap_part(m, first, end);
    }
    list_for_each (it, &vmo->clone_mappings) {
        struct mapping *m = container_of(it, struct mapping, parent_link);
        uint64_t shift = m->vmo->parent_offset >> PAGE_SHIFT;

        if (end > shift)
            unmap_part(m, MAX(first, shift) - shift, end - shift);
    }
}

void vmo_write_protect_locked(struct vmo *vmo)
{
    list_for_each (it, &vmo->mappings) {
        struct mapping *m = container_of(it, struct mapping, vmo_link);
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
