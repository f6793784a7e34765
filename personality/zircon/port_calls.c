/*
 * port_calls.c - zx_port_*.
 */
#include "object/port.h"
#include "personality/zircon/policy.h"

status_t zircon_port_create(struct syscall *call)
{
    struct object *port;
    status_t st;

    if (call->arg[0] & ~(uint64_t)ZX_PORT_BIND_TO_INTERRUPT)
        return ERR_INVALID_ARGS;
    st = call_policy(call, ZX_POL_NEW_PORT);
    if (st == OK)
        st = call->arg[0] ? port_create_bindable(&port) : port_create(&port);
    if (st != OK)
        return st;
    st = call_give(call, port, port->ops->rights, call->arg[1]);
    object_put(port);
    return st;
}

status_t zircon_port_queue(struct syscall *call)
{
    zx_port_packet_t packet;
    struct object *port;
    status_t st = call_object(call, 0, ZX_OBJ_TYPE_PORT, ZX_RIGHT_WRITE, &port);

    if (st != OK)
        return st;
    st = copy_from_user(call_user(call), &packet, call->arg[1], sizeof(packet));
    if (st == OK)
        st = port_queue(port, &packet);
    object_put(port);
    return st;
}

struct zircon_port_wait {
    SYSCALL_FRAME;
    struct port_wait wait; /* of whose port this is a reference */
    struct transfer transfer;
};
CO_FITS(zircon_port_wait, union syscall_slot);
SYSCALL_WAIT(zircon_port_wait);

/* A packet that cannot be delivered to a bad address is lost, as on Zircon. */
CO_FN(zircon_port_wait)
{
    status_t st;

    st = call_object(f->call, 0, ZX_OBJ_TYPE_PORT, ZX_RIGHT_READ, &f->wait.port);
    if (st != OK)
        CO_RETURN(st);
    CO_CALL(st, f->wait, port_wait, .port = f->wait.port,
            .deadline = call_deadline(f->call, (time_ns_t)f->call->arg[1]));
    object_put(f->wait.port);
    if (st != OK)
        CO_RETURN(st);
    CO_CALL(st, f->transfer, transfer, .thread = f->call->thread, .direction = TO_USER,
            .kernel = &f->wait.packet, .user = f->call->arg[2], .size = sizeof(f->wait.packet));
    CO_RETURN(st);
}
CO_END

status_t zircon_port_cancel(struct syscall *call)
{
    struct object *port, *source;
    status_t st = call_object(call, 0, ZX_OBJ_TYPE_PORT, ZX_RIGHT_WRITE, &port);

    if (st != OK)
        return st;
    st = call_object(call, 1, 0, 0, &source);
    if (st == OK) {
        st = port_cancel(port, source, (handle_t)call->arg[1], call->arg[2]);
        object_put(source);
    }
    object_put(port);
    return st;
}
