/*
 * vmo.h - virtual memory objects: the pages behind mappings, files and Zircon's VMOs.
 *
 * Pages hang in a radix tree whose nodes and pages are shared between a VMO and its snapshots:
 * a clone takes one more reference to the root, and whoever writes first copies the nodes on
 * the way down and the page (a node or page is ours alone iff every reference count on its path
 * is 1). So cloning is O(1) in pages, there is no chain of parents to collapse, a dead parent
 * leaves nothing behind, and no two VMOs ever lock each other. Shared nodes are immutable.
 *
 * A page that is in no node is zero, or comes from the pager, or, for an at-least-on-write
 * clone, from its parent at the time of access.
 *
 * Lock order: aspace.lock -> vmo.lock -> parent's vmo.lock -> aspace.pt_lock -> page allocator.
 */
#pragma once

#include "base/interval.h"
#include "base/list.h"
#include "co/co.h"
#include "hal/spinlock.h"
#include "mm/page.h"

struct vmo;
struct vmo_dirty;

/* Where absent pages of a VMO come from: a file, or a pager that is a program. */
struct vmo_pager_ops {
    /* Without waiting, under vmo->lock: the contents of page `index` into `page`; bytes past
     * the end are zero. ERR_SHOULD_WAIT: use page_in. NULL: pages are never at hand; they are
     * put into the VMO by vmo_insert_locked, and page_in waits until `index` is. */
    status_t (*try_page_in)(struct vmo *vmo, uint64_t index, struct page *page) MUST_USE;
    /* The same for `count` pages from `first` on, into `data`, all or nothing. NULL: one by
     * one.
     */
    status_t (*try_page_in_run)(struct vmo *vmo, uint64_t first, unsigned count,
                                void *data) MUST_USE;
    /* Under vmo->lock: page `index`, clean until now, is about to be written through a mapping.
     * NULL: nobody asks (vmo_write_back). */
    void (*dirtied)(struct vmo *vmo, uint64_t index);
    /* Under vmo->lock: a page is about to be written through a mapping, and was not before, or
     * not since vmo_watch_writes. Optional. */
    void (*written)(struct vmo *vmo);
    /* Dirty pages go to where pages come from. NULL: there are none. */
    status_t (*write_back)(struct vmo *vmo);
    bool cache; /* clean pages are dropped when memory is low: they come again */
    /* Under vmo->lock: the VMO has become smaller. If this is here, what its clones do not have
     * of their own from there on is zero for ever; else they see it when it grows again. */
    void (*cut)(struct vmo *vmo);
    co_fn *page_in; /* frame starts with VMO_PAGE_IN_FRAME; NULL: never needed */
    void (*release)(struct vmo *vmo); /* the VMO goes away */
};

/* `page` is to be filled; NULL if there is no try_page_in. The caller will want `count` pages,
 * this the first. `interruptible`: a suspension ends the wait too (ERR_INTERRUPTED). `write`:
 * to write them; what is there and may not be written yet is waited for as well. */
#define VMO_PAGE_IN_FRAME \
    struct co co;         \
    struct vmo *vmo;      \
    uint64_t index;       \
    struct page *page;    \
    uint32_t count;       \
    bool interruptible;   \
    bool write

struct vmo_page_in_head {
    VMO_PAGE_IN_FRAME;
};

union vmo_page_in_slot {
    struct vmo_page_in_head head;
    unsigned char bytes[168];
};

enum {
    VMO_RESIZABLE = 1u << 0,
    VMO_PHYSICAL = 1u << 1,    /* device memory: `phys_base`, never allocated nor freed */
    VMO_STUBS = 1u << 2,       /* the machine's code beside a view of text (vm/text.c) */
    VMO_CONTIGUOUS = 1u << 3,  /* its pages lie in a row in memory, and stay */
    VMO_DISCARDABLE = 1u << 4, /* its contents may go while nobody keeps them: vmo_keep */
};

struct radix_node;

