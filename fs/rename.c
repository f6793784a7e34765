/*
 * rename.c - rename(2): the checks, and the order of them.
 */
#include "fs/dentry.h"
#include "fs/fs_internal.h"
#include "fs/notify.h"

/*
 * Moving a directory to another one must not make a cycle. Two moves that are each harmless can
 * make one together, so they go one after the other: the lock covers the check and the file
 * system's work, which never waits. Outermost of all locks of fs.
 */
static struct spinlock move_lock;

struct rename {
    const struct walk_env *env;
    const struct path *from_dir, *to_dir;
    struct name from_name, to_name;
    struct dentry *from, *to; /* references */
    unsigned flags;
    /* What the names meant, once it is done: references, or NULL. */
    struct inode *moved, *other;
};

static bool is_dir(const struct dentry *d)
{
    return d->inode->attr.type == INODE_DIR;
}

static status_t check_names(const struct rename *r)
{
    if (r->from_name.size == 0 || r->to_name.size == 0 || name_is_dots(r->from_name) ||
        name_is_dots(r->to_name))
        return ERR_UNAVAILABLE;
    if ((r->flags &
         ~(unsigned)(VFS_RENAME_NOREPLACE | VFS_RENAME_EXCHANGE | VFS_RENAME_WHITEOUT)) ||
        (r->flags & VFS_RENAME_EXCHANGE && r->flags != VFS_RENAME_EXCHANGE))
        return ERR_INVALID_ARGS;
    return r->from_dir->mount == r->to_dir->mount ? OK : ERR_CROSS_DEVICE;
}

static status_t check_existence(const struct rename *r)
{
    if (!r->from->inode)
        return ERR_NOT_FOUND;
    if (r->to->inode)
        return r->flags & VFS_RENAME_NOREPLACE ? ERR_ALREADY_EXISTS : OK;
    return r->flags & VFS_RENAME_EXCHANGE ? ERR_NOT_FOUND : OK;
}

/* A directory goes neither below itself nor over one that it lies in. */
static status_t check_cycle(const struct rename *r)
{
    if (dentry_is_below(r->to_dir->dentry, r->from))
        return ERR_INVALID_ARGS;
    if (r->to->inode && dentry_is_below(r->from_dir->dentry, r->to))
        return r->flags & VFS_RENAME_EXCHANGE ? ERR_INVALID_ARGS : ERR_NOT_EMPTY;
    return OK;
}

static status_t check_types(const struct rename *r)
{
    if (!r->to->inode || (r->flags & VFS_RENAME_EXCHANGE) || is_dir(r->from) == is_dir(r->to))
        return OK;
    return is_dir(r->to) ? ERR_NOT_FILE : ERR_NOT_DIR;
}

/* One of the two directories: may its entry `d` change? `other`: where its file goes. */
static status_t check_side(const struct rename *r, const struct path *dir,
                           const struct path *other, struct dentry *d, bool leaves)
{
    status_t st = mount_check_write(dir);

    if (st == OK)
        st = inode_permission(r->env, dir->dentry->inode, 2 | 1);
    if (st == OK && d->inode)
        st = check_sticky(r->env, dir->dentry->inode, d->inode);
    if (st == OK && d->inode && dentry_is_mountpoint(d))
        st = ERR_UNAVAILABLE;
    /* Its ".." changes. */
    if (st == OK && leaves && is_dir(d) && dir->dentry != other->dentry)
        st = inode_permission(r->env, d->inode, 2);
    return st;
}

static status_t check(const struct rename *r)
{
    status_t st = check_existence(r);

    if (st == OK)
        st = check_cycle(r);
    if (st == OK)
        st = check_side(r, r->from_dir, r->to_dir, r->from, true);
    if (st == OK)
        st = check_side(r, r->to_dir, r->from_dir, r->to, r->flags & VFS_RENAME_EXCHANGE);
    return st == OK ? check_types(r) : st;
}

