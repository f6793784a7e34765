/*
 * mqueue_fs.c - message queues as files: what is read from one, and their file system, which
 * mount(2) knows as "mqueue" (mq_overview(7), "Mounting the message queue filesystem").
 */
#include "base/format.h"
#include "base/string.h"
#include "fs/anon.h"
#include "fs/fstype.h"
#include "mm/slab.h"
#include "personality/linux/file/fd.h"
#include "personality/linux/ipc/mqueue_internal.h"

enum {
    MQUEUE_MAGIC = 0x19800202,
    TEXT_SIZE = 80, /* FILENT_SIZE: what stat says, whatever there is to read */
    NAME_TTL = 1,   /* ns: names go by mq_unlink, too */
};

static struct spinlock fs_lock;
/* One for all mounts; made when first wanted, a holder. Guarded by fs_lock. */
static struct filesystem *mqueue_fs;

SLAB_CACHE(node_cache, struct inode);

/* --- open queues --- */

static struct object *queue_poll_object(struct file *file)
{
    return &mqueue_of_file(file)->object;
}

static size_t show(struct mqueue *q, char *text, size_t size)
{
    SPIN_GUARD(&q->object.lock);
    const struct mq_watch *w = &q->watch;

    return (size_t)format(text, size, "QSIZE:%-10lu NOTIFY:%-5d SIGNO:%-5d NOTIFY_PID:%-6d\n",
                          (unsigned long)q->bytes, w->process ? w->notify : 0,
                          w->process ? w->signo : 0, w->process ? w->process->pid : 0);
}

static status_t queue_try_read(struct file *file, struct iobuf *io, uint64_t *pos)
{
    char text[TEXT_SIZE];
    size_t size = show(mqueue_of_file(file), text, sizeof(text)), moved = 0;
    status_t st;

    if (*pos >= size)
        return OK;
    st = iobuf_put(io, text + *pos, MIN(iobuf_left(io), size - *pos), &moved);
    *pos += moved;
    return moved ? OK : st;
}

static void queue_close(struct file *file)
{
    struct mqueue *q = file->data;
    struct linux_thread *closer = linux_caller();

    if (closer)
        mqueue_unwatch(q, closer->process);
    object_put(&q->object);
}

static const struct file_ops queue_file_ops = {.name = "mqueue",
                                               .try_read = queue_try_read,
                                               .poll_object = queue_poll_object,
                                               .close = queue_close};

struct mqueue *mqueue_of_file(struct file *file)
{
    return file->ops == &queue_file_ops ? file->data : NULL;
}

/* --- inodes: `data` is the queue, a reference --- */

static status_t node_get_attr(struct inode *inode, struct inode_attr *out)
{
    struct mqueue *q = inode->data;
    SPIN_GUARD(&q->object.lock);

    *out = inode->attr;
    out->mode = q->mode;
    out->uid = q->uid;
    out->gid = q->gid;
    out->atime = out->mtime = out->ctime = q->changed;
    return OK;
}

/* Times are those of messages, and no size is kept. */
static status_t node_set_attr(struct inode *inode, const struct inode_attr *attr,
                              unsigned which)
{
    struct mqueue *q = inode->data;
    SPIN_GUARD(&q->object.lock);

    if (which & ATTR_MODE)
        q->mode = attr->mode;
    if (which & ATTR_UID)
        q->uid = attr->uid;
    if (which & ATTR_GID)
        q->gid = attr->gid;
    return OK;
}

static status_t node_open(struct inode *inode, struct file *file)
{
    struct mqueue *q = inode->data;

    object_get(&q->object);
    file->ops = &queue_file_ops;
    file->data = q;
    file->flags |= FILE_SEEKABLE;
    return OK;
}

static void node_destroy(struct inode *inode)
{
    struct mqueue *q = inode->data;

    if (q)
        object_put(&q->object);
    slab_free(&node_cache, inode);
}

static const struct inode_ops node_ops = {.get_attr = node_get_attr,
                                          .set_attr = node_set_attr,
                                          .open = node_open,
                                          .destroy = node_destroy};

/* The inode has a reference to the queue of its own. */
static status_t node_create(struct filesystem *fs, struct mqueue *q, struct inode **out)
{
    const struct inode_attr attr = {
        .type = INODE_FILE, .nlink = 1, .size = TEXT_SIZE, .ino = q->ino, .btime = q->born};

    *out = slab_alloc(&node_cache);
    if (!*out)
        return ERR_NO_MEMORY;
    inode_init(*out, fs, &node_ops, &attr);
    object_get(&q->object);
    (*out)->data = q;
    return OK;
}

/* --- the directory --- */

static status_t root_lookup(struct inode *dir, struct name name, struct inode **out)
{
    struct mqueue *q = mqueue_find(name);
    status_t st;

    if (!q)
        return ERR_NOT_FOUND;
    st = node_create(dir->fs, q, out);
    object_put(&q->object);
    return st;
}

