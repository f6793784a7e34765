/*
 * hostfs_ops.c - what can be asked of the host's files and directories.
 */
#include "fs/fs_internal.h"
#include "fs/hostfs_internal.h"
#include "hal/time.h"

static status_t host_lookup(struct inode *dir, struct name name, struct inode **out)
{
    struct host_node *node = host_inode_of(dir)->node;
    char text[NAME_MAX_BYTES + 1];
    struct hal_host_stat stat;
    int fd;
    status_t st;

    if (name.size > NAME_MAX_BYTES)
        return ERR_NAME_TOO_LONG;
    memcpy(text, name.text, name.size);
    text[name.size] = '\0';
    st = host_node_fd_get(node, &fd);
    if (st != OK)
        return st == ERR_STALE ? ERR_NOT_FOUND : st;
    st = hal_host_stat_at(fd, text, &stat);
    host_node_fd_put(node);
    return st == OK ? host_inode_for(hostfs_of(dir), node, text, &stat, out) : st;
}

/* The host lists from the beginning each time: a cursor counts entries. One that has seen the
 * end says so, which saves the last call of every reader a whole listing. */
#define LISTED_ALL (1ull << 60)

struct listing {
    bool (*emit)(void *arg, struct name name, uint64_t ino, enum inode_type type,
                 uint64_t next);
    void *arg;
    uint64_t at, seen;
    bool full; /* emit took no more */
};

static bool emit_host(void *arg, const char *name, size_t length, uint64_t ino,
                      enum hal_host_type type)
{
    struct listing *l = arg;

    if (l->seen++ < l->at)
        return true;
    if (!l->emit(l->arg, (struct name){name, length}, ino, inode_type_of_host(type),
                 l->at + 1)) {
        l->full = true;
        return false;
    }
    l->at++;
    return true;
}

static status_t host_readdir(struct inode *dir, uint64_t *at,
                             bool (*emit)(void *arg, struct name name, uint64_t ino,
                                          enum inode_type type, uint64_t next),
                             void *arg)
{
    struct host_node *node = host_inode_of(dir)->node;
    struct listing listing = {.emit = emit, .arg = arg, .at = *at};
    int fd;
    status_t st;

    if (*at & LISTED_ALL)
        return OK;
    st = host_node_fd_get(node, &fd);
    if (st != OK)
        return st;
    st = hal_host_readdir(fd, emit_host, &listing);
    host_node_fd_put(node);
    *at = st == OK && !listing.full ? listing.at | LISTED_ALL : listing.at;
    return st;
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
    host_node_fd_put(parent);
    host_node_put(parent);
    return st;
}

static status_t ask_host(struct host_inode *h)
{
    struct hal_host_stat stat;
    int fd;
    status_t st = host_node_fd_get(h->node, &fd);

    if (st != OK)
        return st;
    st = hal_host_stat(fd, &stat);
    host_node_fd_put(h->node);
    return st == OK ? host_inode_refresh(h, &stat) : st;
}

static bool is_fresh(struct host_inode *h)
{
    time_ns_t now = hal_time_now();
    SPIN_GUARD(&h->inode.lock);

    return now - h->checked < HOSTFS_TTL;
}

/* Someone who has the file open sees it grow, if not at once. What the host refuses is as it
 * was. */
static status_t host_get_attr(struct inode *inode, struct inode_attr *out)
{
    struct host_inode *h = host_inode_of(inode);

    if (!is_fresh(h) && inode->attr.type == INODE_FILE && ask_host(h) != OK) {
        SPIN_GUARD(&inode->lock);
        h->checked = hal_time_now();
    }
    SPIN_GUARD(&inode->lock);
    *out = inode->attr;
    return OK;
}

static status_t host_open(struct inode *inode, struct file *file)
{
    (void)file;
    return inode->attr.type == INODE_FILE ? ask_host(host_inode_of(inode)) : ERR_ACCESS_DENIED;
}

const struct inode_ops host_dir_ops = {
    .lookup = host_lookup,
    .readdir = host_readdir,
    .get_attr = host_get_attr,
    .destroy = host_inode_destroy,
};
const struct inode_ops host_other_ops = {
    .readlink = host_readlink,
    .get_attr = host_get_attr,
    .open = host_open,
    .destroy = host_inode_destroy,
};
