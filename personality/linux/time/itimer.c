/*
 * itimer.c - alarm and the interval timers (setitimer(2)): of real time, and of CPU time.
 */
#include "personality/linux/time/itimer.h"

#include "hal/time.h"
#include "personality/linux/process/process.h"
#include "personality/linux/time/clock.h"

/* What it counts. The clock is borrowed: a process's timers do not outlive it. */
static struct linux_clock clock_of(const struct itimer *it)
{
    if (it->which == ITIMER_REAL)
        return (struct linux_clock){.kind = CLOCK_OF_MACHINE};
    return (struct linux_clock){.kind = CLOCK_OF_PROCESS, .lp = it->owner};
}

static void fired(struct timer *timer);

/* The owner's lock is held; the timer does not tick. */
static void tick_locked(struct itimer *it)
{
    struct linux_clock clock = clock_of(it);

    if (it->setting.armed)
        timer_arm_callback(&it->timer, fired, clock_next_look(&clock, it->setting.deadline));
}

static bool elapsed(struct itimer *it)
{
    struct linux_clock clock = clock_of(it);
    SPIN_GUARD(&it->owner->lock);

    return timer_elapse(&it->setting, clock_scale_now(&clock)) != 0;
}

/* Whole seconds of CPU time, as the process's limits say; TIME_INFINITE: none. */
static time_ns_t cpu_limit(struct linux_process *lp, bool hard)
{
    SPIN_GUARD(&lp->lock);
    const struct rlimit *limit = &lp->limits[RLIMIT_CPU];
    uint64_t seconds = hard ? limit->hard : limit->soft;

    if (seconds >= TIME_INFINITE / NS_PER_SEC)
        return TIME_INFINITE;
    return (time_ns_t)MAX(seconds, (uint64_t)1) * NS_PER_SEC;
}

/* Whoever sets it anew disarms it first, and then waits for us. */
static void fired(struct timer *timer)
{
    static const int signals[ITIMERS] = {SIGALRM, SIGVTALRM, SIGPROF, SIGXCPU};
    struct itimer *it = container_of(timer, struct itimer, timer);

    if (elapsed(it)) {
        bool over = it->which == ITIMER_LIMIT &&
                    linux_process_ran(it->owner) >= cpu_limit(it->owner, true);

        signal_send_kernel(it->owner, over ? SIGKILL : signals[it->which]);
    }
    SPIN_GUARD(&it->owner->lock);
    tick_locked(it);
}

void itimers_init(struct itimer itimers[ITIMERS], struct linux_process *owner)
{
    for (int i = 0; i < ITIMERS; i++)
        itimers[i] = (struct itimer){.owner = owner, .which = i};
}

/* posix_timers.lock is held. */
static void halt(struct itimer *it)
{
    {
        SPIN_GUARD(&it->owner->lock);
        it->setting.armed = false;
    }
    timer_disarm(&it->timer);
}

void itimers_fini(struct itimer itimers[ITIMERS])
{
    SPIN_GUARD(&itimers->owner->posix_timers.lock);

    for (int i = 0; i < ITIMERS; i++)
        halt(&itimers[i]);
}

/* The setting; its deadline is what is left of it, a microsecond at least while it is armed. */
static struct timer_setting shown(struct itimer *it)
{
    struct linux_clock clock = clock_of(it);
    SPIN_GUARD(&it->owner->lock);
    struct timer_setting s = it->setting;

    s.deadline = s.armed ? MAX(s.deadline - clock_scale_now(&clock), (time_ns_t)1000) : 0;
    return s;
}

/* `value` 0 disarms. */
static struct timer_setting replace(struct itimer *it, time_ns_t value, time_ns_t interval)
{
    struct linux_clock clock = clock_of(it);
    SPIN_GUARD(&it->owner->posix_timers.lock);
    struct timer_setting old = shown(it);

    halt(it);
    SPIN_GUARD(&it->owner->lock);
    it->setting = (struct timer_setting){.armed = value != 0,
                                         .deadline = time_add(clock_scale_now(&clock), value),
                                         .interval = value ? interval : 0};
    tick_locked(it);
    return old;
}

void itimer_limit_cpu(struct linux_process *lp)
{
    struct itimer *it = &lp->itimers[ITIMER_LIMIT];
    time_ns_t soft = cpu_limit(lp, false);

    if (!lp->process) /* pid 1 never runs: its timer would look for ever */
        return;
    SPIN_GUARD(&lp->posix_timers.lock);

    halt(it);
    SPIN_GUARD(&lp->lock);
    it->setting = (struct timer_setting){
        .armed = soft != TIME_INFINITE, .deadline = soft, .interval = NS_PER_SEC};
    tick_locked(it);
}

status_t sys_alarm(struct syscall *call)
{
    struct itimer *it = &linux_process_of(call)->itimers[ITIMER_REAL];
    struct timer_setting old = replace(it, (time_ns_t)(uint32_t)call->arg[0] * NS_PER_SEC, 0);

    /* Rounded up, so that an armed alarm never answers 0. */
    call->result = old.deadline / NS_PER_SEC + (old.deadline % NS_PER_SEC != 0);
    return OK;
}

static status_t timeval_to_ns(const struct timeval *tv, time_ns_t *out)
{
    struct timespec ts = {.sec = tv->sec};

    if (tv->usec < 0 || tv->usec >= 1000000)
        return ERR_INVALID_ARGS;
    ts.nsec = tv->usec * NS_PER_US;
    return timespec_to_ns(&ts, out);
}

static struct timeval timeval_of(time_ns_t ns)
{
    return (struct timeval){ns / NS_PER_SEC, ns % NS_PER_SEC / 1000};
}

static status_t write_setting(struct syscall *call, user_addr_t to,
                              const struct timer_setting *s)
{
    struct timeval tv[2] = {timeval_of(s->interval), timeval_of(s->deadline)};

    return copy_to_user(&call->thread->user, to, tv, sizeof(tv));
}

status_t sys_setitimer(struct syscall *call)
{
    struct timeval tv[2] = {{0}};
    struct timer_setting old;
    time_ns_t value, interval;
    status_t st = OK;

    if (call->arg[0] >= ITIMERS_SET)
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
    old = replace(&linux_process_of(call)->itimers[call->arg[0]], value, interval);
    return call->arg[2] ? write_setting(call, call->arg[2], &old) : OK;
}

status_t sys_getitimer(struct syscall *call)
{
    struct timer_setting now;

    if (call->arg[0] >= ITIMERS_SET)
        return ERR_INVALID_ARGS;
    now = shown(&linux_process_of(call)->itimers[call->arg[0]]);
    return write_setting(call, call->arg[1], &now);
}
