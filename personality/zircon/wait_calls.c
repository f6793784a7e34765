/*
 * wait_calls.c - waiting for signals: of one object, of several, and by port.
 */
#include "mm/slab.h"
#include "object/port.h"
#include "personality/zircon/policy.h"

struct zircon_object_wait_one {
    SYSCALL_FRAME;
    status_t outcome;
    struct observer observer; /* observer.obj is our reference */
    signals_t observed;
    union {
        struct object_wait wait;
        struct transfer transfer;
    };
};
CO_FITS(zircon_object_wait_one, union syscall_slot);
SYSCALL_WAIT(zircon_object_wait_one);

CO_FN(zircon_object_wait_one)
{
    status_t st;

    f->observer = (struct observer){.want = (signals_t)f->call->arg[1]};
    st = handle_observe(call_handles(f->call), (handle_t)f->call->arg[0], &f->observer, task);
    if (st != OK)
        CO_RETURN(st);

    CO_CALL(f->outcome, f->wait, object_wait, .observer = &f->observer,
            .deadline = call_deadline(f->call, (time_ns_t)f->call->arg[2]));
    object_put(f->observer.obj);
    if (f->outcome == ERR_INTERRUPTED || !f->call->arg[3])
        CO_RETURN(f->outcome);

    /* Reported whatever the outcome; a bad pointer outranks it. */
    f->observed = f->wait.observed;
    CO_CALL(st, f->transfer, transfer, .thread = f->call->thread, .direction = TO_USER,
            .kernel = &f->observed, .user = f->call->arg[3], .size = sizeof(f->observed));
    CO_RETURN(st == OK ? f->outcome : st);
}
CO_END

/* What zx_object_wait_many works on; from the heap, for its size is the program's choice. */
struct wait_set {
    uint32_t count, armed; /* the first `armed` observers are, each with a reference of ours */
    zx_wait_item_t items[ZX_WAIT_MANY_MAX_ITEMS];
    struct observer observers[];
};

struct zircon_object_wait_many {
    SYSCALL_FRAME;
    status_t outcome;
    struct wait_set *set;
    struct timer timer;
    struct transfer transfer;
};
CO_FITS(zircon_object_wait_many, union syscall_slot);
SYSCALL_WAIT(zircon_object_wait_many);

static bool set_fired(struct wait_set *set)
{
    for (uint32_t i = 0; i < set->armed; i++) {
        if (waiter_fired(&set->observers[i].waiter))
            return true;
    }
    return false;
}

/* Fills in what each item has seen; all of it together. */
static signals_t set_disarm(struct wait_set *set)
{
    signals_t satisfied = 0;

    while (set->armed > 0) {
        uint32_t i = --set->armed;
        struct observer *ob = &set->observers[i];

        set->items[i].pending = object_unobserve(ob);
        satisfied |= set->items[i].pending & (ob->want | SIGNAL_HANDLE_CLOSED);
        object_put(ob->obj);
    }
    return satisfied;
}

static status_t set_arm(struct wait_set *set, struct handle_table *table, struct task *task)
{
    for (; set->armed < set->count; set->armed++) {
        const zx_wait_item_t *item = &set->items[set->armed];
        struct observer *ob = &set->observers[set->armed];
        status_t st;

        *ob = (struct observer){.want = item->waitfor};
        st = handle_observe(table, item->handle, ob, task);
        if (st != OK) {
            set_disarm(set);
            return st;
        }
    }
    return OK;
}

static status_t set_outcome(struct wait_set *set, struct task *task)
{
    signals_t satisfied = set_disarm(set);

    if (satisfied & SIGNAL_HANDLE_CLOSED)
        return ERR_CANCELED;
    if (satisfied)
        return OK;
    return task_pending(task) ? task_interrupted_status(task) : ERR_TIMED_OUT;
}

static struct wait_set *set_alloc(uint64_t count)
{
    struct wait_set *set = kmalloc(sizeof(*set) + count * sizeof(set->observers[0]));

    if (set) {
        set->count = (uint32_t)count;
        set->armed = 0;
    }
    return set;
}

CO_FN(zircon_object_wait_many)
{
    if (f->call->arg[1] > ZX_WAIT_MANY_MAX_ITEMS)
        CO_RETURN(ERR_OUT_OF_RANGE);
    f->set = set_alloc(f->call->arg[1]);
    if (!f->set)
        CO_RETURN(ERR_NO_MEMORY);

    CO_CALL(f->outcome, f->transfer, transfer, .thread = f->call->thread,
            .direction = FROM_USER, .kernel = f->set->items, .user = f->call->arg[0],
            .size = f->set->count * sizeof(f->set->items[0]));
    if (f->outcome == OK)
        f->outcome = set_arm(f->set, call_handles(f->call), task);
    if (f->outcome != OK)
        goto out;

    timer_arm(&f->timer, task, call_deadline(f->call, (time_ns_t)f->call->arg[2]));
    CO_WAIT_UNTIL(set_fired(f->set) || timer_fired(&f->timer));
    timer_disarm(&f->timer);
    f->outcome = set_outcome(f->set, task);
    if (f->outcome == ERR_INTERRUPTED)
        goto out;

    CO_CALL(co->status, f->transfer, transfer, .thread = f->call->thread, .direction = TO_USER,
            .kernel = f->set->items, .user = f->call->arg[0],
            .size = f->set->count * sizeof(f->set->items[0]));
    if (co->status != OK)
        f->outcome = co->status;
out:
    kfree(f->set);
    CO_RETURN(f->outcome);
}
CO_END

status_t zircon_object_wait_async(struct syscall *call)
{
    uint32_t options = (uint32_t)call->arg[4];
    const struct port_wait_args args = {
        .table = call_handles(call),
        .handle = (handle_t)call->arg[0],
        .key = call->arg[2],
        .want = (signals_t)call->arg[3],
        .timestamp = options & ZX_WAIT_ASYNC_TIMESTAMP,
    };
    struct object *port;
    status_t st;

    if (options & ~ZX_WAIT_ASYNC_TIMESTAMP)
        return ERR_INVALID_ARGS;
    st = call_object(call, 1, ZX_OBJ_TYPE_PORT, ZX_RIGHT_WRITE, &port);
    if (st != OK)
        return st;
    st = port_wait_async(port, &args);
    object_put(port);
    return st;
}
