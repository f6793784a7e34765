/*
 * posix_timer.c - timers that send signals (timer_create(2)).
 *
 * A timer owns the queue entry of its signal, so that it never lacks memory. While the entry is
 * queued the timer does not tick: how often it would have expired is reckoned when the signal
 * is taken, and that is the overrun.
 */
#include "personality/linux/time/posix_timer.h"

#include "mm/slab.h"
#include "personality/linux/process/process.h"
#include "personality/linux/signal/signal_internal.h"
#include "personality/linux/time/clock.h"
#include "personality/linux/time/timer_setting.h"

enum { SIGEV_SIGNAL, SIGEV_NONE, SIGEV_THREAD, SIGEV_THREAD_ID = 4 };
enum { TIMER_ABSTIME = 1, IGNORED_PERIOD_MS = 4 };

/* struct sigevent (sigevent(7)), without its padding. */
struct sigevent {
    uint64_t value;
    int32_t signo, notify, tid, pad;
};

struct posix_timer {
    struct list link; /* of posix_timers.list */
    int32_t id;
    struct linux_process *owner; /* no reference: it ends with it */
    struct linux_clock clock;
    struct thread *target; /* reference: of SIGEV_THREAD_ID; NULL: the process */
    bool silent;           /* SIGEV_NONE */
    int signo;
    int32_t overrun; /* of the signal taken last; this and what follows: owner's lock */
    struct timer_setting setting;
    struct signal_queued queued;
    struct timer timer;
};

SLAB_CACHE(posix_timer_cache, struct posix_timer);

void posix_timers_init(struct posix_timers *timers)
{
    *timers = (struct posix_timers){0};
    list_init(&timers->list);
}

static struct linux_thread *target_of(const struct posix_timer *pt)
{
    return pt->target ? pt->target->linux_ : NULL;
}

static void fired(struct timer *timer);

/* The owner's lock is held; the timer does not tick. */
static void tick_locked(struct posix_timer *pt, time_ns_t not_before)
{
    time_ns_t at;

    if (!pt->setting.armed || pt->silent)
        return;
    at = clock_next_look(&pt->clock, pt->setting.deadline);
    timer_arm_callback(&pt->timer, fired, MAX(at, not_before));
}

/* The signal has been taken, or flushed: the timer goes on. */
static void taken_locked(struct signal_queued *q, struct siginfo *info)
{
    struct posix_timer *pt = container_of(q, struct posix_timer, queued);
    uint64_t ticks = timer_elapse(&pt->setting, clock_scale_now(&pt->clock));

    pt->overrun = (int32_t)MIN(ticks ? ticks - 1 : 0, (uint64_t)INT32_MAX);
    info->timer.overrun = pt->overrun;
    tick_locked(pt, 0);
}

/* Nobody wants the signal, or it is one that is not queued: the timer just goes on. */
static void pass_over_locked(struct posix_timer *pt)
{
    (void)timer_elapse(&pt->setting, clock_scale_now(&pt->clock));
    tick_locked(pt, deadline_after((time_ns_t)IGNORED_PERIOD_MS * NS_PER_MS));
}

/* These act when they are sent. */
static bool acts_at_once(int signo)
{
    return SIGMASK(signo) & (SIGMASK(SIGKILL) | SIGMASK(SIGCONT) | SIGNALS_STOP);
}

static void fired(struct timer *timer)
{
    struct posix_timer *pt = container_of(timer, struct posix_timer, timer);
    struct linux_process *lp = pt->owner;

    {
        SPIN_GUARD(&lp->lock);
        if (!pt->setting.armed) /* being set anew */
            return;
        if (clock_scale_now(&pt->clock) < pt->setting.deadline) {
            tick_locked(pt, 0);
            return;
        }
        if (!acts_at_once(pt->signo)) {
            if (!signal_send_entry_locked(lp, target_of(pt), &pt->queued))
                pass_over_locked(pt);
            return;
        }
    }
    (void)!signal_send(lp, &pt->queued.info);
    SPIN_GUARD(&lp->lock);
    if (pt->setting.armed)
        pass_over_locked(pt);
}

/* The callback finds it disarmed, or has run, or is waited for; nobody arms it until `setting`
 * changes. posix_timers.lock is held. */