/* Who a VMO is to programs. object/vmo_object.h makes it and says which lock guards what. */
struct vmo_label {
    uint64_t koid, parent_koid; /* parent_koid 0: none */
    atomic_uint children;
    char name[32]; /* guarded by vmo.lock */
    void *owner;   /* what is left of the object when the VMO outlives it; NULL: nothing */
    void (*gone)(struct vmo_label *label); /* then: the VMO is being freed */
};

struct vmo {
    atomic_uint refs;
    uint32_t flags;
    struct spinlock lock;
    struct radix_node *root; /* NULL: no pages; guarded by lock */
    uint64_t root_base; /* where page 0 is in the tree: a slice shares its original's tree */
    uint64_t size;      /* bytes, page aligned; guarded by lock, peeked at without */
    struct interval_tree mappings;       /* of mapping.shown; guarded by lock */
    struct interval_tree clone_mappings; /* of mapping.shown_of_parent; guarded by lock */
    const struct vmo_pager_ops *pager;   /* NULL: absent pages are zero. Constant, but where the
                                            contents are discarded: guarded by lock then */
    void *pager_data;
    struct vmo_dirty *dirty; /* of a pager that is a program: what it has yet to be told; NULL:
                                nobody asks. Constant; its contents guarded by lock */
    uint64_t read_next; /* where the pages read last end: sequential if the next begin there */
    struct list cache_link; /* of the VMOs with pages to drop; see vmo_cache.c */
    uint64_t cache_hand;    /* page where dropping goes on; guarded by lock */
    struct vmo *parent;     /* reference; absent pages come from here (private file mappings) */
    uint64_t parent_offset; /* bytes; like parent constant */
    uint64_t parent_limit;  /* bytes of ours: absent pages from here on are zero; guarded by the
                               parent's lock */
    struct list clones;     /* of clone_link, if pager->cut: guarded by lock */
    struct list clone_link; /* guarded by the parent's lock */
    paddr_t phys_base;
    struct vmo *text;        /* the file's view for executing, or NULL: a reference; by lock */
    uint64_t changes;        /* times that contents may have changed, for files; by lock */
    const char *name;        /* for /proc/PID/maps; static or owned by pager_data */
    struct vmo_label *label; /* of kmalloc, freed with the VMO; NULL: no program knows it */
    struct list pins;        /* of vmo_pin.link; guarded by lock */
    struct list kin; /* a ring of those cloned from one another; guarded by vmo_kin.c's lock */
    uint64_t born;   /* its age among its kin, 0: it never had any; likewise */
    unsigned keeps;  /* of a discardable one: vmo_keep without vmo_unkeep; guarded by lock */
};

/* Once, after page_init: takes the memory that stands for untouched pages. */
void vmo_init(void);

/*
 * The view of a file for executing, which the machine may patch; a reference. NULL: there can
 * be none (no file, somebody maps it for writing, no memory). vmo_drop_text: the file goes, and
 * its hold on the view; NULL is fine.
 */
struct vmo *vmo_text(struct vmo *file);
void vmo_drop_text(struct vmo *file);

/* Sizes and offsets are in bytes; size is rounded up to pages. ERR_NO_MEMORY, ERR_OUT_OF_RANGE
 * (above 2^47). */
status_t vmo_create(uint64_t size, uint32_t flags, struct vmo **out) MUST_USE;
status_t vmo_create_paged(uint64_t size, const struct vmo_pager_ops *pager, void *data,
                          struct vmo **out) MUST_USE;
status_t vmo_create_physical(paddr_t base, uint64_t size, struct vmo **out) MUST_USE;
/* Of zeroes in a row, at a multiple of 2^align_log2, at least a page. ERR_NO_MEMORY: also where
 * it is more than the allocator's largest block. */
status_t vmo_create_contiguous(uint64_t size, unsigned align_log2, struct vmo **out) MUST_USE;
struct vmo *vmo_get(struct vmo *vmo);
/* False: it has no reference any more, and goes; the caller knows that it has not gone. */
bool vmo_try_get(struct vmo *vmo) MUST_USE;
void vmo_put(struct vmo *vmo); /* NULL is fine */

