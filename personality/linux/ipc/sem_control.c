/*
 * sem_control.c - semctl (semctl(2)), and the sets as /proc shows them.
 */
#include "mm/slab.h"
#include "personality/linux/ipc/ipc_control.h"
#include "personality/linux/ipc/sem_internal.h"

enum {
    GETPID = 11,
    GETVAL,
    GETALL,
    GETNCNT,
    GETZCNT,
    SETVAL,
    SETALL,
    SEM_STAT,
    SEM_INFO,
    SEM_STAT_ANY,
};

void sem_describe_locked(const struct ipc_object *o, union ipc_ds *ds)
{
    const struct sem_set *set = sem_set_of(o);

    ds->sem = (struct semid_ds){
        .operated = {set->operated}, .changed = {set->ipc.changed}, .count = set->count};
}

struct seminfo {
    int32_t map, sets, semaphores, undos, per_set, operations, undo_entries, undo_size, value,
        adjust;
};

/* SEM_INFO: how many sets and semaphores there are, in the places of limits. */
static void count_use(struct seminfo *info)
{
    const struct ipc_object *o;
    SPIN_GUARD(&sem_sets.lock);

    info->undo_size = (int32_t)sem_sets.count;
    info->adjust = 0;
    for (uint32_t i = 0; (o = ipc_next_locked(&sem_sets, &i));)
        info->adjust += (int32_t)sem_set_of(o)->count;
}

static status_t info(struct syscall *call, int command)
{
    struct seminfo info = {.map = SEM_IN_ALL_MAX,
                           .sets = (int32_t)sysctl_get(SYSCTL_SEMMNI),
                           .semaphores = SEM_IN_ALL_MAX,
                           .undos = SEM_IN_ALL_MAX,
                           .per_set = SEM_PER_SET_MAX,
                           .operations = SEM_OPS_MAX,
                           .undo_entries = SEM_OPS_MAX,
                           .undo_size = 20,
                           .value = SEM_VALUE_MAX,
                           .adjust = SEM_VALUE_MAX};

    if (command == SEM_INFO)
        count_use(&info);
    call->result = ipc_highest(&sem_sets);
    return copy_to_user(&call->thread->user, call->arg[3], &info, sizeof(info));
}

/* How many wait for more of a semaphore, or for it to be zero. */
static unsigned waiters(const struct sem_set *set, uint32_t number, bool for_zero)
{
    unsigned count = 0;

    list_for_each (it, &set->waiting) {
        const struct sem_wait *w = container_of(it, struct sem_wait, waiter.link);
        const struct sem_op *op = &w->ops[w->blocked];

        count += op->number == number && !op->change == for_zero;
    }
    return count;
}

static status_t get_one(struct syscall *call, int command)
{
    uint32_t number = (uint32_t)call->arg[1];
    struct ipc_object *o;
    struct sem_set *set;
    status_t st;
    SPIN_GUARD(&sem_sets.lock);

    st = ipc_access_locked(call, &sem_sets, (int32_t)call->arg[0], IPC_READ, &o);
    if (st != OK)
        return st;
    set = sem_set_of(o);
    if (number >= set->count)
        return ERR_INVALID_ARGS;
    if (command == GETVAL)
        call->result = set->sems[number].value;
    else if (command == GETPID)
        call->result = set->sems[number].pid;
    else
        call->result = waiters(set, number, command == GETZCNT);
    return OK;
}

static status_t set_one(struct syscall *call)
{
    int32_t number = (int32_t)call->arg[1], value = (int32_t)call->arg[3];
    struct ipc_object *o;
    struct sem_set *set;
    status_t st;
    SPIN_GUARD(&sem_sets.lock);

    if (value < 0 || value > SEM_VALUE_MAX)
        return ERR_OUT_OF_RANGE;
    o = ipc_find_locked(&sem_sets, (int32_t)call->arg[0]);
    if (!o || number < 0 || (uint32_t)number >= sem_set_of(o)->count)
        return ERR_INVALID_ARGS;
    st = ipc_permitted(call, o, IPC_WRITE);
    if (st != OK)
        return st;
    set = sem_set_of(o);
    sem_undo_clear_locked(set, number);
    set->sems[number] = (struct semaphore){(uint16_t)value, linux_process_of(call)->pid};
    set->ipc.changed = ipc_now();
    sem_update_locked(set);
    return OK;
}

