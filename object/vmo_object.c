/*
 * vmo_object.c - a handle on a VMO, with its name, parent and children.
 */
#include "object/vmo_object.h"

#include "base/string.h"
#include "mm/slab.h"

SLAB_CACHE(vmo_object_cache, struct vmo_object);

/* Guards who is whose parent and child. Outside object.lock. */
static struct spinlock family_lock;

/* What the VMO's label says of children: a slice's are its own affair. */
static void tell_label(struct vmo_object *vo)
{
    if (!vo->slice)
        atomic_store_explicit(&vo->vmo->label->children, vo->child_count, memory_order_relaxed);
}

/* Its children are its parent's now, if it has one. */
static void leave_family(struct vmo_object *vo)
{
    struct vmo_object *parent;
    SPIN_GUARD(&family_lock);

    parent = vo->parent;
    for (struct list *link; (link = list_pop_front(&vo->children));) {
        container_of(link, struct vmo_object, sibling)->parent = parent;
        if (parent) {
            list_push_back(&parent->children, link);
            parent->child_count++;
        }
    }
    if (!parent)
        return;
    list_remove(&vo->sibling);
    if (--parent->child_count == 0)
        object_signal(&parent->object, 0, ZX_VMO_ZERO_CHILDREN);
    tell_label(parent);
}

static void vmo_gone(struct vmo_label *label)
{
    struct vmo_object *vo = label->owner;

    leave_family(vo);
    slab_free(&vmo_object_cache, vo);
}

/* As long as something maps the VMO it counts as its parent's child, though it has no handle
 * any more. A mapping of a slice is one of the whole. */
static void vmo_object_destroy(struct object *obj)
{
    struct vmo_object *vo = vmo_object_of(obj);
    struct vmo_label *label = vo->vmo->label;

    if (label->koid != obj->koid) {
        leave_family(vo);
        vmo_put(vo->vmo);
        slab_free(&vmo_object_cache, vo);
        return;
    }
    label->owner = vo;
    label->gone = vmo_gone;
    vmo_put(vo->vmo);
}

static const struct object_ops vmo_object_ops = {
    .name = "vmo",
    .type = ZX_OBJ_TYPE_VMO,
    .rights = ZX_DEFAULT_VMO_RIGHTS,
    .user_signals = ZX_USER_SIGNAL_ALL,
    .destroy = vmo_object_destroy,
};

/* The first one counts. */
static void set_label(struct vmo *vmo, struct vmo_label *label)
{
    {
        SPIN_GUARD(&vmo->lock);
        if (!vmo->label) {
            vmo->label = label;
            return;
        }
    }
    kfree(label);
}

status_t vmo_object_create(struct vmo *vmo, struct vmo_object **out)
{
    struct vmo_object *vo = slab_alloc_zeroed(&vmo_object_cache);
    struct vmo_label *label = kmalloc(sizeof(*label));

    if (!vo || !label) {
        slab_free(&vmo_object_cache, vo);
        kfree(label);
        return ERR_NO_MEMORY;
    }
    object_init(&vo->object, &vmo_object_ops, ZX_VMO_ZERO_CHILDREN);
    *label = (struct vmo_label){.koid = vo->object.koid};
    set_label(vmo, label);
    vo->vmo = vmo_get(vmo);
    list_init(&vo->children);
    list_init(&vo->sibling);
    mutex_init(&vo->content_lock);
    vo->content_size = vmo->size;
    *out = vo;
    return OK;
}

uint64_t vmo_object_content_size(struct vmo_object *vo)
{
    SPIN_GUARD(&vo->object.lock);

    return vo->content_size;
}

void vmo_object_set_content_size(struct vmo_object *vo, uint64_t size)
{
    SPIN_GUARD(&vo->object.lock);

    vo->content_size = size;
}

static void join_family(struct vmo_object *parent, struct vmo_object *child)
{
    SPIN_GUARD(&family_lock);

    child->parent = parent;
    child->parent_koid = parent->object.koid;
    if (!child->slice)
        child->vmo->label->parent_koid = parent->object.koid;
    list_push_back(&parent->children, &child->sibling);
    if (parent->child_count++ == 0)
        object_signal(&parent->object, ZX_VMO_ZERO_CHILDREN, 0);
    tell_label(parent);
}

