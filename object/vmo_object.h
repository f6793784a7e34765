/*
 * vmo_object.h - the kernel object of a VMO: what handles name, with its children.
 *
 * The VMO's label outlives the object while something maps the VMO: its koid is that of the
 * first object, its name is guarded by vmo.lock, children by vmo_object.c's family lock.
 *
 * A child is a clone, a VMO of its own, or a slice, a part of the parent's. ZERO_CHILDREN is
 * asserted while there is none. The children of a child that goes become its parent's.
 */
#pragma once

#include "co/mutex.h"
#include "object/object.h"
#include "vm/vmo.h"

struct vmo_object {
    struct object object;
    struct vmo *vmo;           /* reference; constant */
    bool slice;                /* constant */
    uint64_t offset;           /* bytes; what it is of the VMO begins here; constant */
    uint64_t slice_size;       /* bytes; constant */
    uint32_t cache_policy;     /* ZX_CACHE_POLICY_*; guarded by object.lock */
    struct vmo_object *parent; /* NULL: none, or gone; guarded by vmo_object.c's family lock */
    struct list children;      /* of vmo_object.sibling; guarded by the family lock */
    struct list sibling;       /* guarded by the family lock */
    unsigned child_count;      /* guarded by the family lock */
    koid_t parent_koid;        /* constant; 0: none */
    uint64_t content_size;     /* bytes that mean something; guarded by object.lock */
    struct mutex content_lock; /* of streams: one moves bytes and the content size at a time */
};
_Static_assert(sizeof(((struct vmo_label *)NULL)->name) == ZX_MAX_NAME_LEN,
               "a name of Zircon's");

/* Takes its own reference to `vmo`. */
status_t vmo_object_create(struct vmo *vmo, struct vmo_object **out) MUST_USE;

/* A snapshot of part of it (vmo_clone), as its child; `flags` are VMO_RESIZABLE or 0. */
status_t vmo_object_create_child(struct vmo_object *parent, uint64_t offset, uint64_t size,
                                 uint32_t flags, struct vmo_object **out) MUST_USE;
/* A slice. ERR_INVALID_ARGS: not within its size; ERR_NOT_SUPPORTED: that can change. */
status_t vmo_object_create_slice(struct vmo_object *parent, uint64_t offset, uint64_t size,
                                 struct vmo_object **out) MUST_USE;

/* ZX_PROP_VMO_CONTENT_SIZE: at first the VMO's size, and whatever it is set to. */
uint64_t vmo_object_content_size(struct vmo_object *vo);
void vmo_object_set_content_size(struct vmo_object *vo, uint64_t size);

/* In bytes, as of now. */
uint64_t vmo_object_size(const struct vmo_object *vo);
/* Has it clones, or is it one whose parent lives? Then pages may be shared. */
bool vmo_object_is_shared(struct vmo_object *vo);
/* Is it all by itself: neither parent nor child, not mapped, its pages nobody's but its own? */
bool vmo_object_is_alone(struct vmo_object *vo);
/* ERR_BAD_STATE: it is not alone, or has pages. ERR_NOT_SUPPORTED: of a pager. */
status_t vmo_object_set_cache_policy(struct vmo_object *vo, uint32_t policy) MUST_USE;

unsigned vmo_object_child_count(struct vmo_object *vo);

static inline struct vmo_object *vmo_object_of(struct object *obj)
{
    return container_of(obj, struct vmo_object, object);
}
