/*
 * fault.c - page faults: what the mapping shows is put into the page tables, neighbours
 * included.
 *
 * A window is an aligned run of pages around the fault, cut to the mapping and the VMO. A read
 * maps all of it that is at hand: the VMO's pages, its parent's, zeroes. A write makes pages
 * the VMO's own, as many of the window as are in the same state and memory allows, in
 * physically contiguous blocks: the fewer the runs, the fewer the calls that the HAL makes to
 * map them. Windows of files are large, and lie as the file's pages do; those of writes begin
 * small and grow while each continues the one before.
 */
#include "mm/slab.h"
#include "vm/fault_internal.h"

enum { SHRINK_PAGES = 256 };

/* Pages that are neighbours in the VMO and in memory, with equal rights. */
struct map_run {
    uint64_t first, count;
    paddr_t pa;
    unsigned prot;
};

static status_t map_run(const struct fault *ft, const struct map_run *run)
{
    struct aspace *as = ft->m->region.aspace;
    user_addr_t va = ft->m->region.base + ((run->first << PAGE_SHIFT) - ft->m->offset);
    status_t st;
    SPIN_GUARD(&as->pt_lock);

    st = hal_pt_map(&as->pt, va, run->pa, run->count, run->prot);
    if (st != OK)
        hal_pt_unmap(&as->pt, va, run->count);
    return st;
}

/* Add a page to the run, or map the run and begin another. */
static status_t run_add(const struct fault *ft, struct map_run *run, uint64_t index, paddr_t pa,
                        unsigned prot)
{
    status_t st = OK;

    if (run->count && index == run->first + run->count && prot == run->prot &&
        pa == run->pa + (run->count << PAGE_SHIFT)) {
        run->count++;
        return OK;
    }
    if (run->count)
        st = map_run(ft, run);
    *run = (struct map_run){.first = index, .count = 1, .pa = pa, .prot = prot};
    return st;
}

/* Pages of a file are mapped for writing only when they are written; who writes them back wants
 * to know of each. */
static bool may_write(const struct fault *ft, uint64_t index, struct page *page)
{
    const struct vmo_pager_ops *pager = ft->vmo->pager;

    if (!pager || !ft->write || !(pager->dirtied || ft->vmo->dirty))
        return !pager || ft->write;
    if (pager->dirtied && index == ft->index && !page->dirty) {
        page->dirty = PAGE_DIRTY;
        pager->dirtied(ft->vmo, index);
    }
    return page->dirty == PAGE_DIRTY;
}

/* A page of the VMO that has the pager; NULL: it is not at hand. */
static struct page *supplied_page(struct vmo *vmo, uint64_t index)
{
    bool ours;
    struct page *page = vmo_peek_locked(vmo, index, &ours);

    return page || index < vmo_zero_from(vmo) ? page : vmo_zero_page(vmo, index);
}

/*
 * What can be shown at `index`: a page and rights. NULL: nothing now. Pages of one's own are
 * mapped for writing at once. After a write only pages that may be written are of interest.
 */
static struct page *window_page(const struct fault *ft, uint64_t index, unsigned *prot)
{
    bool ours;
    struct page *page = vmo_peek_locked(ft->vmo, index, &ours);
    uint64_t parent_index;

    *prot = mapping_hal_prot(ft->m);
    if (page && ours && may_write(ft, index, page))
        return page;
    *prot &= ~(unsigned)HAL_PROT_WRITE;
    if (ft->write)
        return NULL;
    if (page)
        return page;
    if (ft->vmo->pager)
        return supplied_page(ft->vmo, index);
    if (vmo_from_parent(ft->vmo, index, &parent_index))
        return supplied_page(ft->vmo->parent, parent_index);
    return vmo_zero_page(ft->vmo, index);
}

status_t fault_map_window(const struct fault *ft)
{
    struct map_run run = {0};
    status_t st = OK;

    for (uint64_t i = ft->first; st == OK && i < ft->end; i++) {
        unsigned prot;
        struct page *page = window_page(ft, i, &prot);

        if (page)
            st = run_add(ft, &run, i, page_to_phys(page), prot);
    }
    if (st == OK && run.count)
        st = map_run(ft, &run);
    return st;
}

