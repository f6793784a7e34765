/*
 * vmar_object.c - a handle on a VMAR.
 */
#include "object/vmar_object.h"

#include "mm/slab.h"

SLAB_CACHE(vmar_object_cache, struct vmar_object);

static void vmar_object_destroy(struct object *obj)
{
    struct vmar_object *vo = vmar_object_of(obj);

    vmar_put(vo->vmar);
    aspace_put(vo->aspace);
    object_put(&vo->process->object);
    slab_free(&vmar_object_cache, vo);
}

static const struct object_ops vmar_object_ops = {
    .name = "vmar",
    .type = ZX_OBJ_TYPE_VMAR,
    .rights = ZX_DEFAULT_VMAR_RIGHTS,
    .destroy = vmar_object_destroy,
};

status_t vmar_object_create(struct process *process, struct vmar *vmar,
                            struct vmar_object **out)
{
    struct vmar_object *vo = slab_alloc(&vmar_object_cache);

    if (!vo)
        return ERR_NO_MEMORY;
    object_init(&vo->object, &vmar_object_ops, 0);
    vo->vmar = vmar_get(vmar);
    vo->aspace = aspace_get(vmar->region.aspace);
    vo->process = container_of(object_get(&process->object), struct process, object);
    *out = vo;
    return OK;
}
