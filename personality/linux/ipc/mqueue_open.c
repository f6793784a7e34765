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

/* --- making one --- */

/* Who wants which queue, and what he may have. */
struct opening {
    char name[MQ_NAME_MAX + 1];
    uint32_t flags, mode;
    struct mq_attr attr;
    bool has_attr;
    uint32_t uid, gid, charged_uid;
    bool privileged; /* CAP_SYS_RESOURCE */
    uint64_t limit;  /* RLIMIT_MSGQUEUE */
    bool created;    /* out: it is new */
};

static void note_caller(struct linux_process *lp, struct opening *o)
{
    SPIN_GUARD(&lp->lock);

    o->uid = lp->cred.fsuid;
    o->gid = lp->cred.fsgid;
    o->charged_uid = lp->cred.uid;
    o->privileged = credentials_has(&lp->cred, CAP_SYS_RESOURCE);
    o->limit = lp->limits[RLIMIT_MSGQUEUE].soft;
}

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
    note_caller(linux_process_of(call), o);
    return st;
}

/* The sizes that it gets, and whether it may have them. */
static status_t choose_sizes(struct opening *o)
{
    int64_t messages = o->privileged ? MQ_MESSAGES_MAX : (int64_t)sysctl_get(SYSCTL_MQ_MSG_MAX);
    int64_t size =
        o->privileged ? MQ_MESSAGE_SIZE_MAX : (int64_t)sysctl_get(SYSCTL_MQ_MSGSIZE_MAX);

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

static struct mqueue *queue_new(const struct opening *o)
{
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
    q->uid = o->uid;
    q->gid = o->gid;
    q->charged_uid = o->charged_uid;
    q->born = q->changed = inode_time_now();
    return q;
}

/* --- finding and adding --- */

static struct mqueue *find_locked(struct name name)
{
    list_for_each (it, all_locked()) {
        struct mqueue *q = container_of(it, struct mqueue, all_link);

        if (q->named && strlen(q->name) == name.size &&
            !memcmp(q->name, name.text, name.size) && object_try_get(&q->object))
            return q;
    }
    return NULL;
}

struct mqueue *mqueue_find(struct name name)
{
    SPIN_GUARD(&mq_lock);

    return find_locked(name);
}

struct mqueue *mqueue_next(uint64_t ino)
{
    SPIN_GUARD(&mq_lock);

    list_for_each (it, all_locked()) {
        struct mqueue *q = container_of(it, struct mqueue, all_link);

        if (q->named && q->ino >= ino && object_try_get(&q->object))
            return q;
    }
    return NULL;
}

static struct name name_of(const char *text)
{
    return (struct name){text, strlen(text)};
}

/* RLIMIT_MSGQUEUE and fs.mqueue.queues_max. */
static status_t check_limits_locked(const struct opening *o, struct mqueue *fresh)
{
    uint64_t charged = charge_of(fresh->messages_max, fresh->size_max), count = 0;

    list_for_each (it, all_locked()) {
        const struct mqueue *q = container_of(it, struct mqueue, all_link);

        if (q->charged_uid == fresh->charged_uid)
            charged += charge_of(q->messages_max, q->size_max);
        count++;
    }
    if (count >= sysctl_get(SYSCTL_MQ_QUEUES_MAX) && !o->privileged)
        return ERR_NO_SPACE;
    return charged > o->limit ? ERR_TOO_MANY_FILES : OK;
}

/* The queue of that name, a reference; or `fresh`, which the table then has, too. */
static status_t find_or_add(const struct opening *o, struct mqueue *fresh, struct mqueue **out)
{
    static uint64_t last_ino = MQ_ROOT_INO;
    status_t st;
    SPIN_GUARD(&mq_lock);

    *out = find_locked(name_of(o->name));
    if (*out)
        return OK;
    if (!fresh)
        return o->flags & O_CREAT ? ERR_SHOULD_WAIT : ERR_NOT_FOUND;
    st = check_limits_locked(o, fresh);
    if (st != OK)
        return st;
    object_get(&fresh->object);
    fresh->named = true;
    fresh->ino = ++last_ino;
    list_push_back(all_locked(), &fresh->all_link);
    *out = fresh;
    return OK;
}

static status_t get_queue(struct opening *o, struct mqueue **out)
{
    struct mqueue *fresh = NULL;
    status_t st = find_or_add(o, NULL, out);

    if (st == ERR_SHOULD_WAIT) {
        st = choose_sizes(o);
        fresh = st == OK ? queue_new(o) : NULL;
        if (st == OK && !fresh)
            st = ERR_NO_MEMORY;
        if (st == OK)
            st = find_or_add(o, fresh, out);
    }
    if (st == OK && *out != fresh && o->flags & O_CREAT && o->flags & O_EXCL) {
        object_put(&(*out)->object);
        st = ERR_ALREADY_EXISTS;
    }
    /* Ours, or the table's spare reference to what it kept. */
    if (fresh && !(st == OK && *out == fresh))
        object_put(&fresh->object);
    o->created = st == OK && *out == fresh;
    return st;
}

status_t mqueue_create(struct name name, const struct inode_attr *attr, struct mqueue **out)
{
    struct opening o = {.flags = O_CREAT | O_EXCL, .mode = attr->mode & 0777};

    if (name.size > MQ_NAME_MAX)
        return ERR_NAME_TOO_LONG;
    memcpy(o.name, name.text, name.size);
    note_caller(linux_caller()->process, &o);
    o.uid = attr->uid;
    o.gid = attr->gid;
    return get_queue(&o, out);
}

/* What the access mode asks of the permission bits: 4 read, 2 write. */
static unsigned wanted(uint32_t flags)
{
    return ((flags & O_ACCMODE) != O_WRONLY ? 4u : 0u) |
           ((flags & O_ACCMODE) != O_RDONLY ? 2u : 0u);
}

/* One that was there must be the caller's to use. */
static status_t open_queue(struct syscall *call, const struct opening *o, struct mqueue *q,
                           struct file **out)
{
    unsigned want = wanted(o->flags);
    status_t st = o->created ? OK : mqueue_permission(call, q, want);

    if (st != OK)
        return st;
    return mqueue_open_file(q,
                            (want & 4 ? FILE_READ : 0u) | (want & 2 ? FILE_WRITE : 0u) |
                                (o->flags & O_NONBLOCK ? FILE_NONBLOCK : 0u),
                            out);
}

status_t sys_mq_open(struct syscall *call)
{
    struct opening o;
    struct mqueue *q;
    struct file *file;
    status_t st = read_opening(call, &o);

    if (st == OK)
        st = get_queue(&o, &q);
    if (st != OK)
        return st;
    st = open_queue(call, &o, q, &file);
    object_put(&q->object);
    return st == OK ? call_fd_return(call, file, FD_CLOEXEC_) : st;
}

/* The directory is sticky, as /tmp is. */
static bool may_unlink(struct syscall *call, struct mqueue *q)
{
    struct linux_process *lp = linux_process_of(call);
    uint32_t uid;

    {
        SPIN_GUARD(&q->object.lock);
        uid = q->uid;
    }
    SPIN_GUARD(&lp->lock);
    return lp->cred.fsuid == uid || credentials_has(&lp->cred, CAP_FOWNER);
}

bool mqueue_unname(struct mqueue *q)
{
    bool named;

    {
        SPIN_GUARD(&mq_lock);
        named = q->named;
        q->named = false;
    }
    if (named)
        object_put(&q->object); /* the table's */
    return named;
}

status_t sys_mq_unlink(struct syscall *call)
{
    char name[MQ_NAME_MAX + 1];
    struct mqueue *q;
    status_t st = read_name(call, name);

    if (st != OK)
        return st;
    q = mqueue_find(name_of(name));
    if (!q)
        return ERR_NOT_FOUND;
    st = may_unlink(call, q) ? OK : ERR_NOT_PERMITTED;
    if (st == OK && !mqueue_unname(q))
        st = ERR_NOT_FOUND;
    object_put(&q->object);
    return st;
}

void mqueue_remove_all(void)
{
    struct mqueue *q;

    while ((q = mqueue_next(0))) {
        (void)mqueue_unname(q);
        object_put(&q->object);
    }
    mqueue_fs_forget();
}
