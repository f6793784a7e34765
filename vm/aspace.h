/*
 * aspace.h - a user address space: the root VMAR, its regions, the page tables, and faults.
 *
 * A region is a VMAR (a reserved range that holds others) or a mapping (a range of a VMO).
 * Regions of one VMAR never overlap and lie inside it.
 *
 * Lock order: aspace.lock -> vmo.lock -> aspace.pt_lock. The region tree is guarded by
 * aspace.lock; base, size, offset and prot of a mapping that its VMO knows of change only
 * with aspace.lock and vmo.lock held (and the lock of the VMO's parent), so any is enough to
 * read them. A fault lets go of aspace.lock once it has vmo.lock. All hal_pt calls are made
 * under pt_lock, and a page is unmapped there before it is freed. Fork alone holds two
 * aspace.locks, the parent's first; the child is new and nobody who holds its lock wants
 * another.
 */
#pragma once

#include "base/random.h"
#include "base/rbtree.h"
#include "hal/irq.h"
#include "vm/vmo.h"

/* Rights of a mapping: HAL_PROT_* of hal/mmu.h. */

enum mapping_flags {
    /* The VMO has other users: fork maps it as it is. Without it the range of the VMO belongs
     * to the mapping alone: fork clones it, unmapping frees the pages that no other mapping
     * shows. */
    MAPPING_SHARED = 1u << 0,
    MAPPING_DONTFORK = 1u << 1, /* fork leaves it out */
    MAPPING_PINNED = 1u << 2,   /* unmap, protect and overwrite are ERR_ACCESS_DENIED (vDSO) */
    MAPPING_WIPEONFORK = 1u << 3, /* private memory that fork gives to the child as zeroes */
    MAPPING_LOCKED = 1u << 4,     /* counts as locked (mlock); not inherited by fork */
    MAPPING_GROWS = 1u << 5,      /* a fault below it continues it, see struct aspace_growth */
};

enum region_kind { REGION_VMAR, REGION_MAPPING };

/* Common head of VMARs and mappings. Guarded by aspace.lock. */
struct region {
    struct rb_node node; /* of the parent's tree, by base */
    enum region_kind kind;
    struct vmar *parent; /* NULL: the root, or no longer in the tree */
    struct aspace *aspace;
    user_addr_t base;
    uint64_t size; /* bytes; both page aligned */
};

/* What the last search for a gap below `limit` learnt: no gap that lies wholly between `scan`
 * and `limit` is larger than `largest`. Guarded by aspace.lock. */
struct gap_cache {
    user_addr_t limit, scan;
    uint64_t largest;
};

struct vmar {
    struct region region;
    atomic_uint refs;       /* the tree holds one while linked */
    struct rb_tree regions; /* children by base; guarded by aspace.lock */
    uint32_t flags; /* Zircon's CAN_MAP_* as the object layer defines them; opaque here */
    bool alive;     /* false once destroyed; guarded by aspace.lock */
    struct gap_cache gaps;
    user_addr_t near; /* where PLACE_RANDOM looks; 0: anywhere. Guarded by aspace.lock */
};

/* What the pages of mappings are of, for who asks; the vm layer only counts it. */
struct mapping_origin {
    atomic_uint refs;
    void (*free)(struct mapping_origin *origin); /* the last reference is gone */
};
struct mapping_origin *mapping_origin_get(struct mapping_origin *origin); /* NULL is fine */
void mapping_origin_put(struct mapping_origin *origin);                   /* NULL is fine */

struct mapping {
    struct region region;
    struct interval shown;           /* in vmo.mappings, its pages; guarded by vmo.lock */
    struct interval shown_of_parent; /* in the parent's clone_mappings, pages of that; guarded
                                        by the parent's lock */
    struct list dead_link;           /* once it has left the region tree; its remover's */
    struct vmo *vmo;                 /* reference */
    uint64_t offset;                 /* of base in the VMO, bytes */
    uint64_t vmo_limit;              /* what it shows of the VMO ends here, bytes; constant */
    unsigned prot;                   /* HAL_PROT_* now */
    unsigned max_prot;               /* what protect may raise it to */
    unsigned flags;                  /* MAPPING_* */
    struct mapping_origin *origin;   /* reference, or NULL; guarded by aspace.lock */
    uint64_t next_write;  /* page of the VMO where the last run made ours ended; vmo.lock */
    uint64_t last_write;  /* page of the VMO that faulted last when written; vmo.lock */
    unsigned write_order; /* of that run; vmo.lock */
};

/* The one range that grows downwards when it is touched: a stack. Guarded by aspace.lock. */
struct aspace_growth {
    user_addr_t end; /* of the range; 0: there is none */
    uint64_t limit;  /* bytes that it may have */
};