/*
 * A snapshot of [offset, offset + size): both sides see the contents of now and neither the
 * other's later writes. Existing writable mappings of `vmo` lose the right to write until their
 * next fault. Of a pager-backed VMO (or a clone of one): pages that neither side has written
 * still come from the pager (Zircon: at-least-on-write; Linux: MAP_PRIVATE).
 * offset is page aligned; a size beyond the end reads as zero there. ERR_NOT_SUPPORTED:
 * physical. ERR_BAD_STATE: pinned pages would have to be shared.
 */
status_t vmo_clone(struct vmo *vmo, uint64_t offset, uint64_t size, struct vmo **out) MUST_USE;

/* Pages beyond a smaller size are unmapped everywhere and freed. ERR_NO_MEMORY (partial page
 * of a shared tree, nothing changed), ERR_OUT_OF_RANGE, ERR_BAD_STATE (some are pinned). Zeroes
 * the tail of the last page when shrinking, if it is present. */
status_t vmo_set_size(struct vmo *vmo, uint64_t size) MUST_USE;

/* What vmo_get_page may be asked for. */
enum {
    VMO_READ = 0,
    VMO_WRITE = 1, /* the page will be ours alone and may be written */
    VMO_PRESENT_ONLY =
        2, /* ERR_NOT_FOUND instead of making one (except VMO_WRITE of a shared) */
};

/*
 * The page at `index` (in pages). For reading, an absent page of an anonymous VMO is the shared
 * zero page; one that would come from the parent is copied first, since the parent's may
 * vanish. `*writable`: it is ours alone, so a mapping may let it be written. Caller holds
 * vmo->lock. ERR_NO_MEMORY; ERR_OUT_OF_RANGE past the end; ERR_SHOULD_WAIT: page in by
 * vmo_page_in, then again. The page stays while the lock is held.
 */
status_t vmo_get_page_locked(struct vmo *vmo, uint64_t index, unsigned how, struct page **out,
                             bool *writable) MUST_USE;

/* Put `page` (one reference, consumed on OK) at `index` unless one is there already:
 * ERR_ALREADY_EXISTS. Caller holds vmo->lock. */
status_t vmo_insert_locked(struct vmo *vmo, uint64_t index, struct page *page) MUST_USE;

/* Bring page `index` in from the pager, waiting as needed. Its pages are those of the VMO that
 * has the pager (`vmo` or an ancestor). ERR_CANCELED when killed. */
struct vmo_page_in {
    struct co co;
    struct vmo *vmo;    /* in */
    uint64_t index;     /* in */
    uint32_t count;     /* in: how many from there on will be wanted soon; 0: one */
    bool interruptible; /* in: by a suspension, ERR_INTERRUPTED */
    bool write;         /* in: the access that has to wait is a write */
    struct page *page;
    struct vmo *owner; /* has the pager; kept alive by `vmo` */
    uint64_t owner_index;
    union vmo_page_in_slot slot;
};
co_fn vmo_page_in;

/* Copy between VMO and kernel memory. ERR_OUT_OF_RANGE beyond the size; ERR_SHOULD_WAIT with
 * `*done` bytes copied when a page has to come from a waiting pager (`*done` may be NULL). */
status_t vmo_read(struct vmo *vmo, uint64_t offset, void *to, size_t size,
                  size_t *done) MUST_USE;
status_t vmo_write(struct vmo *vmo, uint64_t offset, const void *from, size_t size,
                   size_t *done) MUST_USE;

/* Bytes for the pages that are present; the others will come from the pager, which has them
 * already. */
void vmo_update(struct vmo *vmo, uint64_t offset, const void *from, size_t size);

/*
 * Make the pages of [*first, end), cut to the size of now, the VMO's own, as writing them
 * would. ERR_SHOULD_WAIT: page `*first` has to come in, what precedes it is done.
 */
status_t vmo_commit(struct vmo *vmo, uint64_t *first, uint64_t end) MUST_USE;

/*
 * Zeroes for [*offset, end), in bytes, cut likewise: whole pages are given back where absent
 * ones are zero. ERR_SHOULD_WAIT: the page of `*offset` has to come in, what precedes it is
 * done.
 */
