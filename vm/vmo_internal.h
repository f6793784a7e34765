/*
 * vmo_internal.h - what the files of vm share about VMOs: runs of pages, and reaching mappings.
 *
 * The caller of a `_locked` function holds vmo->lock; indices are in pages from the VMO's
 * start.
 */
#pragma once

#include "vm/aspace.h"
#include "vm/radix.h"
#include "vm/vmo_dirty.h"

/* Pages are made and mapped in aligned runs of at most this many: a leaf. */
enum { VMO_RUN_ORDER = 6, VMO_RUN_PAGES = 1 << VMO_RUN_ORDER };
_Static_assert(RADIX_SLOTS % VMO_RUN_PAGES == 0, "a run lies in one leaf");

/* Untouched memory is shown in runs of this many zeroes. */
enum { VMO_ZERO_ORDER = 4, VMO_ZERO_PAGES = 1 << VMO_ZERO_ORDER };

#define VMO_MAX_SIZE (1ull << 47)

static inline uint64_t vmo_pages(const struct vmo *vmo)
{
    return vmo->size >> PAGE_SHIFT;
}

/* Any part of it, by itself or as a clone's parent. */
static inline bool vmo_is_mapped_locked(const struct vmo *vmo)
{
    return !interval_tree_empty(&vmo->mappings) || !interval_tree_empty(&vmo->clone_mappings);
}

static inline struct mapping *mapping_shown(struct interval *it)
{
    return container_of(it, struct mapping, shown);
}

static inline struct mapping *mapping_shown_of_parent(struct interval *it)
{
    return container_of(it, struct mapping, shown_of_parent);
}

/* Is `page`, found in a leaf that is ours alone, ours alone too? */
static inline bool page_alone(const struct page *page)
{
    return atomic_load_explicit(&page->refs, memory_order_acquire) == 1;
}

static inline struct page *page_at(const struct page *head, uint64_t n)
{
    return page_of_phys(page_to_phys(head) + (n << PAGE_SHIFT));
}

/* Rights as the page tables have them: WRITE and EXEC include READ on every machine alike. */
static inline unsigned mapping_hal_prot(const struct mapping *m)
{
    return m->prot ? m->prot | HAL_PROT_READ : 0;
}

/* vmo.c */
struct vmo *vmo_new(uint64_t size, uint32_t flags);
/* Unmap and free the pages [first, end). ERR_NO_MEMORY: nothing changed. */
status_t vmo_drop_locked(struct vmo *vmo, uint64_t first, uint64_t end) MUST_USE;

/* vmo_kin.c: the VMO dies. */
void vmo_kin_leave(struct vmo *vmo);

/* vmo_pin.c: is any of the pages [first, end)? */
bool vmo_pinned_locked(const struct vmo *vmo, uint64_t first, uint64_t end);

/* vmo_cache.c */

/* Pages were read into a VMO whose clean pages may be dropped: it is the last to lose them. */
void vmo_cache_used_locked(struct vmo *vmo);
/* All pages of the VMO may be dropped, last of all / may not be any more. */
void vmo_cache_enter_locked(struct vmo *vmo);
void vmo_cache_leave_locked(struct vmo *vmo);
/* The VMO dies. */
void vmo_cache_forget(struct vmo *vmo);

/* vmo_discard.c: how many pages went. */
size_t vmo_discard_locked(struct vmo *vmo);
/* Before pages are taken: if memory is low, clean ones of files are dropped. */
void vmo_cache_make_room_locked(struct vmo *vmo);

/* text.c */
bool vmo_is_text(const struct vmo *vmo);

/* vmo_map.c */

/* Make `m` one of its VMO's and its parent's mappings / take it away from there and out of the
 * page tables. Takes the locks; the caller holds aspace.lock. */
void vmo_link_mapping(struct mapping *m);
void vmo_unlink_mapping(struct mapping *m);
/* The same without the page tables: another mapping has taken over what is there. */
void vmo_forget_mapping(struct mapping *m);
/* Change the range of a linked mapping; locks as above. */
void vmo_resize_mapping(struct mapping *m, user_addr_t base, uint64_t size, uint64_t offset);
/* Change the rights of a linked mapping, and of its pages; locks as above. */
void vmo_protect_mapping(struct mapping *m, unsigned prot);

/* Unmap [first, end) wherever it is mapped, and in clones that show it, but not in `except`. */
void vmo_unmap_locked(struct vmo *vmo, uint64_t first, uint64_t end,
                      const struct mapping *except);
/* Every mapping of the VMO loses the right to write until its next fault. */
void vmo_write_protect_locked(struct vmo *vmo);

/* vmo_page.c */

/* The VMO's own page; NULL: absent. `*ours`: it may be written. */
struct page *vmo_peek_locked(struct vmo *vmo, uint64_t index, bool *ours);

/* Absent page `index` is the parent's page `*parent_index`. Exact under the parent's lock. */
bool vmo_from_parent(const struct vmo *vmo, uint64_t index, uint64_t *parent_index);

/* The zero page that stands for an absent page: neighbours are physical neighbours too. */
struct page *vmo_zero_page(const struct vmo *vmo, uint64_t index);

/* The page of a VMO with a pager, brought in if absent, with up to 2^order neighbours that its
 * pager has at hand. ERR_SHOULD_WAIT, ERR_NO_MEMORY, ERR_OUT_OF_RANGE, the pager's. */
status_t vmo_supply_locked(struct vmo *vmo, uint64_t index, unsigned order,
                           struct page **out) MUST_USE;

/*
 * Making pages ours: the largest order of an aligned run with `index`, within [from, end),
 * whose pages are all absent as `index` is, or all present as it is, and not ours; where the
 * run begins.
 */
unsigned vmo_run_order_locked(struct vmo *vmo, uint64_t index, uint64_t from, uint64_t end);
uint64_t vmo_run_first(const struct vmo *vmo, uint64_t index, unsigned order);

/* Fresh pages, physically contiguous, that will be the VMO's own at [first, first + count). */
struct vmo_run {
    uint64_t first;
    unsigned count;
    struct radix_node *leaf;
    paddr_t pa;
    struct page *pages[VMO_RUN_PAGES]; /* the new ones; once installed, those they replaced */
};

/* Allocate and fill with what the VMO shows now; nothing changes yet. ERR_NO_MEMORY,
 * ERR_SHOULD_WAIT (a page of the parent's), the pager's. */
status_t vmo_run_prepare_locked(struct vmo *vmo, uint64_t first, unsigned order,
                                struct vmo_run *run) MUST_USE;
/* Show them: unmaps what they replace, except in `except`, where the caller maps them before
 * vmo_run_finish lets go of the old ones. */
void vmo_run_install_locked(struct vmo *vmo, struct vmo_run *run, const struct mapping *except);
void vmo_run_finish(struct vmo_run *run);
