/*
 * time.c - clocks and sleeping (clock_gettime(2), nanosleep(2), clock_nanosleep(2)).
 */
#include "hal/time.h"

#include "personality/linux/process/process.h"
#include "personality/linux/time/timespec.h"

status_t timespec_to_ns(const struct timespec *ts, time_ns_t *out)
{
    if (ts->sec < 0 || ts->nsec < 0 || ts->nsec >= NS_PER_SEC)
        return ERR_INVALID_ARGS;
    *out = ts->sec >= TIME_INFINITE / NS_PER_SEC ? TIME_INFINITE - 1
                                                 : ts->sec * NS_PER_SEC + ts->nsec;
    return OK;
}

struct timespec timespec_of(time_ns_t ns)
{
    return (struct timespec){ns / NS_PER_SEC, ns % NS_PER_SEC};
}

time_ns_t deadline_after(time_ns_t duration)
{
    time_ns_t now = hal_time_now();

    return duration > TIME_INFINITE - 1 - now ? TIME_INFINITE - 1 : now + duration;
}

time_ns_t deadline_at_realtime(time_ns_t ns)
{
    return deadline_after(MAX(ns - hal_time_realtime(), (time_ns_t)0));
}

time_ns_t call_deadline(struct syscall *call, time_ns_t duration)
{
    struct linux_thread *lt = current_linux(call);

    if (!lt->restarted)
        lt->deadline = deadline_after(duration);
    return lt->deadline;
}

status_t timeout_from_user(struct syscall *call, user_addr_t addr, time_ns_t *deadline)
{
    struct timespec ts;
    time_ns_t ns;
    status_t st;

    *deadline = TIME_INFINITE;
    if (!addr)
        return OK;
    st = copy_from_user(&call->thread->user, &ts, addr, sizeof(ts));
    if (st == OK)
        st = timespec_to_ns(&ts, &ns);
    if (st == OK)
        *deadline = call_deadline(call, ns);
    return st;
}

/* ERR_INVALID_ARGS: no such clock. */
static status_t clock_read(struct syscall *call, int64_t clock, time_ns_t *out)
{
    switch (clock) {
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
    case CLOCK_REALTIME_ALARM:
    case CLOCK_TAI:
        *out = hal_time_realtime();
        return OK;
    case CLOCK_MONOTONIC:
    case CLOCK_MONOTONIC_RAW:
    case CLOCK_MONOTONIC_COARSE:
    case CLOCK_BOOTTIME:
    case CLOCK_BOOTTIME_ALARM:
        *out = hal_time_now();
        return OK;
    case CLOCK_PROCESS_CPUTIME:
        *out = linux_process_ran(linux_process_of(call));
        return OK;
    case CLOCK_THREAD_CPUTIME:
        *out = task_ran(&call->thread->task);
        return OK;
    default:
        return ERR_INVALID_ARGS;
    }
}

status_t sys_clock_gettime(struct syscall *call)
{
    struct timespec ts;
    time_ns_t now;
    status_t st = clock_read(call, (int32_t)call->arg[0], &now);

    if (st != OK)
        return st;
    ts = timespec_of(now);
    return copy_to_user(&call->thread->user, call->arg[1], &ts, sizeof(ts));
}

status_t sys_clock_getres(struct syscall *call)
{
    struct timespec ts = {0, 1};
    time_ns_t now;
    status_t st = clock_read(call, (int32_t)call->arg[0], &now);

    if (st != OK || !call->arg[1])
        return st;
    return copy_to_user(&call->thread->user, call->arg[1], &ts, sizeof(ts));
}

status_t sys_gettimeofday(struct syscall *call)
{
    time_ns_t now = hal_time_realtime();
    struct timeval tv = {now / NS_PER_SEC, now % NS_PER_SEC / 1000};
    int32_t zone[2] = {0, 0};
    status_t st = OK;

    if (call->arg[0])
        st = copy_to_user(&call->thread->user, call->arg[0], &tv, sizeof(tv));
    if (st == OK && call->arg[1])
        st = copy_to_user(&call->thread->user, call->arg[1], zone, sizeof(zone));
    return st;
}

status_t sys_time(struct syscall *call)
{
    call->result = hal_time_realtime() / NS_PER_SEC;
    return call->arg[0] ? copy_to_user(&call->thread->user, call->arg[0], &call->result, 8)
                        : OK;
}

/* Sleep to a deadline; interrupted, the time left goes to `remain` if it is asked for. */
struct linux_sleep {
    struct co co;
    struct syscall *call;
    time_ns_t deadline;
    user_addr_t remain; /* 0: none */
    struct sleep_until sleep;
};
static co_fn linux_sleep;

static status_t write_remaining(struct syscall *call, user_addr_t to, time_ns_t deadline)
{
    time_ns_t left = deadline - hal_time_now();
    struct timespec ts = timespec_of(MAX(left, (time_ns_t)0));

    return copy_to_user(&call->thread->user, to, &ts, sizeof(ts));
}

static CO_FN(linux_sleep)
{
    status_t st;

    call_no_restart(f->call);
    CO_CALL(st, f->sleep, sleep_until, .deadline = f->deadline);
    if (st == ERR_INTERRUPTED && f->remain &&
        write_remaining(f->call, f->remain, f->deadline) != OK)
        CO_RETURN(ERR_FAULT);
    CO_RETURN(st);
}
CO_END

struct sys_nanosleep {
    SYSCALL_FRAME;
    time_ns_t deadline;
    struct linux_sleep sleep;
};
SYSCALL_WAIT(sys_nanosleep);

CO_FN(sys_nanosleep)
{
    status_t st;

    if (!f->call->arg[0])
        CO_RETURN(ERR_FAULT);
    st = timeout_from_user(f->call, f->call->arg[0], &f->deadline);
    if (st != OK)
        CO_RETURN(st);
    CO_CALL(st, f->sleep, linux_sleep, .call = f->call, .deadline = f->deadline,
            .remain = f->call->arg[1]);
    CO_RETURN(st);
}
CO_END

struct sys_clock_nanosleep {
    SYSCALL_FRAME;
    time_ns_t deadline;
    struct linux_sleep sleep;
};
SYSCALL_WAIT(sys_clock_nanosleep);

enum { TIMER_ABSTIME = 1 };

static status_t clock_deadline(struct syscall *call, time_ns_t *deadline)
{
    struct timespec ts;
    time_ns_t now, want;
    status_t st = clock_read(call, (int32_t)call->arg[0], &now);

    if (st != OK)
        return st;
    if ((int32_t)call->arg[0] == CLOCK_THREAD_CPUTIME)
        return ERR_INVALID_ARGS;
    st = copy_from_user(&call->thread->user, &ts, call->arg[2], sizeof(ts));
    if (st == OK)
        st = timespec_to_ns(&ts, &want);
    if (st != OK)
        return st;
    *deadline = call->arg[1] & TIMER_ABSTIME ? deadline_after(MAX(want - now, (time_ns_t)0))
                                             : call_deadline(call, want);
    return OK;
}

CO_FN(sys_clock_nanosleep)
{
    status_t st;

    st = clock_deadline(f->call, &f->deadline);
    if (st != OK)
        CO_RETURN(st);
    CO_CALL(st, f->sleep, linux_sleep, .call = f->call, .deadline = f->deadline,
            .remain = f->call->arg[1] & TIMER_ABSTIME ? 0 : f->call->arg[3]);
    CO_RETURN(st);
}
CO_END
