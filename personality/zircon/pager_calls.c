/*
 * pager_calls.c - zx_pager_*.
 */
#include "object/pager.h"
#include "object/vmo_object.h"
#include "personality/zircon/call.h"
#include "uapi/zircon/errors.h"
#include "uapi/zircon/syscalls/memory.h"

status_t zircon_pager_create(struct syscall *call)
{
    struct object *pager;
    status_t st = call->arg[0] ? ERR_INVALID_ARGS : pager_create(&pager);

    if (st != OK)
        return st;
    st = call_give(call, pager, pager->ops->rights, call->arg[1]);
    object_put(pager);
    return st;
}

static status_t give_pager_vmo(struct syscall *call, struct object *pager, struct object *port)
{
    uint32_t options = (uint32_t)call->arg[1];
    struct vmo_object *vo;
    struct vmo *vmo;
    status_t st;

    if (options & ~ZX_VMO_RESIZABLE)
        return ERR_INVALID_ARGS;
    st = pager_create_vmo(pager, port, call->arg[3], call->arg[4],
                          options & ZX_VMO_RESIZABLE ? VMO_RESIZABLE : 0, &vmo);
    if (st != OK)
        return st;
    st = vmo_object_create(vmo, &vo);
    vmo_put(vmo);
    if (st != OK)
        return st;
    st = call_give(call, &vo->object, vo->object.ops->rights, call->arg[5]);
    object_put(&vo->object);
    return st;
}

status_t zircon_pager_create_vmo(struct syscall *call)
{
    struct object *pager, *port;
    status_t st = call_object(call, 0, ZX_OBJ_TYPE_PAGER, 0, &pager);

    if (st != OK)
        return st;
    st = call_object(call, 2, ZX_OBJ_TYPE_PORT, ZX_RIGHT_WRITE, &port);
    if (st == OK) {
        st = give_pager_vmo(call, pager, port);
        object_put(port);
    }
    object_put(pager);
    return st;
}

/* The VMO of argument `arg`, a reference: one of the pager in argument 0. */
static status_t pager_vmo(struct syscall *call, unsigned arg, struct vmo_object **out)
{
    struct object *pager, *vmo;
    status_t st = call_object(call, 0, ZX_OBJ_TYPE_PAGER, 0, &pager);

    if (st != OK)
        return st;
    st = call_object(call, arg, ZX_OBJ_TYPE_VMO, 0, &vmo);
    if (st == OK && !pager_owns(pager, vmo_object_of(vmo)->vmo)) {
        object_put(vmo);
        st = ERR_INVALID_ARGS;
    }
    object_put(pager);
    if (st == OK)
        *out = vmo_object_of(vmo);
    return st;
}

status_t zircon_pager_detach_vmo(struct syscall *call)
{
    struct vmo_object *vo;
    status_t st = pager_vmo(call, 1, &vo);

    if (st != OK)
        return st;
    pager_detach(vo->vmo);
    object_put(&vo->object);
    return OK;
}

static status_t supply(struct syscall *call, struct vmo_object *vo, struct vmo_object *aux)
{
    uint64_t offset = call->arg[2], size = call->arg[3], aux_offset = call->arg[5];

    if (!IS_ALIGNED(offset | size | aux_offset, PAGE_SIZE))
        return ERR_INVALID_ARGS;
    if (aux->vmo->flags & VMO_PHYSICAL)
        return ERR_NOT_SUPPORTED;
    if (!vmo_object_is_alone(aux))
        return ERR_BAD_STATE;
    return pager_supply(vo->vmo, offset, size, aux->vmo, aux_offset);
}

status_t zircon_pager_supply_pages(struct syscall *call)
{
    struct vmo_object *vo;
    struct object *aux;
    status_t st = pager_vmo(call, 1, &vo);

    if (st != OK)
        return st;
    st = call_object(call, 4, ZX_OBJ_TYPE_VMO, ZX_RIGHT_READ | ZX_RIGHT_WRITE, &aux);
    if (st == OK) {
        st = supply(call, vo, vmo_object_of(aux));
        object_put(aux);
    }
    object_put(&vo->object);
    return st;
}

/* What a pager may say of pages that it cannot supply. */
static bool may_fail_with(int64_t status)
{
    switch (status) {
    case ZX_ERR_IO:
    case ZX_ERR_IO_DATA_INTEGRITY:
    case ZX_ERR_BAD_STATE:
    case ZX_ERR_NO_SPACE:
    case ZX_ERR_BUFFER_TOO_SMALL:
        return true;
    default:
        return false;
    }
}

static status_t op_range(struct syscall *call, struct vmo_object *vo)
{
    uint64_t offset = call->arg[3], size = call->arg[4];
    int64_t status = (int64_t)call->arg[5];

    if (!IS_ALIGNED(offset | size, PAGE_SIZE))
        return ERR_INVALID_ARGS;
    if (call->arg[1] != ZX_PAGER_OP_FAIL)
        return ERR_NOT_SUPPORTED;
    return may_fail_with(status) ? pager_fail(vo->vmo, offset, size, (status_t)status)
                                 : ERR_INVALID_ARGS;
}

status_t zircon_pager_op_range(struct syscall *call)
{
    struct vmo_object *vo;
    status_t st = pager_vmo(call, 2, &vo);

    if (st != OK)
        return st;
    st = op_range(call, vo);
    object_put(&vo->object);
    return st;
}
