/*
 * clock.c - clocks by number, and when to look at them.
 */
#include "personality/linux/time/clock.h"

#include "hal/time.h"
#include "personality/linux/process/process.h"

/* A CPU clock's number: ~pid, then whether it is a thread's, then which time it counts. */
enum {
    CPU_CLOCK_THREAD = 4,
    CPU_CLOCK_WHICH = 3,
    CPU_CLOCK_FD = 3, /* not CPU time at all: a clock device */
};

/* CPU time passes in steps: no closer look than this. */
enum { CPU_CLOCK_LOOK_MS = 4 };

static status_t open_process(struct syscall *call, pid_t_ pid, struct linux_clock *out)
{
    out->kind = CLOCK_OF_PROCESS;
    out->lp = pid ? linux_process_find(pid) : linux_process_get(linux_process_of(call));
    return out->lp ? OK : ERR_INVALID_ARGS;
}

static status_t open_thread(struct syscall *call, pid_t_ tid, struct linux_clock *out)
{
    struct thread *t = call->thread;

    if (tid)
        t = linux_thread_find(tid);
    else
        object_get(&t->object);
    if (t && t->process != call->thread->process) {
        object_put(&t->object);
        t = NULL;
    }
    out->kind = CLOCK_OF_THREAD;
    out->thread = t;
    return t ? OK : ERR_INVALID_ARGS;
}

status_t clock_open(struct syscall *call, int32_t id, struct linux_clock *out)
{
    *out = (struct linux_clock){.kind = CLOCK_OF_MACHINE};
    if (id < 0 && (id & CPU_CLOCK_WHICH) == CPU_CLOCK_FD)
        return ERR_INVALID_ARGS;
    if (id < 0)
        return id & CPU_CLOCK_THREAD ? open_thread(call, ~(id >> 3), out)
                                     : open_process(call, ~(id >> 3), out);
    switch (id) {
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
    case CLOCK_REALTIME_ALARM:
    case CLOCK_TAI:
        out->kind = CLOCK_OF_WALL;
        return OK;
    case CLOCK_MONOTONIC:
    case CLOCK_MONOTONIC_RAW:
    case CLOCK_MONOTONIC_COARSE:
    case CLOCK_BOOTTIME:
    case CLOCK_BOOTTIME_ALARM:
        return OK;
    case CLOCK_PROCESS_CPUTIME:
        return open_process(call, 0, out);
    case CLOCK_THREAD_CPUTIME:
        return open_thread(call, 0, out);
    default:
        return ERR_INVALID_ARGS;
    }
}

status_t clock_open_timer(struct syscall *call, int32_t id, struct linux_clock *out)
{
    switch (id) {
    case CLOCK_MONOTONIC_RAW:
    case CLOCK_REALTIME_COARSE:
    case CLOCK_MONOTONIC_COARSE:
        return ERR_NOT_SUPPORTED;
    case CLOCK_REALTIME_ALARM:
    case CLOCK_BOOTTIME_ALARM:
        if (!credentials_has(&linux_process_of(call)->cred, CAP_WAKE_ALARM))
            return ERR_NOT_PERMITTED;
        return clock_open(call, id, out);
    default:
        return clock_open(call, id, out);
    }
}

void clock_close(struct linux_clock *clock)
{
    linux_process_put(clock->lp);
    if (clock->thread)
        object_put(&clock->thread->object);
}

time_ns_t clock_read(const struct linux_clock *clock)
{
    return clock->kind == CLOCK_OF_WALL ? hal_time_realtime() : clock_scale_now(clock);
}

time_ns_t clock_scale_now(const struct linux_clock *clock)
{
    switch (clock->kind) {
    case CLOCK_OF_PROCESS:
        return linux_process_ran(clock->lp);
    case CLOCK_OF_THREAD:
        return task_ran(&clock->thread->task);
    default:
        return hal_time_now();
    }
}

time_ns_t clock_to_scale(const struct linux_clock *clock, time_ns_t shown)
{
    return clock->kind == CLOCK_OF_WALL ? shown - (hal_time_realtime() - hal_time_now())
                                        : shown;
}

time_ns_t clock_next_look(const struct linux_clock *clock, time_ns_t deadline)
{
    time_ns_t left;

    if (clock->kind == CLOCK_OF_WALL || clock->kind == CLOCK_OF_MACHINE)
        return deadline;
    left = deadline - clock_scale_now(clock);
    if (clock->kind == CLOCK_OF_PROCESS) /* its threads may run on every CPU at once */
        left /= hal_cpu_count();
    return deadline_after(MAX(left, (time_ns_t)CPU_CLOCK_LOOK_MS * NS_PER_MS));
}
