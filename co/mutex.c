/*
 * mutex.c - a mutex that is handed over in order of arrival.
 */
#include "co/mutex.h"

#include "base/assert.h"

void mutex_init(struct mutex *m)
{
    *m = (struct mutex){0};
    wait_queue_init(&m->queue);
}

bool mutex_try_lock(struct mutex *m, struct task *task)
{
    SPIN_GUARD(&m->queue.lock);

    if (m->owner)
        return false;
    m->owner = task;
    return true;
}

/* The oldest waiter owns the mutex before it knows: nobody overtakes it. */
void mutex_unlock(struct mutex *m, struct task *task)
{
    SPIN_GUARD(&m->queue.lock);

    assert(m->owner == task);
    m->owner = NULL;
    if (!list_empty(&m->queue.waiters)) {
        struct waiter *next = container_of(m->queue.waiters.next, struct waiter, link);

        m->owner = next->task;
        waiter_fire(next);
    }
}

/* Take it, or stand in line. True: taken. */
static bool lock_or_arm(struct mutex *m, struct waiter *w, struct task *task)
{
    waiter_init(w, task);

    SPIN_GUARD(&m->queue.lock);
    if (!m->owner) {
        m->owner = task;
        return true;
    }
    list_push_back(&m->queue.waiters, &w->link);
    return false;
}

CO_FN(mutex_lock)
{
    if (lock_or_arm(f->mutex, &f->waiter, task))
        CO_RETURN(OK);
    CO_WAIT_KILLABLE(waiter_fired(&f->waiter));
    wait_queue_disarm(&f->mutex->queue, &f->waiter);
    /* Handed to us is ours, killed or not. */
    CO_RETURN(waiter_fired(&f->waiter) ? OK : ERR_CANCELED);
}
CO_END
