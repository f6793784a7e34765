/*
 * sem.c - semaphore sets: making operations, one's own and those of who waits.
 */
#include "mm/slab.h"
#include "personality/linux/ipc/ipc_control.h"
#include "personality/linux/ipc/sem_internal.h"

static status_t set_create(struct syscall *call, const struct ipc_request *r,
                           struct ipc_object **out)
{
    struct sem_set *set;

    (void)call;
    if (!r->size)
        return ERR_INVALID_ARGS;
    set = kzalloc(sizeof(*set) + r->size * sizeof(set->sems[0]));
    if (!set)
        return ERR_NO_MEMORY;
    list_init(&set->waiting);
    list_init(&set->undos);
    set->count = (uint32_t)r->size;
    *out = &set->ipc;
    return OK;
}

static status_t set_check(const struct ipc_object *o, const struct ipc_request *r)
{
    return r->size > sem_set_of(o)->count ? ERR_INVALID_ARGS : OK;
}

static void finish(struct sem_wait *w, status_t st)
{
    w->result = st;
    waiter_fire(&w->waiter);
}

static bool set_retire(struct ipc_object *o)
{
    struct sem_set *set = sem_set_of(o);

    list_for_each_safe (it, &set->waiting)
        finish(container_of(it, struct sem_wait, waiter.link), ERR_REMOVED);
    sem_undo_drop_locked(set);
    ipc_take_out_locked(&sem_sets, o);
    return true;
}

static void set_free(struct ipc_object *o)
{
    kfree(sem_set_of(o));
}

static const struct ipc_ops set_ops = {
    .max = SYSCTL_SEMMNI,
    .ds_size = sizeof(struct semid_ds),
    .create = set_create,
    .check = set_check,
    .describe = sem_describe_locked,
    .retire = set_retire,
    .free = set_free,
};

struct ipc_table sem_sets = {.ops = &set_ops};

status_t sys_semget(struct syscall *call)
{
    const struct ipc_request r = {
        .key = (int32_t)call->arg[0], .size = call->arg[1], .flags = (uint32_t)call->arg[2]};

    if ((int32_t)call->arg[1] < 0 || (int32_t)call->arg[1] > SEM_PER_SET_MAX)
        return ERR_INVALID_ARGS;
    return ipc_get(call, &sem_sets, &r);
}

/* --- operations --- */

static status_t make_one(struct semaphore *sem, const struct sem_op *op, struct sem_undo *undo)
{
    int value = sem->value + op->change;
    int adjust = undo && op->flags & SEM_UNDO_FLAG ? undo->adjust[op->number] - op->change : 0;

    if ((!op->change && sem->value) || value < 0)
        return ERR_SHOULD_WAIT;
    if (value > SEM_VALUE_MAX || adjust < -SEM_VALUE_MAX - 1 || adjust > SEM_VALUE_MAX)
        return ERR_OUT_OF_RANGE;
    if (undo && op->flags & SEM_UNDO_FLAG)
        undo->adjust[op->number] = (int16_t)adjust;
    sem->value = (uint16_t)value;
    return OK;
}

static void take_back(struct sem_set *set, const struct sem_wait *w, unsigned count)
{
    while (count--) {
        const struct sem_op *op = &w->ops[count];

        set->sems[op->number].value = (uint16_t)(set->sems[op->number].value - op->change);
        if (w->undo && op->flags & SEM_UNDO_FLAG)
            w->undo->adjust[op->number] = (int16_t)(w->undo->adjust[op->number] + op->change);
    }
}

status_t sem_try_locked(struct sem_set *set, struct sem_wait *w)
{
    for (unsigned i = 0; i < w->count; i++) {
        status_t st = make_one(&set->sems[w->ops[i].number], &w->ops[i], w->undo);

        if (st == OK)
            continue;
        take_back(set, w, i);
        w->blocked = i;
        return st;
    }
    for (unsigned i = 0; i < w->count; i++)
        set->sems[w->ops[i].number].pid = w->pid;
    set->operated = ipc_now();
    return OK;
}

/* The oldest whose operations can be made, or never can. */
static bool make_next(struct sem_set *set)
{
    list_for_each_safe (it, &set->waiting) {
        struct sem_wait *w = container_of(it, struct sem_wait, waiter.link);
        status_t st = sem_try_locked(set, w);

        if (st == ERR_SHOULD_WAIT)
            continue;
        finish(w, st);
        return true;
    }
    return false;
}

void sem_update_locked(struct sem_set *set)
{
    while (make_next(set))
        continue;
}
