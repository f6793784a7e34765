/*
 * upcalls.c - what the library OS needs of an address space to patch its system calls.
 */
#include "vm/vmar_internal.h"

#include "base/status.h"

#define NEAR (1ull << 31) /* what a jump reaches, to either side */

static status_t map_page(struct aspace *as, user_addr_t va, const struct page *page,
                         unsigned prot)
{
    status_t st;
    SPIN_GUARD(&as->pt_lock);

    st = hal_pt_map(&as->pt, va, page_to_phys(page), 1, prot);
    if (st != OK)
        hal_pt_unmap(&as->pt, va, 1);
    return st;
}

/* All of a view's area at once, so that each process maps it in one piece. */
static status_t own_area_locked(struct vmo *vmo, uint64_t index)
{
    unsigned order = vmo_run_order_locked(vmo, index, 0, vmo_pages(vmo));
    struct vmo_run run;
    status_t st = vmo_run_prepare_locked(vmo, vmo_run_first(vmo, index, order), order, &run);

    if (st != OK)
        return st;
    vmo_run_install_locked(vmo, &run, NULL);
    vmo_run_finish(&run);
    return OK;
}

/* Without memory for an area a page may do. */
static status_t own_page(struct vmo *vmo, uint64_t index, struct page **out)
{
    bool writable;
    SPIN_GUARD(&vmo->lock);

    if (vmo->flags & VMO_STUBS && !vmo_peek_locked(vmo, index, &writable))
        (void)!own_area_locked(vmo, index);
    return vmo_get_page_locked(vmo, index, VMO_WRITE, out, &writable);
}

/* The page to write; of a view it is everybody's, and wherever it is mapped it stays. */
static status_t page_to_write(struct mapping *m, user_addr_t va, struct page **out)
{
    struct aspace *as = m->region.aspace;
    uint64_t index = (va - m->region.base + m->offset) >> PAGE_SHIFT;
    status_t st = text_shared_page(m, index, out);

    if (st != ERR_NOT_FOUND)
        return st;
    st = own_page(m->vmo, index, out);
    return st == OK ? map_page(as, va, *out, mapping_hal_prot(m)) : st;
}

static status_t text_page_locked(struct aspace *as, user_addr_t va, void **out)
{
    struct mapping *m = mapping_find(as, va);
    struct page *page;
    status_t st;

    if (!m)
        return ERR_FAULT;
    if ((m->flags & MAPPING_SHARED && !mapping_is_stubs(m)) || m->vmo->pager ||
        !(m->prot & HAL_PROT_EXEC))
        return ERR_ACCESS_DENIED;
    st = page_to_write(m, va, &page);
    if (st == OK)
        *out = hal_phys_to_virt(page_to_phys(page));
    return st;
}

/* aspace.lock keeps others from sharing the pages again before they are written: nobody else
 * knows a private VMO. */
status_t aspace_text_write(struct hal_pt *pt, user_addr_t va, unsigned count,
                           hal_text_writer *write, void *arg)
{
    struct aspace *as = container_of(pt, struct aspace, pt);
    void *pages[2];
    status_t st = OK;
    SPIN_GUARD(&as->lock);

    for (unsigned i = 0; i < count && st == OK; i++)
        st = text_page_locked(as, va + i * PAGE_SIZE, &pages[i]);
    if (st == OK)
        write(pages, arg);
    return st;
}

static status_t insert_area(struct aspace *as, struct mapping *m, user_addr_t near,
                            user_addr_t *va)
{
    struct placement p =
        placement_of(PLACE_ANY, 0, HAL_STUB_AREA, PAGE_SIZE, near + NEAR - PAGE_SIZE);
    status_t st;
    SPIN_GUARD(&as->lock);

    st = place_find(as->root, &p, va);
    if (st == OK && *va + NEAR <= near + PAGE_SIZE)
        st = ERR_NO_MEMORY;
    if (st == OK)
        mapping_insert(as->root, m, *va, HAL_STUB_AREA);
    return st;
}

status_t aspace_stub_area(struct hal_pt *pt, user_addr_t near, user_addr_t *va)
{
    struct aspace *as = container_of(pt, struct aspace, pt);
    struct mapping *m;
    struct vmo *vmo;
    status_t st = vmo_create(HAL_STUB_AREA, 0, &vmo);

    if (st != OK)
        return st;
    m = mapping_new(vmo, 0, HAL_PROT_READ | HAL_PROT_EXEC, HAL_PROT_READ | HAL_PROT_EXEC, 0);
    st = m ? insert_area(as, m, near, va) : ERR_NO_MEMORY;
    if (st != OK)
        mapping_free(m);
    vmo_put(vmo); /* the mapping has its own */
    return st;
}

status_t aspace_page_in(struct hal_pt *pt, user_addr_t va)
{
    return try_vm_fault(container_of(pt, struct aspace, pt), va, HAL_PROT_READ);
}
