/*
 * mount_internal.h - the list of mounts (mount.c), for what is done with it (mount_tree.c). The
 * caller of a `_locked` function holds dentry_lock.
 */
#pragma once

#include "fs/fs_internal.h"
#include "fs/mount.h"

extern struct list mounts; /* of mount.link, oldest first; guarded by dentry_lock */

/* Nowhere yet, one reference; `root` is consumed on OK. */
status_t mount_new(struct filesystem *fs, struct dentry *root, unsigned flags,
                   const char *source, struct mount **out) MUST_USE;

/* What is mounted on that very place, or NULL. */
struct mount *mount_on_locked(const struct mount *mount, const struct dentry *dentry);
/* Something can be mounted there. ERR_INVALID_ARGS, ERR_NOT_FOUND. */
status_t mount_check_point_locked(const struct path *point) MUST_USE;
/* Onto `point`, or what covers it; takes references of its own to that. NULL: as a root. */
void mount_hook_locked(struct mount *mount, const struct path *point);
/* Off its point, whose references are the caller's now. */
struct path mount_unhook_locked(struct mount *mount);
/* On and off the list of all; the list has the reference that mount_new gave. */
void mount_list_locked(struct mount *mount);
void mount_unlist_locked(struct mount *mount);
bool path_is_below_locked(const struct path *path, const struct path *root);
