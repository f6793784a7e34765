/*
 * executor.h - one scheduler per CPU: ready lists by priority, timers, stealing, idling.
 *
 * Round robin inside a priority. A wake puts a task on the CPU it last ran on; an idle CPU
 * steals. Lock order: ... -> timer_lock -> ready_lock; the ready locks of two CPUs are never
 * held together.
 */
#pragma once

#include "co/timer.h"

/* A slice while one other task is ready. The more there are, the shorter it is, so that all
 * have had a turn after two of these; but no shorter than the least. */
enum { EXECUTOR_SLICE_MS = 10, EXECUTOR_SLICE_LEAST_MS = 2 };

/* Once, on the boot CPU, before the first task_spawn. */
void executor_init(void);

/* Each CPU, for ever: serve interrupts, run tasks, steal, halt. */
_Noreturn void executor_run(void);

/* One round of the same on this CPU: false when nothing was ready (the simulator's driver). */
bool executor_step(void);

/* The earliest armed deadline of this CPU; TIME_INFINITE: none. */
time_ns_t executor_next_deadline(void);

/* hal_upcalls.timer. */
void executor_timer_upcall(void);

/* Thread loop, on HAL_TRAP_INTERRUPT and before user mode: serve what is pending. */
void executor_interrupted(void);

/* Thread loop, after an interrupt: should this task let another have the CPU now? */
bool executor_should_yield(struct task *task);

/* The task that runs on this CPU, which is the caller's own; NULL outside of tasks. */
struct task *executor_current(void);

/* Another ready task waits on this CPU (sched_yield has something to yield to). */
bool executor_has_ready(void);

struct executor_stats {
    uint64_t switches, steals, idles;
    time_ns_t idle;   /* halted, or about to */
    time_ns_t kernel; /* estimate of the time that calls and faults of threads took */
};
/* So much of this CPU's time was the kernel's. */
void executor_note_kernel(time_ns_t time);
void executor_stats_read(unsigned cpu, struct executor_stats *out);
