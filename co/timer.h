/*
 * timer.h - deadlines a coroutine waits for, and callbacks at a time.
 *
 * Both are one node in the heap of the CPU that armed them, guarded by that CPU's timer lock.
 */
#pragma once

#include "base/heap.h"
#include "co/waiter.h"

struct timer {
    struct heap_node node; /* key: the deadline */
    unsigned cpu;          /* whose heap; the task may be stolen meanwhile */
    atomic_uint fired;     /* for `task`; set under the timer lock */
    struct task *task;
    /* Instead of waking `task`: called under no lock, on that CPU, between tasks; or NULL. */
    void (*callback)(struct timer *timer);
};

/* A deadline in the past fires here and now; TIME_INFINITE never does. */
void timer_arm(struct timer *timer, struct task *task, time_ns_t deadline);
/* `callback` runs once at or after `deadline`, unless disarmed before. It may arm again. */
void timer_arm_callback(struct timer *timer, void (*callback)(struct timer *timer),
                        time_ns_t deadline);
/*
 * Where a deadline that may be anywhere from `earliest` to `latest` is best: at that of a timer
 * which this CPU has armed, the nearest, so that both come with one interrupt; with none there,
 * at `deadline`.
 */
time_ns_t timer_coalesce(time_ns_t deadline, time_ns_t earliest, time_ns_t latest);
/*
 * Idempotent, armed or not. True: it was taken away unfired. A callback that has been taken out
 * to run is waited for (spinning: callbacks are short), unless the caller is that callback.
 */
bool timer_disarm(struct timer *timer);

static inline bool timer_fired(struct timer *timer)
{
    return atomic_load_explicit(&timer->fired, memory_order_acquire) != 0;
}

/* Sleep until `deadline`: OK, or task_interrupted_status when ended early. */
struct sleep_until {
    struct co co;
    time_ns_t deadline; /* in */
    struct timer timer;
};
co_fn sleep_until;
