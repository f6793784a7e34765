/*
 * waiter.c - queues of waiters, and waking them.
 */
#include "co/waiter.h"

void wait_queue_init(struct wait_queue *wq)
{
    *wq = (struct wait_queue){0};
    list_init(&wq->waiters);
}

void wait_queue_arm(struct wait_queue *wq, struct waiter *w, struct task *task)
{
    waiter_init(w, task);

    SPIN_GUARD(&wq->lock);
    list_push_back(&wq->waiters, &w->link);
}

void wait_queue_disarm(struct wait_queue *wq, struct waiter *w)
{
    SPIN_GUARD(&wq->lock);

    list_remove(&w->link);
}

unsigned wait_queue_wake(struct wait_queue *wq, unsigned max)
{
    unsigned woken = 0;
    SPIN_GUARD(&wq->lock);

    for (; woken < max && !list_empty(&wq->waiters); woken++)
        waiter_fire(container_of(wq->waiters.next, struct waiter, link));
    return woken;
}
