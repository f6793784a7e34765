/*
 * mqueue_calls.c - mq_timedsend, mq_timedreceive, mq_notify, mq_getsetattr (mq_send(3)).
 */
#include "mm/slab.h"
#include "personality/linux/file/fd.h"
#include "personality/linux/ipc/mqueue_internal.h"
#include "personality/linux/result_copy.h"
#include "personality/linux/time/timespec.h"
#include "uapi/linux/fcntl.h"

/* The queue of descriptor `arg[0]`, open for `mode`, by a file that is the caller's to put. */
static status_t get_queue(struct syscall *call, unsigned mode, struct file **file,
                          struct mqueue **out)
{
    status_t st = call_fd_get(call, (int)call->arg[0], file);

    if (st != OK)
        return st;
    *out = mqueue_of_file(*file);
    if (*out && (!mode || (*file)->flags & mode))
        return OK;
    file_put(*file);
    return ERR_BAD_FD;
}

/* Of the wall clock; NULL: never. */
static status_t read_deadline(struct syscall *call, user_addr_t from, time_ns_t *deadline)
{
    time_ns_t ns;
    status_t st = optional_time_from_user(call, from, &ns);

    if (st == OK)
        *deadline = ns == TIME_INFINITE ? TIME_INFINITE : deadline_at_realtime(ns);
    return st;
}

/* Until the queue shows `want`, or the deadline, or a signal. */
struct mq_wait {
    struct co co;
    struct mqueue *queue; /* in */
    signals_t want;       /* in */
    time_ns_t deadline;   /* in */
    struct observer observer;
    struct object_wait wait;
};

static CO_FN(mq_wait)
{
    status_t st;

    f->observer = (struct observer){.obj = &f->queue->object, .want = f->want};
    object_observe(&f->observer, task);
    CO_CALL(st, f->wait, object_wait, .observer = &f->observer, .deadline = f->deadline);
    CO_RETURN(st);
}
CO_END

/* --- sending: queue, message, size, priority, deadline --- */

struct sys_mq_timedsend {
    SYSCALL_FRAME;
    struct file *file;
    struct mqueue *queue;
    struct mq_message *message; /* ours until it is queued */
    time_ns_t deadline;
    struct mq_wait wait;
};
SYSCALL_WAIT(sys_mq_timedsend);

static status_t read_message(struct syscall *call, const struct mqueue *q,
                             struct mq_message **out)
{
    uint64_t size = call->arg[2];
    struct mq_message *m;
    status_t st;

    if (size > (uint64_t)q->size_max)
        return ERR_MESSAGE_SIZE;
    m = kmalloc(sizeof(*m) + size);
    if (!m)
        return ERR_NO_MEMORY;
    list_init(&m->link);
    m->priority = (uint32_t)call->arg[3];
    m->size = size;
    st = size ? copy_from_user(&call->thread->user, m->data, call->arg[1], size) : OK;
    if (st == OK)
        *out = m;
    else
        kfree(m);
    return st;
}

static status_t send_begin(struct sys_mq_timedsend *f)
{
    status_t st = read_deadline(f->call, f->call->arg[4], &f->deadline);

    if (st == OK && (uint32_t)f->call->arg[3] >= MQ_PRIORITY_MAX)
        st = ERR_INVALID_ARGS;
    if (st == OK)
        st = get_queue(f->call, FILE_WRITE, &f->file, &f->queue);
    if (st != OK)
        return st;
    st = read_message(f->call, f->queue, &f->message);
    if (st != OK)
        file_put(f->file);
    return st;
}

CO_FN(sys_mq_timedsend)
{
    status_t st;

    st = send_begin(f);
    if (st != OK)
        CO_RETURN(st);
    for (;;) {
        st = mqueue_put(f->call, f->queue, f->message);
        if (st != ERR_SHOULD_WAIT || f->file->flags & FILE_NONBLOCK)
            break;
        CO_CALL(st, f->wait, mq_wait, .queue = f->queue, .want = FILE_OUT,
                .deadline = f->deadline);
        if (st != OK)
            break;
    }
    if (st != OK)
        kfree(f->message);
    file_put(f->file);
    CO_RETURN(st);
}
CO_END

/* --- receiving: queue, buffer, size, where the priority goes, deadline --- */

