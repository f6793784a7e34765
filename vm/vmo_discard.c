/*
 * vmo_discard.c - VMOs whose contents may go while nobody keeps them.
 *
 * What is discarded has a pager that never has a page: so whatever looks at it fails.
 */
#include "vm/vmo_internal.h"

static status_t have_nothing(struct vmo *vmo, uint64_t index, struct page *page)
{
    (void)vmo, (void)index, (void)page;
    return ERR_NOT_FOUND;
}

static const struct vmo_pager_ops nothing = {.try_page_in = have_nothing};

static bool discarded_locked(const struct vmo *vmo)
{
    return vmo->pager == &nothing;
}

static void keep_locked(struct vmo *vmo)
{
    vmo->pager = NULL;
    if (vmo->keeps++ == 0)
        vmo_cache_leave_locked(vmo);
}

bool vmo_keep(struct vmo *vmo)
{
    bool discarded;
    SPIN_GUARD(&vmo->lock);

    discarded = discarded_locked(vmo);
    keep_locked(vmo);
    return discarded;
}

status_t vmo_try_keep(struct vmo *vmo)
{
    SPIN_GUARD(&vmo->lock);

    if (discarded_locked(vmo))
        return ERR_UNAVAILABLE;
    keep_locked(vmo);
    return OK;
}

status_t vmo_unkeep(struct vmo *vmo)
{
    SPIN_GUARD(&vmo->lock);

    if (!vmo->keeps)
        return ERR_BAD_STATE;
    if (--vmo->keeps == 0)
        vmo_cache_enter_locked(vmo);
    return OK;
}

/* Pages in use by a device stay, and the others with them. */
size_t vmo_discard_locked(struct vmo *vmo)
{
    uint64_t pages = radix_count(vmo->root);

    if (!list_empty(&vmo->pins) || vmo_drop_locked(vmo, 0, vmo_pages(vmo)) != OK)
        return 0;
    vmo->pager = &nothing;
    return pages;
}