/* --- all values at once: arrays of user memory, of the set's size --- */

static status_t size_of(struct syscall *call, unsigned want, uint32_t *count)
{
    struct ipc_object *o;
    status_t st;
    SPIN_GUARD(&sem_sets.lock);

    st = ipc_access_locked(call, &sem_sets, (int32_t)call->arg[0], want, &o);
    if (st == OK)
        *count = sem_set_of(o)->count;
    return st;
}

/* ERR_REMOVED: the set has gone meanwhile. */
static status_t move_values(struct syscall *call, uint16_t *values, uint32_t count,
                            bool set_them)
{
    SPIN_GUARD(&sem_sets.lock);
    struct ipc_object *o = ipc_find_locked(&sem_sets, (int32_t)call->arg[0]);
    struct sem_set *set = o ? sem_set_of(o) : NULL;

    if (!set || set->count != count)
        return ERR_REMOVED;
    for (uint32_t i = 0; i < count; i++) {
        if (set_them)
            set->sems[i] = (struct semaphore){values[i], linux_process_of(call)->pid};
        else
            values[i] = set->sems[i].value;
    }
    if (set_them) {
        sem_undo_clear_locked(set, SEM_ALL);
        set->ipc.changed = ipc_now();
        sem_update_locked(set);
    }
    return OK;
}

static status_t get_all(struct syscall *call, uint16_t *values, uint32_t count)
{
    status_t st = move_values(call, values, count, false);

    return st == OK ? copy_to_user(&call->thread->user, call->arg[3], values,
                                   count * sizeof(*values))
                    : st;
}

static status_t set_all(struct syscall *call, uint16_t *values, uint32_t count)
{
    status_t st =
        copy_from_user(&call->thread->user, values, call->arg[3], count * sizeof(*values));

    for (uint32_t i = 0; st == OK && i < count; i++)
        if (values[i] > SEM_VALUE_MAX)
            st = ERR_OUT_OF_RANGE;
    return st == OK ? move_values(call, values, count, true) : st;
}

static status_t all_values(struct syscall *call, int command)
{
    uint16_t *values;
    uint32_t count;
    status_t st = size_of(call, command == SETALL ? IPC_WRITE : IPC_READ, &count);

    if (st != OK)
        return st;
    values = kmalloc(count * sizeof(*values));
    if (!values)
        return ERR_NO_MEMORY;
    st = command == SETALL ? set_all(call, values, count) : get_all(call, values, count);
    kfree(values);
    return st;
}

status_t sys_semctl(struct syscall *call)
{
    int command = (int)call->arg[2];

    if ((int32_t)call->arg[0] < 0)
        return ERR_INVALID_ARGS;
    switch (command) {
    case IPC_RMID:
        return ipc_remove(call, &sem_sets);
    case IPC_SET:
        return ipc_set(call, &sem_sets, call->arg[3]);
    case IPC_STAT:
        return ipc_stat(call, &sem_sets, IPC_BY_ID, call->arg[3]);
    case SEM_STAT:
        return ipc_stat(call, &sem_sets, IPC_BY_INDEX, call->arg[3]);
    case SEM_STAT_ANY:
        return ipc_stat(call, &sem_sets, IPC_BY_INDEX_ANY, call->arg[3]);
    case IPC_INFO:
    case SEM_INFO:
        return info(call, command);
    case GETVAL:
    case GETPID:
    case GETNCNT:
    case GETZCNT:
        return get_one(call, command);
    case SETVAL:
        return set_one(call);
    case GETALL:
    case SETALL:
        return all_values(call, command);
    default:
        return ERR_INVALID_ARGS;
    }
}

static void show_row(struct seq *seq, int32_t id, const union ipc_ds *ds)
{
    const struct semid_ds *d = &ds->sem;

    seq_printf(seq, "%10d %10d  %4o %10u %5u %5u %5u %5u %10lu %10lu\n", d->perm.key, id,
               d->perm.mode, (unsigned)d->count, d->perm.uid, d->perm.gid, d->perm.cuid,
               d->perm.cgid, (unsigned long)d->operated[0], (unsigned long)d->changed[0]);
}

void sem_show(struct seq *seq)
{
    ipc_show(&sem_sets, seq,
             "       key      semid perms      nsems   uid   gid  cuid  cgid      otime     "
             " ctime\n",
             show_row);
}
