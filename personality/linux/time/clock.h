/*
 * clock.h - the clocks that programs name (clock_gettime(2)): the wall clock, the steady one,
 * and the CPU time of a process or a thread.
 */
#pragma once

#include "personality/linux/time/timespec.h"

struct linux_process;

enum clock_kind { CLOCK_OF_WALL, CLOCK_OF_MACHINE, CLOCK_OF_PROCESS, CLOCK_OF_THREAD };

struct linux_clock {
    enum clock_kind kind;
    struct linux_process *lp; /* reference, of CLOCK_OF_PROCESS */
    struct thread *thread;    /* reference, of CLOCK_OF_THREAD */
};

/*
 * The clock of this number, fixed or made from a pid or tid (clock_getcpuclockid(3)); a
 * thread's only of the caller's own process. ERR_INVALID_ARGS: none. To be given back by
 * clock_close.
 */
status_t clock_open(struct syscall *call, int32_t id, struct linux_clock *out) MUST_USE;
/* The same, to set timers by. ERR_NOT_SUPPORTED: one that can only be read; ERR_NOT_PERMITTED:
 * one that wakes the machine, which is root's. */
status_t clock_open_timer(struct syscall *call, int32_t id, struct linux_clock *out) MUST_USE;
void clock_close(struct linux_clock *clock);

/* What it shows. */
time_ns_t clock_read(const struct linux_clock *clock);

/*
 * Timers keep their deadlines in the clock's scale: its own for CPU time, and hal_time_now's
 * for the others, since the wall clock is never set.
 */
time_ns_t clock_scale_now(const struct linux_clock *clock);
/* A time that the clock shows, in its scale. */
time_ns_t clock_to_scale(const struct linux_clock *clock, time_ns_t shown);
/* When to look again whether the clock has come to `deadline`, by hal_time_now: for CPU time,
 * not before it can have, and at most every few milliseconds. */
time_ns_t clock_next_look(const struct linux_clock *clock, time_ns_t deadline);
