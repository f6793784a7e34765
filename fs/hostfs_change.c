/*
 * hostfs_change.c - names and attributes changed on the host.
 *
 * Each change is one call of the host, which checks for itself; what it refuses changes
 * nothing. Afterwards the attributes of those concerned are asked for again.
 */
#include "fs/fs_internal.h"
#include "fs/hostfs_internal.h"

static enum hal_host_type host_type_of(enum inode_type type)
{
    static const enum hal_host_type types[] = {
        [INODE_FILE] = HAL_HOST_FILE,       [INODE_DIR] = HAL_HOST_DIR,
        [INODE_SYMLINK] = HAL_HOST_SYMLINK, [INODE_CHAR] = HAL_HOST_CHAR,
        [INODE_BLOCK] = HAL_HOST_BLOCK,     [INODE_FIFO] = HAL_HOST_FIFO,
        [INODE_SOCKET] = HAL_HOST_SOCKET,
    };

    return types[type];
}

/* The new file's owner is who asked for it, where the host agrees; what we run as otherwise. */
static void give_to(int dir, const char *name, const struct inode_attr *attr,
                    struct hal_host_stat *stat)
{
    int fd;

    if (stat->uid == attr->uid && stat->gid == attr->gid)
        return;
    if (hal_host_open(dir, name, HAL_HOST_PATH, &fd) != OK)
        return;
    if (hal_host_chown(fd, attr->uid, attr->gid) == OK)
        (void)(hal_host_stat(fd, stat) == OK);
    hal_host_close(fd);
}

/* The inode of what was made as `name` in `dir`. */
static status_t made(struct inode *dir, int fd, const char *name, const struct inode_attr *attr,
                     struct inode **out)
{
    struct hal_host_stat stat;
    status_t st = hal_host_stat_at(fd, name, &stat);

    if (st != OK)
        return st;
    give_to(fd, name, attr, &stat);
    host_inode_expire(dir);
    return host_inode_for(hostfs_of(dir), host_inode_of(dir)->node, name, &stat, out);
}

/* What creating it opened serves the first who writes to it, whatever its mode allows. */
static void keep_writer(struct host_node *node, int fd)
{
    {
        SPIN_GUARD(&node->hostfs->lock);
        if (node->write_fd < 0) {
            node->write_fd = fd;
            fd = -1;
        }
    }
    if (fd >= 0)
        hal_host_close(fd);
}

static status_t create_file(struct inode *dir, int dir_fd, const char *name,
                            const struct inode_attr *attr, struct inode **out)
{
    int fd;
    status_t st = hal_host_create(dir_fd, name, attr->mode, &fd);

    if (st != OK)
        return st;
    st = made(dir, dir_fd, name, attr, out);
    if (st == OK)
        keep_writer(host_inode_of(*out)->node, fd);
    else
        hal_host_close(fd);
    return st;
}

status_t host_create(struct inode *dir, struct name name, const struct inode_attr *attr,
                     struct inode **out)
{
    struct host_node *node = host_inode_of(dir)->node;
    struct host_name text = host_name_of(name);
    int fd;
    status_t st = host_node_fd_get(node, &fd);

    if (st != OK)
        return st;
    if (attr->type == INODE_FILE) {
        st = create_file(dir, fd, text.text, attr, out);
    } else {
        st = hal_host_mknod(fd, text.text, host_type_of(attr->type), attr->mode,
                            dev_to_stat(attr->rdev));
        if (st == OK)
            st = made(dir, fd, text.text, attr, out);
    }
    host_node_fd_put(node);
    return st;
}

status_t host_mkdir(struct inode *dir, struct name name, const struct inode_attr *attr,
                    struct inode **out)
{
    struct host_node *node = host_inode_of(dir)->node;
    struct host_name text = host_name_of(name);
    int fd;
    status_t st = host_node_fd_get(node, &fd);

    if (st != OK)
        return st;
    st = hal_host_mkdir(fd, text.text, attr->mode);
    if (st == OK)
        st = made(dir, fd, text.text, attr, out);
    host_node_fd_put(node);
    return st;
}

