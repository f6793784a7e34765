/*
 * hostfile.c - reading and writing the launcher's descriptors.
 *
 * Readiness is asked of the host after each transfer, and while a direction is not ready a
 * watch is armed for it: so the poll object is right without anybody trying.
 */
#include "fs/hostfile.h"

#include "fs/anon.h"
#include "fs/hostfs_internal.h"
#include "mm/slab.h"

enum direction { DIRECTION_IN, DIRECTION_OUT, DIRECTIONS };

/*
 * One reader works at a time, marked by `reading`; who comes meanwhile is told to wait, and the
 * readiness that follows brings him back. Writers go through buffers of their own.
 * Lock order: lock -> poll.lock.
 */
struct hostfile {
    struct object poll; /* keeps the memory */
    struct spinlock lock;
    int fd;
    bool streams; /* has readiness: not a file of the host's disk */
    struct hal_host_watch watch[DIRECTIONS];
    bool armed[DIRECTIONS]; /* guarded by lock */
    bool closed;            /* no more watches; guarded by lock */
    bool reading;           /* guarded by lock */
    size_t held, at; /* bytes read from the host that no reader could take yet; the reader's */
    unsigned char buffer[PAGE_SIZE];
};

static const unsigned events_of[DIRECTIONS] = {FILE_IN, FILE_OUT};

static struct hostfile *hostfile_of(struct file *file)
{
    return file->data;
}

static void poll_destroy(struct object *obj)
{
    kfree(container_of(obj, struct hostfile, poll));
}

static const struct object_ops poll_ops = {.name = "hostfile", .destroy = poll_destroy};

/* Ask the host, show it, and watch for what is not there. */
static void update_locked(struct hostfile *h, enum direction d)
{
    unsigned now = hal_host_poll(h->fd), wanted = events_of[d] | FILE_ERR | FILE_HUP;

    if (d == DIRECTION_IN && h->held)
        now |= FILE_IN;
    if (d == DIRECTION_IN && h->reading)
        now &= ~(unsigned)FILE_IN;
    if (!(now & wanted) && !h->armed[d] && !h->closed) {
        h->armed[d] = hal_host_watch(&h->watch[d]) == OK;
        /* One that cannot be watched is tried again and again. */
        if (!h->armed[d])
            now |= events_of[d];
    }
    object_signal(&h->poll, wanted & ~now, wanted & now);
}

static void update(struct hostfile *h, enum direction d)
{
    SPIN_GUARD(&h->lock);

    if (h->streams)
        update_locked(h, d);
}

static void became_ready(struct hal_host_watch *watch)
{
    struct hostfile *h = watch->arg;
    enum direction d = watch == &h->watch[DIRECTION_IN] ? DIRECTION_IN : DIRECTION_OUT;
    SPIN_GUARD(&h->lock);

    h->armed[d] = false;
    update_locked(h, d);
}

static bool begin_read(struct hostfile *h)
{
    SPIN_GUARD(&h->lock);

    if (h->reading)
        return false;
    h->reading = true;
    return true;
}

static void end_read(struct hostfile *h)
{
    SPIN_GUARD(&h->lock);

    h->reading = false;
    if (h->streams)
        update_locked(h, DIRECTION_IN);
}

/* Never more than was asked for: what is left is the next host program's. */
static status_t fill(struct hostfile *h, size_t wanted)
{
    h->at = h->held = 0;
    return hal_host_read(h->fd, h->buffer, MIN(wanted, sizeof(h->buffer)), &h->held);
}

static status_t read_stream(struct hostfile *h, struct iobuf *io)
{
    size_t moved;
    status_t st = OK;

    if (!h->held)
        st = fill(h, iobuf_left(io));
    if (st != OK || !h->held)
        return st;
    st = iobuf_put(io, h->buffer + h->at, h->held, &moved);
    h->at += moved;
    h->held -= moved;
    return moved ? OK : st;
}

/* pread(2): the host's position is not ours to move. */
static status_t read_at(struct hostfile *h, struct iobuf *io, uint64_t *pos)
{
    size_t size = MIN(iobuf_left(io), PAGE_SIZE), actual, moved = 0;
    void *buffer = kmalloc(size);
    status_t st;

    if (!buffer)
        return ERR_NO_MEMORY;
    st = hal_host_pread(h->fd, buffer, size, *pos, &actual);
    if (st == OK)
        st = iobuf_put(io, buffer, actual, &moved);
    *pos += moved;
    kfree(buffer);
    return moved ? OK : st;
}

static status_t hostfile_try_read(struct file *file, struct iobuf *io, uint64_t *pos)
{
    struct hostfile *h = hostfile_of(file);
    status_t st;

    if (!h->streams && pos != &file->position)
        return read_at(h, io, pos);
    if (!begin_read(h))
        return ERR_SHOULD_WAIT;
    st = read_stream(h, io);
    end_read(h);
    return st;
}

/* Take the bytes that the host took, which may be fewer than it was shown. */
static status_t write_some(struct hostfile *h, struct iobuf *io, void *buffer, size_t size)
{
    struct iobuf before = *io;
    size_t moved, actual = 0;
    status_t st = iobuf_take(io, buffer, size, &moved), written;

    if (!moved)
        return st;
    written = hal_host_write(h->fd, buffer, moved, &actual);
    if (actual < moved) {
        *io = before;
        if (actual)
            st = iobuf_take(io, buffer, actual, &moved);
    }
    return actual ? OK : written != OK ? written : st;
}

