/*
 * mutex.h - an async mutex: may be held across waits; handed over in order of arrival.
 */
#pragma once

#include "co/waiter.h"

struct mutex {
    struct wait_queue queue; /* its lock guards owner too */
    struct task *owner;      /* NULL: free */
};

void mutex_init(struct mutex *m);
/* Without waiting: true when taken. Not recursive. */
bool mutex_try_lock(struct mutex *m, struct task *task) MUST_USE;
void mutex_unlock(struct mutex *m, struct task *task);

/* OK, or ERR_CANCELED when the task is killed while it waits. */
struct mutex_lock {
    struct co co;
    struct mutex *mutex; /* in */
    struct waiter waiter;
};
co_fn mutex_lock;
