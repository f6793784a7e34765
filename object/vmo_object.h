/*
 * vmo_object.h - the kernel object of a VMO: what handles name, with its name and its children.
 *
 * ZERO_CHILDREN is asserted while no VMO made by vmo_object_create_child lives.
 */
#pragma once

#include "co/mutex.h"
#include "object/object.h"
#include "vm/vmo.h"

struct vmo_object {
    struct object object;
    struct vmo *vmo;            /* reference; constant */
    struct vmo_object *parent;  /* NULL: none, or gone; guarded by vmo_object.c's family lock */
    struct list children;       /* of vmo_object.sibling; guarded by the family lock */
    struct list sibling;        /* guarded by the family lock */
    unsigned child_count;       /* guarded by the family lock */
    koid_t parent_koid;         /* constant; 0: none */
    uint64_t content_size;      /* bytes that mean something; guarded by object.lock */
    struct mutex content_lock;  /* of streams: one moves bytes and the content size at a time */
    char name[ZX_MAX_NAME_LEN]; /* guarded by object.lock */
};

/* Takes its own reference to `vmo`. */
status_t vmo_object_create(struct vmo *vmo, struct vmo_object **out) MUST_USE;

/* A snapshot of part of it (vmo_clone), as its child. */
status_t vmo_object_create_child(struct vmo_object *parent, uint64_t offset, uint64_t size,
                                 struct vmo_object **out) MUST_USE;

/* ZX_PROP_VMO_CONTENT_SIZE: at first the VMO's size, and whatever it is set to. */
uint64_t vmo_object_content_size(struct vmo_object *vo);
void vmo_object_set_content_size(struct vmo_object *vo, uint64_t size);

unsigned vmo_object_child_count(struct vmo_object *vo);

static inline struct vmo_object *vmo_object_of(struct object *obj)
{
    return container_of(obj, struct vmo_object, object);
}