static status_t write_here(struct hostfile *h, struct iobuf *io)
{
    size_t size = MIN(iobuf_left(io), PAGE_SIZE);
    void *buffer = kmalloc(size);
    status_t st = buffer ? write_some(h, io, buffer, size) : ERR_NO_MEMORY;

    kfree(buffer);
    update(h, DIRECTION_OUT);
    return st;
}

/* pwrite(2), for want of a better: there and back. */
static status_t write_at(struct hostfile *h, struct iobuf *io, uint64_t *pos)
{
    enum { FROM_START, FROM_HERE };
    size_t before = io->done;
    uint64_t here, there;
    status_t st = hal_host_seek(h->fd, 0, FROM_HERE, &here);

    if (st == OK)
        st = hal_host_seek(h->fd, (int64_t)*pos, FROM_START, &there);
    if (st != OK)
        return st;
    st = write_here(h, io);
    *pos += io->done - before;
    if (hal_host_seek(h->fd, (int64_t)here, FROM_START, &there) != OK && st == OK)
        st = ERR_IO;
    return st;
}

static status_t hostfile_try_write(struct file *file, struct iobuf *io, uint64_t *pos)
{
    struct hostfile *h = hostfile_of(file);

    return !h->streams && pos != &file->position ? write_at(h, io, pos) : write_here(h, io);
}

static struct object *hostfile_poll_object(struct file *file)
{
    return &hostfile_of(file)->poll;
}

static status_t hostfile_seek(struct file *file, int64_t offset, int whence, uint64_t *pos)
{
    return hal_host_seek(hostfile_of(file)->fd, offset, whence, pos);
}

static void hostfile_close(struct file *file)
{
    struct hostfile *h = hostfile_of(file);

    {
        SPIN_GUARD(&h->lock);
        h->closed = true;
    }
    for (unsigned d = 0; d < DIRECTIONS; d++)
        hal_host_unwatch(&h->watch[d]);
    object_put(&h->poll);
}

static const struct file_ops hostfile_ops = {
    .name = "hostfile",
    .try_read = hostfile_try_read,
    .try_write = hostfile_try_write,
    .poll_object = hostfile_poll_object,
    .seek = hostfile_seek,
    .close = hostfile_close,
};

static struct hostfile *hostfile_new(int fd, bool streams)
{
    struct hostfile *h = kzalloc(sizeof(*h));

    if (!h)
        return NULL;
    object_init(&h->poll, &poll_ops, streams ? 0 : FILE_IN | FILE_OUT);
    h->fd = fd;
    h->streams = streams;
    for (unsigned d = 0; d < DIRECTIONS; d++)
        h->watch[d] = (struct hal_host_watch){
            .fd = fd, .events = events_of[d], .ready = became_ready, .arg = h};
    return h;
}

/* What never keeps its user waiting has no readiness worth watching. */
static bool has_readiness(const struct hal_host_fd *info)
{
    return info->stat.type != HAL_HOST_FILE && info->stat.type != HAL_HOST_BLOCK;
}

static unsigned flags_of(const struct hal_host_fd *info)
{
    return (info->readable ? FILE_READ : 0u) | (info->writable ? FILE_WRITE : 0u);
}

/* Also anew, through a link in /proc: a description of ours over the same one of the host. */
static status_t open_inode(struct inode *inode, struct file *file)
{
    int fd = (int)(intptr_t)inode->data;
    struct hal_host_fd info;
    struct hostfile *h;
    status_t st = hal_host_fd_info(fd, &info);

    if (st != OK)
        return st;
    if (file->flags & (FILE_READ | FILE_WRITE) & ~flags_of(&info))
        return ERR_ACCESS_DENIED;
    h = hostfile_new(fd, has_readiness(&info));
    if (!h)
        return ERR_NO_MEMORY;
    file->ops = &hostfile_ops;
    file->data = h;
    file->flags |= info.seekable ? FILE_SEEKABLE : 0u;
    if (info.readable)
        update(h, DIRECTION_IN);
    if (info.writable)
        update(h, DIRECTION_OUT);
    return OK;
}

/* The host's file is not cut off by opening it anew with O_TRUNC: the launcher's other
 * descriptors, and so the text before, may be the same file. */
static status_t change_attr(struct inode *inode, const struct inode_attr *attr, unsigned which)
{
    return inode_attr_change(inode, attr, which & ~ATTR_SIZE);
}

static const struct inode_ops inode_ops = {
    .set_attr = change_attr, .open = open_inode, .destroy = anon_inode_destroy};

static status_t inode_for(int fd, const struct hal_host_stat *stat, struct inode **out)
{
    struct inode_attr attr = {
        .type = inode_type_of_host(stat->type),
        .mode = stat->mode,
        .uid = stat->uid,
        .gid = stat->gid,
        .nlink = stat->nlink,
        .size = stat->size,
        .blocks = stat->blocks,
        .rdev = dev_of_stat(stat->rdev),
        .atime = stat->atime_ns,
        .mtime = stat->mtime_ns,
        .ctime = stat->ctime_ns,
    };
    status_t st = anon_inode_create_attr(&attr, &inode_ops, out);

    if (st == OK)
        (*out)->data = (void *)(intptr_t)fd;
    return st;
}

status_t hostfile_open(int fd, struct file **out)
{
    struct hal_host_fd info;
    struct inode *inode;
    status_t st = hal_host_fd_info(fd, &info);

    if (st == OK)
        st = inode_for(fd, &info.stat, &inode);
    if (st != OK)
        return st;
    st = file_create(NULL, flags_of(&info), NULL, inode, out);
    if (st != OK) {
        inode_put(inode);
        return st;
    }
    st = open_inode(inode, *out);
    if (st != OK)
        file_put(*out);
    return st;
}
