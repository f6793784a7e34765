/*
 * msg_internal.h - System V message queues (msgop(2)).
 *
 * Who waits for a message or for room lies in its call's frame and on its queue's list, and
 * looks again when woken. All of it is guarded by msg_queues.lock.
 */
#pragma once

#include "co/waiter.h"
#include "personality/linux/ipc/ipc_internal.h"

struct msg {
    struct list link;
    int64_t type;
    size_t size;
    char data[];
};

struct msg_queue {
    struct ipc_object ipc;
    struct list messages;           /* of msg.link, oldest first */
    struct list senders, receivers; /* of waiter.link, oldest first */
    uint64_t bytes, bytes_max, count;
    int64_t sent, received; /* seconds since 1970 */
    int32_t sender, receiver;
};

static inline struct msg_queue *msg_queue_of(const struct ipc_object *o)
{
    return container_of(o, struct msg_queue, ipc);
}

/* With the lock held: all of a list look again. */
void msg_wake_locked(struct list *waiting);

/* msg_control.c */
void msg_describe_locked(const struct ipc_object *o, union ipc_ds *ds);
status_t msg_set_locked(struct syscall *call, struct ipc_object *o, const union ipc_ds *ds);
