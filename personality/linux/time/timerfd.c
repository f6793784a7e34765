/*
 * timerfd.c - timers to read from and wait for (timerfd_create(2)).
 *
 * Expirations are not counted as they come: the first one raises FILE_IN, and a read reckons
 * from the time of day how many there have been, then waits for the next. So a timer that
 * nobody reads costs one interrupt, whatever its interval.
 */
#include "uapi/linux/timerfd.h"
#include "base/string.h"
#include "hal/time.h"
#include "mm/slab.h"
#include "personality/linux/calls.h"
#include "personality/linux/file/fd.h"
#include "personality/linux/process/process.h"
#include "personality/linux/time/timer_setting.h"
#include "uapi/linux/fcntl.h"

enum { TICKS_BYTES = 8 };

/*
 * `arming` serialises whoever arms and disarms the timer; the callback takes object.lock only,
 * so that it can be waited for. Order: arming -> object.lock, and -> the CPU's timer lock.
 */
struct timerfd {
    struct object object;
    struct spinlock arming;
    struct timer timer;
    struct timer_setting setting; /* guarded by object.lock; changed under `arming`, too */
    unsigned changes;             /* by settime; guarded like it */
    bool realtime;
};

SLAB_CACHE(timerfd_cache, struct timerfd);

static void timerfd_destroy(struct object *obj)
{
    slab_free(&timerfd_cache, container_of(obj, struct timerfd, object));
}

static const struct object_ops timerfd_object_ops = {.name = "timerfd",
                                                     .destroy = timerfd_destroy};

static void fired(struct timer *timer)
{
    object_signal(&container_of(timer, struct timerfd, timer)->object, 0, FILE_IN);
}

/* The caller holds `arming`. */
static void set(struct timerfd *t, const struct timer_setting *s)
{
    timer_disarm(&t->timer);
    {
        SPIN_GUARD(&t->object.lock);
        t->setting = *s;
        object_signal_locked(&t->object, FILE_IN, 0);
    }
    if (s->armed)
        timer_arm_callback(&t->timer, fired, s->deadline);
}

/* What a read took, so that it can go back. */
struct taken {
    uint64_t ticks;
    struct timer_setting before;
    unsigned changes;
};

static status_t take(struct timerfd *t, struct taken *taken)
{
    struct timer_setting after;
    SPIN_GUARD(&t->arming);

    taken->before = after = t->setting;
    taken->changes = t->changes;
    taken->ticks = timer_elapse(&after, hal_time_now());
    if (!taken->ticks)
        return ERR_SHOULD_WAIT;
    set(t, &after);
    return OK;
}

static void give_back(struct timerfd *t, const struct taken *taken)
{
    struct timer_setting now;
    SPIN_GUARD(&t->arming);

    if (t->changes != taken->changes)
        return;
    now = t->setting;
    if (now.armed) /* another read may have taken later ones */
        now.deadline -= (time_ns_t)taken->ticks * now.interval;
    else
        now = taken->before;
    set(t, &now);
}

static status_t timerfd_read(struct file *file, struct iobuf *io, uint64_t *pos)
{
    struct timerfd *t = file->data;
    struct iobuf before = *io;
    struct taken taken;
    size_t moved;
    status_t st;

    (void)pos;
    if (io->done)
        return OK;
    if (iobuf_left(io) < TICKS_BYTES)
        return ERR_INVALID_ARGS;
    st = take(t, &taken);
    if (st != OK)
        return st;
    st = iobuf_put(io, &taken.ticks, TICKS_BYTES, &moved);
    if (st != OK) {
        *io = before;
        give_back(t, &taken);
    }
    return st;
}

static struct object *timerfd_poll_object(struct file *file)
{
    return &((struct timerfd *)file->data)->object;
}

static void timerfd_close(struct file *file)
{
    struct timerfd *t = file->data;

    timer_disarm(&t->timer);
    object_put(&t->object);
}

static const struct file_ops timerfd_file_ops = {
    .name = "[timerfd]",
    .try_read = timerfd_read,
    .poll_object = timerfd_poll_object,
    .close = timerfd_close,
};

