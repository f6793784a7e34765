/*
 * resource.h - resources: the right to a privileged call, or to a range of something physical.
 *
 * A resource of kind ROOT stands for all others. A range may be shared, or exclusive: then no
 * other resource of its kind overlaps it. Lists and ranges are guarded by resource.c's lock.
 */
#pragma once

#include "object/object.h"
#include "uapi/zircon/syscalls/resource.h"

struct resource {
    struct object object;
    uint32_t kind;       /* ZX_RSRC_KIND_*; this and the following are constant */
    uint32_t flags;      /* ZX_RSRC_FLAG_* */
    uint64_t base, size; /* of the kinds that have ranges */
    struct list link;    /* of all resources; guarded by resource.c's lock */
    char name[ZX_MAX_NAME_LEN];
};

/* Once, at boot. */
void resource_init(void);
/* The one that the first program gets; not a reference. */
struct resource *resource_root(void);

/*
 * ERR_INVALID_ARGS: no such kind or flag, or a range where the kind has none, or one that the
 * machine does not have; ERR_NOT_FOUND: it overlaps an exclusive one, or is to be exclusive and
 * overlaps any.
 */
status_t resource_create(uint32_t kind, uint32_t flags, uint64_t base, uint64_t size,
                         const char name[ZX_MAX_NAME_LEN], struct resource **out) MUST_USE;

/* It is of that kind, or the root. ERR_WRONG_TYPE. */
status_t resource_check(const struct resource *r, uint32_t kind) MUST_USE;
/* ... and covers the range; memory by whole pages. ERR_WRONG_TYPE, ERR_OUT_OF_RANGE. */
status_t resource_check_range(const struct resource *r, uint32_t kind, uint64_t base,
                              uint64_t size) MUST_USE;

static inline struct resource *resource_of(struct object *obj)
{
    return container_of(obj, struct resource, object);
}
