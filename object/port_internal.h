/*
 * port_internal.h - the port itself, shared by its queue (port.c) and by what it waits for
 * (port_async.c).
 */
#pragma once

#include "object/port.h"

struct port {
    struct object object;
    struct spinlock lock;
    bool bindable;        /* takes interrupts; constant */
    struct list urgent;   /* packets of interrupts, which go before others; guarded by lock */
    struct list packets;  /* of port_packet.link, oldest first; guarded by lock */
    struct list waiters;  /* of port_wait.waiter.link; guarded by lock */
    struct list armed;    /* of port_async.packet.link, not yet fired; guarded by lock */
    unsigned user_queued; /* packets of programs in the queue; guarded by lock */
    bool closed; /* no handle is left: nothing is queued or armed any more; guarded by lock */
};

struct port_packet {
    struct list link; /* port.packets, or port.armed */
    zx_port_packet_t packet;
    struct port_async *async; /* it is part of; NULL: a program's */
    /* Of neither: it is another object's, which is told, under port.lock, that it is off the
     * queue. */
    void (*left)(struct port_packet *p);
};

/*
 * One port_wait_async. It is on its object's list of observers and on port.armed, both or
 * neither, until it fires; then its packet is queued. Whoever takes it off port.armed or out of
 * the queue frees it, unless it is `arming`: then port_wait_async itself does.
 */
struct port_async {
    struct observer observer;
    struct port_packet packet;
    struct port *port; /* no reference: an armed one is gone before the port is */
    bool timestamp;
    bool arming; /* port_wait_async still holds it; guarded by port.lock */
    bool over;   /* ... and has to free it; guarded by port.lock */
};

static inline struct port *port_of(struct object *obj)
{
    return container_of(obj, struct port, object);
}

/* Into the queue; one waiter learns of it. Caller holds the lock. */
void port_push_locked(struct port *port, struct port_packet *p);

/* A packet with `left`, the caller's for good; it must be off the queue before the port goes.
 */
void port_send(struct port *port, struct port_packet *p);
/* An interrupt's, which says `when`. False: it is in the queue still, or the port is closed. */
bool port_send_urgent(struct port *port, struct port_packet *p, time_ns_t when);
/* Off the queue if it is still there, which is told; `left` is not called. */
bool port_recall(struct port *port, struct port_packet *p);

/* The packet is on no list and nobody needs it any more. Caller holds the lock. */
void port_packet_release_locked(struct port_packet *p);

/* Takes back everything armed. The port is marked closed. */
void port_disarm_all(struct port *port);
