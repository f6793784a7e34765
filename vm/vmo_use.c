/*
 * vmo_use.c - who shows a VMO, for those who look from outside.
 */
#include "vm/vmo_internal.h"

/* Is no mapping before `m` in the same address space? */
static bool first_of_space(const struct vmo *vmo, const struct mapping *m)
{
    interval_for_each (it, &vmo->mappings, 0, UINT64_MAX) {
        const struct mapping *other = mapping_shown(it);

        if (other == m)
            break;
        if (other->region.aspace == m->region.aspace)
            return false;
    }
    return true;
}

void vmo_use_read(struct vmo *vmo, struct vmo_use *out)
{
    SPIN_GUARD(&vmo->lock);

    *out = (struct vmo_use){0};
    interval_for_each (it, &vmo->mappings, 0, UINT64_MAX) {
        const struct mapping *m = mapping_shown(it);

        out->mappings++;
        out->spaces += first_of_space(vmo, m);
    }
}