/* What a slice shows ends with it: a clone that reaches further has zeroes there. */
static status_t clone_part(struct vmo_object *parent, uint64_t offset, uint64_t size,
                           struct vmo **out)
{
    uint64_t left = UINT64_MAX;
    status_t st;

    if (parent->slice)
        left = parent->slice_size > offset ? parent->slice_size - offset : 0;
    st = vmo_clone(parent->vmo, parent->offset + offset, MIN(size, left), out);
    if (st != OK || size <= left)
        return st;
    st = vmo_set_size(*out, size);
    if (st != OK)
        vmo_put(*out);
    return st;
}

/* A clone begins with its parent's name. */
static void copy_name(struct vmo *from, struct vmo *to)
{
    char name[sizeof(from->label->name)];

    {
        SPIN_GUARD(&from->lock);
        memcpy(name, from->label->name, sizeof(name));
    }
    SPIN_GUARD(&to->lock);
    memcpy(to->label->name, name, sizeof(name));
}

status_t vmo_object_create_child(struct vmo_object *parent, uint64_t offset, uint64_t size,
                                 uint32_t flags, struct vmo_object **out)
{
    struct vmo *clone;
    status_t st = clone_part(parent, offset, size, &clone);

    if (st != OK)
        return st;
    clone->flags = (clone->flags & ~(uint32_t)VMO_RESIZABLE) | flags;
    vmo_kin_join(parent->vmo, clone);
    st = vmo_object_create(clone, out);
    vmo_put(clone);
    if (st != OK)
        return st;
    copy_name(parent->vmo, (*out)->vmo);
    join_family(parent, *out);
    return OK;
}

status_t vmo_object_create_slice(struct vmo_object *parent, uint64_t offset, uint64_t size,
                                 struct vmo_object **out)
{
    uint64_t whole = vmo_object_size(parent);
    status_t st;

    if (parent->vmo->flags & VMO_RESIZABLE)
        return ERR_NOT_SUPPORTED;
    if (size > whole || offset > whole - ROUND_UP(size, PAGE_SIZE))
        return ERR_INVALID_ARGS;
    st = vmo_object_create(parent->vmo, out);
    if (st != OK)
        return st;
    (*out)->slice = true;
    (*out)->offset = parent->offset + offset;
    (*out)->slice_size = ROUND_UP(size, PAGE_SIZE);
    (*out)->content_size = size;
    (*out)->cache_policy = parent->cache_policy;
    join_family(parent, *out);
    return OK;
}

uint64_t vmo_object_size(const struct vmo_object *vo)
{
    return vo->slice ? vo->slice_size : vo->vmo->size;
}

bool vmo_object_is_shared(struct vmo_object *vo)
{
    SPIN_GUARD(&family_lock);

    if (vo->parent && !vo->slice)
        return true;
    list_for_each (it, &vo->children)
        if (!container_of(it, struct vmo_object, sibling)->slice)
            return true;
    return false;
}

static bool has_family(struct vmo_object *vo)
{
    SPIN_GUARD(&family_lock);

    return vo->parent || vo->child_count || vo->slice;
}

bool vmo_object_is_alone(struct vmo_object *vo)
{
    if (has_family(vo) || vo->vmo->pager || vo->vmo->parent)
        return false;
    SPIN_GUARD(&vo->vmo->lock);
    return interval_tree_empty(&vo->vmo->mappings);
}

status_t vmo_object_set_cache_policy(struct vmo_object *vo, uint32_t policy)
{
    if (vo->vmo->pager)
        return ERR_NOT_SUPPORTED;
    if (!vmo_object_is_alone(vo))
        return ERR_BAD_STATE;
    if (vmo_committed_pages(vo->vmo) && !(vo->vmo->flags & VMO_CONTIGUOUS))
        return ERR_BAD_STATE;
    SPIN_GUARD(&vo->object.lock);
    vo->cache_policy = policy;
    return OK;
}

unsigned vmo_object_child_count(struct vmo_object *vo)
{
    SPIN_GUARD(&family_lock);

    return vo->child_count;
}
