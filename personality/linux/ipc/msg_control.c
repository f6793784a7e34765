/*
 * msg_control.c - msgctl (msgctl(2)), and the queues as /proc shows them.
 */
#include "personality/linux/ipc/ipc_control.h"
#include "personality/linux/ipc/msg_internal.h"

enum { MSG_STAT = 11, MSG_INFO, MSG_STAT_ANY };

void msg_describe_locked(const struct ipc_object *o, union ipc_ds *ds)
{
    const struct msg_queue *q = msg_queue_of(o);

    ds->msg = (struct msqid_ds){.sent = q->sent,
                                .received = q->received,
                                .changed = q->ipc.changed,
                                .bytes = q->bytes,
                                .count = q->count,
                                .bytes_max = q->bytes_max,
                                .sender = q->sender,
                                .receiver = q->receiver};
}

/* More room than the default is a matter of resources. */
status_t msg_set_locked(struct syscall *call, struct ipc_object *o, const union ipc_ds *ds)
{
    struct msg_queue *q = msg_queue_of(o);

    if (ds->msg.bytes_max > sysctl_get(SYSCTL_MSGMNB) && !call_has(call, CAP_SYS_RESOURCE))
        return ERR_NOT_PERMITTED;
    q->bytes_max = ds->msg.bytes_max;
    msg_wake_locked(&q->senders);
    return OK;
}

struct msginfo {
    int32_t pool, map, size_max, bytes_max, queues_max, segment_size, messages;
    uint16_t segments;
};

/* MSG_INFO: how many queues, messages, bytes there are, in the places of limits. */
static void count_use(struct msginfo *info)
{
    const struct ipc_object *o;
    SPIN_GUARD(&msg_queues.lock);

    info->pool = (int32_t)msg_queues.count;
    info->map = info->messages = 0;
    for (uint32_t i = 0; (o = ipc_next_locked(&msg_queues, &i));) {
        info->map += (int32_t)msg_queue_of(o)->count;
        info->messages += (int32_t)msg_queue_of(o)->bytes;
    }
}

static status_t info(struct syscall *call, int command)
{
    struct msginfo info = {.size_max = (int32_t)sysctl_get(SYSCTL_MSGMAX),
                           .bytes_max = (int32_t)sysctl_get(SYSCTL_MSGMNB),
                           .queues_max = (int32_t)sysctl_get(SYSCTL_MSGMNI),
                           .segment_size = 16,
                           .segments = UINT16_MAX};

    info.pool = info.queues_max * info.bytes_max / 1024;
    info.map = info.messages = info.bytes_max;
    if (command == MSG_INFO)
        count_use(&info);
    call->result = ipc_highest(&msg_queues);
    return copy_to_user(&call->thread->user, call->arg[2], &info, sizeof(info));
}

status_t sys_msgctl(struct syscall *call)
{
    int command = (int)call->arg[1];

    if ((int32_t)call->arg[0] < 0 || command < 0)
        return ERR_INVALID_ARGS;
    switch (command) {
    case IPC_RMID:
        return ipc_remove(call, &msg_queues);
    case IPC_SET:
        return ipc_set(call, &msg_queues, call->arg[2]);
    case IPC_STAT:
        return ipc_stat(call, &msg_queues, IPC_BY_ID, call->arg[2]);
    case MSG_STAT:
        return ipc_stat(call, &msg_queues, IPC_BY_INDEX, call->arg[2]);
    case MSG_STAT_ANY:
        return ipc_stat(call, &msg_queues, IPC_BY_INDEX_ANY, call->arg[2]);
    case IPC_INFO:
    case MSG_INFO:
        return info(call, command);
    default:
        return ERR_INVALID_ARGS;
    }
}

static void show_row(struct seq *seq, int32_t id, const union ipc_ds *ds)
{
    const struct msqid_ds *d = &ds->msg;

    seq_printf(seq, "%10d %10d  %4o  %10lu %10lu %5u %5u %5u %5u %5u %5u %10lu %10lu %10lu\n",
               d->perm.key, id, d->perm.mode, d->bytes, d->count, (unsigned)d->sender,
               (unsigned)d->receiver, d->perm.uid, d->perm.gid, d->perm.cuid, d->perm.cgid,
               (unsigned long)d->sent, (unsigned long)d->received, (unsigned long)d->changed);
}

void msg_show(struct seq *seq)
{
    ipc_show(&msg_queues, seq,
             "       key      msqid perms      cbytes       qnum lspid lrpid   uid   gid  "
             "cuid  cgid      stime      rtime      ctime\n",
             show_row);
}
