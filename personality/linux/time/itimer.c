/*
 * itimer.c - alarm and the interval timers (setitimer(2)).
 */
#include "personality/linux/time/itimer.h"

#include "hal/time.h"
#include "personality/linux/process/process.h"
#include "personality/linux/time/timespec.h"

static void itimer_fired(struct timer *timer)
{
    struct itimer *it = container_of(timer, struct itimer, timer);
    time_ns_t next = 0;

    {
        SPIN_GUARD(&it->owner->lock);
        if (it->deadline && it->interval)
            next = MAX(it->deadline + it->interval, hal_time_now());
        it->deadline = next;
    }
    signal_send_kernel(it->owner, SIGALRM);
    if (next)
        timer_arm_callback(timer, itimer_fired, next);
}

void itimer_init(struct itimer *it, struct linux_process *owner)
{
    *it = (struct itimer){.owner = owner};
}

void itimer_fini(struct itimer *it)
{
    {
        SPIN_GUARD(&it->owner->lock);
        it->deadline = it->interval = 0;
    }
    timer_disarm(&it->timer);
}

/* What is left of the old setting, and the new one in its place. `value` 0 disarms. */
static void itimer_set(struct itimer *it, time_ns_t value, time_ns_t interval,
                       time_ns_t *old_value, time_ns_t *old_interval)
{
    time_ns_t deadline = value ? deadline_after(value) : 0;

    timer_disarm(&it->timer);
    {
        SPIN_GUARD(&it->owner->lock);
        *old_value = it->deadline ? MAX(it->deadline - hal_time_now(), (time_ns_t)1) : 0;
        *old_interval = it->interval;
        it->deadline = deadline;
        it->interval = value ? interval : 0;
    }
    if (deadline)
        timer_arm_callback(&it->timer, itimer_fired, deadline);
}

status_t sys_alarm(struct syscall *call)
{
    time_ns_t old, interval;

    itimer_set(&linux_process_of(call)->itimer, (time_ns_t)(uint32_t)call->arg[0] * NS_PER_SEC,
               0, &old, &interval);
    /* Rounded up, so that an armed alarm never answers 0. */
    call->result = (old + NS_PER_SEC - 1) / NS_PER_SEC;
    return OK;
}

enum { ITIMER_REAL };

static status_t timeval_to_ns(const struct timeval *tv, time_ns_t *out)
{
    struct timespec ts = {tv->sec, tv->usec * 1000};

    if (tv->usec < 0 || tv->usec >= 1000000)
        return ERR_INVALID_ARGS;
    return timespec_to_ns(&ts, out);
}

static struct timeval timeval_of(time_ns_t ns)
{
    return (struct timeval){ns / NS_PER_SEC, ns % NS_PER_SEC / 1000};
}

/* Only the real-time timer is there; the CPU-time ones are refused. */
status_t sys_setitimer(struct syscall *call)
{
    struct timeval tv[2] = {{0}};
    time_ns_t value, interval, old_value, old_interval;
    status_t st = OK;

    if (call->arg[0] != ITIMER_REAL)
        return ERR_INVALID_ARGS;
    if (call->arg[1])
        st = copy_from_user(&call->thread->user, tv, call->arg[1], sizeof(tv));
    if (st == OK)
        st = timeval_to_ns(&tv[0], &interval);
    if (st == OK)
        st = timeval_to_ns(&tv[1], &value);
    if (st == OK && call->arg[2]) /* so that the copy below finds its page */
        st = clear_user(&call->thread->user, call->arg[2], sizeof(tv));
    if (st != OK)
        return st;
    itimer_set(&linux_process_of(call)->itimer, value, interval, &old_value, &old_interval);
    tv[0] = timeval_of(old_interval);
    tv[1] = timeval_of(old_value);
    return call->arg[2] ? copy_to_user(&call->thread->user, call->arg[2], tv, sizeof(tv)) : OK;
}

status_t sys_getitimer(struct syscall *call)
{
    struct itimer *it = &linux_process_of(call)->itimer;
    struct timeval tv[2];

    if (call->arg[0] != ITIMER_REAL)
        return ERR_INVALID_ARGS;
    {
        SPIN_GUARD(&it->owner->lock);
        tv[0] = timeval_of(it->interval);
        tv[1] =
            timeval_of(it->deadline ? MAX(it->deadline - hal_time_now(), (time_ns_t)1000) : 0);
    }
    return copy_to_user(&call->thread->user, call->arg[1], tv, sizeof(tv));
}
