/*
 * vmo_op_calls.c - zx_vmo_op_range: the pages of a range made present, given back, or zeroed.
 */
#include "object/vmo_object.h"
#include "personality/zircon/call.h"
#include "uapi/zircon/syscalls/memory.h"

struct zircon_vmo_op_range {
    SYSCALL_FRAME;
    struct vmo_object *vo; /* reference */
    uint64_t at, end;      /* what is left to do; bytes of the VMO */
    status_t outcome;
    zx_vmo_lock_state_t lock_state;
    union {
        struct vmo_page_in page_in;
        struct transfer transfer;
    };
};
SYSCALL_WAIT(zircon_vmo_op_range);

static rights_t needed(uint32_t op)
{
    switch (op) {
    case ZX_VMO_OP_COMMIT:
    case ZX_VMO_OP_DECOMMIT:
    case ZX_VMO_OP_ZERO:
    case ZX_VMO_OP_CACHE_INVALIDATE:
        return ZX_RIGHT_WRITE;
    case ZX_VMO_OP_CACHE_SYNC:
    case ZX_VMO_OP_CACHE_CLEAN:
    case ZX_VMO_OP_CACHE_CLEAN_INVALIDATE:
        return ZX_RIGHT_READ;
    default:
        return 0;
    }
}

/* Locking is of a whole VMO, by who may read or write it. */
static bool locks(uint32_t op)
{
    return op == ZX_VMO_OP_LOCK || op == ZX_VMO_OP_TRY_LOCK || op == ZX_VMO_OP_UNLOCK;
}

static status_t lock(struct zircon_vmo_op_range *f)
{
    struct syscall *call = f->call;
    uint32_t op = (uint32_t)call->arg[1];
    struct vmo *vmo = f->vo->vmo;

    if (f->vo->slice || !(vmo->flags & VMO_DISCARDABLE))
        return ERR_NOT_SUPPORTED;
    if (call->arg[2] != 0 || call->arg[3] != vmo->size)
        return ERR_OUT_OF_RANGE;
    if (op == ZX_VMO_OP_UNLOCK)
        return vmo_unkeep(vmo);
    if (op == ZX_VMO_OP_TRY_LOCK)
        return vmo_try_keep(vmo);
    if (!call->arg[4] || call->arg[5] < sizeof(f->lock_state))
        return ERR_INVALID_ARGS;
    f->lock_state = (zx_vmo_lock_state_t){.size = call->arg[3]};
    if (vmo_keep(vmo))
        f->lock_state.discarded_size = call->arg[3];
    return OK;
}

static status_t decommit(struct vmo_object *vo, uint64_t offset, uint64_t size)
{
    struct vmo *vmo = vo->vmo;

    if (vmo->flags & (VMO_PHYSICAL | VMO_CONTIGUOUS) || vmo->pager || vmo->parent ||
        vmo_object_is_shared(vo))
        return ERR_NOT_SUPPORTED;
    if (!IS_ALIGNED(offset | size, PAGE_SIZE))
        return ERR_INVALID_ARGS;
    return vmo_decommit(vmo, vo->offset + offset, size);
}

/* The caches of this machine are coherent: instructions alone have to be told. */
static status_t cache_op(uint32_t op, uint64_t size)
{
    if (size == 0)
        return ERR_INVALID_ARGS;
    if (op == ZX_VMO_OP_CACHE_SYNC)
        hal_icache_sync();
    return OK;
}

/* All but what may have to wait. ERR_SHOULD_WAIT: f->at and f->end say what is to be done. */
static status_t begin(struct zircon_vmo_op_range *f)
{
    uint32_t op = (uint32_t)f->call->arg[1];
    uint64_t offset = f->call->arg[2], size = f->call->arg[3];
    uint64_t whole = vmo_object_size(f->vo);

    if (locks(op))
        return lock(f);
    if (!needed(op))
        return ERR_INVALID_ARGS;
    if (offset > whole || size > whole - offset)
        return ERR_OUT_OF_RANGE;
    if (op == ZX_VMO_OP_DECOMMIT)
        return decommit(f->vo, offset, size);
    if (op != ZX_VMO_OP_COMMIT && op != ZX_VMO_OP_ZERO)
        return cache_op(op, size);
    if (f->vo->vmo->flags & VMO_PHYSICAL)
        return ERR_NOT_SUPPORTED;
    f->at = f->vo->offset + offset;
    f->end = f->at + size;
    return ERR_SHOULD_WAIT;
}

static status_t go_on(struct zircon_vmo_op_range *f)
{
    uint64_t index = f->at >> PAGE_SHIFT;
    status_t st;

    if (f->call->arg[1] == ZX_VMO_OP_ZERO)
        return vmo_zero(f->vo->vmo, &f->at, f->end);
    st = vmo_commit(f->vo->vmo, &index, (f->end + PAGE_MASK) >> PAGE_SHIFT);
    f->at = index << PAGE_SHIFT;
    return st;
}

/* Pages that are to be committed are asked for together. */
static uint32_t wanted(const struct zircon_vmo_op_range *f)
{
    uint64_t count =
        f->call->arg[1] == ZX_VMO_OP_COMMIT ? (f->end + PAGE_MASK - f->at) >> PAGE_SHIFT : 1;

    return (uint32_t)MIN(count, (uint64_t)UINT32_MAX);
}

static status_t find(struct zircon_vmo_op_range *f)
{
    struct object *obj;
    rights_t rights;
    status_t st = handle_get(call_handles(f->call), (handle_t)f->call->arg[0], ZX_OBJ_TYPE_VMO,
                             needed((uint32_t)f->call->arg[1]), &obj, &rights);

    if (st != OK)
        return st;
    if (locks((uint32_t)f->call->arg[1]) && !(rights & (ZX_RIGHT_READ | ZX_RIGHT_WRITE))) {
        object_put(obj);
        return ERR_ACCESS_DENIED;
    }
    f->vo = vmo_object_of(obj);
    return OK;
}

CO_FN(zircon_vmo_op_range)
{
    status_t st;

    st = find(f);
    if (st != OK)
        CO_RETURN(st);
    f->outcome = begin(f);
    if (f->outcome == OK && (uint32_t)f->call->arg[1] == ZX_VMO_OP_LOCK) {
        CO_CALL(f->outcome, f->transfer, transfer, .thread = f->call->thread,
                .direction = TO_USER, .kernel = &f->lock_state, .user = f->call->arg[4],
                .size = sizeof(f->lock_state));
        if (f->outcome != OK)
            (void)!vmo_unkeep(f->vo->vmo);
    }
    if (f->outcome == ERR_SHOULD_WAIT) {
        while ((f->outcome = go_on(f)) == ERR_SHOULD_WAIT) {
            CO_CALL(f->outcome, f->page_in, vmo_page_in, .vmo = f->vo->vmo,
                    .index = f->at >> PAGE_SHIFT, .count = wanted(f), .interruptible = true,
                    .write = f->call->arg[1] == ZX_VMO_OP_ZERO);
            if (f->outcome != OK)
                break;
        }
    }
    object_put(&f->vo->object);
    CO_RETURN(f->outcome);
}
CO_END
