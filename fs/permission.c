/*
 * permission.c - who may do what with an inode.
 */
#include "fs/dentry.h"
#include "fs/fs_internal.h"

bool walk_env_in_group(const struct walk_env *env, uint32_t gid)
{
    if (env->gid == gid)
        return true;
    for (uint32_t i = 0; i < env->group_count; i++)
        if (env->groups[i] == gid)
            return true;
    return false;
}

status_t inode_permission(const struct walk_env *env, struct inode *inode, unsigned want)
{
    struct inode_attr attr;
    unsigned granted;

    if (env->override_dac && inode->attr.type == INODE_DIR)
        return OK; /* whatever its mode is by now */
    inode_attr_get(inode, &attr);
    if (env->uid == attr.uid)
        granted = attr.mode >> 6;
    else if (walk_env_in_group(env, attr.gid))
        granted = attr.mode >> 3;
    else
        granted = attr.mode;
    if ((granted & want) == want)
        return OK;
    /* The capability grants all but executing what nobody may execute. */
    if (env->override_dac && (!(want & 1) || (attr.mode & 0111)))
        return OK;
    return ERR_ACCESS_DENIED;
}

status_t check_sticky(const struct walk_env *env, struct inode *dir, struct inode *victim)
{
    struct inode_attr above, attr;

    inode_attr_get(dir, &above);
    if (!(above.mode & MODE_STICKY) || env->override_owner)
        return OK;
    inode_attr_get(victim, &attr);
    return env->uid == above.uid || env->uid == attr.uid ? OK : ERR_NOT_PERMITTED;
}
