/*
 * msg_control.c - msgctl (msgctl(2)), and the queues as /proc shows them.
 */
#include "personality/linux/ipc/msg_internal.h"

enum { MSG_STAT = 11, MSG_INFO, MSG_STAT_ANY };

/* struct msqid64_ds */
struct msqid_ds {
    struct ipc_perm perm;
    int64_t sent, received, changed;
    uint64_t bytes, count, bytes_max;
    int32_t sender, receiver;
    uint64_t unused[2];
};

static struct msqid_ds describe(const struct msg_queue *q)
{
    return (struct msqid_ds){.perm = ipc_perm_of(&q->ipc),
                             .sent = q->sent,
                             .received = q->received,
                             .changed = q->ipc.changed,
                             .bytes = q->bytes,
                             .count = q->count,
                             .bytes_max = q->bytes_max,
                             .sender = q->sender,
                             .receiver = q->receiver};
}

static status_t stat(struct syscall *call, int command)
{
    int32_t id = (int32_t)call->arg[0];
    struct ipc_object *o;
    struct msqid_ds ds;
    status_t st = OK;

    {
        SPIN_GUARD(&msg_queues.lock);
        o = command == IPC_STAT ? ipc_find_locked(&msg_queues, id)
                                : ipc_at_locked(&msg_queues, (uint32_t)id);
        if (!o)
            return ERR_INVALID_ARGS;
        if (command != MSG_STAT_ANY)
            st = ipc_permitted(call, o, IPC_READ);
        if (st != OK)
            return st;
        ds = describe(msg_queue_of(o));
        id = command == IPC_STAT ? 0 : o->id;
    }
    st = copy_to_user(&call->thread->user, call->arg[2], &ds, sizeof(ds));
    if (st == OK)
        call->result = id;
    return st;
}

/* More room than the default is a matter of resources. */
static status_t set(struct syscall *call)
{
    bool may_enlarge = call_has(call, CAP_SYS_RESOURCE);
    struct ipc_object *o;
    struct msqid_ds ds;
    status_t st = copy_from_user(&call->thread->user, &ds, call->arg[2], sizeof(ds));
    SPIN_GUARD(&msg_queues.lock);

    if (st == OK)
        st = ipc_own_locked(call, &msg_queues, (int32_t)call->arg[0], &o);
    if (st == OK && ds.bytes_max > sysctl_get(SYSCTL_MSGMNB) && !may_enlarge)
        st = ERR_NOT_PERMITTED;
    if (st != OK)
        return st;
    ipc_set_perm_locked(o, &ds.perm);
    msg_queue_of(o)->bytes_max = ds.bytes_max;
    msg_wake_locked(&msg_queue_of(o)->senders);
    return OK;
}

static status_t remove(struct syscall *call)
{
    struct ipc_object *o;
    status_t st;

    {
        SPIN_GUARD(&msg_queues.lock);
        st = ipc_own_locked(call, &msg_queues, (int32_t)call->arg[0], &o);
        if (st != OK)
            return st;
        msg_remove_locked(o);
        ipc_take_out_locked(&msg_queues, o);
    }
    msg_queues.ops->free(o);
    return OK;
}

static status_t info(struct syscall *call, int command)
{
    struct msginfo {
        int32_t pool, map, size_max, bytes_max, queues_max, segment_size, messages;
        uint16_t segments;
    } info = {.size_max = (int32_t)sysctl_get(SYSCTL_MSGMAX),
              .bytes_max = (int32_t)sysctl_get(SYSCTL_MSGMNB),
              .queues_max = (int32_t)sysctl_get(SYSCTL_MSGMNI),
              .segment_size = 16,
              .segments = UINT16_MAX};

    info.pool = info.queues_max * info.bytes_max / 1024;
    info.map = info.messages = info.bytes_max;
    {
        SPIN_GUARD(&msg_queues.lock);
        call->result = ipc_highest_locked(&msg_queues);
        if (command == MSG_INFO) {
            info.pool = (int32_t)msg_queues.count;
            info.map = info.messages = 0;
            for (uint32_t i = 0; i < msg_queues.capacity; i++)
                if (msg_queues.slots[i]) {
                    info.map += (int32_t)msg_queue_of(msg_queues.slots[i])->count;
                    info.messages += (int32_t)msg_queue_of(msg_queues.slots[i])->bytes;
                }
        }
    }
    return copy_to_user(&call->thread->user, call->arg[2], &info, sizeof(info));
}

status_t sys_msgctl(struct syscall *call)
{
    int command = (int)call->arg[1];

    if ((int32_t)call->arg[0] < 0 || command < 0)
        return ERR_INVALID_ARGS;
    switch (command) {
    case IPC_RMID:
        return remove(call);
    case IPC_SET:
        return set(call);
    case IPC_STAT:
    case MSG_STAT:
    case MSG_STAT_ANY:
        return stat(call, command);
    case IPC_INFO:
    case MSG_INFO:
        return info(call, command);
    default:
        return ERR_INVALID_ARGS;
    }
}

static bool row(uint32_t index, struct msqid_ds *ds, int32_t *id)
{
    SPIN_GUARD(&msg_queues.lock);
    struct ipc_object *o = ipc_at_locked(&msg_queues, index);

    if (!o)
        return false;
    *ds = describe(msg_queue_of(o));
    *id = o->id;
    return true;
}

void msg_show(struct seq *seq)
{
    struct msqid_ds d;
    int32_t id;

    seq_puts(seq, "       key      msqid perms      cbytes       qnum lspid lrpid   uid   gid  "
                  "cuid  cgid      stime      rtime      ctime\n");
    for (uint32_t i = 0; i < msg_queues.capacity; i++)
        if (row(i, &d, &id))
            seq_printf(
                seq, "%10d %10d  %4o  %10lu %10lu %5u %5u %5u %5u %5u %5u %10lu %10lu %10lu\n",
                d.perm.key, id, d.perm.mode, d.bytes, d.count, (unsigned)d.sender,
                (unsigned)d.receiver, d.perm.uid, d.perm.gid, d.perm.cuid, d.perm.cgid,
                (unsigned long)d.sent, (unsigned long)d.received, (unsigned long)d.changed);
}