static status_t root_create(struct inode *dir, struct name name, const struct inode_attr *attr,
                            struct inode **out)
{
    struct mqueue *q;
    status_t st = attr->type == INODE_FILE ? mqueue_create(name, attr, &q) : ERR_NOT_PERMITTED;

    if (st != OK)
        return st;
    st = node_create(dir->fs, q, out);
    if (st != OK)
        (void)mqueue_unname(q);
    object_put(&q->object);
    return st;
}

static status_t root_unlink(struct inode *dir, struct name name, struct inode *victim)
{
    (void)dir, (void)name;
    return mqueue_unname(victim->data) ? OK : ERR_NOT_FOUND;
}

static status_t root_readdir(struct inode *dir, uint64_t *at,
                             bool (*emit)(void *arg, struct name name, uint64_t ino,
                                          enum inode_type type, uint64_t next),
                             void *arg)
{
    struct mqueue *q;
    bool more = true;

    (void)dir;
    while (more && (q = mqueue_next(*at))) {
        more =
            emit(arg, (struct name){q->name, strlen(q->name)}, q->ino, INODE_FILE, q->ino + 1);
        if (more)
            *at = q->ino + 1;
        object_put(&q->object);
    }
    return OK;
}

static const struct inode_ops root_ops = {.lookup = root_lookup,
                                          .create = root_create,
                                          .unlink = root_unlink,
                                          .readdir = root_readdir,
                                          .set_attr = inode_attr_change,
                                          .destroy = node_destroy};

/* --- the file system --- */

static void fs_destroy(struct filesystem *fs)
{
    kfree(fs);
}

static status_t fs_create(struct filesystem **out)
{
    int64_t now = inode_time_now();
    const struct inode_attr attr = {.type = INODE_DIR,
                                    .mode = 01777,
                                    .nlink = 2,
                                    .ino = MQ_ROOT_INO,
                                    .atime = now,
                                    .mtime = now,
                                    .ctime = now,
                                    .btime = now};
    struct filesystem *fs = kzalloc(sizeof(*fs));

    if (!fs)
        return ERR_NO_MEMORY;
    filesystem_init(fs, "mqueue", MQUEUE_MAGIC, fs_destroy);
    fs->name_ttl = NAME_TTL;
    fs->same_by_ino = true;
    fs->root = slab_alloc(&node_cache);
    if (!fs->root) {
        filesystem_put(fs);
        return ERR_NO_MEMORY;
    }
    inode_init(fs->root, fs, &root_ops, &attr);
    *out = fs;
    return OK;
}

/* What there is, for one more holder; NULL: nothing yet. */
static struct filesystem *fs_get(void)
{
    SPIN_GUARD(&fs_lock);

    return mqueue_fs ? filesystem_get(mqueue_fs) : NULL;
}

/* `fresh` is it, unless somebody was first: then it is the caller's to put. */
static struct filesystem *fs_publish(struct filesystem *fresh)
{
    struct filesystem *loser = fresh;
    SPIN_GUARD(&fs_lock);

    if (!mqueue_fs) {
        mqueue_fs = fresh;
        loser = NULL;
    }
    return loser;
}

/* The caller becomes a holder. */
static status_t fs_get_or_create(struct filesystem **out)
{
    struct filesystem *fresh;
    status_t st;

    while (!(*out = fs_get())) {
        st = fs_create(&fresh);
        if (st != OK)
            return st;
        filesystem_put(fs_publish(fresh));
    }
    return OK;
}

void mqueue_fs_forget(void)
{
    struct filesystem *old;

    {
        SPIN_GUARD(&fs_lock);
        old = mqueue_fs;
        mqueue_fs = NULL;
    }
    filesystem_put(old);
}

/* It has no options. */
static status_t mount_create(const char *options, struct filesystem **out)
{
    return *options ? ERR_INVALID_ARGS : fs_get_or_create(out);
}

status_t mqueue_register(void)
{
    static struct fs_type mqueue = {.name = "mqueue", .create = mount_create};

    return fs_type_register(&mqueue);
}

/* --- for mq_open --- */

static status_t node_of(struct mqueue *q, struct inode **out)
{
    struct filesystem *fs;
    status_t st = fs_get_or_create(&fs);

    if (st != OK)
        return st;
    st = node_create(fs, q, out);
    filesystem_put(fs);
    return st;
}

status_t mqueue_permission(struct syscall *call, struct mqueue *q, unsigned want)
{
    struct inode *inode;
    struct walk_env env;
    status_t st = node_of(q, &inode);

    if (st != OK)
        return st;
    walk_begin(call, &env);
    st = inode_permission(&env, inode, want);
    walk_end(&env);
    inode_put(inode);
    return st;
}

status_t mqueue_open_file(struct mqueue *q, unsigned flags, struct file **out)
{
    struct inode *inode;
    struct path path;
    status_t st = node_of(q, &inode);

    if (st != OK)
        return st;
    st = anon_path(inode, q->name, &path);
    inode_put(inode);
    if (st != OK)
        return st;
    st = file_open(&path, flags, out);
    path_put(&path);
    return st;
}
