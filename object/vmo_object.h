/*
 * vmo_object.h - the kernel object of a VMO: what handles name, with its children.
 *
 * The VMO's label outlives the object while something maps the VMO: its koid is that of the
 * first object, its name is guarded by vmo.lock, children by vmo_object.c's family lock.
 *
 * ZERO_CHILDREN is asserted while no VMO made by vmo_object_create_child lives.
 */
#pragma once

#include "co/mutex.h"
#include "object/object.h"
#include "vm/vmo.h"

struct vmo_object {
    struct object object;
    struct vmo *vmo;           /* reference; constant */
    struct vmo_object *parent; /* NULL: none, or gone; guarded by vmo_object.c's family lock */
    struct list children;      /* of vmo_object.sibling; guarded by the family lock */
    struct list sibling;       /* guarded by the family lock */
    uint64_t content_size;     /* bytes that mean something; guarded by object.lock */
    struct mutex content_lock; /* of streams: one moves bytes and the content size at a time */
};
_Static_assert(sizeof(((struct vmo_label *)NULL)->name) == ZX_MAX_NAME_LEN,
               "a name of Zircon's");

/* Takes its own reference to `vmo`. */
status_t vmo_object_create(struct vmo *vmo, struct vmo_object **out) MUST_USE;

/* A snapshot of part of it (vmo_clone), as its child. */
status_t vmo_object_create_child(struct vmo_object *parent, uint64_t offset, uint64_t size,
                                 struct vmo_object **out) MUST_USE;

/* ZX_PROP_VMO_CONTENT_SIZE: at first the VMO's size, and whatever it is set to. */
uint64_t vmo_object_content_size(struct vmo_object *vo);
void vmo_object_set_content_size(struct vmo_object *vo, uint64_t size);

static inline struct vmo_object *vmo_object_of(struct object *obj)
{
    return container_of(obj, struct vmo_object, object);
}
