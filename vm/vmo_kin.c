/*
 * vmo_kin.c - what is whose of VMOs that were cloned from one another. A page that several of
 * them show is there once, so it counts once: for the eldest.
 */
#include "vm/vmo_internal.h"

/* Guards rings and ages. Outside of vmo.lock. */
static struct spinlock kin_lock;
static uint64_t births;

void vmo_kin_join(struct vmo *vmo, struct vmo *clone)
{
    SPIN_GUARD(&kin_lock);

    if (!vmo->born)
        vmo->born = ++births;
    clone->born = ++births;
    list_insert_before(&vmo->kin, &clone->kin);
}

void vmo_kin_leave(struct vmo *vmo)
{
    if (!vmo->born)
        return;
    SPIN_GUARD(&kin_lock);
    list_remove(&vmo->kin);
}

/* The pages [index, end) of a leaf of the VMO's, by their slots; the others are NULL. */
static void gather(struct vmo *vmo, uint64_t index, uint64_t end, struct page **pages)
{
    bool ours;
    struct radix_node *leaf;
    SPIN_GUARD(&vmo->lock);

    leaf = radix_leaf(vmo->root, vmo->root_base + index, &ours);
    for (uint64_t i = index; leaf && i < end; i++)
        pages[radix_slot(vmo->root_base + i)] = leaf->pages[radix_slot(vmo->root_base + i)];
}

/* A clone's pages lie in the tree where the original's do. */
static void strike_out(struct vmo *elder, uint64_t at, struct page **pages)
{
    bool ours;
    struct radix_node *leaf;
    SPIN_GUARD(&elder->lock);

    leaf = radix_leaf(elder->root, at, &ours);
    for (unsigned i = 0; leaf && i < RADIX_SLOTS; i++)
        if (leaf->pages[i] == pages[i])
            pages[i] = NULL;
}

static uint64_t count_leaf(struct vmo *vmo, uint64_t index, uint64_t end)
{
    struct page *pages[RADIX_SLOTS] = {NULL};
    uint64_t count = 0;

    gather(vmo, index, end, pages);
    {
        SPIN_GUARD(&kin_lock);
        list_for_each (it, &vmo->kin) {
            struct vmo *other = container_of(it, struct vmo, kin);

            if (other->born < vmo->born)
                strike_out(other, vmo->root_base + index, pages);
        }
    }
    for (unsigned i = 0; i < RADIX_SLOTS; i++)
        count += pages[i] != NULL;
    return count;
}

uint64_t vmo_committed_in(struct vmo *vmo, uint64_t first, uint64_t end)
{
    uint64_t count = 0;

    while ((first = vmo_find_page(vmo, first, end, true)) < end) {
        uint64_t leaf_end = first + RADIX_SLOTS - radix_slot(vmo->root_base + first);

        count += count_leaf(vmo, first, MIN(leaf_end, end));
        first = leaf_end;
    }
    return count;
}
