/*
 * timer_object.c - timers as objects.
 */
#include "object/timer_object.h"

#include "hal/time.h"
#include "mm/slab.h"
#include "uapi/zircon/syscalls/clock.h"

struct timer_object {
    struct object object;
    uint32_t options;         /* constant */
    time_ns_t deadline;       /* 0: does not run; guarded by object.lock */
    time_ns_t fires;          /* when that will be, by its slack; guarded by object.lock */
    time_ns_t slack;          /* guarded by object.lock */
    struct spinlock arm_lock; /* outside object.lock: who sets or cancels. The callback does
                                 not take it, so it may be waited for under it */
    struct timer timer;       /* armed and disarmed under arm_lock */
};

SLAB_CACHE(timer_object_cache, struct timer_object);

static struct timer_object *timer_object_of(struct object *obj)
{
    return container_of(obj, struct timer_object, object);
}

/* The callback, which may come when the timer has been set anew already: that one is later. */
static void expired(struct timer *timer)
{
    struct timer_object *t = container_of(timer, struct timer_object, timer);
    SPIN_GUARD(&t->object.lock);

    if (!t->deadline || t->fires > hal_time_now())
        return;
    t->deadline = 0;
    t->slack = 0;
    object_signal_locked(&t->object, 0, ZX_TIMER_SIGNALED);
}

/* What it was set to is forgotten. */
static void reset(struct timer_object *t, const struct timer_object_state *to, time_ns_t fires,
                  signals_t set)
{
    SPIN_GUARD(&t->object.lock);

    t->deadline = to->deadline;
    t->slack = to->slack;
    t->fires = fires;
    object_signal_locked(&t->object, ZX_TIMER_SIGNALED, set);
}

time_ns_t timer_slacken(time_ns_t deadline, time_ns_t slack, uint32_t mode)
{
    time_ns_t earliest = deadline, latest = deadline;

    if (!slack || deadline == TIME_INFINITE || deadline <= hal_time_now())
        return deadline;
    if (mode != ZX_TIMER_SLACK_LATE)
        earliest -= MIN(slack, deadline);
    if (mode != ZX_TIMER_SLACK_EARLY)
        latest += MIN(slack, TIME_INFINITE - 1 - deadline);
    return timer_coalesce(deadline, earliest, latest);
}

void timer_object_set(struct object *obj, time_ns_t deadline, time_ns_t slack,
                      time_ns_t min_slack)
{
    struct timer_object *t = timer_object_of(obj);
    struct timer_object_state to = {.deadline = deadline, .slack = slack};
    SPIN_GUARD(&t->arm_lock);
    time_ns_t fires;

    timer_disarm(&t->timer);
    if (deadline <= 0 || deadline <= hal_time_now()) {
        reset(t, &(struct timer_object_state){0}, 0, ZX_TIMER_SIGNALED);
        return;
    }
    fires = timer_slacken(deadline, MAX(slack, min_slack), t->options);
    reset(t, &to, fires, 0);
    timer_arm_callback(&t->timer, expired, fires);
}

void timer_object_cancel(struct object *obj)
{
    struct timer_object *t = timer_object_of(obj);
    SPIN_GUARD(&t->arm_lock);

    timer_disarm(&t->timer);
    reset(t, &(struct timer_object_state){0}, 0, 0);
}

void timer_object_state(struct object *obj, struct timer_object_state *out)
{
    struct timer_object *t = timer_object_of(obj);
    SPIN_GUARD(&obj->lock);

    *out = (struct timer_object_state){t->options, t->deadline, t->slack};
}

/* It may have been set again since its last handle went. */
static void timer_object_destroy(struct object *obj)
{
    timer_object_cancel(obj);
    slab_free(&timer_object_cache, timer_object_of(obj));
}

static const struct object_ops timer_object_ops = {
    .name = "timer",
    .type = ZX_OBJ_TYPE_TIMER,
    .rights = ZX_DEFAULT_TIMER_RIGHTS,
    .user_signals = ZX_USER_SIGNAL_ALL,
    .destroy = timer_object_destroy,
    .on_zero_handles = timer_object_cancel,
};

status_t timer_object_create(uint32_t options, struct object **out)
{
    struct timer_object *t = slab_alloc_zeroed(&timer_object_cache);

    if (!t)
        return ERR_NO_MEMORY;
    object_init(&t->object, &timer_object_ops, 0);
    t->options = options;
    *out = &t->object;
    return OK;
}
