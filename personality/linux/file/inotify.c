/*
 * inotify.c - watching files and directories (inotify(7)): the watches, and the queue of
 * events.
 */
#include "uapi/linux/inotify.h"
#include "base/string.h"
#include "fs/notify.h"
#include "mm/slab.h"
#include "personality/linux/calls.h"
#include "personality/linux/file/fd.h"
#include "personality/linux/process/process.h"
#include "uapi/linux/fcntl.h"
#include "uapi/linux/termios.h"

enum { QUEUED_MAX = 16384, NAME_UNIT = sizeof(struct inotify_event) };

/* One event as a program reads it, with room for the NULs behind the name. */
struct queued {
    struct list link;
    struct inotify_event event;
    char name[];
};

/* The object shows readiness; its lock guards the rest. */
struct inotify {
    struct object object;
    struct list watches; /* of watch.link */
    struct list queue;   /* of queued.link, oldest first */
    uint32_t count;      /* of the queue, the overflow apart */
    uint64_t bytes;      /* that reading all of it would give */
    int32_t last_wd;
    struct queued overflow; /* in the queue, or idle */
};

/* Kept by its mark. */
struct watch {
    struct notify_mark mark;
    struct inotify *owner; /* reference */
    struct list link;      /* guarded by the owner's lock; idle: removed */
    int32_t wd;            /* likewise; 0: not told yet */
    bool oneshot;          /* guarded by the owner's lock */
};

SLAB_CACHE(watch_cache, struct watch);

static size_t size_of(const struct queued *q)
{
    return sizeof(q->event) + q->event.len;
}

static void free_queued(struct inotify *in, struct queued *q)
{
    if (q != &in->overflow)
        kfree(q);
}

static struct queued *first_locked(struct inotify *in)
{
    return list_empty(&in->queue) ? NULL : container_of(in->queue.next, struct queued, link);
}

static void show_locked(struct inotify *in)
{
    object_signal_locked(&in->object, FILE_IN, list_empty(&in->queue) ? 0 : FILE_IN);
}

static void inotify_destroy(struct object *obj)
{
    struct inotify *in = container_of(obj, struct inotify, object);
    struct queued *q;

    while ((q = first_locked(in))) {
        list_remove(&q->link);
        free_queued(in, q);
    }
    kfree(in);
}

static const struct object_ops inotify_object_ops = {.name = "inotify",
                                                     .destroy = inotify_destroy};

/* NULL: no memory, and the event is lost like one too many. */
static struct queued *new_event(uint32_t mask, uint32_t cookie, struct name name)
{
    uint32_t len = name.size ? (uint32_t)(name.size / NAME_UNIT + 1) * NAME_UNIT : 0;
    struct queued *q = kzalloc(sizeof(*q) + len);

    if (!q)
        return NULL;
    list_init(&q->link);
    q->event = (struct inotify_event){.mask = mask, .cookie = cookie, .len = len};
    if (name.size)
        memcpy(q->name, name.text, name.size);
    return q;
}

static void push_locked(struct inotify *in, struct queued *q)
{
    list_push_back(&in->queue, &q->link);
    in->bytes += size_of(q);
    show_locked(in);
}

/* The same as the last one in the queue is not told again. */
static bool repeats_locked(struct inotify *in, const struct queued *q)
{
    const struct queued *last;

    if (list_empty(&in->queue))
        return false;
    last = container_of(in->queue.prev, struct queued, link);
    return last->event.wd == q->event.wd && last->event.mask == q->event.mask &&
           last->event.len == q->event.len && !memcmp(last->name, q->name, q->event.len);
}

/* Into the queue. NULL, or too many: the overflow is told, once. The event, unless it is
 * queued, is given back for freeing. */
static struct queued *queue_locked(struct inotify *in, struct queued *q)
{
    if (q && repeats_locked(in, q))
        return q;
    if (q && in->count < QUEUED_MAX) {
        in->count++;
        push_locked(in, q);
        return NULL;
    }
    if (list_empty(&in->overflow.link))
        push_locked(in, &in->overflow);
    return q;
}

/* The watch is no more for the program, who is told. True: it was one before. */
static bool forget_locked(struct watch *w, struct queued **ignored)
{
    if (list_empty(&w->link))
        return false;
    list_remove(&w->link);
    if (*ignored)
        (*ignored)->event.wd = w->wd;
    *ignored = queue_locked(w->owner, *ignored);
    return true;
}

/* Takes it away from the program and from its inode. */
static void remove_watch(struct watch *w)
{
    struct queued *ignored = new_event(IN_IGNORED, 0, (struct name){0});
    bool was_there;

    {
        SPIN_GUARD(&w->owner->object.lock);
        was_there = forget_locked(w, &ignored);
    }
    kfree(ignored);
    if (notify_detach(&w->mark))
        notify_mark_put(&w->mark); /* the inode's */
    if (was_there)
        notify_mark_put(&w->mark); /* the owner's */
}

