/*
 * vmo_use.c - how much of a VMO is there, and who shows it: for those who look from outside.
 */
#include "vm/vmo_internal.h"

uint64_t vmo_committed_in(struct vmo *vmo, uint64_t first, uint64_t end)
{
    uint64_t count = 0;

    while ((first = vmo_find_page(vmo, first, end, true)) < end) {
        uint64_t run_end = vmo_find_page(vmo, first, end, false);

        count += run_end - first;
        first = run_end;
    }
    return count;
}

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
