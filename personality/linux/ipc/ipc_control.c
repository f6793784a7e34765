/*
 * ipc_control.c - what shmctl, semctl and msgctl do alike, and the tables as /proc shows them.
 */
#include "personality/linux/ipc/ipc_control.h"

static void describe_locked(struct ipc_table *t, const struct ipc_object *o, union ipc_ds *ds)
{
    *ds = (union ipc_ds){0};
    t->ops->describe(o, ds);
    ds->perm = (struct ipc_perm){.key = o->key,
                                 .uid = o->uid,
                                 .gid = o->gid,
                                 .cuid = o->cuid,
                                 .cgid = o->cgid,
                                 .mode = o->mode,
                                 .seq = (uint16_t)(o->id >> IPC_INDEX_BITS)};
}

static status_t look(struct syscall *call, struct ipc_table *t, enum ipc_stat how,
                     union ipc_ds *ds, int64_t *result)
{
    int32_t number = (int32_t)call->arg[0];
    const struct ipc_object *o;
    status_t st = OK;
    SPIN_GUARD(&t->lock);

    o = how == IPC_BY_ID ? ipc_find_locked(t, number) : ipc_at_locked(t, (uint32_t)number);
    if (!o)
        return ERR_INVALID_ARGS;
    if (how != IPC_BY_INDEX_ANY)
        st = ipc_permitted(call, o, IPC_READ);
    if (st != OK)
        return st;
    describe_locked(t, o, ds);
    *result = how == IPC_BY_ID ? 0 : o->id;
    return OK;
}

status_t ipc_stat(struct syscall *call, struct ipc_table *t, enum ipc_stat how, user_addr_t to)
{
    int64_t result = 0;
    union ipc_ds ds;
    status_t st = look(call, t, how, &ds, &result);

    if (st == OK)
        st = copy_to_user(&call->thread->user, to, &ds, t->ops->ds_size);
    if (st == OK)
        call->result = result;
    return st;
}

status_t ipc_set(struct syscall *call, struct ipc_table *t, user_addr_t from)
{
    struct ipc_object *o;
    union ipc_ds ds;
    status_t st = copy_from_user(&call->thread->user, &ds, from, t->ops->ds_size);
    SPIN_GUARD(&t->lock);

    if (st == OK)
        st = ipc_own_locked(call, t, (int32_t)call->arg[0], &o);
    if (st == OK && t->ops->set)
        st = t->ops->set(call, o, &ds);
    if (st != OK)
        return st;
    o->uid = ds.perm.uid;
    o->gid = ds.perm.gid;
    o->mode = (o->mode & ~0777u) | (ds.perm.mode & 0777);
    o->changed = ipc_now();
    return OK;
}

status_t ipc_remove(struct syscall *call, struct ipc_table *t)
{
    struct ipc_object *o;
    status_t st;

    {
        SPIN_GUARD(&t->lock);
        st = ipc_own_locked(call, t, (int32_t)call->arg[0], &o);
        if (st != OK || !t->ops->retire(o))
            return st;
    }
    t->ops->free(o);
    return OK;
}

/* The next row, from `*index` on; false: there are no more. */
static bool next_row(struct ipc_table *t, uint32_t *index, int32_t *id, union ipc_ds *ds)
{
    const struct ipc_object *o;
    SPIN_GUARD(&t->lock);

    o = ipc_next_locked(t, index);
    if (!o)
        return false;
    describe_locked(t, o, ds);
    *id = o->id;
    return true;
}

void ipc_show(struct ipc_table *t, struct seq *seq, const char *heading, ipc_row_fn *row)
{
    union ipc_ds ds;
    uint32_t index = 0;
    int32_t id;

    seq_puts(seq, heading);
    while (next_row(t, &index, &id, &ds))
        row(seq, id, &ds);
}
