/*
 * sem_calls.c - semop and semtimedop (semop(2)).
 */
#include "mm/slab.h"
#include "personality/linux/ipc/sem_internal.h"
#include "personality/linux/time/timespec.h"

/* Both calls; arguments 0 to 2 are set, operations and their number. */
struct sem_call {
    struct co co;
    struct syscall *call; /* in */
    time_ns_t deadline;   /* in */
    struct sem_wait wait;
    struct sem_op *ops; /* heap */
    struct timer timer;
};

static bool alters(const struct sem_op *ops, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (ops[i].change)
            return true;
    return false;
}

static bool undoes(const struct sem_op *ops, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (ops[i].flags & SEM_UNDO_FLAG)
            return true;
    return false;
}

static status_t read_ops(struct syscall *call, struct sem_op **ops)
{
    uint64_t count = call->arg[2];
    status_t st;

    *ops = NULL;
    if (!(uint32_t)count || (int32_t)call->arg[0] < 0)
        return ERR_INVALID_ARGS;
    if ((uint32_t)count > SEM_OPS_MAX)
        return ERR_TOO_BIG;
    *ops = kmalloc((uint32_t)count * sizeof(**ops));
    if (!*ops)
        return ERR_NO_MEMORY;
    st = copy_from_user(&call->thread->user, *ops, call->arg[1],
                        (uint32_t)count * sizeof(**ops));
    if (st != OK) {
        kfree(*ops);
        *ops = NULL;
    }
    return st;
}

static status_t find_locked(struct syscall *call, struct sem_wait *w, struct sem_set **out)
{
    struct ipc_object *o = ipc_find_locked(&sem_sets, (int32_t)call->arg[0]);

    if (!o)
        return ERR_INVALID_ARGS;
    *out = sem_set_of(o);
    for (unsigned i = 0; i < w->count; i++)
        if (w->ops[i].number >= (*out)->count)
            return ERR_FILE_BIG;
    return ipc_permitted(call, o, alters(w->ops, w->count) ? IPC_WRITE : IPC_READ);
}

/* Make the operations, or queue them, to be made later (ERR_SHOULD_WAIT). `*fresh`: an undo
 * for a set of so many (`*size`); ERR_BUFFER_TOO_SMALL: it is to be made first. */
static status_t begin_locked(struct syscall *call, struct sem_wait *w, struct sem_undo **fresh,
                             uint32_t *size)
{
    struct sem_set *set;
    status_t st = find_locked(call, w, &set);

    if (st != OK)
        return st;
    if (undoes(w->ops, w->count)) {
        if (*fresh && *size < set->count)
            return ERR_INVALID_ARGS; /* another set by now, since that of before has gone */
        *size = set->count;
        w->undo = sem_undo_of_locked(linux_process_of(call), set, fresh);
        if (!w->undo)
            return ERR_BUFFER_TOO_SMALL;
    }
    st = sem_try_locked(set, w);
    if (st == OK)
        sem_update_locked(set);
    if (st == ERR_SHOULD_WAIT && !(w->ops[w->blocked].flags & IPC_NOWAIT))
        list_push_back(&set->waiting, &w->waiter.link);
    return st;
}

static status_t begin(struct syscall *call, struct sem_wait *w)
{
    struct sem_undo *fresh = NULL;
    uint32_t size = 0;
    status_t st = undoes(w->ops, w->count) ? sem_undo_list_create(linux_process_of(call)) : OK;

    while (st == OK) {
        {
            SPIN_GUARD(&sem_sets.lock);
            st = begin_locked(call, w, &fresh, &size);
        }
        if (st != ERR_BUFFER_TOO_SMALL)
            break;
        fresh = sem_undo_new(size);
        st = fresh ? OK : ERR_NO_MEMORY;
    }
    kfree(fresh);
    return st;
}

static bool is_queued(struct sem_wait *w)
{
    SPIN_GUARD(&sem_sets.lock);

    return waiter_fired(&w->waiter) || !list_empty(&w->waiter.link);
}

/* What has been made outranks what ended the wait. */
static status_t end(struct sem_wait *w, status_t otherwise)
{
    SPIN_GUARD(&sem_sets.lock);

    list_remove(&w->waiter.link);
    return waiter_fired(&w->waiter) ? w->result : otherwise;
}

static CO_FN(sem_call)
{
    status_t st;

    st = read_ops(f->call, &f->ops);
    if (st != OK)
        CO_RETURN(st);
    waiter_init(&f->wait.waiter, task);
    f->wait.ops = f->ops;
    f->wait.count = (unsigned)f->call->arg[2];
    f->wait.pid = linux_process_of(f->call)->pid;
    st = begin(f->call, &f->wait);
    if (st == ERR_SHOULD_WAIT && is_queued(&f->wait)) {
        timer_arm(&f->timer, task, f->deadline);
        CO_WAIT_UNTIL(waiter_fired(&f->wait.waiter) || timer_fired(&f->timer));
        timer_disarm(&f->timer);
        st = end(&f->wait,
                 timer_fired(&f->timer) ? ERR_SHOULD_WAIT : task_interrupted_status(task));
    }
    kfree(f->ops);
    if (st == ERR_INTERRUPTED)
        call_no_restart(f->call);
    CO_RETURN(st);
}
CO_END

struct sys_semop {
    SYSCALL_FRAME;
    struct sem_call body;
};
SYSCALL_WAIT(sys_semop);

CO_FN(sys_semop)
{
    status_t st;

    CO_CALL(st, f->body, sem_call, .call = f->call, .deadline = TIME_INFINITE);
    CO_RETURN(st);
}
CO_END

struct sys_semtimedop {
    SYSCALL_FRAME;
    time_ns_t deadline;
    struct sem_call body;
};
SYSCALL_WAIT(sys_semtimedop);

CO_FN(sys_semtimedop)
{
    status_t st;

    st = timeout_from_user(f->call, f->call->arg[3], &f->deadline);
    if (st != OK)
        CO_RETURN(st);
    CO_CALL(st, f->body, sem_call, .call = f->call, .deadline = f->deadline);
    CO_RETURN(st);
}
CO_END
