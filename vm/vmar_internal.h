/*
 * vmar_internal.h - what the files of vm share about regions. Everything here runs under
 * aspace.lock but what says otherwise.
 *
 * Mappings that leave the tree are gathered on a list and freed after the lock is released:
 * freeing one may free all pages of its VMO.
 */
#pragma once

#include "vm/vmo_internal.h"

static inline user_addr_t region_end(const struct region *r)
{
    return r->base + r->size;
}

static inline struct region *region_of(const struct rb_node *node)
{
    return node ? container_of((struct rb_node *)node, struct region, node) : NULL;
}

static inline struct mapping *mapping_of(struct region *r)
{
    return container_of(r, struct mapping, region);
}

static inline struct vmar *vmar_of(struct region *r)
{
    return container_of(r, struct vmar, region);
}

/* [base, base + size) lies in the region. No sum can wrap. */
static inline bool region_holds(const struct region *r, user_addr_t base, uint64_t size)
{
    return base >= r->base && base <= region_end(r) && size <= region_end(r) - base;
}

/* A range of whole pages, not empty, that does not wrap. Needs no lock. */
static inline bool range_valid(user_addr_t base, uint64_t size)
{
    return size && IS_ALIGNED(base | size, PAGE_SIZE) && size <= UINT64_MAX - base;
}

/* region.c */

/* The first child with end > addr; NULL: none. */
struct region *region_find(const struct vmar *vmar, user_addr_t addr);
static inline struct region *region_next(const struct region *r)
{
    return region_of(rb_next(&r->node));
}
void region_insert(struct vmar *vmar, struct region *r);
void region_remove(struct region *r);

/* The first mapping in the VMAR or below it with end > addr. */
struct mapping *mapping_find_from(struct vmar *vmar, user_addr_t addr);
/* The mapping that holds addr. */
struct mapping *mapping_find(struct aspace *as, user_addr_t addr);

/* Not yet in the tree; takes a reference to the VMO. NULL: out of memory. Needs no lock. */
struct mapping *mapping_new(struct vmo *vmo, uint64_t offset, unsigned prot, unsigned max_prot,
                            unsigned flags);
void mapping_insert(struct vmar *vmar, struct mapping *m, user_addr_t base, uint64_t size);
/* Out of page tables, VMO and tree, onto `dead`. */
void mapping_detach(struct mapping *m, struct list *dead);
/* Needs no lock. */
void mapping_free(struct mapping *m);
void mapping_free_all(struct list *dead);

/* If a mapping of the VMAR reaches across `at`, make it two. */
status_t mapping_split_at(struct vmar *vmar, user_addr_t at) MUST_USE;
/* Join neighbours that continue one another from the one before `base` to the one at `end`. */
void mapping_merge_range(struct vmar *vmar, user_addr_t base, user_addr_t end);

/* Free the pages of a private mapping in [base, end); ERR_NO_MEMORY: none was. */
status_t mapping_drop_pages(struct mapping *m, user_addr_t base, user_addr_t end) MUST_USE;
/* The mapping is about to go, and private pages with it, unless another mapping shows them or
 * the VMO goes too. Errors as above. */
status_t mapping_give_up_pages(struct mapping *m) MUST_USE;

/* place.c */
struct placement {
    unsigned place; /* PLACE_* */
    user_addr_t addr;
    uint64_t size, align;
    user_addr_t limit;
};
/* Where it goes; nothing changes. For PLACE_OVERWRITE the caller then unmaps what is there. */
status_t place_find(struct vmar *vmar, const struct placement *p, user_addr_t *base) MUST_USE;
bool place_is_free(const struct vmar *vmar, user_addr_t base, uint64_t size);
/* A region that ended at `end` has gone; `next` is behind it. */
void place_freed(struct vmar *vmar, user_addr_t end, const struct region *next);
static inline struct placement placement_of(unsigned place, user_addr_t addr, uint64_t size,
                                            uint64_t align, user_addr_t limit)
{
    return (struct placement){place, addr, size, align, limit};
}

/* ahead.c: the page of a private mapping that faulted last when it was written, by its address.
 * False: none has, or it is gone. Takes the VMO's lock. */
bool mapping_last_write(struct mapping *m, user_addr_t *addr);
/* Make what is there the mapping's own before it is written, and a few neighbours. Takes the
 * VMO's lock. Errors as try_vm_fault. */
status_t mapping_write_ahead(struct mapping *m, user_addr_t addr) MUST_USE;
/* The right to write has come back: of what was written last, pages that are the mapping's own
 * are mapped so at once. Takes the VMO's lock. */
void mapping_regain_write(struct mapping *m);
/* A mapping is new: what is there is mapped at once, if that is little work. Takes the VMO's
 * lock. */
void mapping_show_present(struct mapping *m);
/* Map what is at hand from there on before it is read. Locks and errors likewise. */
status_t mapping_read_ahead(struct mapping *m, user_addr_t addr) MUST_USE;

/* vmar_unmap.c */
status_t vmar_unmap_locked(struct vmar *vmar, user_addr_t base, user_addr_t end,
                           struct list *dead) MUST_USE;
/* Take away everything inside. */
void vmar_empty_locked(struct vmar *vmar, struct list *dead);

/* vmar.c: a VMAR of its own, with one reference; needs no lock. */
struct vmar *vmar_new(struct aspace *as, user_addr_t base, uint64_t size, uint32_t flags);

/* text.c */

/* The page of a view that the mapping shows at `index` of its VMO. ERR_NOT_FOUND: it shows
 * none. Takes the locks. */
status_t text_shared_page(struct mapping *m, uint64_t index, struct page **out) MUST_USE;
/* A mapping of a view's stubs is new: what was written there is mapped, for it will be run. */
void mapping_show_stubs(struct mapping *m);
/* Is it memory for stubs of a view? */
bool mapping_is_stubs(const struct mapping *m);
/* The mapping of a view's clone is about to go: if it is the last, the stubs go as well. */
void mapping_drop_stubs(const struct mapping *m, struct list *dead);

/* aspace_grow.c: `addr` is in no mapping; OK: now it is, in one that grew. ERR_FAULT: none
 * does. Takes the locks. */
status_t aspace_grow(struct aspace *as, user_addr_t addr) MUST_USE;

/* aspace.c: keep the memory of an aspace / let it go; needs no lock. */
void aspace_hold(struct aspace *as);
void aspace_release(struct aspace *as);
