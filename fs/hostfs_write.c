/*
 * hostfs_write.c - what is written goes to the host: at once by write, later through mappings.
 *
 * A file has a descriptor for writing only while somebody writes, so that the host may run what
 * the guest has built. Pages that a mapping wrote are dirty until they are written back; their
 * node is on a list meanwhile, which keeps the VMO.
 */
#include "fs/fs_internal.h"
#include "fs/hostfs_internal.h"
#include "mm/slab.h"
#include "vm/iobuf.h"

enum { WRITE_BYTES = 65536 }; /* at a time */

/* --- descriptors --- */

static bool take_writer(struct host_node *node, int *fd)
{
    SPIN_GUARD(&node->hostfs->lock);

    *fd = node->write_fd;
    node->writers += *fd >= 0;
    return *fd >= 0;
}

static status_t open_writer(struct host_node *node, int *fd)
{
    struct hal_host_stat stat;
    struct host_node *parent;
    char name[NAME_MAX_BYTES + 1];
    int dir;
    status_t st = host_node_way(node, &parent, &dir, name);

    if (st != OK)
        return st;
    st = hal_host_open(dir, name, HAL_HOST_READ | HAL_HOST_WRITE, fd);
    if (st == ERR_ACCESS_DENIED)
        st = hal_host_open(dir, name, HAL_HOST_WRITE, fd);
    host_node_way_end(parent);
    if (st != OK)
        return st == ERR_NOT_FOUND ? ERR_STALE : st;
    st = host_node_check(node, *fd, &stat);
    if (st != OK)
        hal_host_close(*fd);
    return st;
}

status_t host_writer_get(struct host_node *node, int *fd)
{
    int opened;
    status_t st;

    if (take_writer(node, fd))
        return OK;
    if (node->type != HAL_HOST_FILE)
        return ERR_ACCESS_DENIED;
    st = open_writer(node, &opened);
    if (st != OK)
        return st;
    {
        SPIN_GUARD(&node->hostfs->lock);
        if (node->write_fd < 0) {
            node->write_fd = opened;
            opened = -1;
        }
        *fd = node->write_fd;
        node->writers++;
    }
    if (opened >= 0)
        hal_host_close(opened);
    return OK;
}

/* What nobody writes to any more. */
static int unused_writer(struct host_node *node, unsigned less)
{
    int fd = -1;
    SPIN_GUARD(&node->hostfs->lock);

    node->writers -= less;
    if (node->writers == 0) {
        fd = node->write_fd;
        node->write_fd = -1;
    }
    return fd;
}

void host_writer_put(struct host_node *node)
{
    int fd = unused_writer(node, 1);

    if (fd >= 0)
        hal_host_close(fd);
}

void host_writer_drop_unused(struct host_node *node)
{
    int fd = unused_writer(node, 0);

    if (fd >= 0)
        hal_host_close(fd);
}

bool host_node_is_written(struct host_node *node)
{
    SPIN_GUARD(&node->hostfs->lock);

    return node->writers || !list_empty(&node->dirty_link);
}

status_t host_prepare_write(struct inode *inode)
{
    int fd;

    return host_writer_get(host_inode_of(inode)->node, &fd);
}

/* The time of change that our writes left on the host is no news to the next who opens. */
void host_end_write(struct inode *inode)
{
    struct host_inode *h = host_inode_of(inode);

    if (host_write_back(inode->vmo) != OK || host_inode_ask(h, HOST_CHANGE_OURS) != OK)
        host_inode_expire(inode);
    host_writer_put(h->node);
}

/* --- write --- */

static status_t end_of_file(int fd, uint64_t *pos)
{
    struct hal_host_stat stat;
    status_t st = hal_host_stat(fd, &stat);

    if (st == OK)
        *pos = stat.size;
    return st;
}

