/*
 * mqueue_open.c - message queues by name: mq_open, mq_unlink (mq_open(3)).
 */
#include "base/string.h"
#include "mm/slab.h"
#include "personality/linux/file/fd.h"
#include "personality/linux/ipc/mqueue_internal.h"
#include "personality/linux/sysctl.h"
#include "uapi/linux/fcntl.h"

/* What a message is reckoned to take beside its bytes (RLIMIT_MSGQUEUE). */
enum { MESSAGE_OVERHEAD = 96 };

static struct spinlock mq_lock;
static struct list queues; /* of mqueue.all_link; a zeroed one is empty. Guarded by mq_lock */

static struct list *all_locked(void)
{
    if (!queues.next)
        list_init(&queues);
    return &queues;
}

static void queue_destroy(struct object *obj)
{
    struct mqueue *q = container_of(obj, struct mqueue, object);

    {
        SPIN_GUARD(&mq_lock);
        list_remove(&q->all_link);
    }
    for (struct list *link; (link = list_pop_front(&q->messages));)
        kfree(container_of(link, struct mq_message, link));
    linux_process_put(q->watch.process);
    kfree(q);
}

static const struct object_ops queue_object_ops = {.name = "mqueue", .destroy = queue_destroy};

static struct object *queue_poll_object(struct file *file)
{
    return &mqueue_of_file(file)->object;
}

static void queue_close(struct file *file)
{
    struct mqueue *q = file->data;
    struct linux_thread *closer = linux_caller();

    if (closer)
        mqueue_unwatch(q, closer->process);
    object_put(&q->object);
}

static const struct file_ops queue_file_ops = {
    .name = "mqueue", .poll_object = queue_poll_object, .close = queue_close};

struct mqueue *mqueue_of_file(struct file *file)
{
    return file->ops == &queue_file_ops ? file->data : NULL;
}

/* --- making one --- */

struct opening {
    char name[MQ_NAME_MAX + 1];
    uint32_t flags, mode;
    struct mq_attr attr;
    bool has_attr;
};

static status_t read_name(struct syscall *call, char name[MQ_NAME_MAX + 1])
{
    size_t length;
    status_t st = copy_string_from_user(&call->thread->user, name, call->arg[0],
                                        MQ_NAME_MAX + 1, &length);

    if (st != OK)
        return st;
    if (!length)
        return ERR_NOT_FOUND;
    return !strcmp(name, ".") || !strcmp(name, "..") || strchr(name, '/') ? ERR_ACCESS_DENIED
                                                                          : OK;
}

static status_t read_opening(struct syscall *call, struct opening *o)
{
    status_t st = OK;

    *o = (struct opening){.flags = (uint32_t)call->arg[1], .mode = (uint32_t)call->arg[2]};
    if (call->arg[3]) {
        o->has_attr = true;
        st = copy_from_user(&call->thread->user, &o->attr, call->arg[3], sizeof(o->attr));
    }
    if (st == OK)
        st = read_name(call, o->name);
    if (st == OK && (o->flags & O_ACCMODE) == O_ACCMODE)
        st = ERR_INVALID_ARGS;
    o->mode &= 0777 & ~fs_context_umask(linux_process_of(call)->fs);
    return st;
}

/* The sizes that it gets, and whether it may have them. */
static status_t choose_sizes(struct syscall *call, struct opening *o)
{
    bool privileged = call_has(call, CAP_SYS_RESOURCE);
    int64_t messages = privileged ? MQ_MESSAGES_MAX : (int64_t)sysctl_get(SYSCTL_MQ_MSG_MAX);
    int64_t size =
        privileged ? MQ_MESSAGE_SIZE_MAX : (int64_t)sysctl_get(SYSCTL_MQ_MSGSIZE_MAX);

    if (!o->has_attr) {
        o->attr.messages_max =
            (int64_t)MIN(sysctl_get(SYSCTL_MQ_MSG_MAX), sysctl_get(SYSCTL_MQ_MSG_DEFAULT));
        o->attr.size_max = (int64_t)MIN(sysctl_get(SYSCTL_MQ_MSGSIZE_MAX),
                                        sysctl_get(SYSCTL_MQ_MSGSIZE_DEFAULT));
        return OK;
    }
    return o->attr.messages_max <= 0 || o->attr.size_max <= 0 ||
                   o->attr.messages_max > messages || o->attr.size_max > size
               ? ERR_INVALID_ARGS
               : OK;
}

static uint64_t charge_of(int64_t messages, int64_t size)
{
    return (uint64_t)messages * ((uint64_t)size + MESSAGE_OVERHEAD);
}

static struct mqueue *queue_new(struct syscall *call, const struct opening *o)
{
    struct linux_process *lp = linux_process_of(call);
    struct mqueue *q = kzalloc(sizeof(*q));

    if (!q)
        return NULL;
    object_init(&q->object, &queue_object_ops, FILE_OUT);
    list_init(&q->all_link);
    list_init(&q->messages);
    memcpy(q->name, o->name, sizeof(q->name));
    q->mode = o->mode;
    q->messages_max = o->attr.messages_max;
    q->size_max = o->attr.size_max;
    SPIN_GUARD(&lp->lock);
    q->uid = lp->cred.fsuid;
    q->gid = lp->cred.fsgid;
    q->charged_uid = lp->cred.uid;
    return q;
}

/* --- finding and adding --- */

static struct mqueue *find_locked(const char *name)
{
    list_for_each (it, all_locked()) {
        struct mqueue *q = container_of(it, struct mqueue, all_link);

        if (q->named && !strcmp(q->name, name) && object_try_get(&q->object))
            return q;
    }
    return NULL;
}

