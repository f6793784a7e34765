/*
 * interrupt_calls.c - zx_interrupt_*.
 */
#include "object/interrupt.h"
#include "personality/zircon/resource_calls.h"
#include "uapi/zircon/syscalls/interrupt.h"

static status_t create(uint32_t number, uint32_t options, struct object **out)
{
    if (options & ZX_INTERRUPT_VIRTUAL)
        return options == ZX_INTERRUPT_VIRTUAL ? interrupt_create_virtual(out)
                                               : ERR_INVALID_ARGS;
    if (options & ~(ZX_INTERRUPT_REMAP_IRQ | ZX_INTERRUPT_MODE_MASK))
        return ERR_INVALID_ARGS;
    return interrupt_create_physical(number, options & ZX_INTERRUPT_MODE_MASK, out);
}

/* A virtual one needs no resource. */
status_t zircon_interrupt_create(struct syscall *call)
{
    uint32_t number = (uint32_t)call->arg[1], options = (uint32_t)call->arg[2];
    struct object *obj;
    status_t st = OK;

    if (!(options & ZX_INTERRUPT_VIRTUAL))
        st = call_resource_range(call, 0, ZX_RSRC_KIND_IRQ, number, 1);
    if (st == OK)
        st = create(number, options, &obj);
    if (st != OK)
        return st;
    st = call_give(call, obj, obj->ops->rights, call->arg[3]);
    object_put(obj);
    return st;
}

static status_t bind(struct syscall *call, struct object *interrupt, uint32_t options)
{
    struct object *port;
    status_t st = call_object(call, 1, ZX_OBJ_TYPE_PORT, ZX_RIGHT_WRITE, &port);

    if (st != OK)
        return st;
    st = options == ZX_INTERRUPT_BIND ? interrupt_bind(interrupt, port, call->arg[2])
                                      : interrupt_unbind(interrupt, port);
    object_put(port);
    return st;
}

status_t zircon_interrupt_bind(struct syscall *call)
{
    uint32_t options = (uint32_t)call->arg[3];
    struct object *obj;
    status_t st;

    if (options != ZX_INTERRUPT_BIND && options != ZX_INTERRUPT_UNBIND)
        return ERR_INVALID_ARGS;
    st = call_object(call, 0, ZX_OBJ_TYPE_INTERRUPT, ZX_RIGHT_READ, &obj);
    if (st != OK)
        return st;
    st = bind(call, obj, options);
    object_put(obj);
    return st;
}

/* There are no virtual processors that could be `vcpu`. */
status_t zircon_interrupt_bind_vcpu(struct syscall *call)
{
    struct object *obj, *vcpu;
    status_t st = call_object(call, 0, ZX_OBJ_TYPE_INTERRUPT, ZX_RIGHT_READ, &obj);

    if (st != OK)
        return st;
    object_put(obj);
    st = call_object(call, 1, ZX_OBJ_TYPE_VCPU, ZX_RIGHT_WRITE, &vcpu);
    if (st != OK)
        return st;
    object_put(vcpu);
    return ERR_NOT_SUPPORTED;
}

status_t zircon_interrupt_ack(struct syscall *call)
{
    struct object *obj;
    status_t st = call_object(call, 0, ZX_OBJ_TYPE_INTERRUPT, ZX_RIGHT_WRITE, &obj);

    if (st != OK)
        return st;
    st = interrupt_ack(obj);
    object_put(obj);
    return st;
}

status_t zircon_interrupt_destroy(struct syscall *call)
{
    struct object *obj;
    status_t st = call_object(call, 0, ZX_OBJ_TYPE_INTERRUPT, 0, &obj);

    if (st != OK)
        return st;
    st = interrupt_destroy(obj);
    object_put(obj);
    return st;
}

status_t zircon_interrupt_trigger(struct syscall *call)
{
    struct object *obj;
    status_t st;

    if ((uint32_t)call->arg[1])
        return ERR_INVALID_ARGS;
    st = call_object(call, 0, ZX_OBJ_TYPE_INTERRUPT, ZX_RIGHT_SIGNAL, &obj);
    if (st != OK)
        return st;
    st = interrupt_trigger(obj, (time_ns_t)call->arg[2]);
    object_put(obj);
    return st;
}

struct zircon_interrupt_wait {
    SYSCALL_FRAME;
    struct object *interrupt; /* reference */
    struct interrupt_wait wait;
    struct transfer transfer;
};
CO_FITS(zircon_interrupt_wait, union syscall_slot);
SYSCALL_WAIT(zircon_interrupt_wait);

/* An interrupt whose time cannot be told is lost, as on Zircon. */
CO_FN(zircon_interrupt_wait)
{
    status_t st;

    st = call_object(f->call, 0, ZX_OBJ_TYPE_INTERRUPT, ZX_RIGHT_WAIT, &f->interrupt);
    if (st != OK)
        CO_RETURN(st);
    CO_CALL(st, f->wait, interrupt_wait, .interrupt = f->interrupt);
    object_put(f->interrupt);
    if (st != OK || !f->call->arg[1])
        CO_RETURN(st);
    CO_CALL(st, f->transfer, transfer, .thread = f->call->thread, .direction = TO_USER,
            .kernel = &f->wait.timestamp, .user = f->call->arg[1],
            .size = sizeof(f->wait.timestamp));
    CO_RETURN(st);
}
CO_END
