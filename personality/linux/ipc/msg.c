/*
 * msg.c - message queues: msgget, msgsnd, msgrcv (msgop(2)).
 */
#include "base/string.h"
#include "mm/slab.h"
#include "personality/linux/ipc/ipc_control.h"
#include "personality/linux/ipc/msg_internal.h"
#include "personality/linux/result_copy.h"

enum { MSG_NOERROR = 010000, MSG_EXCEPT = 020000, MSG_COPY = 040000, TYPE_BYTES = 8 };

static status_t queue_create(struct syscall *call, const struct ipc_request *r,
                             struct ipc_object **out)
{
    struct msg_queue *q = kzalloc(sizeof(*q));

    (void)call;
    (void)r;
    if (!q)
        return ERR_NO_MEMORY;
    list_init(&q->messages);
    list_init(&q->senders);
    list_init(&q->receivers);
    q->bytes_max = sysctl_get(SYSCTL_MSGMNB);
    *out = &q->ipc;
    return OK;
}

static void queue_free(struct ipc_object *o)
{
    struct msg_queue *q = msg_queue_of(o);

    for (struct list *link; (link = list_pop_front(&q->messages));)
        kfree(container_of(link, struct msg, link));
    kfree(q);
}

void msg_wake_locked(struct list *waiting)
{
    list_for_each_safe (it, waiting)
        waiter_fire(container_of(it, struct waiter, link));
}

static bool queue_retire(struct ipc_object *o)
{
    msg_wake_locked(&msg_queue_of(o)->senders);
    msg_wake_locked(&msg_queue_of(o)->receivers);
    ipc_take_out_locked(&msg_queues, o);
    return true;
}

static const struct ipc_ops queue_ops = {
    .max = SYSCTL_MSGMNI,
    .ds_size = sizeof(struct msqid_ds),
    .create = queue_create,
    .describe = msg_describe_locked,
    .set = msg_set_locked,
    .retire = queue_retire,
    .free = queue_free,
};

struct ipc_table msg_queues = {.ops = &queue_ops};

status_t sys_msgget(struct syscall *call)
{
    const struct ipc_request r = {.key = (int32_t)call->arg[0],
                                  .flags = (uint32_t)call->arg[1]};

    return ipc_get(call, &msg_queues, &r);
}

/* One that was there when the wait began, and is no more, was removed. */
static status_t find_locked(struct syscall *call, unsigned want, bool waited,
                            struct msg_queue **out)
{
    struct ipc_object *o;
    status_t st = ipc_access_locked(call, &msg_queues, (int32_t)call->arg[0], want, &o);

    if (st == OK)
        *out = msg_queue_of(o);
    return waited && st == ERR_INVALID_ARGS ? ERR_REMOVED : st;
}

/* Until a waiter that is on a queue's list is told to look again, or a signal; it is off the
 * list then. */
struct msg_wait {
    struct co co;
    struct syscall *call;  /* in */
    struct waiter *waiter; /* in */
};

static void disarm(struct waiter *w)
{
    SPIN_GUARD(&msg_queues.lock);

    list_remove(&w->link);
}

static CO_FN(msg_wait)
{
    CO_WAIT_UNTIL(waiter_fired(f->waiter));
    disarm(f->waiter);
    if (waiter_fired(f->waiter))
        CO_RETURN(OK);
    call_no_restart(f->call);
    CO_RETURN(task_interrupted_status(task));
}
CO_END

/* --- sending: queue, message, size, flags --- */

struct sys_msgsnd {
    SYSCALL_FRAME;
    struct msg *message; /* ours until it is queued */
    struct waiter waiter;
    bool waited;
    struct msg_wait wait;
};
SYSCALL_WAIT(sys_msgsnd);

static status_t read_message(struct syscall *call, struct msg **out)
{
    struct user_access *ua = &call->thread->user;
    uint64_t size = call->arg[2];
    struct msg *m;
    int64_t type;
    status_t st = copy_from_user(ua, &type, call->arg[1], sizeof(type));

    if (st != OK)
        return st;
    if (size > sysctl_get(SYSCTL_MSGMAX) || (int32_t)call->arg[0] < 0 || type < 1)
        return ERR_INVALID_ARGS;
    m = kmalloc(sizeof(*m) + size);
    if (!m)
        return ERR_NO_MEMORY;
    list_init(&m->link);
    m->type = type;
    m->size = size;
    st = size ? copy_from_user(ua, m->data, call->arg[1] + TYPE_BYTES, size) : OK;
    if (st == OK)
        *out = m;
    else
        kfree(m);
    return st;
}

/* ERR_SHOULD_WAIT: there is no room, and `waiter`, unless the call does not wait, is told of
 * some. */
static status_t try_send(struct syscall *call, struct msg *m, struct waiter *waiter,
                         bool waited)
{
    struct msg_queue *q;
    status_t st;
    SPIN_GUARD(&msg_queues.lock);

    st = find_locked(call, IPC_WRITE, waited, &q);
    if (st != OK)
        return st;
    if (m->size + q->bytes > q->bytes_max || q->count + 1 > q->bytes_max) {
        if (!(call->arg[3] & IPC_NOWAIT))
            list_push_back(&q->senders, &waiter->link);
        return ERR_SHOULD_WAIT;
    }
    list_push_back(&q->messages, &m->link);
    q->bytes += m->size;
    q->count++;
    q->sent = ipc_now();
    q->sender = linux_process_of(call)->pid;
    msg_wake_locked(&q->receivers);
    return OK;
}

