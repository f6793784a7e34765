/*
 * executor_internal.h - the per-CPU scheduler state that task.c, timer.c and executor.c share.
 */
#pragma once

#include "co/executor.h"

struct executor {
    struct spinlock ready_lock;
    struct list ready[TASK_PRIORITIES]; /* of task.run_link, oldest first; under ready_lock */
    uint32_t ready_mask;                /* priorities with a ready task; under ready_lock */
    unsigned ready_count;               /* written under ready_lock, peeked at without */
    atomic_uint idle;                   /* in or on its way into hal_cpu_halt */
    atomic_uint resched;                /* the running task should let another have the CPU */

    struct spinlock timer_lock;
    struct heap timers;             /* of timer.node; under timer_lock */
    struct timer *running_callback; /* taken out and being called; under timer_lock */

    /* Odd while `charged` and the `ran` of the task that it goes to change: task_ran reads both
     * from other CPUs. */
    atomic_uint charges;

    /* Written by this CPU only from here on. */
    struct task *current;
    time_ns_t charged;    /* the moment up to which running tasks have been charged */
    time_ns_t tick;       /* end of the slice, TIME_INFINITE while nobody waits for the CPU */
    time_ns_t programmed; /* what hal_timer_set was told last */
    uint32_t traced;      /* trace_id of the task that was switched to last */
    struct executor_stats stats;
};

extern struct executor executors[HAL_MAX_CPUS];

static inline struct executor *executor_local(void)
{
    return &executors[hal_cpu_id()];
}

/* The task just became ready: onto the list of its CPU, or of one that it may be on, and
 * whoever must know is told. */
void executor_push(struct task *task);

/* What runs there is to let another have the CPU, or leave it. */
void executor_resched(unsigned cpu);

static inline uint32_t task_cpus(const struct task *task)
{
    uint32_t cpus = atomic_load(&task->cpus);

    return cpus ? cpus : UINT32_MAX;
}

/* Program this CPU's timer if `deadline` is earlier than what it waits for. */
void executor_program(struct executor *ex, time_ns_t deadline);

/* The time since the last charge was this task's. */
void executor_charge(struct task *task);

/* A ready task that was taken off its list is to run here. False: it may not, and is ready
 * elsewhere. */
bool task_claim(struct task *task);
/* Run it until it suspends or is done. */
void task_run(struct task *task);

/* Fire what is due on this CPU. */
void timers_expire(struct executor *ex, time_ns_t now);
