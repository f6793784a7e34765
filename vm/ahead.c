/*
 * ahead.c - pages that are mapped before anybody faults on them: what was written last, and
 * what is small and there.
 */
#include "vm/fault_internal.h"

/* Has it faulted, and does the mapping still show it? */
static bool is_shown(const struct mapping *m, uint64_t index)
{
    uint64_t first = m->offset >> PAGE_SHIFT;

    return m->write_order && index >= first && index - first < m->region.size >> PAGE_SHIFT;
}

bool mapping_last_write(struct mapping *m, user_addr_t *addr)
{
    bool ours;
    SPIN_GUARD(&m->vmo->lock);

    *addr = m->region.base + ((m->last_write << PAGE_SHIFT) - m->offset);
    return m->prot & HAL_PROT_WRITE && is_shown(m, m->last_write) &&
           vmo_peek_locked(m->vmo, m->last_write, &ours);
}

status_t mapping_write_ahead(struct mapping *m, user_addr_t addr)
{
    struct fault ft = {.m = m,
                       .vmo = m->vmo,
                       .index = (addr - m->region.base + m->offset) >> PAGE_SHIFT,
                       .write = true};
    SPIN_GUARD(&m->vmo->lock);

    if (ft.index >= fault_shown_pages(m))
        return ERR_OUT_OF_RANGE;
    return fault_write(&ft, FAULT_COPY_ORDER);
}

void mapping_regain_write(struct mapping *m)
{
    struct fault ft = {.m = m, .vmo = m->vmo, .write = true};
    bool ours;
    SPIN_GUARD(&m->vmo->lock);

    ft.index = m->last_write;
    if (m->vmo->pager || !is_shown(m, ft.index) || !vmo_peek_locked(m->vmo, ft.index, &ours) ||
        !ours)
        return;
    fault_set_window(&ft, FAULT_COPY_ORDER, ft.vmo->root_base);
    (void)!fault_map_window(&ft); /* else it faults */
}

/* It is about to be touched, and a fault costs more than to map what then is not. Where
 * somebody wants to know of pages that are written, they fault. */
void mapping_show_own(struct mapping *m)
{
    struct vmo *vmo = m->vmo;
    struct fault ft = {.m = m, .vmo = vmo, .index = m->offset >> PAGE_SHIFT, .write = true};
    SPIN_GUARD(&vmo->lock);

    if (!vmo->root || !m->prot || m->region.size > VMO_ZERO_PAGES * PAGE_SIZE ||
        (vmo->pager && vmo->pager->dirtied))
        return;
    vmo->changes += m->prot & HAL_PROT_WRITE && vmo->pager;
    fault_set_window(&ft, VMO_RUN_ORDER, vmo->root_base);
    (void)!fault_map_window(&ft); /* else it faults */
}

status_t mapping_read_ahead(struct mapping *m, user_addr_t addr)
{
    SPIN_GUARD(&m->vmo->lock);

    return fault_resolve(m, addr, HAL_PROT_READ);
}