struct aspace {
    atomic_uint refs;
    atomic_uint died;        /* the machine lost it (hal_upcalls.space_died) */
    atomic_uint holds;       /* of the memory: one by refs > 0, one by each VMAR */
    struct spinlock lock;    /* regions */
    struct spinlock pt_lock; /* hal page tables; innermost */
    struct hal_pt pt;
    struct vmar *root;     /* reference */
    uint64_t mapped_bytes; /* sum over mappings; guarded by lock */
    uint32_t mappings;     /* their number; guarded by lock */
    /* So many are not cut into more: ERR_NO_MEMORY. NULL: no limit. Inherited by fork. */
    const _Atomic(uint64_t) *mappings_max;
    uint64_t faults;    /* served; statistics; guarded by lock */
    unsigned map_flags; /* MAPPING_* that each new mapping gets; guarded by lock */
    struct aspace_growth growth;
    struct random random; /* of places; all zero: no seed yet. Guarded by lock */
};

status_t aspace_create(struct aspace **out) MUST_USE;
struct aspace *aspace_get(struct aspace *as);
/* With the last reference everything is unmapped and the page tables go. */
void aspace_put(struct aspace *as); /* NULL is fine */

/* Unmap and destroy everything now though references remain (a fork that failed); the root VMAR
 * stays usable unless it was destroyed. On no CPU but this. */
void aspace_clear(struct aspace *as);

/* Where a new region goes. */
enum {
    PLACE_ANY = 0,       /* the top of the highest gap below `limit` that it fits */
    PLACE_EXACT = 1,     /* at `addr`; ERR_ALREADY_EXISTS if something is there */
    PLACE_OVERWRITE = 2, /* at `addr`; mappings there go; a VMAR there is ERR_INVALID_ARGS */
    PLACE_HINT = 3,      /* at `addr` if free, otherwise as ANY */
    PLACE_RANDOM = 4,    /* ASLR: at a random place among the last ones that were so placed; the
                            first, and one that finds no place there, anywhere */
};

struct vmar_map_args {
    struct vmo *vmo; /* the mapping takes a reference of its own */
    uint64_t vmo_offset;
    uint64_t vmo_limit; /* the VMO has nothing to show from here on, bytes; 0: but its size */
    uint64_t size;      /* bytes, > 0, page aligned */
    unsigned prot, max_prot, flags;
    struct mapping_origin *origin; /* the mapping takes a reference of its own */
    unsigned place;
    user_addr_t addr;  /* absolute */
    uint64_t align;    /* 0: a page */
    user_addr_t limit; /* ANY, RANDOM: regions end at or below it; 0: the VMAR's end */
};

/* The part of user space that is the machine's own (aspace_create reserves it by a VMAR). */
static inline bool touches_hole(user_addr_t base, user_addr_t end)
{
    user_addr_t hole = HAL_USER_HOLE_BASE, hole_end = HAL_USER_HOLE_END;

    return base < hole_end && hole < end;
}

/*
 * Map. ERR_INVALID_ARGS (alignment, zero size, wrap), ERR_OUT_OF_RANGE (outside the VMAR),
 * ERR_ALREADY_EXISTS, ERR_NO_MEMORY (also: no gap), ERR_BAD_STATE (destroyed VMAR),
 * ERR_ACCESS_DENIED (overwrites a PINNED mapping, prot beyond max_prot). `*out`: the base.
 * A neighbour of the same VMO with adjoining offset and equal rights and flags is merged.
 */
status_t vmar_map(struct vmar *vmar, const struct vmar_map_args *args,
                  user_addr_t *out) MUST_USE;

/* Unmap mappings in the range, splitting at its ends; sub-VMARs wholly inside are destroyed;
 * one that is cut is ERR_INVALID_ARGS. Holes are fine, and so is the machine's own part.
 * ERR_NO_MEMORY when a split fails. */
status_t vmar_unmap(struct vmar *vmar, user_addr_t base, uint64_t size) MUST_USE;

/* Change rights. A hole: ERR_NO_MEMORY with what precedes it changed (mprotect(2)), or, with
 * `whole`, ERR_NOT_FOUND and nothing changed (Zircon). Beyond max_prot or PINNED:
 * ERR_ACCESS_DENIED. A sub-VMAR in the range: ERR_INVALID_ARGS. */
status_t vmar_protect(struct vmar *vmar, user_addr_t base, uint64_t size, unsigned prot,
                      bool whole) MUST_USE;

/* A child VMAR at a place as above but OVERWRITE; for ANY and RANDOM `addr` is the limit. The
 * caller gets a reference. */
status_t vmar_create_child(struct vmar *parent, unsigned place, user_addr_t addr, uint64_t size,
                           uint64_t align, uint32_t flags, struct vmar **out) MUST_USE;
/* Unmaps all inside and takes it out of its parent. ERR_BAD_STATE: already. */
status_t vmar_destroy(struct vmar *vmar) MUST_USE;
struct vmar *vmar_get(struct vmar *vmar);
void vmar_put(struct vmar *vmar);

/* Copies of mappings in ascending order for /proc and info topics: the first with end > addr.
 */
struct mapping_info {
    user_addr_t base;
    uint64_t size, offset;
    unsigned prot, max_prot, flags;
    struct vmo *vmo; /* reference of the caller's */
};
status_t aspace_next_mapping(struct aspace *as, user_addr_t addr,
                             struct mapping_info *out) MUST_USE; /* ERR_NOT_FOUND: no more */