/* RLIMIT_MSGQUEUE and fs.mqueue.queues_max. */
static status_t check_limits_locked(struct mqueue *fresh, uint64_t limit, bool privileged)
{
    uint64_t charged = charge_of(fresh->messages_max, fresh->size_max), count = 0;

    list_for_each (it, all_locked()) {
        const struct mqueue *q = container_of(it, struct mqueue, all_link);

        if (q->charged_uid == fresh->charged_uid)
            charged += charge_of(q->messages_max, q->size_max);
        count++;
    }
    if (count >= sysctl_get(SYSCTL_MQ_QUEUES_MAX) && !privileged)
        return ERR_NO_SPACE;
    return charged > limit ? ERR_TOO_MANY_FILES : OK;
}

/* The queue of that name, a reference; or `fresh`, which the table then has, too. */
static status_t find_or_add(const struct opening *o, struct mqueue *fresh, uint64_t limit,
                            bool privileged, struct mqueue **out)
{
    status_t st;
    SPIN_GUARD(&mq_lock);

    *out = find_locked(o->name);
    if (*out)
        return OK;
    if (!fresh)
        return o->flags & O_CREAT ? ERR_SHOULD_WAIT : ERR_NOT_FOUND;
    st = check_limits_locked(fresh, limit, privileged);
    if (st != OK)
        return st;
    object_get(&fresh->object);
    fresh->named = true;
    list_push_back(all_locked(), &fresh->all_link);
    *out = fresh;
    return OK;
}

static status_t check_mode(struct syscall *call, const struct mqueue *q, uint32_t flags)
{
    unsigned want = (flags & O_ACCMODE) == O_RDONLY   ? 4
                    : (flags & O_ACCMODE) == O_WRONLY ? 2
                                                      : 6;
    struct linux_process *lp = linux_process_of(call);
    unsigned granted = q->mode;
    SPIN_GUARD(&lp->lock);

    if (lp->cred.fsuid == q->uid)
        granted >>= 6;
    else if (credentials_in_group(&lp->cred, q->gid))
        granted >>= 3;
    if (credentials_has(&lp->cred, CAP_DAC_OVERRIDE))
        granted = 7;
    return want & ~granted ? ERR_ACCESS_DENIED : OK;
}

/* One that is there must be wanted, and may be used. */
static status_t check_found(struct syscall *call, const struct mqueue *q,
                            const struct opening *o)
{
    if (o->flags & O_CREAT && o->flags & O_EXCL)
        return ERR_ALREADY_EXISTS;
    return check_mode(call, q, o->flags);
}

static status_t get_queue(struct syscall *call, struct opening *o, struct mqueue **out)
{
    struct linux_process *lp = linux_process_of(call);
    bool privileged = call_has(call, CAP_SYS_RESOURCE);
    struct mqueue *fresh = NULL;
    status_t st = find_or_add(o, NULL, 0, privileged, out);

    if (st == ERR_SHOULD_WAIT) {
        st = choose_sizes(call, o);
        fresh = st == OK ? queue_new(call, o) : NULL;
        if (st == OK && !fresh)
            st = ERR_NO_MEMORY;
        if (st == OK)
            st = find_or_add(o, fresh, lp->limits[RLIMIT_MSGQUEUE].soft, privileged, out);
    }
    if (st == OK && *out != fresh) {
        st = check_found(call, *out, o);
        if (st != OK)
            object_put(&(*out)->object);
    }
    /* Ours, or the table's spare reference to what it kept. */
    if (fresh && !(st == OK && *out == fresh))
        object_put(&fresh->object);
    return st;
}

status_t sys_mq_open(struct syscall *call)
{
    struct opening o;
    struct mqueue *q;
    struct file *file;
    unsigned flags;
    status_t st = read_opening(call, &o);

    if (st == OK)
        st = get_queue(call, &o, &q);
    if (st != OK)
        return st;
    flags = ((o.flags & O_ACCMODE) != O_WRONLY ? FILE_READ : 0u) |
            ((o.flags & O_ACCMODE) != O_RDONLY ? FILE_WRITE : 0u) |
            (o.flags & O_NONBLOCK ? FILE_NONBLOCK : 0u);
    st = file_create(&queue_file_ops, flags, q, NULL, &file);
    if (st != OK) {
        object_put(&q->object);
        return st;
    }
    return call_fd_return(call, file, FD_CLOEXEC_);
}

/* The directory is sticky, as /tmp is. */
static bool may_unlink(struct syscall *call, const struct mqueue *q)
{
    struct linux_process *lp = linux_process_of(call);
    SPIN_GUARD(&lp->lock);

    return lp->cred.fsuid == q->uid || credentials_has(&lp->cred, CAP_FOWNER);
}

/* True: it was named until now. */
static bool unname(struct mqueue *q)
{
    SPIN_GUARD(&mq_lock);
    bool named = q->named;

    q->named = false;
    return named;
}

status_t sys_mq_unlink(struct syscall *call)
{
    char name[MQ_NAME_MAX + 1];
    struct mqueue *q;
    status_t st = read_name(call, name);

    if (st != OK)
        return st;
    {
        SPIN_GUARD(&mq_lock);
        q = find_locked(name);
    }
    if (!q)
        return ERR_NOT_FOUND;
    st = may_unlink(call, q) ? OK : ERR_NOT_PERMITTED;
    if (st == OK && unname(q))
        object_put(&q->object);
    object_put(&q->object);
    return st;
}

static struct mqueue *any_named(void)
{
    SPIN_GUARD(&mq_lock);

    list_for_each (it, all_locked()) {
        struct mqueue *q = container_of(it, struct mqueue, all_link);

        if (!q->named)
            continue;
        q->named = false;
        return q;
    }
    return NULL;
}

void mqueue_remove_all(void)
{
    struct mqueue *q;

    while ((q = any_named()))
        object_put(&q->object);
}