static void halt(struct posix_timer *pt)
{
    {
        struct linux_process *lp = pt->owner;
        SPIN_GUARD(&lp->lock);
        pt->setting.armed = false;
        signal_unqueue_locked(
            pt->target ? &target_of(pt)->signals.pending : &lp->signals.pending, &pt->queued);
    }
    timer_disarm(&pt->timer);
}

/* Off the list, with posix_timers.lock held; what is left is freed by the caller, without. */
static void unlist(struct posix_timer *pt)
{
    halt(pt);
    list_remove(&pt->link);
    pt->owner->posix_timers.count--;
}

static void free_timer(struct posix_timer *pt)
{
    clock_close(&pt->clock);
    if (pt->target)
        object_put(&pt->target->object);
    slab_free(&posix_timer_cache, pt);
}

static struct posix_timer *unlist_any(struct linux_process *lp)
{
    SPIN_GUARD(&lp->posix_timers.lock);
    struct posix_timer *pt;

    if (list_empty(&lp->posix_timers.list))
        return NULL;
    pt = container_of(lp->posix_timers.list.next, struct posix_timer, link);
    unlist(pt);
    return pt;
}

void posix_timers_clear(struct linux_process *lp)
{
    struct posix_timer *pt;

    while ((pt = unlist_any(lp)))
        free_timer(pt);
}

/* posix_timers.lock is held. */
static struct posix_timer *find_locked(struct linux_process *lp, int32_t id)
{
    list_for_each (it, &lp->posix_timers.list) {
        struct posix_timer *pt = container_of(it, struct posix_timer, link);

        if (pt->id == id)
            return pt;
    }
    return NULL;
}

/* Gets an id; ERR_SHOULD_WAIT: the process has as many as its limit of signals allows. */
static status_t enlist(struct linux_process *lp, struct posix_timer *pt)
{
    struct posix_timers *timers = &lp->posix_timers;
    SPIN_GUARD(&timers->lock);

    if (timers->count >= lp->limits[RLIMIT_SIGPENDING].soft)
        return ERR_SHOULD_WAIT;
    do {
        pt->id = timers->next_id;
        timers->next_id = pt->id == INT32_MAX ? 0 : pt->id + 1;
        timers->wrapped = timers->wrapped || timers->next_id == 0;
    } while (timers->wrapped && find_locked(lp, pt->id));
    timers->count++;
    list_push_back(&timers->list, &pt->link);
    return OK;
}

/* Whom it tells, and how (sigevent(7)). A thread that is told is one of the caller's process.
 */
static status_t take_event(struct syscall *call, struct posix_timer *pt,
                           const struct sigevent *ev)
{
    if (ev->notify == SIGEV_THREAD_ID) {
        pt->target = linux_thread_find(ev->tid);
        if (!pt->target || pt->target->process != call->thread->process)
            return ERR_INVALID_ARGS;
    } else if (ev->notify < SIGEV_SIGNAL || ev->notify > SIGEV_THREAD) {
        return ERR_INVALID_ARGS;
    }
    pt->silent = ev->notify == SIGEV_NONE;
    pt->signo = ev->signo;
    if (!pt->silent && (pt->signo < 1 || pt->signo > SIGNALS))
        return ERR_INVALID_ARGS;
    pt->queued.info =
        (struct siginfo){.signo = ev->signo, .code = SI_TIMER, .timer.value = ev->value};
    return OK;
}

/* An event that is not given is SIGALRM with the timer's id. */
static void name_timer(struct posix_timer *pt, bool by_default)
{
    pt->queued.info.timer.id = pt->id;
    if (by_default)
        pt->queued.info.timer.value = (uint32_t)pt->id;
}

static status_t fill(struct syscall *call, struct posix_timer *pt)
{
    struct sigevent ev = {.signo = SIGALRM};
    status_t st = OK;

    if (call->arg[1])
        st = copy_from_user(&call->thread->user, &ev, call->arg[1], sizeof(ev));
    if (st == OK) /* so that the id finds its page */
        st = clear_user(&call->thread->user, call->arg[2], sizeof(pt->id));
    if (st == OK)
        st = clock_open_timer(call, (int32_t)call->arg[0], &pt->clock);
    if (st == OK)
        st = take_event(call, pt, &ev);
    return st;
}

