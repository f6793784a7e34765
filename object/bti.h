/*
 * bti.h - how devices reach memory: an IOMMU, bus transaction initiators (BTI) behind it, and
 * tokens for the memory that one of them has pinned (PMT).
 *
 * The one kind of IOMMU there is translates nothing: devices use physical addresses.
 *
 * What a PMT has pinned stays where it is until it is unpinned. If its handle is closed before,
 * a device may still write there: the BTI keeps the PMT in quarantine until it is told that
 * this is no longer so. When the BTI itself goes first, that is never.
 *
 * Lock order: a BTI's object.lock -> vmo.lock.
 */
#pragma once

#include "object/vmo_object.h"

#define BTI_MIN_CONTIGUITY PAGE_SIZE  /* bytes that lie in a row in a device's view */
#define BTI_ASPACE_SIZE    UINT64_MAX /* bytes that a device can address */

struct bti {
    struct object object;
    struct object *iommu;   /* reference; constant */
    uint64_t id;            /* constant */
    struct list quarantine; /* of pmt.link, each with a reference; guarded by object.lock */
};

struct pmt {
    struct object object;
    struct bti *bti;       /* reference; constant */
    struct vmo_object *vo; /* reference; constant */
    struct vmo_pin pin;    /* in vo->vmo; its range is constant */
    bool pinned;           /* guarded by bti->object.lock */
    struct list link;      /* of the quarantine; guarded by bti->object.lock */
};

status_t iommu_create(struct object **out) MUST_USE;
status_t bti_create(struct object *iommu, uint64_t id, struct bti **out) MUST_USE;

/*
 * A PMT of a range, in bytes that are whole pages, of what `vo` shows; `*out` is a reference.
 * ERR_SHOULD_WAIT: some page is not there as the VMO's own: vmo_commit. ERR_OUT_OF_RANGE,
 * ERR_NO_MEMORY, ERR_NOT_SUPPORTED (pages of a file).
 */
status_t bti_pin(struct bti *bti, struct vmo_object *vo, uint64_t offset, uint64_t size,
                 struct pmt **out) MUST_USE;

/* Idempotent. */
void pmt_unpin(struct pmt *pmt);
void bti_release_quarantine(struct bti *bti);

static inline struct bti *bti_of(struct object *obj)
{
    return container_of(obj, struct bti, object);
}

static inline struct pmt *pmt_of(struct object *obj)
{
    return container_of(obj, struct pmt, object);
}
