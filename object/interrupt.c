/*
 * interrupt.c - the states of an interrupt, whatever its source.
 */
#include "object/interrupt.h"

#include "mm/slab.h"

static void mask_locked(struct interrupt *i)
{
    if (i->source->mask)
        i->source->mask(i);
}

static void unmask_locked(struct interrupt *i)
{
    if (i->source->unmask)
        i->source->unmask(i);
}

/* The packet is part of the interrupt, which goes its own way. */
static void packet_left(struct port_packet *p)
{
    (void)p;
}

/* False: the one before is still in the queue, or the port is closed. */
static bool send_locked(struct interrupt *i)
{
    bool sent = port_send_urgent(i->port, &i->packet, i->timestamp);

    mask_locked(i);
    i->timestamp = 0;
    i->state = INTERRUPT_NEEDS_ACK;
    return sent;
}

static void wake_locked(struct interrupt *i)
{
    if (!list_empty(&i->waiters))
        waiter_fire(container_of(i->waiters.next, struct waiter, link));
}

static void come_locked(struct interrupt *i, time_ns_t when)
{
    if (!i->timestamp)
        i->timestamp = when;
    if (!i->port) {
        mask_locked(i);
        i->state = INTERRUPT_TRIGGERED;
        wake_locked(i);
    } else if (i->state != INTERRUPT_NEEDS_ACK) {
        (void)send_locked(i); /* to a closed port: nobody is there to be told */
    }
}

bool interrupt_raise(struct interrupt *i, time_ns_t when)
{
    SPIN_GUARD(&i->lock);

    if (i->state == INTERRUPT_DESTROYED)
        return false;
    come_locked(i, when);
    return true;
}

/* `*detach`: the caller is to let go of the source. */
static status_t destroy(struct interrupt *i, bool *detach)
{
    bool told;
    SPIN_GUARD(&i->lock);

    *detach = i->attached;
    i->attached = false;
    told = i->state == INTERRUPT_NEEDS_ACK;
    i->state = INTERRUPT_DESTROYED;
    wake_locked(i);
    return i->port && !port_recall(i->port, &i->packet) && told ? ERR_NOT_FOUND : OK;
}

/* Detached with no lock held: the source waits for its handler, which wants the lock. */
status_t interrupt_destroy(struct object *obj)
{
    struct interrupt *i = interrupt_of(obj);
    bool detach;
    status_t st = destroy(i, &detach);

    if (detach)
        i->source->detach(i);
    return st;
}

static void interrupt_on_zero_handles(struct object *obj)
{
    (void)interrupt_destroy(obj);
}

static void interrupt_free(struct object *obj)
{
    struct interrupt *i = interrupt_of(obj);

    (void)interrupt_destroy(obj);
    if (i->port)
        object_put(&i->port->object);
    i->source->free(i);
}

static const struct object_ops interrupt_ops = {
    .name = "interrupt",
    .type = ZX_OBJ_TYPE_INTERRUPT,
    .rights = ZX_DEFAULT_INTERRUPT_RIGHTS,
    .destroy = interrupt_free,
    .on_zero_handles = interrupt_on_zero_handles,
};

void interrupt_init(struct interrupt *i, const struct interrupt_source *source, unsigned number)
{
    object_init(&i->object, &interrupt_ops, 0);
    i->source = source;
    i->number = number;
    i->packet =
        (struct port_packet){.packet = {.type = ZX_PKT_TYPE_INTERRUPT}, .left = packet_left};
    list_init(&i->packet.link);
    list_init(&i->waiters);
}

/* What was triggered before is told at once. */
status_t interrupt_bind(struct object *obj, struct object *port, uint64_t key)
{
    struct interrupt *i = interrupt_of(obj);

    if (!port_of(port)->bindable)
        return ERR_WRONG_TYPE;
    SPIN_GUARD(&i->lock);
    if (i->state == INTERRUPT_DESTROYED)
        return ERR_CANCELED;
    if (i->state == INTERRUPT_WAITING)
        return ERR_BAD_STATE;
    if (i->port)
        return ERR_ALREADY_BOUND;
    i->port = port_of(object_get(port));
    i->packet.packet.key = key;
    if (i->state == INTERRUPT_TRIGGERED)
        (void)send_locked(i);
    return OK;
}

/* ERR_NOT_FOUND outranks ERR_CANCELED, as on Zircon. */
static status_t unbind_locked(struct interrupt *i, struct object *port)
{
    if (i->port != port_of(port))
        return ERR_NOT_FOUND;
    if (i->state == INTERRUPT_DESTROYED)
        return ERR_CANCELED;
    (void)port_recall(i->port, &i->packet);
    i->port = NULL;
    return OK;
}

/* The caller's own reference keeps the port while the interrupt's is given back. */
status_t interrupt_unbind(struct object *obj, struct object *port)
{
    struct interrupt *i = interrupt_of(obj);
    status_t st;

    if (!port_of(port)->bindable)
        return ERR_WRONG_TYPE;
    {
        SPIN_GUARD(&i->lock);
        st = unbind_locked(i, port);
    }
    if (st == OK)
        object_put(port);
    return st;
}

status_t interrupt_ack(struct object *obj)
{
    struct interrupt *i = interrupt_of(obj);
    SPIN_GUARD(&i->lock);

    if (!i->port)
        return ERR_BAD_STATE;
    if (i->state == INTERRUPT_DESTROYED)
        return ERR_CANCELED;
    if (i->state != INTERRUPT_NEEDS_ACK)
        return OK;
    unmask_locked(i);
    if (i->timestamp)
        return send_locked(i) ? OK : ERR_BAD_STATE;
    i->state = INTERRUPT_IDLE;
    return OK;
}

/* ERR_SHOULD_WAIT: it waits from now on. */
static status_t take_or_wait(struct interrupt_wait *f, struct task *task)
{
    struct interrupt *i = interrupt_of(f->interrupt);

    waiter_init(&f->waiter, task);
    SPIN_GUARD(&i->lock);
    if (i->port || i->state == INTERRUPT_WAITING)
        return ERR_BAD_STATE;
    if (i->state == INTERRUPT_DESTROYED)
        return ERR_CANCELED;
    if (i->state == INTERRUPT_TRIGGERED) {
        i->state = INTERRUPT_NEEDS_ACK;
        f->timestamp = i->timestamp;
        i->timestamp = 0;
        return OK;
    }
    if (i->state == INTERRUPT_NEEDS_ACK)
        unmask_locked(i);
    i->state = INTERRUPT_WAITING;
    list_push_back(&i->waiters, &f->waiter.link);
    return ERR_SHOULD_WAIT;
}

static void leave(struct interrupt_wait *f)
{
    struct interrupt *i = interrupt_of(f->interrupt);
    SPIN_GUARD(&i->lock);

    list_remove(&f->waiter.link);
    if (!waiter_fired(&f->waiter))
        i->state = INTERRUPT_IDLE;
}

CO_FN(interrupt_wait)
{
    status_t st;

    st = take_or_wait(f, task);
    while (st == ERR_SHOULD_WAIT) {
        CO_WAIT_UNTIL(waiter_fired(&f->waiter));
        leave(f);
        if (!waiter_fired(&f->waiter))
            CO_RETURN(task_interrupted_status(task));
        st = take_or_wait(f, task);
    }
    CO_RETURN(st);
}
CO_END
