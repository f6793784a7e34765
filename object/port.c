/*
 * port.c - ports: the queue of packets, and waiting for one.
 */
#include "object/port.h"

#include "base/assert.h"
#include "mm/slab.h"
#include "object/port_internal.h"

/* Zircon's limit of 2018; packets of signals are bounded by what was asked for. */
enum { USER_PACKETS_MAX = 2048 };

SLAB_CACHE(port_cache, struct port);
SLAB_CACHE(packet_cache, struct port_packet);

static void wake_one(struct port *port)
{
    if (!list_empty(&port->waiters))
        waiter_fire(container_of(port->waiters.next, struct waiter, link));
}

void port_push_locked(struct port *port, struct port_packet *p)
{
    list_push_back(&port->packets, &p->link);
    wake_one(port);
}

void port_packet_release_locked(struct port_packet *p)
{
    if (p->left)
        p->left(p);
    else if (!p->async)
        slab_free(&packet_cache, p);
    else if (p->async->arming)
        p->async->over = true;
    else
        kfree(p->async);
}

void port_send(struct port *port, struct port_packet *p)
{
    SPIN_GUARD(&port->lock);

    port_push_locked(port, p);
}

bool port_send_urgent(struct port *port, struct port_packet *p, time_ns_t when)
{
    SPIN_GUARD(&port->lock);

    if (port->closed || !list_empty(&p->link))
        return false;
    p->packet.interrupt = (zx_packet_interrupt_t){.timestamp = when};
    list_push_back(&port->urgent, &p->link);
    wake_one(port);
    return true;
}

bool port_recall(struct port *port, struct port_packet *p)
{
    bool queued;
    SPIN_GUARD(&port->lock);

    queued = !list_empty(&p->link);
    list_remove(&p->link);
    return queued;
}

/* The packet whose turn it is, off the queue; NULL: there is none. */
static struct list *pop_locked(struct port *port)
{
    struct list *link = list_pop_front(&port->urgent);

    return link ? link : list_pop_front(&port->packets);
}

static void port_destroy(struct object *obj)
{
    struct port *port = port_of(obj);

    assert(list_empty(&port->armed) && list_empty(&port->waiters));
    for (struct list *link; (link = pop_locked(port));)
        port_packet_release_locked(container_of(link, struct port_packet, link));
    slab_free(&port_cache, port);
}

static void port_on_zero_handles(struct object *obj)
{
    struct port *port = port_of(obj);

    {
        SPIN_GUARD(&port->lock);
        port->closed = true;
        while (!list_empty(&port->waiters))
            wake_one(port);
    }
    port_disarm_all(port);
}

static const struct object_ops port_ops = {
    .name = "port",
    .type = ZX_OBJ_TYPE_PORT,
    .rights = ZX_DEFAULT_PORT_RIGHTS,
    .destroy = port_destroy,
    .on_zero_handles = port_on_zero_handles,
};

status_t port_create(struct object **out)
{
    struct port *port = slab_alloc_zeroed(&port_cache);

    if (!port)
        return ERR_NO_MEMORY;
    object_init(&port->object, &port_ops, 0);
    list_init(&port->urgent);
    list_init(&port->packets);
    list_init(&port->waiters);
    list_init(&port->armed);
    *out = &port->object;
    return OK;
}

status_t port_create_bindable(struct object **out)
{
    status_t st = port_create(out);

    if (st == OK)
        port_of(*out)->bindable = true;
    return st;
}

status_t port_queue(struct object *obj, const zx_port_packet_t *packet)
{
    struct port *port = port_of(obj);
    struct port_packet *p = slab_alloc(&packet_cache);
    status_t st = OK;

    if (!p)
        return ERR_NO_MEMORY;
    p->async = NULL;
    p->left = NULL;
    p->packet = *packet;
    p->packet.type = ZX_PKT_TYPE_USER;
    {
        SPIN_GUARD(&port->lock);
        if (port->user_queued == USER_PACKETS_MAX) {
            st = ERR_SHOULD_WAIT;
        } else {
            port->user_queued++;
            port_push_locked(port, p);
        }
    }
    if (st != OK)
        slab_free(&packet_cache, p);
    return st;
}

static status_t dequeue_locked(struct port *port, zx_port_packet_t *out)
{
    struct list *link = pop_locked(port);
    struct port_packet *p;

    if (!link)
        return port->closed ? ERR_CANCELED : ERR_SHOULD_WAIT;
    p = container_of(link, struct port_packet, link);
    *out = p->packet;
    if (!p->async && !p->left)
        port->user_queued--;
    port_packet_release_locked(p);
    return OK;
}

status_t try_port_wait(struct object *obj, zx_port_packet_t *out)
{
    struct port *port = port_of(obj);
    SPIN_GUARD(&port->lock);

    return dequeue_locked(port, out);
}

/* A packet, or a place among those who wait for one. */
static status_t dequeue_or_arm(struct port_wait *f, struct task *task)
{
    struct port *port = port_of(f->port);
    status_t st;

    waiter_init(&f->waiter, task);
    SPIN_GUARD(&port->lock);
    st = dequeue_locked(port, &f->packet);
    if (st == ERR_SHOULD_WAIT)
        list_push_back(&port->waiters, &f->waiter.link);
    return st;
}

/* No longer waiting. The wake that came too late for us is another's. */
static void leave(struct port_wait *f)
{
    struct port *port = port_of(f->port);
    SPIN_GUARD(&port->lock);

    list_remove(&f->waiter.link);
    if (waiter_fired(&f->waiter) && (!list_empty(&port->packets) || !list_empty(&port->urgent)))
        wake_one(port);
}

CO_FN(port_wait)
{
    status_t st;

    st = dequeue_or_arm(f, task);
    while (st == ERR_SHOULD_WAIT) {
        timer_arm(&f->timer, task, f->deadline);
        CO_WAIT_UNTIL(waiter_fired(&f->waiter) || timer_fired(&f->timer));
        timer_disarm(&f->timer);
        leave(f);
        if (task_pending(task))
            CO_RETURN(task_interrupted_status(task));
        if (timer_fired(&f->timer) && !waiter_fired(&f->waiter))
            CO_RETURN(ERR_TIMED_OUT);
        st = dequeue_or_arm(f, task);
    }
    CO_RETURN(st);
}
CO_END
