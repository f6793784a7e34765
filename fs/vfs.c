/*
 * vfs.c - making and removing names: who may, where, and the cache kept right.
 *
 * Each change checks everything it can before it calls the file system, which checks for
 * itself, under its own locks, that the name still means what was seen here.
 */
#include "base/format.h"
#include "fs/dentry.h"
#include "fs/fs_internal.h"
#include "fs/notify.h"

/* A name to be changed: its directory and what it means now. */
struct target {
    struct inode *dir;
    struct dentry *dentry; /* reference */
    struct name name;
};

/* Refuse names that nobody may make or remove. */
static status_t check_name(struct name name)
{
    if (name.size == 0 || name_is_dots(name))
        return ERR_INVALID_ARGS;
    return name.size > NAME_MAX_BYTES ? ERR_NAME_TOO_LONG : OK;
}

static status_t target_find(const struct path *parent, struct name name, struct target *out)
{
    if (parent->dentry->inode->attr.type != INODE_DIR)
        return ERR_NOT_DIR;
    out->dir = parent->dentry->inode;
    out->name = name;
    return dentry_lookup(parent->dentry, name, &out->dentry);
}

/* Write and search permission on the parent, of a file system that takes changes. */
static status_t may_change(const struct walk_env *env, const struct path *parent)
{
    status_t st = mount_check_write(parent);

    return st == OK ? inode_permission(env, parent->dentry->inode, 2 | 1) : st;
}

/* A new name: EEXIST outranks the permissions, as in Linux. */
static status_t begin_create(const struct walk_env *env, const struct path *parent,
                             struct name name, struct target *out)
{
    status_t st = name_is_dots(name) || name.size == 0 ? ERR_ALREADY_EXISTS : check_name(name);

    if (st != OK)
        return st;
    st = target_find(parent, name, out);
    if (st != OK)
        return st;
    st = out->dentry->inode ? ERR_ALREADY_EXISTS : may_change(env, parent);
    if (st != OK)
        dentry_put(out->dentry);
    return st;
}

/* A new file's group and mode, as a set-group-ID directory wants them. */
static struct inode_attr inherited(struct inode *dir, const struct inode_attr *attr)
{
    struct inode_attr made = *attr, above;

    inode_attr_get(dir, &above);
    if (above.mode & MODE_SETGID) {
        made.gid = above.gid;
        if (made.type == INODE_DIR)
            made.mode |= MODE_SETGID;
    }
    made.atime = made.mtime = made.ctime = made.btime = inode_time_now();
    return made;
}

/* The file system made `inode` (consumed) or failed with `st`. */
static status_t end_create(struct target *t, struct inode *inode, status_t st)
{
    if (st == OK) {
        dentry_set(t->dentry, inode);
        notify_name(t->dir, t->name, inode, NOTIFY_CREATE);
        inode_put(inode);
    }
    dentry_put(t->dentry);
    return st;
}

status_t vfs_create(struct walk_env *env, const struct path *parent, struct name name,
                    const struct inode_attr *attr, struct path *out)
{
    struct inode_attr made;
    struct inode *inode = NULL;
    struct target t;
    status_t st = begin_create(env, parent, name, &t);

    if (st != OK)
        return st;
    made = inherited(t.dir, attr);
    st =
        t.dir->ops->create ? t.dir->ops->create(t.dir, name, &made, &inode) : ERR_NOT_PERMITTED;
    if (st == OK) {
        *out = (struct path){parent->mount, t.dentry};
        path_get(out);
    }
    return end_create(&t, inode, st);
}

/* Called, where a name must be shown, by its number. */
static status_t place_unnamed(const struct path *dir, struct inode *inode, struct path *out)
{
    char text[24];
    size_t size = (size_t)format(text, sizeof(text), "#%lu", (unsigned long)inode->attr.ino);
    struct path path = {.mount = dir->mount};
    status_t st =
        dentry_create_unlinked(dir->dentry, (struct name){text, size}, inode, &path.dentry);

    if (st != OK)
        return st;
    mount_get(path.mount);
    *out = path;
    return OK;
}

status_t vfs_tmpfile(struct walk_env *env, const struct path *dir,
                     const struct inode_attr *attr, bool linkable, struct path *out)
{
    struct inode *above = dir->dentry->inode, *inode;
    struct inode_attr made;
    status_t st = may_change(env, dir);

    if (st != OK)
        return st;
    made = inherited(above, attr);
    st = above->ops->tmpfile ? above->ops->tmpfile(above, &made, &inode) : ERR_NOT_SUPPORTED;
    if (st != OK)
        return st;
    inode->linkable = linkable; /* nobody else has it yet */
    st = place_unnamed(dir, inode, out);
    inode_put(inode);
    return st;
}

