/*
 * vmar_object.h - the kernel object of a VMAR. Closing its last handle unmaps nothing.
 */
#pragma once

#include "object/process.h"

struct vmar_object {
    struct object object;
    struct vmar *vmar;       /* reference; constant */
    struct aspace *aspace;   /* reference, so that the region's is valid; constant */
    struct process *process; /* whose memory it is; reference; constant. A process that holds a
                                handle to its own VMAR lets go of it when it ends. */
};

/* Takes its own references. */
status_t vmar_object_create(struct process *process, struct vmar *vmar,
                            struct vmar_object **out) MUST_USE;

static inline struct vmar_object *vmar_object_of(struct object *obj)
{
    return container_of(obj, struct vmar_object, object);
}
