/*
 * hostfs_ops.c - what can be asked of the host's files and directories.
 */
#include "fs/fs_internal.h"
#include "fs/hostfs_internal.h"
#include "hal/time.h"

struct host_name host_name_of(struct name name)
{
    struct host_name out = {""};

    if (name.size < sizeof(out.text)) {
        memcpy(out.text, name.text, name.size);
        out.text[name.size] = '\0';
    }
    return out;
}

static status_t host_lookup(struct inode *dir, struct name name, struct inode **out)
{
    struct host_node *node = host_inode_of(dir)->node;
    struct host_name text = host_name_of(name);
    struct hal_host_stat stat;
    int fd;
    status_t st;

    if (name.size > NAME_MAX_BYTES)
        return ERR_NAME_TOO_LONG;
    st = host_node_fd_get(node, &fd);
    if (st != OK)
        return st == ERR_STALE ? ERR_NOT_FOUND : st;
    st = hal_host_stat_at(fd, text.text, &stat);
    host_node_fd_put(node);
    return st == OK ? host_inode_for(hostfs_of(dir), node, text.text, &stat, out) : st;
}

static status_t host_readlink(struct inode *inode, char *buf, size_t size, size_t *length)
{
    struct host_node *parent;
    char name[NAME_MAX_BYTES + 1];
    int fd;
    status_t st = host_node_way(host_inode_of(inode)->node, &parent, &fd, name);

    if (st != OK)
        return st;
    st = hal_host_readlink(fd, name, buf, size, length);
    host_node_way_end(parent);
    return st;
}

static bool is_fresh(struct host_inode *h)
{
    time_ns_t now = hal_time_now();
    SPIN_GUARD(&h->inode.lock);

    return h->checked != INT64_MIN && now - h->checked < HOSTFS_TTL;
}

/* Someone who has the file open sees it grow, if not at once. What the host refuses is as it
 * was. */
static status_t host_get_attr(struct inode *inode, struct inode_attr *out)
{
    struct host_inode *h = host_inode_of(inode);

    if (!is_fresh(h) && host_inode_ask(h, HOST_CHANGE_FOREIGN) != OK) {
        SPIN_GUARD(&inode->lock);
        h->checked = hal_time_now();
    }
    SPIN_GUARD(&inode->lock);
    *out = inode->attr;
    return OK;
}

/* A FIFO is opened where the guest may make one, and by the guest only. */
static status_t host_open(struct inode *inode, struct file *file)
{
    struct host_inode *h = host_inode_of(inode);

    if (inode->attr.type == INODE_FIFO && hostfs_of(inode)->access == HOSTFS_WRITABLE)
        return OK;
    if (inode->attr.type != INODE_FILE)
        return ERR_ACCESS_DENIED;
    if (!(file->flags & FILE_WRITE))
        host_writer_drop_unused(h->node);
    return host_inode_ask(h, HOST_CHANGE_FOREIGN);
}

#define HOST_DIR_OPS                                                           \
    .lookup = host_lookup, .readdir = host_readdir, .get_attr = host_get_attr, \
    .destroy = host_inode_destroy
#define HOST_OTHER_OPS                                                       \
    .readlink = host_readlink, .get_attr = host_get_attr, .open = host_open, \
    .destroy = host_inode_destroy

static status_t refuse_write(struct inode *inode)
{
    (void)inode;
    return ERR_READ_ONLY;
}

static const struct inode_ops read_only_dir_ops = {HOST_DIR_OPS};
static const struct inode_ops read_only_other_ops = {HOST_OTHER_OPS,
                                                     .prepare_write = refuse_write};

static const struct inode_ops writable_dir_ops = {
    HOST_DIR_OPS,
    .create = host_create,
    .mkdir = host_mkdir,
    .symlink = host_symlink,
    .link = host_link,
    .unlink = host_unlink,
    .rmdir = host_rmdir,
    .rename = host_rename,
    .exchange = host_exchange,
    .set_attr = host_set_attr,
    .sync = host_sync,
};
static const struct inode_ops writable_other_ops = {
    HOST_OTHER_OPS,
    .set_attr = host_set_attr,
    .prepare_write = host_prepare_write,
    .end_write = host_end_write,
    .write = host_write,
    .sync = host_sync,
};

const struct inode_ops *host_ops_for(enum hostfs_access access, enum inode_type type)
{
    if (access == HOSTFS_WRITABLE)
        return type == INODE_DIR ? &writable_dir_ops : &writable_other_ops;
    return type == INODE_DIR ? &read_only_dir_ops : &read_only_other_ops;
}