status_t vfs_mkdir(struct walk_env *env, const struct path *parent, struct name name,
                   const struct inode_attr *attr)
{
    struct inode_attr made;
    struct inode *inode = NULL;
    struct target t;
    status_t st = begin_create(env, parent, name, &t);

    if (st != OK)
        return st;
    made = inherited(t.dir, attr);
    st = t.dir->ops->mkdir ? t.dir->ops->mkdir(t.dir, name, &made, &inode) : ERR_NOT_PERMITTED;
    return end_create(&t, inode, st);
}

status_t vfs_symlink(struct walk_env *env, const struct path *parent, struct name name,
                     const char *text, const struct inode_attr *attr)
{
    struct inode_attr made;
    struct inode *inode = NULL;
    struct target t;
    status_t st = *text ? begin_create(env, parent, name, &t) : ERR_NOT_FOUND;

    if (st != OK)
        return st;
    made = inherited(t.dir, attr);
    st = t.dir->ops->symlink ? t.dir->ops->symlink(t.dir, name, text, &made, &inode)
                             : ERR_NOT_PERMITTED;
    return end_create(&t, inode, st);
}

static bool has_name(struct inode *inode)
{
    struct inode_attr attr;

    inode_attr_get(inode, &attr);
    return attr.nlink != 0;
}

static bool is_linkable(struct inode *inode)
{
    SPIN_GUARD(&inode->lock);

    return inode->linkable;
}

static status_t check_link(const struct path *from, const struct path *parent)
{
    struct inode *inode = from->dentry->inode;

    if (from->mount != parent->mount)
        return ERR_CROSS_DEVICE;
    if (inode->attr.type == INODE_DIR)
        return ERR_NOT_PERMITTED;
    return has_name(inode) || is_linkable(inode) ? OK : ERR_NOT_FOUND;
}

status_t vfs_link(struct walk_env *env, const struct path *from, const struct path *parent,
                  struct name name)
{
    struct inode *inode = from->dentry->inode;
    struct target t;
    status_t st = begin_create(env, parent, name, &t);

    if (st != OK)
        return st;
    st = check_link(from, parent);
    if (st == OK)
        st = t.dir->ops->link ? t.dir->ops->link(t.dir, name, inode) : ERR_NOT_PERMITTED;
    if (st == OK)
        notify_inode(inode, NOTIFY_ATTRIB);
    return end_create(&t, st == OK ? inode_get(inode) : NULL, st);
}

/* May the name `t`, which means something, go from below `parent`? */
static status_t may_remove(const struct walk_env *env, const struct path *parent,
                           const struct target *t)
{
    status_t st = may_change(env, parent);

    return st == OK ? check_sticky(env, t->dir, t->dentry->inode) : st;
}

static status_t begin_remove(const struct walk_env *env, const struct path *parent,
                             struct name name, struct target *out)
{
    status_t st = target_find(parent, name, out);

    if (st != OK)
        return st;
    st = out->dentry->inode ? may_remove(env, parent, out) : ERR_NOT_FOUND;
    if (st == OK && dentry_is_mountpoint(out->dentry))
        st = ERR_UNAVAILABLE;
    if (st != OK)
        dentry_put(out->dentry);
    return st;
}

/* The victim's links are one less, but for a directory, which had the one. */
static status_t end_remove(struct target *t, status_t st)
{
    struct inode *victim;

    if (st == OK) {
        victim = inode_get(t->dentry->inode);
        dentry_set(t->dentry, NULL);
        if (victim->attr.type != INODE_DIR)
            notify_inode(victim, NOTIFY_ATTRIB);
        notify_name(t->dir, t->name, victim, NOTIFY_DELETE);
        notify_gone(victim);
        inode_put(victim);
    }
    dentry_put(t->dentry);
    return st;
}

status_t vfs_unlink(struct walk_env *env, const struct path *parent, struct name name)
{
    struct target t;
    status_t st = name.size == 0 || name_is_dots(name) ? ERR_NOT_FILE : check_name(name);

    if (st == OK)
        st = begin_remove(env, parent, name, &t);
    if (st != OK)
        return st;
    if (t.dentry->inode->attr.type == INODE_DIR)
        st = ERR_NOT_FILE;
    else
        st = t.dir->ops->unlink ? t.dir->ops->unlink(t.dir, name, t.dentry->inode)
                                : ERR_NOT_PERMITTED;
    return end_remove(&t, st);
}

static status_t check_rmdir_name(struct name name)
{
    if (name.size == 0)
        return ERR_UNAVAILABLE;
    if (name_equal(name, "..", 2))
        return ERR_NOT_EMPTY;
    return check_name(name);
}

status_t vfs_rmdir(struct walk_env *env, const struct path *parent, struct name name)
{
    struct target t;
    status_t st = check_rmdir_name(name);

    if (st == OK)
        st = begin_remove(env, parent, name, &t);
    if (st != OK)
        return st;
    if (t.dentry->inode->attr.type != INODE_DIR)
        st = ERR_NOT_DIR;
    else
        st = t.dir->ops->rmdir ? t.dir->ops->rmdir(t.dir, name, t.dentry->inode)
                               : ERR_NOT_PERMITTED;
    return end_remove(&t, st);
}