static void watch_tell(struct notify_mark *mark, const struct notify_event *event)
{
    struct watch *w = container_of(mark, struct watch, mark);
    bool wanted = notify_mask(mark) & event->what & NOTIFY_ALL, last;
    struct queued *q = wanted ? new_event(event->what, event->cookie, event->name) : NULL;

    {
        SPIN_GUARD(&w->owner->object.lock);
        last = w->oneshot || event->what & NOTIFY_DELETE_SELF;
        if (wanted && !list_empty(&w->link)) {
            if (q)
                q->event.wd = w->wd;
            q = queue_locked(w->owner, q);
        }
    }
    kfree(q);
    if (last)
        remove_watch(w);
}

static void watch_free(struct notify_mark *mark)
{
    struct watch *w = container_of(mark, struct watch, mark);

    object_put(&w->owner->object);
    slab_free(&watch_cache, w);
}

static struct watch *find_locked(struct inotify *in, const struct inode *inode, int32_t wd)
{
    list_for_each (it, &in->watches) {
        struct watch *w = container_of(it, struct watch, link);

        if (inode ? w->mark.inode == inode : w->wd == wd)
            return w;
    }
    return NULL;
}

/* A watch that is there changes: its number. 0: there is none. */
static status_t change_watch_locked(struct inotify *in, struct inode *inode, uint32_t mask,
                                    int64_t *wd)
{
    struct watch *w = find_locked(in, inode, 0);

    *wd = w ? w->wd : 0;
    if (!w)
        return OK;
    if (mask & IN_MASK_CREATE)
        return ERR_ALREADY_EXISTS;
    w->oneshot = mask & IN_ONESHOT || (w->oneshot && mask & IN_MASK_ADD);
    notify_change_mask(&w->mark, mask & (NOTIFY_ALL | IN_EXCL_UNLINK),
                       mask & IN_MASK_ADD ? NOTIFY_ADD : NOTIFY_REPLACE);
    return OK;
}

static status_t add_watch(struct inotify *in, struct inode *inode, uint32_t mask, int64_t *wd)
{
    struct watch *w = slab_alloc_zeroed(&watch_cache);
    status_t st;

    if (!w)
        return ERR_NO_MEMORY;
    w->mark.tell = watch_tell;
    w->mark.free = watch_free;
    w->mark.mask = mask & (NOTIFY_ALL | IN_EXCL_UNLINK);
    w->oneshot = mask & IN_ONESHOT;
    w->owner = in;
    list_init(&w->link);
    {
        SPIN_GUARD(&in->object.lock);
        st = change_watch_locked(in, inode, mask, wd);
        if (st == OK && !*wd) {
            object_get(&in->object);
            *wd = w->wd = ++in->last_wd;
            list_push_back(&in->watches, &w->link);
            notify_attach(&w->mark, inode);
            return OK;
        }
    }
    slab_free(&watch_cache, w);
    return st;
}

static struct queued *pop(struct inotify *in, size_t room, status_t *st)
{
    SPIN_GUARD(&in->object.lock);
    struct queued *q = first_locked(in);

    *st = !q ? ERR_SHOULD_WAIT : size_of(q) > room ? ERR_INVALID_ARGS : OK;
    if (*st != OK)
        return NULL;
    list_remove(&q->link);
    in->bytes -= size_of(q);
    in->count -= q != &in->overflow;
    show_locked(in);
    return q;
}

static void put_back(struct inotify *in, struct queued *q)
{
    SPIN_GUARD(&in->object.lock);

    list_insert_before(in->queue.next, &q->link);
    in->bytes += size_of(q);
    in->count += q != &in->overflow;
    show_locked(in);
}

/* Whole events, as many as fit; one that the program cannot be told goes back. */
static status_t inotify_read(struct file *file, struct iobuf *io, uint64_t *pos)
{
    struct inotify *in = file->data;
    struct iobuf before = *io;
    struct queued *q;
    size_t moved;
    status_t st;

    (void)pos;
    while ((q = pop(in, iobuf_left(io), &st))) {
        before = *io;
        st = iobuf_put(io, &q->event, size_of(q), &moved);
        if (st != OK) {
            *io = before;
            put_back(in, q);
            break;
        }
        free_queued(in, q);
    }
    return io->done ? OK : st;
}