status_t host_symlink(struct inode *dir, struct name name, const char *target,
                      const struct inode_attr *attr, struct inode **out)
{
    struct host_node *node = host_inode_of(dir)->node;
    struct host_name text = host_name_of(name);
    int fd;
    status_t st = host_node_fd_get(node, &fd);

    if (st != OK)
        return st;
    st = hal_host_symlink(target, fd, text.text);
    if (st == OK)
        st = made(dir, fd, text.text, attr, out);
    host_node_fd_put(node);
    return st;
}

status_t host_link(struct inode *dir, struct name name, struct inode *target)
{
    struct host_node *node = host_inode_of(dir)->node, *parent;
    struct host_name text = host_name_of(name);
    char from[NAME_MAX_BYTES + 1];
    int fd, from_fd;
    status_t st = host_node_fd_get(node, &fd);

    if (st != OK)
        return st;
    st = host_node_way(host_inode_of(target)->node, &parent, &from_fd, from);
    if (st == OK) {
        st = hal_host_link(from_fd, from, fd, text.text);
        host_node_way_end(parent);
    }
    host_node_fd_put(node);
    if (st == OK) {
        host_node_seen(host_inode_of(target)->node, node, text.text);
        host_inode_expire(dir);
        host_inode_expire(target);
    }
    return st;
}

/* Who has the file open, or mapped, goes on with it when its name is gone, and who is in the
 * directory. */
static bool is_used(struct inode *inode)
{
    return inode->attr.type == INODE_DIR ||
           atomic_load_explicit(&inode->refs, memory_order_relaxed) > 1 ||
           (inode->vmo && atomic_load_explicit(&inode->vmo->refs, memory_order_relaxed) > 1);
}

static bool has_links(struct inode *inode)
{
    status_t st = host_inode_ask(host_inode_of(inode), HOST_CHANGE_FOREIGN);
    SPIN_GUARD(&inode->lock);

    return st == OK && inode->attr.nlink > 1;
}

static void prepare_victim(struct host_node *dir, const char *name, struct inode *victim)
{
    struct host_node *node = host_inode_of(victim)->node;

    if (!is_used(victim) || (host_node_is_elsewhere(node, dir, name) && has_links(victim)))
        return;
    host_node_orphan(node);
}

static status_t remove_name(struct inode *dir, struct name name, struct inode *victim,
                            enum hal_host_unlink what)
{
    struct host_node *node = host_inode_of(dir)->node;
    struct host_name text = host_name_of(name);
    int fd;
    status_t st = host_node_fd_get(node, &fd);

    if (st != OK)
        return st;
    prepare_victim(node, text.text, victim);
    st = hal_host_unlink(fd, text.text, what);
    host_node_fd_put(node);
    if (st == OK) {
        host_node_unseen(host_inode_of(victim)->node, node, text.text);
        host_inode_expire(dir);
        host_inode_expire(victim);
    }
    return st;
}

status_t host_unlink(struct inode *dir, struct name name, struct inode *victim)
{
    return remove_name(dir, name, victim, HAL_HOST_UNLINK_FILE);
}

status_t host_rmdir(struct inode *dir, struct name name, struct inode *victim)
{
    return remove_name(dir, name, victim, HAL_HOST_UNLINK_DIR);
}

static status_t rename_on_host(struct host_node *from, const char *from_name,
                               struct host_node *to, const char *to_name,
                               enum hal_host_rename how)
{
    int from_fd, to_fd;
    status_t st = host_node_fd_get(from, &from_fd);

    if (st != OK)
        return st;
    st = host_node_fd_get(to, &to_fd);
    if (st == OK) {
        st = hal_host_rename(from_fd, from_name, to_fd, to_name, how);
        /* Not every file system of a host can promise not to replace. */
        if (st == ERR_INVALID_ARGS && how == HAL_HOST_RENAME_NOREPLACE)
            st = hal_host_rename(from_fd, from_name, to_fd, to_name, HAL_HOST_RENAME_REPLACE);
        host_node_fd_put(to);
    }
    host_node_fd_put(from);
    return st;
}

