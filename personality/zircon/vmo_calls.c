/*
 * vmo_calls.c - zx_vmo_*.
 */
#include "object/vmo_object.h"
#include "personality/zircon/policy.h"
#include "personality/zircon/resource_calls.h"
#include "personality/zircon/vmo_io.h"
#include "uapi/zircon/syscalls/memory.h"

static status_t give_vmo(struct syscall *call, struct vmo_object *vo, rights_t rights,
                         user_addr_t out)
{
    status_t st = call_give(call, &vo->object, rights, out);

    object_put(&vo->object);
    return st;
}

status_t zircon_vmo_create(struct syscall *call)
{
    uint32_t options = (uint32_t)call->arg[1];
    struct vmo_object *vo;
    struct vmo *vmo;
    status_t st;

    if (options & ~(ZX_VMO_RESIZABLE | ZX_VMO_DISCARDABLE))
        return ERR_INVALID_ARGS;
    st = call_policy(call, ZX_POL_NEW_VMO);
    if (st == OK)
        st = vmo_create(call->arg[0],
                        (options & ZX_VMO_RESIZABLE ? VMO_RESIZABLE : 0u) |
                            (options & ZX_VMO_DISCARDABLE ? VMO_DISCARDABLE : 0u),
                        &vmo);
    if (st != OK)
        return st;
    st = vmo_object_create(vmo, &vo);
    vmo_put(vmo);
    if (st != OK)
        return st;
    vmo_object_set_content_size(vo, call->arg[0]);
    return give_vmo(call, vo, vo->object.ops->rights, call->arg[2]);
}

static status_t call_vmo(struct syscall *call, rights_t need, struct vmo_object **out)
{
    struct object *obj;
    status_t st = call_object(call, 0, ZX_OBJ_TYPE_VMO, need, &obj);

    if (st == OK)
        *out = vmo_object_of(obj);
    return st;
}

status_t zircon_vmo_get_size(struct syscall *call)
{
    struct vmo_object *vo;
    uint64_t size;
    status_t st = call_vmo(call, 0, &vo);

    if (st != OK)
        return st;
    size = vmo_object_size(vo);
    object_put(&vo->object);
    return copy_to_user(call_user(call), call->arg[1], &size, sizeof(size));
}

status_t zircon_vmo_set_size(struct syscall *call)
{
    struct vmo_object *vo;
    status_t st = call_vmo(call, ZX_RIGHT_WRITE, &vo);

    if (st != OK)
        return st;
    st = vo->vmo->flags & VMO_RESIZABLE ? vmo_set_size(vo->vmo, call->arg[1]) : ERR_UNAVAILABLE;
    if (st == OK)
        vmo_object_set_content_size(vo, call->arg[1]);
    object_put(&vo->object);
    return st;
}

#define CHILD_KINDS \
    (ZX_VMO_CHILD_SNAPSHOT | ZX_VMO_CHILD_SLICE | ZX_VMO_CHILD_SNAPSHOT_AT_LEAST_ON_WRITE)

static status_t check_child(const struct vmo_object *parent, uint32_t options, uint64_t offset)
{
    uint32_t kind = options & CHILD_KINDS;

    if (options & ~(CHILD_KINDS | ZX_VMO_CHILD_RESIZABLE | ZX_VMO_CHILD_NO_WRITE))
        return ERR_INVALID_ARGS;
    if (kind == 0 || (kind & (kind - 1)) != 0 || !IS_ALIGNED(offset, PAGE_SIZE))
        return ERR_INVALID_ARGS;
    if (kind == ZX_VMO_CHILD_SLICE)
        return options & ZX_VMO_CHILD_RESIZABLE ? ERR_INVALID_ARGS : OK;
    if (parent->vmo->flags & VMO_CONTIGUOUS)
        return ERR_INVALID_ARGS; /* a copy would not lie in a row */
    if (parent->vmo->flags & (VMO_PHYSICAL | VMO_DISCARDABLE))
        return ERR_NOT_SUPPORTED;
    if (kind == ZX_VMO_CHILD_SNAPSHOT && (parent->vmo->pager || parent->vmo->parent))
        return ERR_NOT_SUPPORTED;
    return parent->cache_policy == ZX_CACHE_POLICY_CACHED ? OK : ERR_BAD_STATE;
}

static rights_t child_rights(rights_t parent, uint32_t options)
{
    parent |= ZX_RIGHTS_PROPERTY;
    if (options & ZX_VMO_CHILD_NO_WRITE)
        return parent & ~ZX_RIGHT_WRITE;
    return options & ZX_VMO_CHILD_SLICE ? parent
                                        : (parent | ZX_RIGHT_WRITE) & ~ZX_RIGHT_EXECUTE;
}

static status_t create_child(struct vmo_object *parent, uint32_t options, uint64_t offset,
                             uint64_t size, struct vmo_object **out)
{
    if (size > UINT64_MAX - PAGE_MASK || offset > UINT64_MAX - size)
        return ERR_OUT_OF_RANGE;
    if (options & ZX_VMO_CHILD_SLICE)
        return vmo_object_create_slice(parent, offset, size, out);
    return vmo_object_create_child(parent, offset, size,
                                   options & ZX_VMO_CHILD_RESIZABLE ? VMO_RESIZABLE : 0, out);
}

