/*
 * pager_calls.c - zx_pager_*.
 */
#include "object/pager.h"
#include "object/vmo_object.h"
#include "personality/zircon/call.h"
#include "uapi/zircon/errors.h"
#include "uapi/zircon/syscalls/memory.h"
#include "vm/vmo_dirty.h"

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

    if (options & ~(ZX_VMO_RESIZABLE | ZX_VMO_TRAP_DIRTY))
        return ERR_INVALID_ARGS;
    st = pager_create_vmo(pager, port, call->arg[3], call->arg[4],
                          options & ZX_VMO_RESIZABLE ? VMO_RESIZABLE : 0,
                          options & ZX_VMO_TRAP_DIRTY, &vmo);
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
    switch ((uint32_t)call->arg[1]) {
    case ZX_PAGER_OP_FAIL:
        return may_fail_with(status) ? pager_fail(vo->vmo, offset, size, (status_t)status)
                                     : ERR_INVALID_ARGS;
    case ZX_PAGER_OP_DIRTY:
        return status ? ERR_INVALID_ARGS : pager_dirty(vo->vmo, offset, size);
    case ZX_PAGER_OP_WRITEBACK_BEGIN:
        return status ? ERR_INVALID_ARGS : pager_writeback_begin(vo->vmo, offset, size);
    case ZX_PAGER_OP_WRITEBACK_END:
        return status ? ERR_INVALID_ARGS : pager_writeback_end(vo->vmo, offset, size);
    default:
        return ERR_NOT_SUPPORTED;
    }
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

static status_t put_size(struct syscall *call, unsigned arg, uint64_t value)
{
    return call->arg[arg] ? copy_to_user(call_user(call), call->arg[arg], &value, sizeof(value))
                          : OK;
}

static status_t put_range(struct syscall *call, uint64_t index,
                          const struct vmo_dirty_range *range)
{
    zx_vmo_dirty_range_t record = {
        .offset = range->first << PAGE_SHIFT,
        .length = (range->end - range->first) << PAGE_SHIFT,
        .options = range->zero ? ZX_VMO_DIRTY_RANGE_IS_ZERO : 0,
    };

    return copy_to_user(call_user(call), call->arg[4] + index * sizeof(record), &record,
                        sizeof(record));
}

/* Those that find no room are only counted, if anybody wants to know. */
static status_t query_dirty_ranges(struct syscall *call, struct vmo *vmo, uint64_t offset,
                                   uint64_t size)
{
    uint64_t room = call->arg[5] / sizeof(zx_vmo_dirty_range_t), count = 0;
    uint64_t at = offset >> PAGE_SHIFT, end = (offset + size + PAGE_MASK) >> PAGE_SHIFT;
    struct vmo_dirty_range range;
    status_t st = OK;

    for (; st == OK && (count < room || call->arg[7]) && vmo_next_dirty(vmo, at, end, &range);
         at = range.end, count++)
        if (count < room)
            st = put_range(call, count, &range);
    if (st == OK)
        st = put_size(call, 6, MIN(count, room));
    return st == OK ? put_size(call, 7, count) : st;
}

status_t zircon_pager_query_dirty_ranges(struct syscall *call)
{
    uint64_t offset = call->arg[2], size = call->arg[3], whole;
    struct vmo_object *vo;
    status_t st = pager_vmo(call, 1, &vo);

    if (st != OK)
        return st;
    whole = vmo_object_size(vo);
    st = offset > whole || size > whole - offset
             ? ERR_OUT_OF_RANGE
             : query_dirty_ranges(call, vo->vmo, offset, size);
    object_put(&vo->object);
    return st;
}

/* What is reset has to be told: that the program's memory takes it is seen to before. */
static status_t query_stats(struct syscall *call, struct vmo *vmo)
{
    uint32_t options = (uint32_t)call->arg[2];
    zx_pager_vmo_stats_t stats = {0};
    status_t st;

    if (options & ~ZX_PAGER_RESET_VMO_STATS || call->arg[4] < sizeof(stats))
        return ERR_INVALID_ARGS;
    st = copy_to_user(call_user(call), call->arg[3], &stats, sizeof(stats));
    if (st != OK)
        return st;
    if (vmo_is_modified(vmo, options & ZX_PAGER_RESET_VMO_STATS))
        stats.modified = ZX_PAGER_VMO_STATS_MODIFIED;
    return copy_to_user(call_user(call), call->arg[3], &stats, sizeof(stats));
}

status_t zircon_pager_query_vmo_stats(struct syscall *call)
{
    struct vmo_object *vo;
    status_t st = pager_vmo(call, 1, &vo);

    if (st != OK)
        return st;
    st = query_stats(call, vo->vmo);
    object_put(&vo->object);
    return st;
}
