/*
 * time.c - what time it is (clock_gettime(2), gettimeofday(2)), and times of programs.
 */
#include "hal/time.h"

#include "personality/linux/process/process.h"
#include "personality/linux/time/clock.h"

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
        lt->deadline = duration ? deadline_after(duration) : 0; /* at once: see time_has_come */
    return lt->deadline;
}

time_ns_t deadline_of_ms(struct syscall *call, uint64_t timeout)
{
    return (int32_t)timeout < 0 ? TIME_INFINITE
                                : call_deadline(call, (int32_t)timeout * NS_PER_MS);
}

status_t optional_time_from_user(struct syscall *call, user_addr_t addr, time_ns_t *ns)
{
    struct timespec ts;
    status_t st;

    *ns = TIME_INFINITE;
    if (!addr)
        return OK;
    st = copy_from_user(&call->thread->user, &ts, addr, sizeof(ts));
    return st == OK ? timespec_to_ns(&ts, ns) : st;
}

status_t timeout_from_user(struct syscall *call, user_addr_t addr, time_ns_t *deadline)
{
    status_t st = optional_time_from_user(call, addr, deadline);

    if (st == OK && *deadline != TIME_INFINITE)
        *deadline = call_deadline(call, *deadline);
    return st;
}

status_t sys_clock_gettime(struct syscall *call)
{
    struct linux_clock clock;
    struct timespec ts;
    status_t st = clock_open(call, (int32_t)call->arg[0], &clock);

    if (st != OK)
        return st;
    ts = timespec_of(clock_read(&clock));
    clock_close(&clock);
    return copy_to_user(&call->thread->user, call->arg[1], &ts, sizeof(ts));
}

status_t sys_clock_getres(struct syscall *call)
{
    struct timespec ts = {0, 1};
    struct linux_clock clock;
    status_t st = clock_open(call, (int32_t)call->arg[0], &clock);

    if (st != OK)
        return st;
    clock_close(&clock);
    return call->arg[1] ? copy_to_user(&call->thread->user, call->arg[1], &ts, sizeof(ts)) : OK;
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
