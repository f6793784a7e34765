/*
 * timer_object.c - timers as objects.
 */
#include "object/timer_object.h"

#include "hal/time.h"
#include "mm/slab.h"

struct timer_object {
    struct object object;
    uint32_t options;         /* constant */
    time_ns_t deadline;       /* 0: does not run; guarded by object.lock */
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

    if (!t->deadline || t->deadline > hal_time_now())
        return;
    t->deadline = 0;
    t->slack = 0;
    object_signal_locked(&t->object, 0, ZX_TIMER_SIGNALED);
}

/* What it was set to is forgotten. True: it has to be armed for its new deadline. */
static bool reset(struct timer_object *t, time_ns_t deadline, time_ns_t slack, signals_t set)
{
    SPIN_GUARD(&t->object.lock);

    t->deadline = deadline;
    t->slack = slack;
    object_signal_locked(&t->object, ZX_TIMER_SIGNALED, set);
    return deadline != 0;
}

void timer_object_set(struct object *obj, time_ns_t deadline, time_ns_t slack)
{
    struct timer_object *t = timer_object_of(obj);
    SPIN_GUARD(&t->arm_lock);
    bool due = deadline <= 0 || deadline <= hal_time_now();

    timer_disarm(&t->timer);
    if (reset(t, due ? 0 : deadline, due ? 0 : slack, due ? ZX_TIMER_SIGNALED : 0))
        timer_arm_callback(&t->timer, expired, deadline);
}

void timer_object_cancel(struct object *obj)
{
    struct timer_object *t = timer_object_of(obj);
    SPIN_GUARD(&t->arm_lock);

    timer_disarm(&t->timer);
    (void)reset(t, 0, 0, 0);
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