struct sys_mq_timedreceive {
    SYSCALL_FRAME;
    struct file *file;
    struct mqueue *queue;
    time_ns_t deadline;
    struct mq_message *message; /* taken; ours */
    union {
        struct mq_wait wait;
        struct result_copy copy;
    };
};
SYSCALL_WAIT(sys_mq_timedreceive);

static status_t receive_begin(struct sys_mq_timedreceive *f)
{
    status_t st = read_deadline(f->call, f->call->arg[4], &f->deadline);

    if (st == OK)
        st = get_queue(f->call, FILE_READ, &f->file, &f->queue);
    if (st != OK)
        return st;
    if (f->call->arg[2] >= (uint64_t)f->queue->size_max)
        return OK;
    file_put(f->file);
    return ERR_MESSAGE_SIZE;
}

/* What the program cannot take is lost, as on Linux. */
CO_FN(sys_mq_timedreceive)
{
    status_t st;

    st = receive_begin(f);
    if (st != OK)
        CO_RETURN(st);
    for (;;) {
        st = mqueue_take(f->queue, &f->message);
        if (st != ERR_SHOULD_WAIT || f->file->flags & FILE_NONBLOCK)
            break;
        mqueue_note_receiver(f->queue, 1);
        CO_CALL(st, f->wait, mq_wait, .queue = f->queue, .want = FILE_IN,
                .deadline = f->deadline);
        mqueue_note_receiver(f->queue, -1);
        if (st != OK)
            break;
    }
    file_put(f->file);
    if (st != OK)
        CO_RETURN(st);
    if (f->call->arg[3])
        CO_CALL(st, f->copy, result_copy, .thread = f->call->thread, .to = f->call->arg[3],
                .from = &f->message->priority, .size = sizeof(f->message->priority));
    if (st == OK)
        CO_CALL(st, f->copy, result_copy, .thread = f->call->thread, .to = f->call->arg[1],
                .from = f->message->data, .size = f->message->size);
    f->call->result = (int64_t)f->message->size;
    kfree(f->message);
    CO_RETURN(st);
}
CO_END

/* --- the rest --- */

enum { SIGEV_SIGNAL, SIGEV_NONE, SIGEV_THREAD };

/* struct sigevent (sigevent(7)). */
struct sigevent {
    uint64_t value;
    int32_t signo, notify, more[12];
};

/* Threads are the C library's, which hears of the message by a socket of netlink. */
static status_t read_watch(struct syscall *call, struct mq_watch *watch)
{
    struct sigevent event;
    status_t st = copy_from_user(&call->thread->user, &event, call->arg[1], sizeof(event));

    if (st != OK)
        return st;
    if (event.notify == SIGEV_THREAD)
        return ERR_BAD_FD;
    if (event.notify != SIGEV_NONE && event.notify != SIGEV_SIGNAL)
        return ERR_INVALID_ARGS;
    if (event.notify == SIGEV_SIGNAL && (event.signo < 0 || event.signo > SIGNALS))
        return ERR_INVALID_ARGS;
    *watch = (struct mq_watch){.notify = event.notify,
                               .signo = event.notify == SIGEV_SIGNAL ? event.signo : 0,
                               .value = event.value};
    return OK;
}

status_t sys_mq_notify(struct syscall *call)
{
    struct mq_watch watch = {0};
    struct mqueue *q;
    struct file *file;
    status_t st = call->arg[1] ? read_watch(call, &watch) : OK;

    if (st == OK)
        st = get_queue(call, 0, &file, &q);
    if (st != OK)
        return st;
    st = mqueue_watch(call, q, call->arg[1] ? &watch : NULL);
    file_put(file);
    return st;
}

status_t sys_mq_getsetattr(struct syscall *call)
{
    struct mq_attr new = {0}, old;
    struct mqueue *q;
    struct file *file;
    status_t st = OK;

    if (call->arg[1])
        st = copy_from_user(&call->thread->user, &new, call->arg[1], sizeof(new));
    if (st == OK && new.flags & ~(int64_t)O_NONBLOCK)
        st = ERR_INVALID_ARGS;
    if (st == OK)
        st = get_queue(call, 0, &file, &q);
    if (st != OK)
        return st;
    old = mqueue_attr(q, file);
    if (call->arg[2])
        st = copy_to_user(&call->thread->user, call->arg[2], &old, sizeof(old));
    if (st == OK && call->arg[1])
        file_set_flags(file, FILE_NONBLOCK, new.flags &O_NONBLOCK ? FILE_NONBLOCK : 0);
    file_put(file);
    return st;
}
