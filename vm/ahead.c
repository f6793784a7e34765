/*
 * ahead.c - pages that are mapped before anybody faults on them: what was written last, and
 * what is small and there.
 */
#include "vm/fault_internal.h"

enum { AHEAD_PAGES = 4 * VMO_RUN_PAGES };

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

/* Somebody wants to know when pages are written: then they fault. */
static bool wants_writes(const struct mapping *m)
{
    const struct vmo_pager_ops *pager = m->vmo->pager;

    return m->prot & HAL_PROT_WRITE && pager &&
           (pager->dirtied || pager->written || m->vmo->dirty);
}

/* Caller holds the VMO's lock. */
static void show_own(struct mapping *m)
{
    struct vmo *vmo = m->vmo;
    struct fault ft = {.m = m, .vmo = vmo, .index = m->offset >> PAGE_SHIFT};

    if (!vmo->root || m->region.size > VMO_ZERO_PAGES * PAGE_SIZE || wants_writes(m))
        return;
    ft.write = !vmo->pager || m->prot & HAL_PROT_WRITE;
    vmo->changes += m->prot & HAL_PROT_WRITE && vmo->pager;
    fault_set_window(&ft, VMO_RUN_ORDER, vmo->root_base);
    (void)!fault_map_window(&ft); /* else it faults */
}

/* The parent's pages in the window are all there, and neighbours in memory: they are mapped at
 * one stroke. Caller holds its lock, too. */
static bool is_one_piece(const struct fault *ft)
{
    uint64_t shift = ft->vmo->parent_offset >> PAGE_SHIFT;
    const struct page *first, *last;
    bool ours;

    first = vmo_peek_locked(ft->vmo->parent, ft->first + shift, &ours);
    last = vmo_peek_locked(ft->vmo->parent, ft->end - 1 + shift, &ours);
    return first && last &&
           page_to_phys(last) - page_to_phys(first) == (ft->end - 1 - ft->first) << PAGE_SHIFT;
}

/* Of the text or the constants of a program: windows from the first on. */
static void show_parents(struct mapping *m)
{
    struct vmo *vmo = m->vmo;
    uint64_t first = m->shown.first, end = MIN(m->shown.end, first + AHEAD_PAGES);
    struct fault ft = {.m = m, .vmo = vmo};
    SPIN_GUARD(&vmo->parent->lock);

    end = MIN(end, fault_shown_pages(m));
    for (ft.index = first; ft.index < end; ft.index = ft.end) {
        fault_set_window(&ft, VMO_RUN_ORDER, vmo->parent_offset >> PAGE_SHIFT);
        if (is_one_piece(&ft))
            (void)!fault_map_window(&ft);
    }
}

/* It is about to be touched, and a fault costs more than to map what then is not. */
void mapping_show_present(struct mapping *m)
{
    SPIN_GUARD(&m->vmo->lock);

    if (!m->prot)
        return;
    if (!m->vmo->parent)
        show_own(m);
    else if (!(m->prot & HAL_PROT_WRITE) && !m->vmo->root)
        show_parents(m);
    if (m->prot & HAL_PROT_EXEC)
        hal_icache_sync();
}

status_t mapping_read_ahead(struct mapping *m, user_addr_t addr)
{
    SPIN_GUARD(&m->vmo->lock);

    return fault_resolve(m, addr, HAL_PROT_READ);
}