/* The host has these bytes: so do the pages that are present, and the attributes. */
static void note_written(struct inode *inode, uint64_t pos, const void *data, size_t size)
{
    int64_t now = inode_time_now();
    SPIN_GUARD(&inode->lock);

    if (pos + size > inode->vmo->size)
        (void)(vmo_set_size(inode->vmo, pos + size) == OK); /* growing takes nothing */
    vmo_update(inode->vmo, pos, data, size);
    inode->attr.size = MAX(inode->attr.size, pos + size);
    inode->attr.mtime = inode->attr.ctime = now;
}

static status_t write_part(struct inode *inode, int fd, struct iobuf *io, uint64_t pos,
                           void *buffer, size_t *written)
{
    struct iobuf before = *io;
    size_t part = MIN(iobuf_left(io), (size_t)WRITE_BYTES), moved;
    status_t st = iobuf_take(io, buffer, part, &moved), wrote;

    *written = 0;
    if (!moved)
        return st;
    wrote = hal_host_pwrite(fd, buffer, moved, pos, written);
    if (*written)
        note_written(inode, pos, buffer, *written);
    if (wrote == OK)
        return st;
    *io = before;
    if (*written) /* the same bytes again, which were there just now */
        st = iobuf_take(io, buffer, *written, &moved);
    return wrote;
}

status_t host_write(struct inode *inode, struct iobuf *io, uint64_t *pos, bool append)
{
    struct host_node *node = host_inode_of(inode)->node;
    void *buffer = kmalloc(MIN(iobuf_left(io), (size_t)WRITE_BYTES));
    size_t before = io->done, written;
    int fd;
    status_t st = buffer ? host_writer_get(node, &fd) : ERR_NO_MEMORY;

    if (st != OK) {
        kfree(buffer);
        return st;
    }
    if (append)
        st = end_of_file(fd, pos);
    while (st == OK && iobuf_left(io)) {
        st = write_part(inode, fd, io, *pos, buffer, &written);
        *pos += written;
    }
    host_writer_put(node);
    kfree(buffer);
    return io->done != before ? OK : st;
}

status_t host_truncate(struct inode *inode, uint64_t size)
{
    struct host_node *node = host_inode_of(inode)->node;
    int fd;
    status_t st;

    if (!inode->vmo)
        return ERR_INVALID_ARGS;
    st = host_writer_get(node, &fd);
    if (st != OK)
        return st;
    st = hal_host_truncate(fd, size);
    host_writer_put(node);
    if (st != OK)
        return st;
    SPIN_GUARD(&inode->lock);
    st = vmo_set_size(inode->vmo, size);
    if (st == OK)
        inode->attr.size = size;
    return st;
}

/* --- write back --- */

void host_dirtied(struct vmo *vmo, uint64_t index)
{
    struct host_node *node = vmo->pager_data;
    bool clean = node->dirty_first >= node->dirty_end;
    SPIN_GUARD(&node->hostfs->lock);

    node->dirty_first = clean ? index : MIN(node->dirty_first, index);
    node->dirty_end = clean ? index + 1 : MAX(node->dirty_end, index + 1);
    if (list_empty(&node->dirty_link)) {
        node->dirty_vmo = vmo_get(vmo);
        list_push_back(&node->hostfs->dirty, &node->dirty_link);
    }
}

struct target {
    int fd;
    uint64_t size; /* of the host's file: a mapping makes none longer */
};

static status_t write_page(void *arg, uint64_t index, const void *data)
{
    const struct target *to = arg;
    uint64_t at = index << PAGE_SHIFT;
    size_t written;

    if (at >= to->size)
        return OK;
    return hal_host_pwrite(to->fd, data, MIN((uint64_t)PAGE_SIZE, to->size - at), at, &written);
}

/* The range that may be dirty; empty from now on. */
static void take_range(struct vmo *vmo, struct host_node *node, uint64_t *first, uint64_t *end)
{
    SPIN_GUARD(&vmo->lock);

    *first = node->dirty_first;
    *end = node->dirty_end;
    node->dirty_first = node->dirty_end = 0;
}