static status_t check_clock(const struct credentials *cred, int32_t clock, bool *realtime)
{
    *realtime = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_ALARM;
    switch (clock) {
    case CLOCK_REALTIME:
    case CLOCK_MONOTONIC:
    case CLOCK_BOOTTIME:
        return OK;
    case CLOCK_REALTIME_ALARM:
    case CLOCK_BOOTTIME_ALARM:
        return credentials_has(cred, CAP_WAKE_ALARM) ? OK : ERR_NOT_PERMITTED;
    default:
        return ERR_INVALID_ARGS;
    }
}

status_t sys_timerfd_create(struct syscall *call)
{
    uint32_t flags = (uint32_t)call->arg[1];
    struct timerfd *t;
    struct file *file;
    bool realtime;
    status_t st = check_clock(&linux_process_of(call)->cred, (int32_t)call->arg[0], &realtime);

    if (flags & ~(O_CLOEXEC | O_NONBLOCK))
        return ERR_INVALID_ARGS;
    if (st != OK)
        return st;
    t = slab_alloc_zeroed(&timerfd_cache);
    if (!t)
        return ERR_NO_MEMORY;
    object_init(&t->object, &timerfd_object_ops, 0);
    t->realtime = realtime;
    st = file_create(&timerfd_file_ops,
                     FILE_READ | FILE_WRITE | (flags & O_NONBLOCK ? FILE_NONBLOCK : 0), t, NULL,
                     &file);
    if (st != OK) {
        object_put(&t->object);
        return st;
    }
    return call_fd_return(call, file, flags & O_CLOEXEC ? FD_CLOEXEC_ : 0);
}

/* ERR_INVALID_ARGS: it is no timer's. */
static status_t timerfd_get(struct syscall *call, struct file **file, struct timerfd **out)
{
    status_t st = call_fd_get(call, (int)call->arg[0], file);

    if (st != OK)
        return st;
    if ((*file)->ops != &timerfd_file_ops) {
        file_put(*file);
        return ERR_INVALID_ARGS;
    }
    *out = (*file)->data;
    return OK;
}

static status_t parse_setting(const struct timerfd *t, const struct itimerspec *spec,
                              bool absolute, struct timer_setting *out)
{
    time_ns_t value;
    status_t st = itimerspec_to_ns(spec, &value, &out->interval);

    if (st != OK)
        return st;
    out->armed = value != 0;
    if (!absolute)
        out->deadline = deadline_after(value);
    else if (t->realtime)
        out->deadline = time_add(value, hal_time_now() - hal_time_realtime());
    else
        out->deadline = value;
    return OK;
}

static void replace(struct timerfd *t, const struct timer_setting *s, struct timer_setting *old)
{
    SPIN_GUARD(&t->arming);

    *old = t->setting;
    t->changes++;
    set(t, s);
}

static status_t settime(struct syscall *call, struct timerfd *t, const struct itimerspec *spec)
{
    struct user_access *ua = &call->thread->user;
    struct timer_setting new, old;
    struct itimerspec was;
    status_t st = parse_setting(t, spec, call->arg[1] & TFD_TIMER_ABSTIME, &new);

    if (st == OK && call->arg[3]) /* so that the copy below finds its page */
        st = clear_user(ua, call->arg[3], sizeof(was));
    if (st != OK)
        return st;
    replace(t, &new, &old);
    was = itimerspec_of(old, hal_time_now());
    return call->arg[3] ? copy_to_user(ua, call->arg[3], &was, sizeof(was)) : OK;
}

/* The wall clock is never set, so nothing is ever cancelled by that. */
status_t sys_timerfd_settime(struct syscall *call)
{
    struct itimerspec spec;
    struct timerfd *t;
    struct file *file;
    status_t st = copy_from_user(&call->thread->user, &spec, call->arg[2], sizeof(spec));

    if (st != OK)
        return st;
    if ((uint32_t)call->arg[1] & ~(TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET))
        return ERR_INVALID_ARGS;
    st = timerfd_get(call, &file, &t);
    if (st != OK)
        return st;
    st = settime(call, t, &spec);
    file_put(file);
    return st;
}

status_t sys_timerfd_gettime(struct syscall *call)
{
    struct itimerspec spec;
    struct timerfd *t;
    struct file *file;
    status_t st = timerfd_get(call, &file, &t);

    if (st != OK)
        return st;
    {
        SPIN_GUARD(&t->object.lock);
        spec = itimerspec_of(t->setting, hal_time_now());
    }
    file_put(file);
    return copy_to_user(&call->thread->user, call->arg[1], &spec, sizeof(spec));
}
