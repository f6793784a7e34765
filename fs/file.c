/*
 * file.c - open file descriptions: how an inode is opened, and what does not depend on the
 * kind.
 */
#include "fs/file.h"

#include "fs/anon.h"
#include "fs/chardev.h"
#include "fs/fs_internal.h"
#include "fs/notify.h"
#include "fs/pipe.h"
#include "fs/size_limit.h"
#include "fs/xattr.h"
#include "mm/slab.h"
#include "vm/aspace.h"

SLAB_CACHE(file_cache, struct file);

static void tell_open(struct file *file)
{
    if (file->flags & FILE_PATH) /* names a place, and opens nothing */
        return;
    file->was_opened = true;
    atomic_fetch_add_explicit(&file->inode->opens, 1, memory_order_seq_cst);
    if (file->flags & FILE_WRITE)
        atomic_fetch_add_explicit(&file->inode->writers, 1, memory_order_seq_cst);
    notify_file(file, NOTIFY_OPEN);
}

static void tell_close(struct file *file)
{
    bool last;

    if (!file->was_opened)
        return;
    if (file->flags & FILE_WRITE)
        atomic_fetch_sub_explicit(&file->inode->writers, 1, memory_order_relaxed);
    last = atomic_fetch_sub_explicit(&file->inode->opens, 1, memory_order_acq_rel) == 1;
    notify_file(file, file->flags & FILE_WRITE ? NOTIFY_CLOSE_WRITE : NOTIFY_CLOSE_NOWRITE);
    if (last)
        notify_gone(file->inode);
}

static void file_destroy(struct object *obj)
{
    struct file *file = container_of(obj, struct file, object);

    if (file->ops && file->ops->close)
        file->ops->close(file);
    tell_close(file);
    if (file->writes)
        mount_end_write(file->path.mount);
    mapping_origin_put(atomic_load_explicit(&file->origin, memory_order_relaxed));
    path_put(&file->path);
    inode_put(file->inode);
    slab_free(&file_cache, file);
}

static const struct object_ops file_object_ops = {.name = "file", .destroy = file_destroy};

static struct file *file_new(unsigned flags)
{
    struct file *file = slab_alloc_zeroed(&file_cache);

    if (!file)
        return NULL;
    object_init(&file->object, &file_object_ops, 0);
    mutex_init(&file->position_lock);
    atomic_init(&file->flags, flags);
    return file;
}

status_t file_create(const struct file_ops *ops, unsigned flags, void *data,
                     struct inode *inode, struct file **out)
{
    struct file *file = file_new(flags);

    if (!file)
        return ERR_NO_MEMORY;
    file->ops = ops;
    file->data = data;
    file->inode = inode;
    *out = file;
    return OK;
}

static status_t directory_read(struct file *file, struct iobuf *io, uint64_t *pos)
{
    (void)file, (void)io, (void)pos;
    return ERR_NOT_FILE;
}

static const struct file_ops directory_ops = {.name = "directory", .try_read = directory_read};
static const struct file_ops path_ops = {.name = "path"};

/* The mount counts those that write. */
static status_t begin_write(struct file *file)
{
    struct inode *inode = file->inode;

    if (file->path.mount) {
        status_t st = mount_begin_write(file->path.mount);

        if (st != OK)
            return st;
        file->writes = true;
    }
    return inode->ops->prepare_write ? inode->ops->prepare_write(inode) : OK;
}

static status_t open_regular(struct file *file)
{
    status_t st = file->flags & FILE_WRITE ? begin_write(file) : OK;

    if (st == OK && !file->ops) {
        file->ops = &regular_file_ops;
        file->flags |= FILE_SEEKABLE;
    }
    return st;
}

static status_t open_directory(struct file *file)
{
    if (file->flags & FILE_WRITE)
        return ERR_NOT_FILE;
    if (!file->ops)
        file->ops = &directory_ops;
    file->flags |= FILE_DIRECTORY;
    return OK;
}

static status_t open_device(struct file *file)
{
    if (file->path.mount && mount_has(file->path.mount, MOUNT_NODEV))
        return ERR_ACCESS_DENIED;
    return file->ops ? OK : chardev_open(file);
}

/* What the file system itself did not open. */
static status_t open_by_type(struct file *file)
{
    switch (file->inode->attr.type) {
    case INODE_FILE:
        return open_regular(file);
    case INODE_DIR:
        return open_directory(file);
    case INODE_SYMLINK:
        return ERR_LOOP;
    case INODE_CHAR:
        return open_device(file);
    case INODE_FIFO:
        return file->ops ? OK : fifo_open(file);
    default:
        return file->ops ? OK : ERR_IO_NOT_PRESENT;
    }
}

status_t file_open(const struct path *path, unsigned flags, struct file **out)
{
    struct file *file = file_new(flags);
    struct inode *inode = path->dentry->inode;
    status_t st = OK;

    if (!file)
        return ERR_NO_MEMORY;
    file->inode = inode_get(inode);
    if (!path_is_anon(path)) {
        file->path = *path;
        path_get(path);
    }
    if (flags & FILE_PATH)
        file->ops = &path_ops;
    else if (inode->ops->open)
        st = inode->ops->open(inode, file);
    if (st == OK && !(flags & FILE_PATH))
        st = open_by_type(file);
    if (st == ERR_STALE)
        dentry_expire(path->dentry);
    if (st != OK) {
        file_put(file);
        return st;
    }
    tell_open(file);
    *out = file;
    return OK;
}