/* What could not be written stays dirty. */
static void give_range(struct vmo *vmo, struct host_node *node, uint64_t first, uint64_t end)
{
    SPIN_GUARD(&vmo->lock);

    host_dirtied(vmo, first);
    node->dirty_end = MAX(node->dirty_end, end);
}

/* Off the list; the reference that it had. */
static struct vmo *take_dirty(struct host_node *node)
{
    struct vmo *vmo = NULL;
    SPIN_GUARD(&node->hostfs->lock);

    if (!list_empty(&node->dirty_link)) {
        list_remove(&node->dirty_link);
        vmo = node->dirty_vmo;
        node->dirty_vmo = NULL;
    }
    return vmo;
}

static status_t write_back_to(struct vmo *vmo, struct host_node *node, struct target *to)
{
    uint64_t first, end;
    status_t st = end_of_file(to->fd, &to->size);

    if (st != OK)
        return st;
    take_range(vmo, node, &first, &end);
    st = vmo_write_back(vmo, first, end, write_page, to);
    if (st != OK)
        give_range(vmo, node, first, end);
    return st;
}

status_t host_write_back(struct vmo *vmo)
{
    struct host_node *node = vmo->pager_data;
    struct vmo *dirty = take_dirty(node);
    struct target to = {0};
    status_t st;

    if (!dirty)
        return OK;
    st = host_writer_get(node, &to.fd);
    if (st == OK) {
        st = write_back_to(vmo, node, &to);
        host_writer_put(node);
    }
    if (st != OK && st != ERR_STALE) { /* it is on the list again, to be tried again */
        SPIN_GUARD(&node->hostfs->lock);
        if (list_empty(&node->dirty_link)) {
            node->dirty_vmo = vmo_get(vmo);
            list_push_back(&node->hostfs->dirty, &node->dirty_link);
        }
    }
    vmo_put(dirty);
    return st;
}

status_t host_sync(struct inode *inode, enum sync_how how)
{
    struct host_node *node = host_inode_of(inode)->node;
    status_t st = inode->vmo ? host_write_back(inode->vmo) : OK;
    int fd;

    if (st == OK)
        st = host_node_fd_get(node, &fd);
    if (st != OK)
        return st;
    st = hal_host_sync(fd, how == SYNC_DATA ? HAL_HOST_SYNC_DATA : HAL_HOST_SYNC_FILE);
    host_node_fd_put(node);
    return st;
}

/* The first `n` of the list, which may be tried in vain and come to its end again. */
static struct vmo *first_dirty(struct hostfs *hostfs)
{
    SPIN_GUARD(&hostfs->lock);

    if (list_empty(&hostfs->dirty))
        return NULL;
    return vmo_get(container_of(hostfs->dirty.next, struct host_node, dirty_link)->dirty_vmo);
}

static unsigned count_dirty(struct hostfs *hostfs)
{
    unsigned count = 0;
    SPIN_GUARD(&hostfs->lock);

    list_for_each (it, &hostfs->dirty)
        count++;
    return count;
}

/* Errors are those of the fsync that comes later: the pages stay dirty. */
void host_sync_fs(struct filesystem *fs, enum sync_fs_how how)
{
    struct hostfs *hostfs = container_of(fs, struct hostfs, fs);
    struct vmo *vmo;

    for (unsigned left = count_dirty(hostfs); left && (vmo = first_dirty(hostfs)); left--) {
        (void)(host_write_back(vmo) == OK);
        vmo_put(vmo);
    }
    if (how == SYNC_FS_DISK && hostfs->access == HOSTFS_WRITABLE) {
        struct host_node *root = host_inode_of(fs->root)->node;
        int fd;

        if (host_node_fd_get(root, &fd) == OK) {
            (void)(hal_host_sync(fd, HAL_HOST_SYNC_ALL) == OK);
            host_node_fd_put(root);
        }
    }
}
