/*
 * vmo_contiguous.c - VMOs whose pages lie in a row in memory.
 */
#include "vm/vmo_internal.h"

#include "base/string.h"

/* One block; the frames behind what is wanted go back. */
static status_t alloc_row(uint64_t count, unsigned align_log2, struct page **out)
{
    unsigned order = align_log2 - PAGE_SHIFT;
    status_t st;

    while (order <= PAGE_MAX_ORDER && count > 1ull << order)
        order++;
    if (order > PAGE_MAX_ORDER)
        return ERR_NO_MEMORY;
    st = order ? page_alloc_order(order, out) : page_alloc(out);
    if (st != OK)
        return st;
    if (order)
        page_split(*out);
    for (uint64_t i = count; i < 1ull << order; i++)
        page_put(page_at(*out, i));
    return OK;
}

/* The pages are the VMO's, or given back. Nobody else knows it yet. */
static status_t take_row(struct vmo *vmo, struct page *row)
{
    status_t st = OK;
    SPIN_GUARD(&vmo->lock);

    for (uint64_t i = 0; i < vmo_pages(vmo); i++) {
        struct page *page = page_at(row, i);

        memset(page_data(page), 0, PAGE_SIZE);
        if (st == OK)
            st = vmo_insert_locked(vmo, i, page);
        if (st != OK)
            page_put(page);
    }
    return st;
}

status_t vmo_create_contiguous(uint64_t size, unsigned align_log2, struct vmo **out)
{
    struct page *row;
    struct vmo *vmo;
    status_t st = vmo_create(size, VMO_CONTIGUOUS, &vmo);

    if (st != OK)
        return st;
    st = alloc_row(vmo_pages(vmo), align_log2, &row);
    if (st == OK)
        st = take_row(vmo, row);
    if (st != OK) {
        vmo_put(vmo);
        return st;
    }
    *out = vmo;
    return OK;
}