status_t zircon_vmo_create_child(struct syscall *call)
{
    uint32_t options = (uint32_t)call->arg[1];
    struct vmo_object *parent, *child;
    struct object *obj;
    rights_t rights;
    status_t st;

    st = handle_get(call_handles(call), (handle_t)call->arg[0], ZX_OBJ_TYPE_VMO,
                    ZX_RIGHT_DUPLICATE | ZX_RIGHT_READ, &obj, &rights);
    if (st != OK)
        return st;
    parent = vmo_object_of(obj);
    st = check_child(parent, options, call->arg[2]);
    if (st == OK)
        st = call_policy(call, ZX_POL_NEW_VMO);
    if (st == OK)
        st = create_child(parent, options, call->arg[2], call->arg[3], &child);
    object_put(obj);
    if (st != OK)
        return st;
    return give_vmo(call, child, child_rights(rights, options), call->arg[4]);
}

/* zx_vmo_read and zx_vmo_write. */
struct vmo_transfer {
    struct co co;
    struct syscall *call;              /* in */
    enum transfer_direction direction; /* in */
    struct vmo_object *vo;             /* reference */
    status_t outcome;
    struct vmo_io io;
};
static co_fn vmo_transfer;

static status_t vmo_transfer_begin(struct vmo_transfer *f)
{
    uint64_t offset = f->call->arg[2], size = f->call->arg[3];
    status_t st =
        call_vmo(f->call, f->direction == TO_USER ? ZX_RIGHT_READ : ZX_RIGHT_WRITE, &f->vo);

    if (st != OK)
        return st;
    if (f->vo->cache_policy != ZX_CACHE_POLICY_CACHED)
        return ERR_BAD_STATE;
    if (offset > vmo_object_size(f->vo) || size > vmo_object_size(f->vo) - offset)
        return ERR_OUT_OF_RANGE;
    return OK;
}

static CO_FN(vmo_transfer)
{
    f->vo = NULL;
    f->outcome = vmo_transfer_begin(f);
    if (f->outcome == OK)
        CO_CALL(f->outcome, f->io, vmo_io, .thread = f->call->thread, .direction = f->direction,
                .vmo = f->vo->vmo, .offset = f->vo->offset + f->call->arg[2],
                .size = f->call->arg[3], .user = f->call->arg[1], .interruptible = true);
    if (f->vo)
        object_put(&f->vo->object);
    CO_RETURN(f->outcome);
}
CO_END

struct zircon_vmo_read {
    SYSCALL_FRAME;
    struct vmo_transfer transfer;
};
SYSCALL_WAIT(zircon_vmo_read);

CO_FN(zircon_vmo_read)
{
    status_t st;

    CO_CALL(st, f->transfer, vmo_transfer, .call = f->call, .direction = TO_USER);
    CO_RETURN(st);
}
CO_END

struct zircon_vmo_write {
    SYSCALL_FRAME;
    struct vmo_transfer transfer;
};
SYSCALL_WAIT(zircon_vmo_write);

CO_FN(zircon_vmo_write)
{
    status_t st;

    CO_CALL(st, f->transfer, vmo_transfer, .call = f->call, .direction = FROM_USER);
    CO_RETURN(st);
}
CO_END

status_t zircon_vmo_set_cache_policy(struct syscall *call)
{
    uint32_t policy = (uint32_t)call->arg[1];
    struct vmo_object *vo;
    status_t st = call_vmo(call, ZX_RIGHT_MAP, &vo);

    if (st != OK)
        return st;
    st = policy > ZX_CACHE_POLICY_MASK ? ERR_INVALID_ARGS
                                       : vmo_object_set_cache_policy(vo, policy);
    object_put(&vo->object);
    return st;
}

struct zircon_vmo_replace_as_executable {
    SYSCALL_FRAME;
    handle_t value;
    struct transfer transfer;
};
CO_FITS(zircon_vmo_replace_as_executable, union syscall_slot);
SYSCALL_WAIT(zircon_vmo_replace_as_executable);

/* By a resource, or because the job may do so without. The old handle is gone in any case. */
static status_t replace_as_executable(struct syscall *call, handle_t *out)
{
    status_t may = (handle_t)call->arg[1] ? call_resource(call, 1, ZX_RSRC_KIND_VMEX)
                                          : call_policy(call, ZX_POL_AMBIENT_MARK_VMO_EXEC);
    struct handle h;
    status_t st = handle_remove(call_handles(call), (handle_t)call->arg[0], &h);

    if (st != OK)
        return st;
    st = may;
    if (st == OK && h.obj->ops->type != ZX_OBJ_TYPE_VMO)
        st = ERR_WRONG_TYPE;
    h.rights |= ZX_RIGHT_EXECUTE;
    if (st == OK)
        st = handle_insert(call_handles(call), &h, out);
    handle_drop(&h);
    return st;
}

CO_FN(zircon_vmo_replace_as_executable)
{
    status_t st;

    st = replace_as_executable(f->call, &f->value);
    if (st != OK)
        CO_RETURN(st);
    CO_CALL(st, f->transfer, transfer, .thread = f->call->thread, .direction = TO_USER,
            .kernel = &f->value, .user = f->call->arg[2], .size = sizeof(f->value));
    if (st != OK)
        handle_close(call_handles(f->call), f->value); /* the program never learnt its value */
    CO_RETURN(st);
}
CO_END