static void note_move(struct inode *moved, struct host_node *from, const char *from_name,
                      struct host_node *to, const char *to_name)
{
    host_node_seen(host_inode_of(moved)->node, to, to_name);
    host_node_unseen(host_inode_of(moved)->node, from, from_name);
}

status_t host_rename(struct inode *from, struct name from_name, struct inode *moved,
                     struct inode *to, struct name to_name, struct inode *replaced)
{
    struct host_node *from_node = host_inode_of(from)->node, *to_node = host_inode_of(to)->node;
    struct host_name a = host_name_of(from_name), b = host_name_of(to_name);
    status_t st;

    if (replaced)
        prepare_victim(to_node, b.text, replaced);
    st = rename_on_host(from_node, a.text, to_node, b.text,
                        replaced ? HAL_HOST_RENAME_REPLACE : HAL_HOST_RENAME_NOREPLACE);
    if (st != OK)
        return st;
    if (replaced) {
        host_node_unseen(host_inode_of(replaced)->node, to_node, b.text);
        host_inode_expire(replaced);
    }
    note_move(moved, from_node, a.text, to_node, b.text);
    host_inode_expire(from);
    host_inode_expire(to);
    host_inode_expire(moved);
    return OK;
}

status_t host_exchange(struct inode *a_dir, struct name a_name, struct inode *a,
                       struct inode *b_dir, struct name b_name, struct inode *b)
{
    struct host_node *a_node = host_inode_of(a_dir)->node, *b_node = host_inode_of(b_dir)->node;
    struct host_name a_text = host_name_of(a_name), b_text = host_name_of(b_name);
    status_t st =
        rename_on_host(a_node, a_text.text, b_node, b_text.text, HAL_HOST_RENAME_EXCHANGE);

    if (st != OK)
        return st;
    note_move(a, a_node, a_text.text, b_node, b_text.text);
    note_move(b, b_node, b_text.text, a_node, a_text.text);
    host_inode_expire(a_dir);
    host_inode_expire(b_dir);
    return OK;
}

/* Owner before mode, which a change of owner would spoil; times last, which all else moves. */
static status_t set_by_fd(int fd, const struct inode_attr *attr, unsigned which,
                          const struct inode_attr *now)
{
    status_t st = OK;

    if (which & (ATTR_UID | ATTR_GID))
        st = hal_host_chown(fd, which & ATTR_UID ? attr->uid : now->uid,
                            which & ATTR_GID ? attr->gid : now->gid);
    if (st == OK && (which & ATTR_MODE))
        st = hal_host_chmod(fd, attr->mode & 07777);
    if (st == OK && (which & (ATTR_ATIME | ATTR_MTIME)))
        st = hal_host_utimes(fd, which & ATTR_ATIME ? attr->atime : HAL_HOST_TIME_KEEP,
                             which & ATTR_MTIME ? attr->mtime : HAL_HOST_TIME_KEEP);
    return st;
}

static status_t set_others(struct host_inode *h, const struct inode_attr *attr, unsigned which)
{
    struct inode_attr now;
    int fd;
    status_t st;

    {
        SPIN_GUARD(&h->inode.lock);
        now = h->inode.attr;
    }
    st = host_node_open_path(h->node, &fd);
    if (st != OK)
        return st;
    st = set_by_fd(fd, attr, which, &now);
    hal_host_close(fd);
    return st;
}

status_t host_set_attr(struct inode *inode, const struct inode_attr *attr, unsigned which)
{
    struct host_inode *h = host_inode_of(inode);
    status_t st = OK, asked;

    if (which & ATTR_SIZE)
        st = host_truncate(inode, attr->size);
    if (st == OK && (which & ~(unsigned)ATTR_SIZE))
        st = set_others(h, attr, which);
    asked = host_inode_ask(h, HOST_CHANGE_OURS);
    return st == OK && asked != ERR_STALE ? asked : st;
}
