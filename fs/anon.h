/*
 * anon.h - inodes that no directory has: of pipes, sockets and the like, for fstat and /proc.
 */
#pragma once

#include "fs/dentry.h"

/* With these attributes, but for a number of its own. `ops`: NULL, so that it is opened by its
 * type, or a table that has this `destroy`. */
status_t anon_inode_create_attr(const struct inode_attr *attr, const struct inode_ops *ops,
                                struct inode **out) MUST_USE;
void anon_inode_destroy(struct inode *inode);

/* Type and permissions as given, owned by uid and gid, one link, times of now. */
status_t anon_inode_create(enum inode_type type, uint32_t mode, uint32_t uid, uint32_t gid,
                           struct inode **out) MUST_USE;

/*
 * A place without a name where the inode is, for links of /proc to it: it can be opened anew, and
 * the file has no path then. A reference.
 */
status_t anon_path(struct inode *inode, struct path *out) MUST_USE;
bool path_is_anon(const struct path *path);
