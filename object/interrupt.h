/*
 * interrupt.h - interrupts as objects: what a program triggers (virtual ones), and what comes
 * from a source of the machine.
 *
 *     IDLE --wait--> WAITING --trigger--> TRIGGERED --taken by a wait--> NEEDS_ACK
 *     IDLE, bound    --trigger: a packet--> NEEDS_ACK --ack--> IDLE
 *     NEEDS_ACK, bound  --trigger: noted--> NEEDS_ACK --ack: a packet--> NEEDS_ACK
 *     any --destroy--> DESTROYED
 *
 * One thread waits, or one port is bound. A source of levels is shut from its coming until the
 * ack, or the next wait. Of several triggers that nobody has taken, the first one's time
 * counts.
 *
 * Lock order: interrupt.lock -> port's lock, or executor.ready_lock, or the source's own.
 */
#pragma once

#include "object/port_internal.h"

struct interrupt;

/* What an interrupt comes from. */
struct interrupt_source {
    /* Shut and open it; under interrupt.lock. Both NULL: it is never shut. */
    void (*mask)(struct interrupt *i);
    void (*unmask)(struct interrupt *i);
    /* Once, with no lock held: when it returns, interrupt_raise neither runs nor is called. */
    void (*detach)(struct interrupt *i);
    /* The last reference is gone; after detach. */
    void (*free)(struct interrupt *i);
};

enum interrupt_state {
    INTERRUPT_IDLE,
    INTERRUPT_WAITING,
    INTERRUPT_TRIGGERED,
    INTERRUPT_NEEDS_ACK,
    INTERRUPT_DESTROYED,
};

struct interrupt {
    struct object object;
    const struct interrupt_source *source; /* constant */
    unsigned number;                       /* the source's */
    struct spinlock lock;
    enum interrupt_state state; /* this and the following are guarded by lock */
    bool attached;              /* source->detach is to be called */
    time_ns_t timestamp;        /* of the first trigger that was not told; 0: none */
    struct port *port;          /* bound to it: a reference; NULL: to none */
    struct port_packet packet;  /* in port's queue, or in none */
    struct list waiters;        /* of interrupt_wait.waiter.link: one, in state WAITING */
};

static inline struct interrupt *interrupt_of(struct object *obj)
{
    return container_of(obj, struct interrupt, object);
}

/* For sources: zeroed memory becomes an object, not attached. */
void interrupt_init(struct interrupt *i, const struct interrupt_source *source,
                    unsigned number);
/* It has its source: detach will be called. Before anybody else knows of the object. */
static inline void interrupt_attached(struct interrupt *i)
{
    SPIN_GUARD(&i->lock);

    i->attached = true;
}
/* It comes; false: it is destroyed. No lock held. */
bool interrupt_raise(struct interrupt *i, time_ns_t when);

status_t interrupt_create_virtual(struct object **out) MUST_USE;

/* ZX_INTERRUPT_MODE_*: of the HAL's source `number`. ERR_INVALID_ARGS: no such source or mode;
 * ERR_NOT_SUPPORTED: it cannot have that mode; ERR_ALREADY_BOUND: somebody has it. */
status_t interrupt_create_physical(unsigned number, uint32_t mode,
                                   struct object **out) MUST_USE;

/* ERR_BAD_STATE: it is not virtual; ERR_CANCELED: destroyed. */
status_t interrupt_trigger(struct object *obj, time_ns_t when) MUST_USE;

/* From now on its coming is a packet with `key`. ERR_WRONG_TYPE: the port takes no interrupts;
 * ERR_CANCELED: destroyed; ERR_BAD_STATE: somebody waits; ERR_ALREADY_BOUND. */
status_t interrupt_bind(struct object *obj, struct object *port, uint64_t key) MUST_USE;
/* A packet that was not taken is taken back. ERR_WRONG_TYPE, ERR_CANCELED; ERR_NOT_FOUND: it is
 * not bound to that port. */
status_t interrupt_unbind(struct object *obj, struct object *port) MUST_USE;

/* The packet has been dealt with: the next may come. ERR_BAD_STATE: it is not bound, or the
 * next cannot be queued because the packet was not taken; ERR_CANCELED: destroyed. */
status_t interrupt_ack(struct object *obj) MUST_USE;

/* For good; a wait ends. Also what the last handle's close does. ERR_NOT_FOUND, though it is
 * done: a packet was taken and not acknowledged. */
status_t interrupt_destroy(struct object *obj);

/* Until it comes. ERR_CANCELED (destroyed, or killed), ERR_BAD_STATE (bound, or another waits),
 * ERR_INTERRUPTED. */
struct interrupt_wait {
    struct co co;
    struct object *interrupt; /* in; the caller keeps it alive */
    time_ns_t timestamp;      /* out */
    struct waiter waiter;     /* on interrupt.waiters */
};
co_fn interrupt_wait;