static status_t inotify_ioctl(struct file *file, struct user_access *ua, uint32_t request,
                              user_addr_t arg, int64_t *result)
{
    struct inotify *in = file->data;
    int32_t bytes;

    (void)result;
    if (request != FIONREAD)
        return ERR_NOT_TTY;
    {
        SPIN_GUARD(&in->object.lock);
        bytes = (int32_t)in->bytes;
    }
    return copy_to_user(ua, arg, &bytes, sizeof(bytes));
}

static struct object *inotify_poll_object(struct file *file)
{
    return &((struct inotify *)file->data)->object;
}

/* A watch of the instance: a reference; NULL: no more. `wd` 0: any. */
static struct watch *get_watch(struct inotify *in, int32_t wd)
{
    SPIN_GUARD(&in->object.lock);
    struct watch *w = wd ? find_locked(in, NULL, wd) : NULL;

    if (!wd && !list_empty(&in->watches))
        w = container_of(in->watches.next, struct watch, link);
    if (w)
        notify_mark_get(&w->mark);
    return w;
}

static void inotify_close(struct file *file)
{
    struct inotify *in = file->data;
    struct watch *w;

    while ((w = get_watch(in, 0))) {
        remove_watch(w);
        notify_mark_put(&w->mark);
    }
    object_put(&in->object);
}

static const struct file_ops inotify_file_ops = {
    .name = "inotify",
    .try_read = inotify_read,
    .poll_object = inotify_poll_object,
    .ioctl = inotify_ioctl,
    .close = inotify_close,
};

static status_t create(struct syscall *call, uint32_t flags)
{
    struct inotify *in;
    struct file *file;
    status_t st;

    if (flags & ~(uint32_t)(O_CLOEXEC | O_NONBLOCK))
        return ERR_INVALID_ARGS;
    in = kzalloc(sizeof(*in));
    if (!in)
        return ERR_NO_MEMORY;
    object_init(&in->object, &inotify_object_ops, 0);
    list_init(&in->watches);
    list_init(&in->queue);
    list_init(&in->overflow.link);
    in->overflow.event = (struct inotify_event){.wd = -1, .mask = IN_Q_OVERFLOW};
    st = file_create(&inotify_file_ops, FILE_READ | (flags & O_NONBLOCK ? FILE_NONBLOCK : 0),
                     in, NULL, &file);
    if (st != OK) {
        object_put(&in->object);
        return st;
    }
    return call_fd_return(call, file, flags & O_CLOEXEC ? FD_CLOEXEC_ : 0);
}

status_t sys_inotify_init(struct syscall *call)
{
    return create(call, 0);
}

status_t sys_inotify_init1(struct syscall *call)
{
    return create(call, (uint32_t)call->arg[0]);
}

static status_t get_instance(struct syscall *call, struct file **file)
{
    status_t st = call_fd_get(call, (int)call->arg[0], file);

    if (st == OK && (*file)->ops != &inotify_file_ops) {
        file_put(*file);
        return ERR_INVALID_ARGS;
    }
    return st;
}

static status_t walk_to_watch(struct syscall *call, const char *text, uint32_t mask,
                              struct path *out)
{
    unsigned flags =
        (mask & IN_ONLYDIR ? WALK_DIRECTORY : 0) | (mask & IN_DONT_FOLLOW ? WALK_NOFOLLOW : 0);
    struct walk_env env;
    status_t st;

    walk_begin(call, &env);
    st = path_walk(&env, NULL, text, flags, out, NULL);
    if (st == OK) {
        st = inode_permission(&env, out->dentry->inode, 4);
        if (st != OK)
            path_put(out);
    }
    walk_end(&env);
    return st;
}

status_t sys_inotify_add_watch(struct syscall *call)
{
    uint32_t mask = (uint32_t)call->arg[2];
    struct path path;
    struct file *file;
    char *text;
    status_t st;

    if (!(mask & NOTIFY_ALL) || (mask & IN_MASK_ADD && mask & IN_MASK_CREATE))
        return ERR_INVALID_ARGS;
    st = get_instance(call, &file);
    if (st != OK)
        return st;
    st = path_from_user(call, call->arg[1], &text);
    if (st == OK) {
        st = walk_to_watch(call, text, mask, &path);
        path_free(text);
    }
    if (st == OK) {
        st = add_watch(file->data, path.dentry->inode, mask, &call->result);
        path_put(&path);
    }
    file_put(file);
    return st;
}

status_t sys_inotify_rm_watch(struct syscall *call)
{
    struct watch *w;
    struct file *file;
    status_t st = get_instance(call, &file);

    if (st != OK)
        return st;
    w = (int32_t)call->arg[1] > 0 ? get_watch(file->data, (int32_t)call->arg[1]) : NULL;
    if (w) {
        remove_watch(w);
        notify_mark_put(&w->mark);
    }
    file_put(file);
    return w ? OK : ERR_INVALID_ARGS;
}