status_t sys_timer_create(struct syscall *call)
{
    struct linux_process *lp = linux_process_of(call);
    struct posix_timer *pt = slab_alloc_zeroed(&posix_timer_cache);
    status_t st;

    if (!pt)
        return ERR_SHOULD_WAIT;
    list_init(&pt->link);
    list_init(&pt->queued.link);
    pt->queued.taken = taken_locked;
    pt->owner = lp;
    st = fill(call, pt);
    if (st == OK)
        st = enlist(lp, pt);
    if (st != OK) {
        free_timer(pt);
        return st;
    }
    name_timer(pt, !call->arg[1]);
    return copy_to_user(&call->thread->user, call->arg[2], &pt->id, sizeof(pt->id));
}

/* What a timer shows: the rest of a period that is not over; of one that is, and whose signal
 * nobody has taken, nothing. */
static struct itimerspec shown(const struct posix_timer *pt)
{
    return itimerspec_of(pt->setting, clock_scale_now(&pt->clock));
}

static struct posix_timer *find(struct syscall *call)
{
    return find_locked(linux_process_of(call), (int32_t)call->arg[0]);
}

static status_t replace(struct syscall *call, const struct itimerspec *spec,
                        struct itimerspec *old)
{
    struct linux_process *lp = linux_process_of(call);
    time_ns_t value, interval;
    status_t st = itimerspec_to_ns(spec, &value, &interval);
    SPIN_GUARD(&lp->posix_timers.lock);
    struct posix_timer *pt = find(call);

    if (st != OK || !pt)
        return ERR_INVALID_ARGS;
    {
        SPIN_GUARD(&lp->lock);
        *old = shown(pt);
    }
    halt(pt);
    SPIN_GUARD(&lp->lock);
    pt->overrun = 0;
    pt->setting =
        (struct timer_setting){.armed = value != 0,
                               .interval = interval,
                               .deadline = call->arg[1] & TIMER_ABSTIME
                                               ? clock_to_scale(&pt->clock, value)
                                               : time_add(clock_scale_now(&pt->clock), value)};
    tick_locked(pt, 0);
    return OK;
}

status_t sys_timer_settime(struct syscall *call)
{
    struct user_access *ua = &call->thread->user;
    struct itimerspec spec, old;
    status_t st;

    if (!call->arg[2])
        return ERR_INVALID_ARGS;
    st = copy_from_user(ua, &spec, call->arg[2], sizeof(spec));
    if (st == OK && call->arg[3]) /* so that the copy below finds its page */
        st = clear_user(ua, call->arg[3], sizeof(old));
    if (st == OK)
        st = replace(call, &spec, &old);
    return st == OK && call->arg[3] ? copy_to_user(ua, call->arg[3], &old, sizeof(old)) : st;
}

status_t sys_timer_gettime(struct syscall *call)
{
    struct linux_process *lp = linux_process_of(call);
    struct itimerspec spec;

    {
        SPIN_GUARD(&lp->posix_timers.lock);
        struct posix_timer *pt = find(call);
        SPIN_GUARD(&lp->lock);

        if (!pt)
            return ERR_INVALID_ARGS;
        spec = shown(pt);
    }
    return copy_to_user(&call->thread->user, call->arg[1], &spec, sizeof(spec));
}

status_t sys_timer_getoverrun(struct syscall *call)
{
    SPIN_GUARD(&linux_process_of(call)->posix_timers.lock);
    struct posix_timer *pt = find(call);

    if (!pt)
        return ERR_INVALID_ARGS;
    call->result = pt->overrun;
    return OK;
}

static struct posix_timer *find_and_unlist(struct syscall *call)
{
    SPIN_GUARD(&linux_process_of(call)->posix_timers.lock);
    struct posix_timer *pt = find(call);

    if (pt)
        unlist(pt);
    return pt;
}

status_t sys_timer_delete(struct syscall *call)
{
    struct posix_timer *pt = find_and_unlist(call);

    if (!pt)
        return ERR_INVALID_ARGS;
    free_timer(pt);
    return OK;
}