struct object *file_poll_object(struct file *file)
{
    return file->ops->poll_object ? file->ops->poll_object(file) : NULL;
}

unsigned file_poll(struct file *file)
{
    struct object *obj = file_poll_object(file);

    return obj ? object_signals(obj) : FILE_IN | FILE_OUT;
}

void file_set_flags(struct file *file, unsigned mask, unsigned flags)
{
    unsigned old = atomic_load_explicit(&file->flags, memory_order_relaxed);

    while (!atomic_compare_exchange_weak_explicit(&file->flags, &old,
                                                  (old & ~mask) | (flags & mask),
                                                  memory_order_relaxed, memory_order_relaxed))
        continue;
    if (file->ops->flags_changed)
        file->ops->flags_changed(file);
}

status_t file_ioctl(struct file *file, struct user_access *ua, uint32_t request,
                    user_addr_t arg, int64_t *result)
{
    return file->ops->ioctl ? file->ops->ioctl(file, ua, request, arg, result) : ERR_NOT_TTY;
}

status_t file_mmap(struct file *file, uint64_t offset, uint64_t size, struct vmo **out)
{
    struct vmo *vmo = NULL;

    if (file->ops->mmap)
        return file->ops->mmap(file, offset, size, out);
    if (file->ops == &regular_file_ops)
        vmo = inode_vmo(file->inode);
    if (!vmo)
        return ERR_NO_DEVICE;
    file_note_read(file);
    *out = vmo;
    return OK;
}

status_t file_truncate(struct file *file, uint64_t size)
{
    struct inode_attr attr = {.size = size}, now;
    struct inode *inode = file->inode;
    status_t st;

    if (!(file->flags & FILE_WRITE) || !inode || inode->attr.type != INODE_FILE ||
        size > INT64_MAX || !inode->ops->set_attr)
        return ERR_INVALID_ARGS;
    inode_attr_get(inode, &now);
    st = size > now.size ? size_limit_check(size) : OK;
    if (st == OK)
        st = xattr_drop_capabilities(inode);
    if (st == OK)
        st = inode->ops->set_attr(inode, &attr, ATTR_SIZE);
    if (st == OK)
        notify_file(file, NOTIFY_MODIFY);
    return st;
}

status_t file_sync(struct file *file, enum sync_how how)
{
    struct inode *inode = file->inode ? inode_contents(file->inode) : NULL;

    if (!inode || (inode->attr.type != INODE_FILE && inode->attr.type != INODE_DIR))
        return ERR_INVALID_ARGS;
    return inode->ops->sync ? inode->ops->sync(inode, how) : OK;
}

enum { SEEK_FROM_START, SEEK_FROM_HERE, SEEK_FROM_END, SEEK_TO_DATA, SEEK_TO_HOLE };

/* To the next data or hole; the end of the file is a hole. `*to` is absolute. */
static status_t seek_sparse(struct file *file, uint64_t offset, int whence, uint64_t size,
                            uint64_t *to)
{
    if (offset >= size) /* a negative one, too */
        return ERR_IO_NOT_PRESENT;
    if (!file->inode || file->inode->attr.type != INODE_FILE)
        *to = whence == SEEK_TO_DATA ? offset : size;
    else if (whence == SEEK_TO_DATA)
        *to = file_find_data(file->inode, offset, size);
    else
        *to = file_find_hole(file->inode, offset, size);
    return whence == SEEK_TO_DATA && *to == size ? ERR_IO_NOT_PRESENT : OK;
}

/* Where an lseek goes. */
static status_t seek_target(struct file *file, int64_t offset, int whence, int64_t *to)
{
    struct inode_attr attr = {.size = 0};
    uint64_t base = 0;
    status_t st = OK;

    if (file->inode)
        inode_attr_get(file->inode, &attr);
    switch (whence) {
    case SEEK_FROM_START:
        break;
    case SEEK_FROM_HERE:
        base = file->flags & FILE_DIRECTORY ? file->readdir_at : file->position;
        break;
    case SEEK_FROM_END:
        base = attr.size;
        break;
    case SEEK_TO_DATA:
    case SEEK_TO_HOLE:
        st = seek_sparse(file, (uint64_t)offset, whence, attr.size, &base);
        offset = 0;
        break;
    default:
        return ERR_INVALID_ARGS;
    }
    if (st == OK && __builtin_add_overflow((int64_t)base, offset, to))
        st = ERR_OVERFLOW;
    return st;
}

status_t file_seek(struct file *file, int64_t offset, int whence, uint64_t *pos)
{
    int64_t to;
    status_t st;

    if (file->flags & FILE_PATH)
        return ERR_BAD_FD;
    if (file->ops->seek)
        return file->ops->seek(file, offset, whence, pos);
    if (!(file->flags & (FILE_SEEKABLE | FILE_DIRECTORY)))
        return ERR_SEEK_PIPE;
    st = seek_target(file, offset, whence, &to);
    if (st != OK)
        return st;
    if (to < 0)
        return ERR_INVALID_ARGS;
    if (file->flags & FILE_DIRECTORY)
        file->readdir_at = (uint64_t)to;
    else
        file->position = (uint64_t)to;
    *pos = (uint64_t)to;
    return OK;
}
