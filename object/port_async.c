/*
 * port_async.c - packets that the signals of other objects queue.
 */
#include "hal/time.h"
#include "mm/slab.h"
#include "object/port_internal.h"

/*
 * Observer's notify, under the object's lock: the packet goes from port.armed into the queue,
 * or away if the handle was closed or the port is.
 */
static void async_fired(struct observer *ob)
{
    struct port_async *a = container_of(ob, struct port_async, observer);
    struct port *port = a->port;
    time_ns_t now = a->timestamp ? hal_time_now() : 0;
    SPIN_GUARD(&port->lock);

    list_remove(&a->packet.link);
    if (port->closed || (ob->seen & SIGNAL_HANDLE_CLOSED)) {
        port_packet_release_locked(&a->packet);
        return;
    }
    a->packet.packet.signal = (zx_packet_signal_t){
        .trigger = ob->want,
        .observed = ob->seen,
        .count = 1,
        .timestamp = now,
    };
    port_push_locked(port, &a->packet);
}

static struct port_async *async_alloc(struct port *port, const struct port_wait_args *args)
{
    struct port_async *a = kmalloc(sizeof(*a));

    if (!a)
        return NULL;
    *a = (struct port_async){
        .observer = {.want = args->want, .notify = async_fired, .edge = args->edge},
        .packet = {.packet = {.key = args->key, .type = ZX_PKT_TYPE_SIGNAL_ONE}, .async = a},
        .port = port,
        .timestamp = args->timestamp,
        .arming = true,
    };
    list_init(&a->packet.link);
    return a;
}

/*
 * Takes back what is armed on `obj`, if `handle` is not 0 only what came in through it with
 * `key`. An armed observer's object is alive, for its handle is open, or is being closed by
 * someone who still has to pass our lock.
 */
static bool disarm(struct port *port, struct object *obj, handle_t handle, uint64_t key)
{
    bool found = false;
    SPIN_GUARD(&obj->lock);
    SPIN_GUARD(&port->lock);

    list_for_each_safe (it, &port->armed) {
        struct port_packet *p = container_of(it, struct port_packet, link);
        struct observer *ob = &p->async->observer;

        if (p->async->arming || ob->obj != obj)
            continue;
        if (handle && (ob->handle != handle || p->packet.key != key))
            continue;
        list_remove(&ob->waiter.link);
        list_remove(&p->link);
        port_packet_release_locked(p);
        found = true;
    }
    return found;
}

/* Takes packets of such a wait out of the queue. */
static bool dequeue_matching(struct port *port, struct object *obj, handle_t handle,
                             uint64_t key)
{
    bool found = false;
    SPIN_GUARD(&port->lock);

    list_for_each_safe (it, &port->packets) {
        struct port_packet *p = container_of(it, struct port_packet, link);

        if (!p->async || p->async->observer.obj != obj || p->async->observer.handle != handle ||
            p->packet.key != key)
            continue;
        list_remove(&p->link);
        port_packet_release_locked(p);
        found = true;
    }
    return found;
}

/* Some object that is waited for, with a reference; NULL: none. */
static struct object *armed_object(struct port *port)
{
    SPIN_GUARD(&port->lock);

    list_for_each (it, &port->armed) {
        struct port_async *a = container_of(it, struct port_packet, link)->async;

        if (!a->arming)
            return object_get(a->observer.obj);
    }
    return NULL;
}

void port_disarm_all(struct port *port)
{
    struct object *obj;

    while ((obj = armed_object(port))) {
        disarm(port, obj, HANDLE_INVALID, 0);
        object_put(obj);
    }
}

/*
 * On port.armed before it is on the object's list, because afterwards it may fire at once. A
 * port that closes meanwhile passes it over while it is `arming`: so look again at the end.
 */
status_t port_wait_async(struct object *obj, const struct port_wait_args *args)
{
    struct port *port = port_of(obj);
    struct port_async *a = async_alloc(port, args);
    struct object *source = NULL;
    bool closed, over;
    status_t st;

    if (!a)
        return ERR_NO_MEMORY;
    {
        SPIN_GUARD(&port->lock);
        list_push_back(&port->armed, &a->packet.link);
    }
    st = handle_observe(args->table, args->handle, &a->observer, NULL);
    {
        SPIN_GUARD(&port->lock);
        if (st == OK)
            source = a->observer.obj;
        else
            list_remove(&a->packet.link);
        closed = port->closed;
        over = a->over || st != OK;
        a->arming = false;
    }
    if (over)
        kfree(a);
    if (closed && source)
        disarm(port, source, HANDLE_INVALID, 0);
    object_put(source);
    return st;
}

status_t port_cancel(struct object *obj, struct object *source, handle_t handle, uint64_t key)
{
    struct port *port = port_of(obj);
    bool armed = disarm(port, source, handle, key);
    bool queued = dequeue_matching(port, source, handle, key);

    return armed || queued ? OK : ERR_NOT_FOUND;
}