/* A page of the parent's stays as long as its lock is held: till it is mapped. */
static status_t read_through_parent(const struct fault *ft)
{
    struct vmo *parent = ft->vmo->parent;
    uint64_t parent_index;
    struct page *page;
    bool ours;
    status_t st = OK;
    SPIN_GUARD(&parent->lock);

    if (!vmo_peek_locked(ft->vmo, ft->index, &ours) &&
        vmo_from_parent(ft->vmo, ft->index, &parent_index))
        st = vmo_supply_locked(parent, parent_index, VMO_RUN_ORDER, &page);
    return st == OK ? fault_map_window(ft) : st;
}

static status_t resolve_read(const struct fault *ft)
{
    struct page *page;
    status_t st;

    if (ft->vmo->parent)
        return read_through_parent(ft);
    if (ft->vmo->pager) {
        st = vmo_supply_locked(ft->vmo, ft->index, VMO_RUN_ORDER, &page);
        if (st != OK)
            return st;
    }
    return fault_map_window(ft);
}

/* Make a run the VMO's own and map it. The pages it replaces go when nothing shows them. */
static status_t own_run(struct fault *ft, unsigned order)
{
    struct vmo_run run;
    struct map_run map;
    status_t st =
        vmo_run_prepare_locked(ft->vmo, vmo_run_first(ft->vmo, ft->index, order), order, &run);

    if (st != OK)
        return st;
    vmo_run_install_locked(ft->vmo, &run, ft->m);
    map = (struct map_run){run.first, run.count, run.pa, mapping_hal_prot(ft->m)};
    st = map_run(ft, &map);
    vmo_run_finish(&run);
    ft->end = run.first + run.count;
    return st;
}

/* Of a pager's VMO, whose pages are its own in any case. */
static status_t write_supplied(struct fault *ft)
{
    struct vmo *vmo = ft->vmo;
    status_t st = vmo->dirty ? vmo_dirty_for_write_locked(vmo, ft->index) : OK;

    if (st != OK)
        return st;
    vmo->changes++;
    if (vmo->pager->written)
        vmo->pager->written(vmo);
    return resolve_read(ft);
}

/* If a run cannot be had, a shorter one may do: less memory, fewer pages from elsewhere. */
static status_t resolve_write(struct fault *ft)
{
    bool ours;
    unsigned order;
    status_t st;

    if (ft->vmo->pager)
        return write_supplied(ft);
    vmo_peek_locked(ft->vmo, ft->index, &ours);
    if (ours)
        return fault_map_window(ft);
    order = vmo_run_order_locked(ft->vmo, ft->index, ft->first, ft->end);
    while ((st = own_run(ft, order)) != OK && order)
        order--;
    return st;
}

/* Where the machine is a process there is nothing but memory. */
static status_t map_physical(const struct fault *ft)
{
    paddr_t base = ft->vmo->phys_base;
    struct map_run run = {ft->first, ft->end - ft->first, base + (ft->first << PAGE_SHIFT),
                          mapping_hal_prot(ft->m)};

    if (HAL_PATCHES_TEXT)
        run = (struct map_run){ft->index, 1, base + (ft->index << PAGE_SHIFT), run.prot};
    if (HAL_PATCHES_TEXT && !page_of_phys(run.pa))
        return ERR_OUT_OF_RANGE;
    return map_run(ft, &run);
}

enum { ZERO_ORDER = VMO_ZERO_ORDER, GROWTH = 2 };

/* The largest run that a write at `index` may make ours, or map if it is ours already. */
static unsigned write_order(const struct mapping *m, uint64_t index)
{
    bool ours;
    const struct page *page = vmo_peek_locked(m->vmo, index, &ours);

    if (ours)
        return VMO_RUN_ORDER;
    if (m->write_order && index == m->next_write)
        return MIN(m->write_order + GROWTH, (unsigned)VMO_RUN_ORDER);
    return page ? FAULT_COPY_ORDER : ZERO_ORDER;
}

uint64_t fault_shown_pages(const struct mapping *m)
{
    return MIN(vmo_pages(m->vmo), m->vmo_limit >> PAGE_SHIFT);
}

void fault_set_window(struct fault *ft, unsigned order, uint64_t shift)
{
    const struct mapping *m = ft->m;
    uint64_t run = ROUND_DOWN(shift + ft->index, 1ull << order);

    ft->first = MAX(run, shift + (m->offset >> PAGE_SHIFT)) - shift;
    ft->end = MIN(run + (1ull << order) - shift, (m->offset + m->region.size) >> PAGE_SHIFT);
    ft->end = MIN(ft->end, fault_shown_pages(m));
}

