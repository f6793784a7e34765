/*
 * vmo_use.c - who shows a VMO, for those who look from outside.
 */
#include "vm/vmo_internal.h"

/* Is no mapping before `m` on the list in the same address space? */
static bool first_of_space(const struct vmo *vmo, const struct mapping *m)
{
    list_for_each (it, &vmo->mappings) {
        const struct mapping *other = container_of(it, struct mapping, vmo_link);

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
    list_for_each (it, &vmo->mappings) {
        const struct mapping *m = container_of(it, struct mapping, vmo_link);

        out->mappings++;
        out->spaces += first_of_space(vmo, m);
    }
}
