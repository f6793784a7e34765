/*
 * object.c - what all objects have: references, handles, signals, observers.
 */
#include "object/object.h"

#include "base/assert.h"
#include "hal/ref.h"
#include "mm/counter.h"

static _Atomic uint64_t next_koid = ZX_KOID_FIRST;

unsigned object_count(void)
{
    return (unsigned)counter_sum(COUNTER_OBJECTS);
}

void object_init(struct object *obj, const struct object_ops *ops, signals_t initial)
{
    *obj = (struct object){
        .ops = ops,
        .koid = atomic_fetch_add_explicit(&next_koid, 1, memory_order_relaxed),
        .refs = 1,
        .signals = initial,
    };
    list_init(&obj->observers);
    counter_add(COUNTER_OBJECTS, 1);
}

struct object *object_get(struct object *obj)
{
    unsigned old = ref_get(&obj->refs);

    assert(old > 0); /* a reference can only be made from a reference */
    return obj;
}

bool object_try_get(struct object *obj)
{
    return ref_try_get(&obj->refs);
}

void object_put(struct object *obj)
{
    unsigned old;

    if (!obj)
        return;
    old = ref_put(&obj->refs);
    assert(old > 0);
    if (old == 1) {
        assert(list_empty(&obj->observers));
        counter_add(COUNTER_OBJECTS, -1);
        obj->ops->destroy(obj);
    }
}

void object_handle_get(struct object *obj)
{
    atomic_fetch_add_explicit(&obj->handles, 1, memory_order_relaxed);
}

bool object_handle_put_last(struct object *obj)
{
    unsigned old = atomic_fetch_sub_explicit(&obj->handles, 1, memory_order_acq_rel);

    assert(old > 0);
    return old == 1;
}

void object_handle_put(struct object *obj)
{
    if (object_handle_put_last(obj) && obj->ops->on_zero_handles)
        obj->ops->on_zero_handles(obj);
}

/* Caller holds obj->lock. */
static void observer_fire(struct observer *ob, signals_t seen)
{
    ob->seen = seen;
    if (!ob->notify) {
        waiter_fire(&ob->waiter);
        return;
    }
    if (!ob->persistent)
        list_remove(&ob->waiter.link);
    ob->notify(ob); /* may free `ob` if it is not persistent */
}

void object_signal_locked(struct object *obj, signals_t clear, signals_t set)
{
    signals_t before = obj->signals;

    __atomic_store_n(&obj->signals, (before & ~clear) | set, __ATOMIC_RELEASE);
    list_for_each_safe (it, &obj->observers) {
        struct observer *ob = container_of(it, struct observer, waiter.link);

        if ((obj->signals & ob->want & (ob->edge ? ~before : ~0u)) ||
            (ob->falls && before & ~obj->signals & ob->want))
            observer_fire(ob, obj->signals);
    }
}

void object_signal(struct object *obj, signals_t clear, signals_t set)
{
    SPIN_GUARD(&obj->lock);

    object_signal_locked(obj, clear, set);
}

void object_cancel_handle(struct object *obj, uint32_t handle)
{
    SPIN_GUARD(&obj->lock);

    list_for_each_safe (it, &obj->observers) {
        struct observer *ob = container_of(it, struct observer, waiter.link);

        if (ob->handle == handle)
            observer_fire(ob, obj->signals | SIGNAL_HANDLE_CLOSED);
    }
}

void object_observe(struct observer *ob, struct task *task)
{
    struct object *obj = ob->obj;

    waiter_init(&ob->waiter, task);

    SPIN_GUARD(&obj->lock);
    list_push_back(&obj->observers, &ob->waiter.link);
    if (!ob->edge && (obj->signals & ob->want))
        observer_fire(ob, obj->signals);
}

signals_t object_unobserve(struct observer *ob)
{
    SPIN_GUARD(&ob->obj->lock);

    list_remove(&ob->waiter.link);
    return waiter_fired(&ob->waiter) ? ob->seen : ob->obj->signals;
}

CO_FN(object_wait)
{
    if (!waiter_fired(&f->observer->waiter)) {
        timer_arm(&f->timer, task, f->deadline);
        CO_WAIT_UNTIL(waiter_fired(&f->observer->waiter) || timer_fired(&f->timer));
        timer_disarm(&f->timer);
    }
    f->observed = object_unobserve(f->observer);

    if (f->observed & SIGNAL_HANDLE_CLOSED)
        CO_RETURN(ERR_CANCELED);
    if (f->observed & f->observer->want)
        CO_RETURN(OK);
    CO_RETURN(task_pending(task) ? task_interrupted_status(task) : ERR_TIMED_OUT);
}
CO_END