/* Of the mapping at `addr`: a reference, or NULL. */
struct mapping_origin *aspace_origin(struct aspace *as, user_addr_t addr);
/* For the mappings of files in [base, end) that have none yet. */
void aspace_set_origin(struct aspace *as, user_addr_t base, user_addr_t end,
                       struct mapping_origin *origin);

/* Every region, the root first, each VMAR before what is in it, by address; `depth` counts from
 * the root's 0. `see` is called under as->lock and may take the lock of a mapping's VMO. */
void aspace_walk(struct aspace *as,
                 void (*see)(void *arg, const struct region *r, unsigned depth), void *arg);

/*
 * Move a range (mremap MAYMOVE): same contents at a new place, the old range gone, grown to
 * new_size >= old_size (a private mapping by fresh memory, or more of its file). PLACE_EXACT or
 * PLACE_HINT at `from` grows in place. The range must lie in one mapping. ERR_FAULT: it does
 * not; otherwise as vmar_map.
 */
status_t aspace_move(struct aspace *as, user_addr_t from, uint64_t old_size, uint64_t new_size,
                     unsigned place, user_addr_t to, user_addr_t limit,
                     user_addr_t *out) MUST_USE;

/* The same for a range of private memory of no file, which moves to another place; at the old
 * one the mapping stays, with zeroes. ERR_INVALID_ARGS: not such memory. */
status_t aspace_move_out(struct aspace *as, user_addr_t from, uint64_t size, unsigned place,
                         user_addr_t to, user_addr_t limit, user_addr_t *out) MUST_USE;

/* Private memory that no file is behind. */
bool mapping_is_anonymous(unsigned flags, const struct vmo *vmo);

/*
 * Flags of all mappings in the range: those of `clear` go, those of `set` come.
 * ERR_INVALID_ARGS: one that WIPEONFORK is to be set of is shared or of a file. ERR_NO_MEMORY:
 * there was a hole (the rest is done), or no memory to split with.
 */
status_t aspace_set_flags(struct aspace *as, user_addr_t base, uint64_t size, unsigned clear,
                          unsigned set) MUST_USE;

/* New mappings get these from now on. */
void aspace_set_map_flags(struct aspace *as, unsigned flags);

/* Mappings with MAPPING_GROWS that end at `top` (0: where they end already) grow up to `limit`
 * bytes from now on. */
void aspace_set_growth(struct aspace *as, user_addr_t top, uint64_t limit);

/* fork: every mapping of `from`, private ones as clones, into the root VMAR of the empty `to`,
 * which is empty again after a failure. */
status_t aspace_fork(struct aspace *from, struct aspace *to) MUST_USE;

/* Drop the pages of private mappings in the range (MADV_DONTNEED). ERR_NO_MEMORY: there was a
 * hole (the rest is done), or no memory to unshare with. */
status_t aspace_discard(struct aspace *as, user_addr_t base, uint64_t size) MUST_USE;

/*
 * Resolve a fault without waiting. OK: try again; ERR_FAULT: no mapping; ERR_ACCESS_DENIED: the
 * mapping forbids it (SIGSEGV, SEGV_ACCERR); ERR_OUT_OF_RANGE: past the VMO's end (SIGBUS);
 * ERR_NO_MEMORY; ERR_SHOULD_WAIT: use vm_fault. Maps neighbours that are at hand too.
 */
status_t try_vm_fault(struct aspace *as, user_addr_t addr, unsigned access) MUST_USE;

/* The same, waiting for the page; killable (ERR_CANCELED). */
struct vm_fault {
    struct co co;
    struct aspace *aspace;       /* in */
    user_addr_t addr;            /* in */
    unsigned access;             /* in: HAL_PROT_READ, WRITE or EXEC */
    bool interruptible;          /* in: see struct vmo_page_in */
    bool waited;                 /* out */
    struct vmo_page_in *page_in; /* heap, while waiting: few faults do */
};
co_fn vm_fault;

/*
 * What a private mapping at `base` that may execute is to be a clone of, from byte `offset` of
 * the file: its view if the machine patches text and there is room for stubs, else the file; a
 * reference.
 */
struct vmo *aspace_text(struct aspace *as, struct vmo *file, uint64_t offset, user_addr_t base);

/* Upcalls of the library OS; see hal/irq.h. ERR_ACCESS_DENIED: not private text. */
status_t aspace_text_write(struct hal_pt *pt, user_addr_t va, unsigned count,
                           hal_text_writer *write, void *arg) MUST_USE;
status_t aspace_stub_area(struct hal_pt *pt, user_addr_t near, user_addr_t *out) MUST_USE;
status_t aspace_text_stubs(struct hal_pt *pt, user_addr_t va, user_addr_t *area,
                           uint32_t **bytes) MUST_USE;
bool aspace_is_stub(struct hal_pt *pt, user_addr_t va) MUST_USE;
status_t aspace_page_in(struct hal_pt *pt, user_addr_t va) MUST_USE;