/* A character device 0:0, as overlayfs knows them. */
static status_t leave_whiteout(struct rename *r)
{
    struct inode *from_dir = r->from_dir->dentry->inode;
    const struct inode_attr attr = {
        .type = INODE_CHAR, .nlink = 1, .uid = r->env->uid, .gid = r->env->gid};

    if (!from_dir->ops->rename_whiteout)
        return ERR_INVALID_ARGS;
    return from_dir->ops->rename_whiteout(from_dir, r->from_name, r->from->inode,
                                          r->to_dir->dentry->inode, r->to_name, r->to->inode,
                                          &attr);
}

static status_t perform(struct rename *r)
{
    struct inode *from_dir = r->from_dir->dentry->inode, *to_dir = r->to_dir->dentry->inode;
    bool exchange = r->flags & VFS_RENAME_EXCHANGE;
    status_t st;

    /* Two names of one file: nothing to do (POSIX). */
    if (r->from->inode == r->to->inode)
        return OK;
    if (exchange ? !from_dir->ops->exchange : !from_dir->ops->rename)
        return ERR_NOT_PERMITTED;
    if (exchange)
        st = from_dir->ops->exchange(from_dir, r->from_name, r->from->inode, to_dir, r->to_name,
                                     r->to->inode);
    else if (r->flags & VFS_RENAME_WHITEOUT)
        st = leave_whiteout(r);
    else
        st = from_dir->ops->rename(from_dir, r->from_name, r->from->inode, to_dir, r->to_name,
                                   r->to->inode);
    if (st != OK)
        return st;
    r->moved = inode_get(r->from->inode);
    r->other = r->to->inode ? inode_get(r->to->inode) : NULL;
    dentry_move(r->from, r->to, exchange ? DENTRY_EXCHANGE : DENTRY_REPLACE);
    return OK;
}

static bool moves_directory(const struct rename *r)
{
    return r->from_dir->dentry != r->to_dir->dentry &&
           ((r->from->inode && is_dir(r->from)) || (r->to->inode && is_dir(r->to)));
}

static status_t check_and_perform(struct rename *r)
{
    status_t st = check(r);

    return st == OK ? perform(r) : st;
}

static status_t rename_locked(struct rename *r)
{
    if (moves_directory(r)) {
        SPIN_GUARD(&move_lock);
        return check_and_perform(r);
    }
    return check_and_perform(r);
}

static void tell(const struct rename *r)
{
    struct inode *from = r->from_dir->dentry->inode, *to = r->to_dir->dentry->inode;

    notify_rename(from, r->from_name, to, r->to_name, r->moved);
    if (!r->other)
        return;
    if (r->flags & VFS_RENAME_EXCHANGE) {
        notify_rename(to, r->to_name, from, r->from_name, r->other);
        return;
    }
    if (r->other->attr.type != INODE_DIR)
        notify_inode(r->other, NOTIFY_ATTRIB);
    notify_gone(r->other);
}

static status_t rename_found(struct rename *r)
{
    status_t st = rename_locked(r);

    if (r->moved)
        tell(r);
    inode_put(r->moved);
    inode_put(r->other);
    return st;
}

status_t vfs_rename(struct walk_env *env, const struct path *from, struct name from_name,
                    const struct path *to, struct name to_name, unsigned flags)
{
    struct rename r = {.env = env,
                       .from_dir = from,
                       .to_dir = to,
                       .from_name = from_name,
                       .to_name = to_name,
                       .flags = flags};
    status_t st = check_names(&r);

    if (st != OK)
        return st;
    if (from->dentry->inode->attr.type != INODE_DIR ||
        to->dentry->inode->attr.type != INODE_DIR)
        return ERR_NOT_DIR;
    if (from_name.size > NAME_MAX_BYTES || to_name.size > NAME_MAX_BYTES)
        return ERR_NAME_TOO_LONG;
    st = dentry_lookup(from->dentry, from_name, &r.from);
    if (st != OK)
        return st;
    st = dentry_lookup(to->dentry, to_name, &r.to);
    if (st == OK) {
        st = rename_found(&r);
        dentry_put(r.to);
    }
    dentry_put(r.from);
    return st;
}
