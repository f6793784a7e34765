/*
 * vmo_dirty.h - which pages of a VMO its pager, a program, has yet to be told of.
 *
 * A page is clean, dirty, or awaits to be clean: it is being written back, and nobody has
 * written it since that began (struct page's `dirty`). Only a dirty page is mapped for writing,
 * so the first write to another faults.
 *
 * What a VMO has grown by is zero, and news to the pager: pages absent from `zero_from` on.
 * They take no memory until they are written. They are written back from the front: `zero_from`
 * passes them, and the pager supplies them from then on. (zx_pager_op_range, late 2021)
 */
#pragma once

#include "vm/vmo.h"

struct vmo_dirty {
    bool trap; /* who writes a page that is not dirty waits until it is; constant */
    uint64_t zero_from;
    uint64_t zero_clean; /* those from zero_from up to here are being written back */
    uint64_t seen;       /* vmo.changes as of the last reset of vmo_is_modified */
};

/* Of a fresh VMO, before anybody knows it; `d` lives as long. */
void vmo_track_dirty(struct vmo *vmo, struct vmo_dirty *d, bool trap);

/* Absent pages from here on are zero, and dirty. Exact under vmo->lock. */
static inline uint64_t vmo_zero_from(const struct vmo *vmo)
{
    return vmo->dirty ? vmo->dirty->zero_from : UINT64_MAX;
}

/* Under vmo->lock: is the page there, or known to be zero? Is it dirty, and there? */
bool vmo_is_supplied_locked(struct vmo *vmo, uint64_t index);
bool vmo_is_dirty_locked(struct vmo *vmo, uint64_t index);

/* Page `index` is about to be written: it is there now, and dirty. ERR_SHOULD_WAIT: page in, to
 * write. ERR_NO_MEMORY. Caller holds vmo->lock. */
status_t vmo_dirty_for_write_locked(struct vmo *vmo, uint64_t index) MUST_USE;

/* The VMO has become smaller. Caller holds vmo->lock. */
void vmo_dirty_cut_locked(struct vmo *vmo);

/* By ranges of pages; ERR_OUT_OF_RANGE: not in the VMO. */

/* They are dirty. ERR_NOT_FOUND: one is not supplied, nothing changed; ERR_NO_MEMORY: those
 * before are. */
status_t vmo_make_dirty(struct vmo *vmo, uint64_t first, uint64_t end) MUST_USE;
/* What is dirty is being written back / has been, where it still awaits that. */
status_t vmo_begin_clean(struct vmo *vmo, uint64_t first, uint64_t end) MUST_USE;
status_t vmo_end_clean(struct vmo *vmo, uint64_t first, uint64_t end) MUST_USE;

struct vmo_dirty_range {
    uint64_t first, end; /* pages */
    bool zero;           /* none of them is there */
};
/* The first stretch of equal pages in [from, end) that are not clean. False: there is none. */
bool vmo_next_dirty(struct vmo *vmo, uint64_t from, uint64_t end, struct vmo_dirty_range *out);

/* Has it been written or resized since it was made, or since it was last asked with `reset`? */
bool vmo_is_modified(struct vmo *vmo, bool reset);