CO_FN(sys_msgsnd)
{
    status_t st;

    st = read_message(f->call, &f->message);
    if (st != OK)
        CO_RETURN(st);
    f->waited = false;
    for (;;) {
        waiter_init(&f->waiter, task);
        st = try_send(f->call, f->message, &f->waiter, f->waited);
        if (st != ERR_SHOULD_WAIT || f->call->arg[3] & IPC_NOWAIT)
            break;
        f->waited = true;
        CO_CALL(st, f->wait, msg_wait, .call = f->call, .waiter = &f->waiter);
        if (st != OK)
            break;
    }
    if (st != OK)
        kfree(f->message);
    CO_RETURN(st);
}
CO_END

/* --- receiving: queue, buffer, size, type, flags --- */

struct sys_msgrcv {
    SYSCALL_FRAME;
    struct waiter waiter;
    bool waited;
    struct msg *message; /* taken; ours */
    union {
        struct msg_wait wait;
        struct result_copy copy;
    };
};
SYSCALL_WAIT(sys_msgrcv);

/* The first, or of the type, or of any other; of a negative type, the lowest up to it; with
 * MSG_COPY, the one at that place. */
static struct msg *choose_locked(struct msg_queue *q, int64_t type, uint64_t flags)
{
    struct msg *best = NULL;
    int64_t index = 0, limit = type == INT64_MIN ? INT64_MAX : -type;

    list_for_each (it, &q->messages) {
        struct msg *m = container_of(it, struct msg, link);

        if (flags & MSG_COPY ? index++ == type
            : type > 0       ? (m->type == type) != !!(flags & MSG_EXCEPT)
                             : !type)
            return m;
        if (!(flags & MSG_COPY) && type < 0 && m->type <= limit &&
            (!best || m->type < best->type))
            best = m;
    }
    return best;
}

static status_t check_receive(const struct syscall *call)
{
    uint64_t flags = call->arg[4];

    if ((int32_t)call->arg[0] < 0 || (int64_t)call->arg[2] < 0)
        return ERR_INVALID_ARGS;
    return flags & MSG_COPY && (flags & MSG_EXCEPT || !(flags & IPC_NOWAIT)) ? ERR_INVALID_ARGS
                                                                             : OK;
}

static struct msg *copy_of(const struct msg *m, struct msg *to)
{
    to->type = m->type;
    to->size = m->size;
    memcpy(to->data, m->data, m->size);
    return to;
}

/* `*spare`: a message of as many bytes as a copy may have (MSG_COPY), or NULL.
 * ERR_SHOULD_WAIT: nothing fits yet. */
static status_t take(struct syscall *call, struct waiter *waiter, bool waited,
                     struct msg **spare, struct msg **out)
{
    uint64_t flags = call->arg[4];
    struct msg_queue *q;
    struct msg *m;
    status_t st;
    SPIN_GUARD(&msg_queues.lock);

    st = find_locked(call, IPC_READ, waited, &q);
    if (st != OK)
        return st;
    m = choose_locked(q, (int64_t)call->arg[3], flags);
    if (!m && flags & IPC_NOWAIT)
        return ERR_NO_MESSAGE;
    if (!m) {
        list_push_back(&q->receivers, &waiter->link);
        return ERR_SHOULD_WAIT;
    }
    if (m->size > call->arg[2] && !(flags & MSG_NOERROR))
        return ERR_TOO_BIG;
    if (*spare) {
        if (m->size > (*spare)->size)
            return ERR_INVALID_ARGS;
        *out = copy_of(m, *spare);
        *spare = NULL;
        return OK;
    }
    list_remove(&m->link);
    q->bytes -= m->size;
    q->count--;
    q->received = ipc_now();
    q->receiver = linux_process_of(call)->pid;
    msg_wake_locked(&q->senders);
    *out = m;
    return OK;
}

static status_t try_receive(struct syscall *call, struct waiter *waiter, bool waited,
                            struct msg **out)
{
    size_t size = MIN(call->arg[2], sysctl_get(SYSCTL_MSGMAX));
    struct msg *spare = NULL;
    status_t st;

    if (call->arg[4] & MSG_COPY) {
        spare = kmalloc(sizeof(*spare) + size);
        if (!spare)
            return ERR_NO_MEMORY;
        spare->size = size;
    }
    st = take(call, waiter, waited, &spare, out);
    kfree(spare);
    return st;
}

/* What the program cannot take is lost (msgop(2)). */
CO_FN(sys_msgrcv)
{
    status_t st;

    st = check_receive(f->call);
    if (st != OK)
        CO_RETURN(st);
    f->waited = false;
    for (;;) {
        waiter_init(&f->waiter, task);
        st = try_receive(f->call, &f->waiter, f->waited, &f->message);
        if (st != ERR_SHOULD_WAIT)
            break;
        f->waited = true;
        CO_CALL(st, f->wait, msg_wait, .call = f->call, .waiter = &f->waiter);
        if (st != OK)
            break;
    }
    if (st != OK)
        CO_RETURN(st);
    CO_CALL(st, f->copy, result_copy, .thread = f->call->thread, .to = f->call->arg[1],
            .from = &f->message->type, .size = TYPE_BYTES);
    f->call->result = (int64_t)MIN(f->message->size, f->call->arg[2]);
    if (st == OK)
        CO_CALL(st, f->copy, result_copy, .thread = f->call->thread,
                .to = f->call->arg[1] + TYPE_BYTES, .from = f->message->data,
                .size = (size_t)f->call->result);
    kfree(f->message);
    CO_RETURN(st);
}
CO_END
