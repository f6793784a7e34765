/*
 * attr.c - chmod, chown, utimes and truncate: who may change which attribute.
 */
#include "fs/dentry.h"
#include "fs/fs_internal.h"
#include "fs/notify.h"
#include "fs/size_limit.h"
#include "fs/xattr.h"

static bool owns(const struct walk_env *env, const struct inode_attr *now)
{
    return env->uid == now->uid || env->override_owner;
}

/* The owner may give the file to a group that he is in; all else needs the capability. */
static status_t check_owner_change(const struct walk_env *env, const struct inode_attr *now,
                                   const struct inode_attr *attr, unsigned which)
{
    if (env->change_owner)
        return OK;
    if ((which & ATTR_UID) && (env->uid != now->uid || attr->uid != now->uid))
        return ERR_NOT_PERMITTED;
    if ((which & ATTR_GID) &&
        (env->uid != now->uid || (attr->gid != now->gid && !walk_env_in_group(env, attr->gid))))
        return ERR_NOT_PERMITTED;
    return OK;
}

static status_t check_times(const struct walk_env *env, struct inode *inode,
                            const struct inode_attr *now, unsigned which)
{
    if (owns(env, now))
        return OK;
    return which & ATTR_NOW ? inode_permission(env, inode, 2) : ERR_NOT_PERMITTED;
}

static status_t check_size(const struct walk_env *env, struct inode *inode,
                           const struct inode_attr *attr)
{
    if (inode->attr.type == INODE_DIR)
        return ERR_NOT_FILE;
    if (inode->attr.type != INODE_FILE || attr->size > INT64_MAX)
        return ERR_INVALID_ARGS;
    return inode_permission(env, inode, 2);
}

static status_t check(const struct walk_env *env, struct inode *inode,
                      const struct inode_attr *now, const struct inode_attr *attr,
                      unsigned which)
{
    status_t st = OK;

    if ((which & ATTR_MODE) && !owns(env, now))
        return ERR_NOT_PERMITTED;
    if (which & (ATTR_UID | ATTR_GID))
        st = check_owner_change(env, now, attr, which);
    if (st == OK && (which & (ATTR_ATIME | ATTR_MTIME)))
        st = check_times(env, inode, now, which);
    if (st == OK && (which & ATTR_SIZE))
        st = check_size(env, inode, attr);
    if (st == OK && (which & ATTR_SIZE) && attr->size > now->size)
        st = size_limit_check(attr->size);
    return st;
}

/* A program that changes owner, or is written to by its truncation, is set-ID no longer. */
static uint32_t without_setid(uint32_t mode)
{
    return mode & ~(uint32_t)(MODE_SETUID | (mode & 0010 ? MODE_SETGID : 0));
}

/* What a change of some attributes makes of the mode. */
static void adjust_mode(const struct walk_env *env, const struct inode_attr *now,
                        struct inode_attr *attr, unsigned *which)
{
    bool strips =
        (*which & (ATTR_UID | ATTR_GID)) || ((*which & ATTR_SIZE) && !env->override_owner);

    if (*which & ATTR_MODE) {
        if (!env->override_owner && !walk_env_in_group(env, now->gid))
            attr->mode &= ~(uint32_t)MODE_SETGID;
    } else if (strips && now->type == INODE_FILE && without_setid(now->mode) != now->mode) {
        attr->mode = without_setid(now->mode);
        *which |= ATTR_MODE;
    }
}

/* A time alone tells of what it is the time of. */
static uint32_t event_of(unsigned which)
{
    uint32_t what = which & (ATTR_MODE | ATTR_UID | ATTR_GID) ? NOTIFY_ATTRIB : 0;

    if ((which & (ATTR_ATIME | ATTR_MTIME)) == (ATTR_ATIME | ATTR_MTIME))
        what |= NOTIFY_ATTRIB;
    else if (which & ATTR_ATIME)
        what |= NOTIFY_ACCESS;
    else if (which & ATTR_MTIME)
        what |= NOTIFY_MODIFY;
    return what | (which & ATTR_SIZE ? NOTIFY_MODIFY : 0);
}

status_t vfs_set_attr(struct walk_env *env, const struct path *path,
                      const struct inode_attr *attr, unsigned which)
{
    struct inode *inode = path->dentry->inode;
    struct inode_attr now, changed = *attr;
    status_t st = mount_check_write(path);

    if (st != OK)
        return st;
    inode_attr_get(inode, &now);
    st = check(env, inode, &now, attr, which);
    if (st != OK)
        return st;
    if (!inode->ops->set_attr)
        return ERR_NOT_PERMITTED;
    if (which & (ATTR_UID | ATTR_GID | ATTR_SIZE) && now.type == INODE_FILE)
        st = xattr_drop_capabilities(inode);
    if (st != OK)
        return st;
    if (which & ATTR_NOW)
        changed.atime = changed.mtime = inode_time_now();
    adjust_mode(env, &now, &changed, &which);
    st = inode->ops->set_attr(inode, &changed, which & ~(unsigned)ATTR_NOW);
    if (st == OK)
        notify_dentry(path->dentry, event_of(which));
    return st;
}
