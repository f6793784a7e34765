/*
 * vmo_object.c - a handle on a VMO, with its name, parent and children.
 */
#include "object/vmo_object.h"

#include "mm/slab.h"

SLAB_CACHE(vmo_object_cache, struct vmo_object);

/* Guards who is whose parent and child. Outside object.lock. */
static struct spinlock family_lock;

/* The children live on without a parent. */
static void leave_family(struct vmo_object *vo)
{
    SPIN_GUARD(&family_lock);

    for (struct list *link; (link = list_pop_front(&vo->children));)
        container_of(link, struct vmo_object, sibling)->parent = NULL;
    if (!vo->parent)
        return;
    list_remove(&vo->sibling);
    if (atomic_fetch_sub(&vo->parent->vmo->label->children, 1) == 1)
        object_signal(&vo->parent->object, 0, ZX_VMO_ZERO_CHILDREN);
}

static void vmo_object_destroy(struct object *obj)
{
    struct vmo_object *vo = vmo_object_of(obj);

    leave_family(vo);
    vmo_put(vo->vmo);
    slab_free(&vmo_object_cache, vo);
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
    child->vmo->label->parent_koid = parent->object.koid;
    list_push_back(&parent->children, &child->sibling);
    if (atomic_fetch_add(&parent->vmo->label->children, 1) == 0)
        object_signal(&parent->object, ZX_VMO_ZERO_CHILDREN, 0);
}

status_t vmo_object_create_child(struct vmo_object *parent, uint64_t offset, uint64_t size,
                                 struct vmo_object **out)
{
    struct vmo *clone;
    status_t st = vmo_clone(parent->vmo, offset, size, &clone);

    if (st != OK)
        return st;
    st = vmo_object_create(clone, out);
    vmo_put(clone);
    if (st == OK)
        join_family(parent, *out);
    return st;
}
