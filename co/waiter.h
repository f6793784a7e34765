/*
 * waiter.h - one suspended interest, embedded in a frame, linked on one wait list while armed.
 *
 * It fires at most once, under the lock of the list it is on. Its owner always disarms it under
 * that same lock, fired or not: that is what keeps the frame alive until the firer is done with
 * it. Never skip the disarm because `fired` is already true.
 */
#pragma once

#include "co/task.h"
#include "hal/spinlock.h"

struct waiter {
    struct list link;
    struct task *task;
    atomic_uint fired;
};

static inline void waiter_init(struct waiter *w, struct task *task)
{
    list_init(&w->link);
    w->task = task;
    atomic_init(&w->fired, 0);
}

static inline bool waiter_fired(struct waiter *w)
{
    return atomic_load_explicit(&w->fired, memory_order_acquire) != 0;
}

/* Caller holds the lock of the wait list. */
static inline void waiter_fire(struct waiter *w)
{
    list_remove(&w->link);
    atomic_store_explicit(&w->fired, 1, memory_order_release);
    task_wake(w->task);
}

/* A plain list of waiters with its lock: for what is not a kernel object. */
struct wait_queue {
    struct spinlock lock;
    struct list waiters; /* oldest first; guarded by lock */
};

void wait_queue_init(struct wait_queue *wq);
/* Arm first, then look at the condition: a wake between the two is not lost. */
void wait_queue_arm(struct wait_queue *wq, struct waiter *w, struct task *task);
void wait_queue_disarm(struct wait_queue *wq, struct waiter *w);
/* Fires up to `max` waiters, oldest first; how many. */
unsigned wait_queue_wake(struct wait_queue *wq, unsigned max);
