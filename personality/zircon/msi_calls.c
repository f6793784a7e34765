/*
 * msi_calls.c - zx_msi_*.
 */
#include "object/msi.h"

#include "personality/zircon/info.h"
#include "personality/zircon/resource_calls.h"

status_t zircon_msi_allocate(struct syscall *call)
{
    struct msi_allocation *a;
    status_t st = call_resource(call, 0, ZX_RSRC_KIND_ROOT);

    if (st == OK)
        st = msi_allocate((uint32_t)call->arg[1], &a);
    if (st != OK)
        return st;
    st = call_give(call, &a->object, a->object.ops->rights, call->arg[2]);
    object_put(&a->object);
    return st;
}

static status_t create(struct syscall *call, struct object *allocation, struct object **out)
{
    struct object *vmo;
    status_t st = call_object(call, 3, ZX_OBJ_TYPE_VMO, ZX_RIGHT_MAP, &vmo);

    if (st != OK)
        return st;
    st = msi_interrupt_create(msi_allocation_of(allocation), (uint32_t)call->arg[1],
                              (uint32_t)call->arg[2], vmo_object_of(vmo), call->arg[4], out);
    object_put(vmo);
    return st;
}

status_t zircon_msi_create(struct syscall *call)
{
    struct object *allocation, *interrupt;
    status_t st = call_object(call, 0, ZX_OBJ_TYPE_MSI, 0, &allocation);

    if (st != OK)
        return st;
    st = create(call, allocation, &interrupt);
    object_put(allocation);
    if (st != OK)
        return st;
    st = call_give(call, interrupt, interrupt->ops->rights, call->arg[5]);
    object_put(interrupt);
    return st;
}

status_t info_msi(struct object *obj, rights_t rights, union info_record *out)
{
    (void)rights;
    msi_allocation_info(msi_allocation_of(obj), &out->msi);
    return OK;
}
