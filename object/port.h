/*
 * port.h - ports: a queue of packets, put there by programs or by objects whose signals
 * somebody asked to hear of.
 *
 * A packet's memory is allocated when it is queued or asked for, before any lock, so a signal
 * never fails to be delivered.
 *
 * Lock order: object.lock of the object waited for -> port's own lock -> executor.ready_lock.
 */
#pragma once

#include "object/handle.h"
#include "uapi/zircon/syscalls/port.h"

status_t port_create(struct object **out) MUST_USE;
/* One that interrupts can be bound to. */
status_t port_create_bindable(struct object **out) MUST_USE;

/* A program's packet. ERR_NO_MEMORY; ERR_SHOULD_WAIT: too many are queued. */
status_t port_queue(struct object *port, const zx_port_packet_t *packet) MUST_USE;

/* What port_wait_async is asked for; once, then it is over. */
struct port_wait_args {
    struct handle_table *table;
    handle_t handle; /* in `table`: the object to hear of; needs WAIT */
    uint64_t key;
    signals_t want;
    bool timestamp; /* say when */
    bool edge;      /* not for signals that are asserted already */
};

/*
 * A packet will come when a wanted signal is asserted, unless the handle is closed before. The
 * handle_get errors; ERR_NO_MEMORY.
 */
status_t port_wait_async(struct object *port, const struct port_wait_args *args) MUST_USE;

/* Takes back what was asked for through `handle`, which is `source`, with `key`, packets that
 * are queued already included. ERR_NOT_FOUND. */
status_t port_cancel(struct object *port, struct object *source, handle_t handle,
                     uint64_t key) MUST_USE;

/* The oldest packet. ERR_SHOULD_WAIT, ERR_CANCELED (the last handle is closed). */
status_t try_port_wait(struct object *port, zx_port_packet_t *out) MUST_USE;

/* The same, waiting. ERR_TIMED_OUT, ERR_CANCELED (also when killed), ERR_INTERRUPTED. */
struct port_wait {
    struct co co;
    struct object *port;     /* in; the caller keeps it alive */
    time_ns_t deadline;      /* in */
    zx_port_packet_t packet; /* out */
    struct waiter waiter;    /* on port.waiters */
    struct timer timer;
};
co_fn port_wait;
