/*
 * sleep.c - sleeping for a time or until one (nanosleep(2), clock_nanosleep(2)).
 */
#include "hal/time.h"

#include "personality/linux/process/process.h"
#include "personality/linux/time/clock.h"
#include "personality/linux/time/timer_setting.h"

/* Sleep until the clock has come to `deadline`; interrupted, what was left goes to `remain`. */
struct linux_sleep {
    struct co co;
    struct syscall *call;
    struct linux_clock clock; /* consumed */
    time_ns_t deadline;       /* in the clock's scale */
    user_addr_t remain;       /* 0: nobody asks */
    struct sleep_until sleep;
};
static co_fn linux_sleep;

static status_t write_remaining(struct syscall *call, user_addr_t to, time_ns_t left)
{
    struct timespec ts = timespec_of(MAX(left, (time_ns_t)0));

    return copy_to_user(&call->thread->user, to, &ts, sizeof(ts));
}

static CO_FN(linux_sleep)
{
    status_t st;

    call_no_restart(f->call);
    do
        CO_CALL(st, f->sleep, sleep_until, .deadline = clock_next_look(&f->clock, f->deadline));
    while (st == OK && clock_scale_now(&f->clock) < f->deadline);
    if (st == ERR_INTERRUPTED && f->remain &&
        write_remaining(f->call, f->remain, f->deadline - clock_scale_now(&f->clock)) != OK)
        st = ERR_FAULT;
    clock_close(&f->clock);
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
    CO_CALL(st, f->sleep, linux_sleep, .call = f->call, .clock = {.kind = CLOCK_OF_MACHINE},
            .deadline = f->deadline, .remain = f->call->arg[1]);
    CO_RETURN(st);
}
CO_END

struct sys_clock_nanosleep {
    SYSCALL_FRAME;
    struct linux_clock clock;
    time_ns_t deadline;
    struct linux_sleep sleep;
};
SYSCALL_WAIT(sys_clock_nanosleep);

enum { TIMER_ABSTIME = 1 };

/* A call that is made again has the deadline that it had, on whichever clock. */
static time_ns_t relative_deadline(struct syscall *call, const struct linux_clock *clock,
                                   time_ns_t duration)
{
    struct linux_thread *lt = current_linux(call);

    if (!lt->restarted)
        lt->deadline = time_add(clock_scale_now(clock), duration);
    return lt->deadline;
}

static status_t read_deadline(struct syscall *call, const struct linux_clock *clock,
                              time_ns_t *deadline)
{
    struct timespec ts;
    time_ns_t want;
    status_t st = copy_from_user(&call->thread->user, &ts, call->arg[2], sizeof(ts));

    if (st == OK)
        st = timespec_to_ns(&ts, &want);
    if (st != OK)
        return st;
    *deadline = call->arg[1] & TIMER_ABSTIME ? clock_to_scale(clock, want)
                                             : relative_deadline(call, clock, want);
    return OK;
}

/* A thread does not wait for its own CPU time to pass. */
static status_t nanosleep_args(struct syscall *call, struct linux_clock *clock,
                               time_ns_t *deadline)
{
    status_t st;

    if ((int32_t)call->arg[0] == CLOCK_THREAD_CPUTIME)
        return ERR_NOT_SUPPORTED;
    st = clock_open_timer(call, (int32_t)call->arg[0], clock);
    if (st != OK)
        return st;
    st = read_deadline(call, clock, deadline);
    if (st == OK && clock->kind == CLOCK_OF_THREAD && clock->thread == call->thread)
        st = ERR_INVALID_ARGS;
    if (st != OK)
        clock_close(clock);
    return st;
}

CO_FN(sys_clock_nanosleep)
{
    status_t st;

    st = nanosleep_args(f->call, &f->clock, &f->deadline);
    if (st != OK)
        CO_RETURN(st);
    CO_CALL(st, f->sleep, linux_sleep, .call = f->call, .clock = f->clock,
            .deadline = f->deadline,
            .remain = f->call->arg[1] & TIMER_ABSTIME ? 0 : f->call->arg[3]);
    CO_RETURN(st);
}
CO_END
