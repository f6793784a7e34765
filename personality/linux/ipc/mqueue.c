/*
 * mqueue.c - message queues: the messages, and who is told of them.
 */
#include "personality/linux/ipc/mqueue_internal.h"

#include "mm/slab.h"

enum { SI_MESGQ = -3 };

/* What there is, as readiness. Caller holds the lock, as below. */
static void show_locked(struct mqueue *q)
{
    object_signal_locked(&q->object, FILE_IN | FILE_OUT,
                         (q->count ? FILE_IN : 0) |
                             (q->count < q->messages_max ? FILE_OUT : 0));
}

static void insert_locked(struct mqueue *q, struct mq_message *m)
{
    struct list *at = q->messages.prev;

    while (at != &q->messages &&
           container_of(at, struct mq_message, link)->priority < m->priority)
        at = at->prev;
    list_insert_before(at->next, &m->link);
    q->count++;
    q->bytes += m->size;
    q->changed = inode_time_now();
    show_locked(q);
}

/* The one who is told of the first message, unless it is awaited: he is told once. */
static struct mq_watch take_watch_locked(struct mqueue *q)
{
    struct mq_watch watch = {0};

    if (q->count == 1 && !q->receivers) {
        watch = q->watch;
        q->watch = (struct mq_watch){0};
    }
    return watch;
}

static void tell(struct syscall *call, const struct mq_watch *watch)
{
    struct linux_process *lp = linux_process_of(call);
    const struct siginfo info = {
        .signo = watch->signo,
        .code = SI_MESGQ,
        .rt = {.pid = lp->pid, .uid = lp->cred.uid, .value = watch->value}};

    if (!watch->process)
        return;
    if (watch->signo)
        (void)!signal_send(watch->process, &info);
    linux_process_put(watch->process);
}

status_t mqueue_put(struct syscall *call, struct mqueue *q, struct mq_message *m)
{
    struct mq_watch watch;

    {
        SPIN_GUARD(&q->object.lock);
        if (q->count >= q->messages_max)
            return ERR_SHOULD_WAIT;
        insert_locked(q, m);
        watch = take_watch_locked(q);
    }
    tell(call, &watch);
    return OK;
}

status_t mqueue_take(struct mqueue *q, struct mq_message **out)
{
    struct list *link;
    SPIN_GUARD(&q->object.lock);

    link = list_pop_front(&q->messages);
    if (!link)
        return ERR_SHOULD_WAIT;
    *out = container_of(link, struct mq_message, link);
    q->count--;
    q->bytes -= (*out)->size;
    q->changed = inode_time_now();
    show_locked(q);
    return OK;
}

void mqueue_note_receiver(struct mqueue *q, int by)
{
    SPIN_GUARD(&q->object.lock);

    q->receivers = (unsigned)((int)q->receivers + by);
}

/* A process that has ended leaves its place to others. Whom it was is put with no lock held. */
static status_t exchange_watch(struct syscall *call, struct mqueue *q, struct mq_watch *watch,
                               bool dead)
{
    struct linux_process *lp = linux_process_of(call);
    struct mq_watch old;
    SPIN_GUARD(&q->object.lock);

    old = q->watch;
    if (watch->process ? old.process && !dead : old.process != lp)
        return watch->process ? ERR_ALREADY_BOUND : OK;
    q->watch = *watch;
    *watch = old;
    return OK;
}

static bool watcher_is_dead(struct mqueue *q)
{
    struct linux_process *watcher = NULL;
    bool dead;

    {
        SPIN_GUARD(&q->object.lock);
        if (q->watch.process)
            watcher = linux_process_get(q->watch.process);
    }
    dead = watcher && (watcher->zombie || linux_process_reaped(watcher));
    linux_process_put(watcher);
    return dead;
}

status_t mqueue_watch(struct syscall *call, struct mqueue *q, const struct mq_watch *watch)
{
    struct mq_watch mine = {0};
    status_t st;

    if (watch) {
        mine = *watch;
        mine.process = linux_process_get(linux_process_of(call));
    }
    st = exchange_watch(call, q, &mine, watcher_is_dead(q));
    linux_process_put(mine.process);
    return st;
}

void mqueue_unwatch(struct mqueue *q, const struct linux_process *lp)
{
    struct linux_process *old = NULL;

    {
        SPIN_GUARD(&q->object.lock);
        if (q->watch.process == lp) {
            old = q->watch.process;
            q->watch = (struct mq_watch){0};
        }
    }
    linux_process_put(old);
}

struct mq_attr mqueue_attr(struct mqueue *q, struct file *file)
{
    enum { NONBLOCK = 04000 };
    SPIN_GUARD(&q->object.lock);

    return (struct mq_attr){.flags = file->flags & FILE_NONBLOCK ? NONBLOCK : 0,
                            .messages_max = q->messages_max,
                            .size_max = q->size_max,
                            .messages = q->count};
}
