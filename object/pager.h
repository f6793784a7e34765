/*
 * pager.h - pagers: programs that supply the pages of VMOs.
 *
 * Who touches an absent page of a pager's VMO waits; the pager is asked by a packet at a port
 * and puts pages in, or says that it cannot. A wait is for a request: a range of absent pages
 * that one packet asks for. Requests of a VMO never overlap, so pages are asked for once
 * however many wait for them; a request that nobody waits for any more is taken back.
 *
 * Lock order: vmo.lock -> the source's lock -> port's own lock; pager's lock -> the source's.
 */
#pragma once

#include "object/port.h"
#include "vm/vmo.h"

status_t pager_create(struct object **out) MUST_USE;

/*
 * A VMO whose pages come from `pager`, which reads of requests, with `key`, at `port`. The
 * flags are VMO_RESIZABLE or 0. `trap_dirty`: who writes a page that is not dirty waits too,
 * and the pager is asked whether he may. Its end, or its being detached, is told by one more
 * packet. ERR_NO_MEMORY, ERR_OUT_OF_RANGE.
 */
status_t pager_create_vmo(struct object *pager, struct object *port, uint64_t key,
                          uint64_t size, uint32_t flags, bool trap_dirty,
                          struct vmo **out) MUST_USE;

/* Is it a VMO of this pager's? */
bool pager_owns(struct object *pager, const struct vmo *vmo);

/* Of VMOs that pager_owns, by ranges in bytes that are whole pages: */

/* Nothing is asked for any more: who would wait fails with ERR_BAD_STATE, as he does once the
 * last handle to the pager is closed. What is dirty can still be written back. Idempotent. */
void pager_detach(struct vmo *vmo);

/*
 * Pages of `from` move into the VMO, but not where it has one. ERR_OUT_OF_RANGE: the range is
 * not in the VMO, or not in `from`; ERR_NO_MEMORY: those before have been moved.
 */
status_t pager_supply(struct vmo *vmo, uint64_t offset, uint64_t size, struct vmo *from,
                      uint64_t from_offset) MUST_USE;

/* The requests that touch the range end with `st` for all who wait. ERR_OUT_OF_RANGE. */
status_t pager_fail(struct vmo *vmo, uint64_t offset, uint64_t size, status_t st) MUST_USE;

/* The pages are dirty, and may be written (vmo_make_dirty, whose errors these are).
 * ERR_NOT_SUPPORTED: the VMO does not trap_dirty. */
status_t pager_dirty(struct vmo *vmo, uint64_t offset, uint64_t size) MUST_USE;

/* Dirty pages are being written back / have been (vm/vmo_dirty.h). ERR_OUT_OF_RANGE. */
status_t pager_writeback_begin(struct vmo *vmo, uint64_t offset, uint64_t size) MUST_USE;
status_t pager_writeback_end(struct vmo *vmo, uint64_t offset, uint64_t size) MUST_USE;