status_t vmo_zero(struct vmo *vmo, uint64_t *offset, uint64_t end) MUST_USE;

/* The page at `index` leaves the VMO, which then reads as zero there: a reference, to a page
 * that nobody else has. ERR_OUT_OF_RANGE, ERR_NO_MEMORY, ERR_BAD_STATE (pinned). */
status_t vmo_take_page(struct vmo *vmo, uint64_t index, struct page **out) MUST_USE;

/*
 * Hand each dirty page of [first, end) to `write`, under vmo->lock; it is clean then, and the
 * next write through a mapping faults. Ends with the first error, that page and those behind it
 * still dirty.
 */
status_t vmo_write_back(struct vmo *vmo, uint64_t first, uint64_t end,
                        status_t (*write)(void *arg, uint64_t index, const void *data),
                        void *arg) MUST_USE;

/* The next write through a mapping to each page faults. */
void vmo_watch_writes(struct vmo *vmo);

/*
 * The contents of a VMO with VMO_DISCARDABLE stay from vmo_keep to vmo_unkeep, which nest. From
 * the last unkeep on they may be discarded, all at once, when memory is low: accesses then fail
 * with ERR_NOT_FOUND, until it is kept again and zero. Whether it had come to that is the value
 * of vmo_keep; vmo_try_keep does not keep it then (ERR_UNAVAILABLE). ERR_BAD_STATE: nobody
 * keeps it. (zx_vmo_op_range, ZX_VMO_OP_LOCK)
 */
bool vmo_keep(struct vmo *vmo);
status_t vmo_try_keep(struct vmo *vmo) MUST_USE;
status_t vmo_unkeep(struct vmo *vmo) MUST_USE;

/* Drop about `pages` clean pages of files and those of discardable VMOs, those first that were
 * used longest ago. Any context that may take the locks of this file. How many were dropped. */
size_t vmo_cache_shrink(size_t pages);

/* Free the pages of a page-aligned range (they read as zero, or from the pager again).
 * ERR_NO_MEMORY (a shared tree, nothing changed), ERR_OUT_OF_RANGE, ERR_BAD_STATE (pinned). */
status_t vmo_decommit(struct vmo *vmo, uint64_t offset, uint64_t size) MUST_USE;

/* The first page from `index` on that is there (or, with `present` false, is not), before page
 * `end`; `end` if there is none. Of the VMO's own pages only. */
uint64_t vmo_find_page(struct vmo *vmo, uint64_t index, uint64_t end, bool present);
/* Pages in nodes; a page shared with a clone counts in both. */
uint64_t vmo_committed_pages(struct vmo *vmo);

/* `clone`, just made, is a clone of `vmo` that counts its pages apart. */
void vmo_kin_join(struct vmo *vmo, struct vmo *clone);
/* The pages of [first, end) that the VMO has and none of its kin that is older. */
uint64_t vmo_committed_in(struct vmo *vmo, uint64_t first, uint64_t end);

/* Pages that stay where they are. */
struct vmo_pin {
    struct list link;    /* vmo.pins; guarded by vmo.lock */
    uint64_t first, end; /* in pages */
};
/* Pin [pin->first, pin->end); `pin` is the VMO's till it is unpinned. ERR_SHOULD_WAIT: a page
 * is not there as the VMO's own (vmo_commit). ERR_OUT_OF_RANGE; ERR_NOT_SUPPORTED: of a file.
 */
status_t vmo_pin(struct vmo *vmo, struct vmo_pin *pin) MUST_USE;
void vmo_unpin(struct vmo *vmo, struct vmo_pin *pin);
/* Where a page that is pinned is. */
paddr_t vmo_pinned_address(struct vmo *vmo, uint64_t index);

/* Who shows it: mappings, and the address spaces that these are in. */
struct vmo_use {
    uint64_t mappings, spaces;
};
void vmo_use_read(struct vmo *vmo, struct vmo_use *out);

/* VMOs alive, for leak tests. */
unsigned vmo_count(void);