static status_t read_fault(struct fault *ft)
{
    struct vmo *vmo = ft->vmo;

    if (vmo->pager || vmo->parent)
        fault_set_window(ft, VMO_RUN_ORDER, vmo->parent ? vmo->parent_offset >> PAGE_SHIFT : 0);
    else
        fault_set_window(ft, ZERO_ORDER, vmo->root_base);
    return vmo->flags & VMO_PHYSICAL ? map_physical(ft) : resolve_read(ft);
}

status_t fault_write(struct fault *ft, unsigned order)
{
    struct mapping *m = ft->m;
    status_t st;

    fault_set_window(ft, order, ft->vmo->root_base);
    st = ft->vmo->flags & VMO_PHYSICAL ? map_physical(ft) : resolve_write(ft);
    m->next_write = ft->end;
    m->last_write = ft->index;
    m->write_order = order;
    return st;
}

status_t fault_resolve(struct mapping *m, user_addr_t addr, unsigned access)
{
    struct vmo *vmo = m->vmo;
    uint64_t index = (addr - m->region.base + m->offset) >> PAGE_SHIFT;
    struct fault ft = {.m = m, .vmo = vmo, .index = index, .write = access & HAL_PROT_WRITE};
    status_t st;

    if (index >= fault_shown_pages(m))
        return ERR_OUT_OF_RANGE;
    st = ft.write ? fault_write(&ft, write_order(m, index)) : read_fault(&ft);
    if (st == OK && m->prot & HAL_PROT_EXEC)
        hal_icache_sync();
    return st;
}

/* Any right lets a mapping be read, as on the machines that know no better. */
static bool allowed(const struct mapping *m, unsigned access)
{
    return access & HAL_PROT_READ ? m->prot != 0 : !(access & ~m->prot);
}

/*
 * The mapping at addr, with its VMO's lock held and aspace.lock no longer: faults on different
 * VMOs go on side by side. The mapping stays, and what of it the fault reads, since it is
 * changed and unlinked only under the VMO's lock; the VMO stays since the mapping has a
 * reference.
 */
static struct mapping *find_and_lock(struct aspace *as, user_addr_t addr, unsigned access,
                                     status_t *st)
{
    struct mapping *m;
    SPIN_GUARD(&as->lock);

    as->faults++;
    m = mapping_find(as, addr);
    *st = !m ? ERR_FAULT : allowed(m, access) ? OK : ERR_ACCESS_DENIED;
    if (*st != OK)
        return NULL;
    spin_guard_begin(&m->vmo->lock);
    return m;
}

status_t try_vm_fault(struct aspace *as, user_addr_t addr, unsigned access)
{
    status_t st;
    struct mapping *m = find_and_lock(as, addr, access, &st);
    struct spinlock *held;

    if (!m && st == ERR_FAULT && aspace_grow(as, addr) == OK)
        m = find_and_lock(as, addr, access, &st);
    if (!m)
        return st;
    held = &m->vmo->lock;
    st = fault_resolve(m, addr, access);
    spin_guard_end(&held);
    return st;
}

/* The VMO, a reference, and the page to wait for. */
static status_t fault_target(const struct vm_fault *f, struct vmo **vmo, uint64_t *index)
{
    struct mapping *m;
    SPIN_GUARD(&f->aspace->lock);

    m = mapping_find(f->aspace, f->addr);
    if (!m)
        return ERR_FAULT;
    *vmo = vmo_get(m->vmo);
    *index = (f->addr - m->region.base + m->offset) >> PAGE_SHIFT;
    return OK;
}

CO_FN(vm_fault)
{
    struct vmo *vmo;
    uint64_t index;
    status_t st;

    for (;;) {
        st = try_vm_fault(f->aspace, f->addr, f->access);
        if (st == ERR_NO_MEMORY && vmo_cache_shrink(SHRINK_PAGES))
            continue;
        if (st != ERR_SHOULD_WAIT)
            CO_RETURN(st);
        f->page_in = kmalloc(sizeof(*f->page_in));
        if (!f->page_in)
            CO_RETURN(ERR_NO_MEMORY);
        st = fault_target(f, &vmo, &index);
        if (st == OK) {
            f->waited = true;
            CO_CALL(st, *f->page_in, vmo_page_in, .vmo = vmo, .index = index,
                    .interruptible = f->interruptible, .write = f->access & HAL_PROT_WRITE);
            vmo_put(f->page_in->vmo);
        }
        kfree(f->page_in);
        if (st != OK)
            CO_RETURN(st);
    }
}
CO_END
