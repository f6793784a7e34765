/*
 * timer.c - deadlines of tasks and callbacks, in a heap per CPU.
 */
#include "co/timer.h"

#include <limits.h>

#include "co/executor_internal.h"
#include "hal/time.h"
#include "mm/counter.h"

/* timer.cpu of a task's timer that is in no heap: most waits have no deadline. */
#define NO_CPU UINT_MAX

/* On the calling CPU's heap, unless the deadline is never. */
static void timer_insert(struct timer *timer, time_ns_t deadline)
{
    struct executor *ex = executor_local();

    if (deadline == TIME_INFINITE)
        return;
    timer->node.key = deadline;
    {
        SPIN_GUARD(&ex->timer_lock);
        heap_insert(&ex->timers, &timer->node);
    }
    executor_program(ex, deadline);
}

static void timer_begin(struct timer *timer)
{
    timer->cpu = hal_cpu_id();
    heap_node_init(&timer->node);
}

void timer_arm(struct timer *timer, struct task *task, time_ns_t deadline)
{
    timer->callback = NULL;
    timer->task = task;
    atomic_init(&timer->fired, 0);
    timer_begin(timer);
    if (deadline == TIME_INFINITE)
        timer->cpu = NO_CPU;
    else if (!time_has_come(deadline))
        timer_insert(timer, deadline);
    else
        atomic_store_explicit(&timer->fired, 1, memory_order_release);
}

void timer_arm_callback(struct timer *timer, void (*callback)(struct timer *timer),
                        time_ns_t deadline)
{
    timer->callback = callback;
    timer_begin(timer);
    /* A late callback still runs from the timer upcall, never inside its own arming, and the
     * clock may pass this moment before the heap has it: so its time is not asked for again. */
    timer_insert(timer, MAX(deadline, hal_time_now() + 1));
}

time_ns_t timer_coalesce(time_ns_t deadline, time_ns_t earliest, time_ns_t latest)
{
    struct executor *ex = executor_local();
    const struct heap_node *nearest;
    SPIN_GUARD(&ex->timer_lock);

    nearest = heap_nearest(&ex->timers, deadline, earliest, latest);
    if (!nearest)
        return deadline;
    counter_add(COUNTER_TIMERS_COALESCED, 1);
    return nearest->key;
}

/* True: unlinked. `*running`: its callback is being called right now. */
static bool timer_remove(struct executor *ex, struct timer *timer, bool *running)
{
    SPIN_GUARD(&ex->timer_lock);

    *running = ex->running_callback == timer;
    if (!heap_node_linked(&timer->node))
        return false;
    heap_remove(&ex->timers, &timer->node);
    return true;
}

bool timer_disarm(struct timer *timer)
{
    struct executor *ex;
    bool running;

    if (timer->cpu == NO_CPU)
        return false;
    ex = &executors[timer->cpu];
    for (unsigned tries = 0;; tries++) {
        if (timer_remove(ex, timer, &running))
            return true;
        /* On its own CPU only the callback itself can find it running. */
        if (!running || ex == executor_local())
            return false;
        hal_cpu_relax(tries);
    }
}

/* Caller holds the timer lock. */
static void timer_fire(struct timer *timer)
{
    atomic_store_explicit(&timer->fired, 1, memory_order_release);
    task_wake(timer->task);
}

/* Takes one due timer out; wakes its task here, leaves a callback to the caller. */
static bool timer_expire_one(struct executor *ex, time_ns_t now)
{
    SPIN_GUARD(&ex->timer_lock);
    struct timer *timer;

    if (!ex->timers.root || ex->timers.root->key > now)
        return false;
    timer = container_of(ex->timers.root, struct timer, node);
    heap_remove(&ex->timers, &timer->node);
    if (timer->callback)
        ex->running_callback = timer;
    else
        timer_fire(timer);
    return true;
}

void timers_expire(struct executor *ex, time_ns_t now)
{
    while (timer_expire_one(ex, now)) {
        if (!ex->running_callback)
            continue;
        ex->running_callback->callback(ex->running_callback);
        SPIN_GUARD(&ex->timer_lock);
        ex->running_callback = NULL;
    }
}

CO_FN(sleep_until)
{
    timer_arm(&f->timer, task, f->deadline);
    CO_WAIT_UNTIL(timer_fired(&f->timer));
    timer_disarm(&f->timer);
    CO_RETURN(timer_fired(&f->timer) ? OK : task_interrupted_status(task));
}
CO_END
