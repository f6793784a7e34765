/*
 * vmo_pin.c - pages that stay where they are, since devices know their addresses: they are not
 * given back, and a VMO that has some shares its pages with no clone.
 */
#include "vm/vmo_internal.h"

bool vmo_pinned_locked(const struct vmo *vmo, uint64_t first, uint64_t end)
{
    list_for_each (it, &vmo->pins) {
        const struct vmo_pin *pin = container_of(it, struct vmo_pin, link);

        if (pin->first < end && first < pin->end)
            return true;
    }
    return false;
}

status_t vmo_pin(struct vmo *vmo, struct vmo_pin *pin)
{
    bool ours = true;
    SPIN_GUARD(&vmo->lock);

    if (vmo->pager && vmo->pager->cache)
        return ERR_NOT_SUPPORTED;
    if (pin->end > vmo_pages(vmo))
        return ERR_OUT_OF_RANGE;
    for (uint64_t i = pin->first; ours && i < pin->end && !(vmo->flags & VMO_PHYSICAL); i++)
        vmo_peek_locked(vmo, i, &ours);
    if (!ours)
        return ERR_SHOULD_WAIT;
    list_push_back(&vmo->pins, &pin->link);
    return OK;
}

void vmo_unpin(struct vmo *vmo, struct vmo_pin *pin)
{
    SPIN_GUARD(&vmo->lock);

    list_remove(&pin->link);
}

paddr_t vmo_pinned_address(struct vmo *vmo, uint64_t index)
{
    bool ours;
    SPIN_GUARD(&vmo->lock);

    if (vmo->flags & VMO_PHYSICAL)
        return vmo->phys_base + (index << PAGE_SHIFT);
    return page_to_phys(vmo_peek_locked(vmo, index, &ours));
}
