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
 * A place in no directory where the inode is, for links of /proc to it: it can be opened anew.
 * With a `name` that is what path_name gives, as of an unlinked file. Without one (NULL) the
 * file has no path then. A reference.
 */
status_t anon_path(struct inode *inode, const char *name, struct path *out) MUST_USE;
/* The same for a file that has no inode: it can be looked at, not opened (ERR_IO_NOT_PRESENT).
 */
status_t anon_path_closed(struct path *out) MUST_USE;
/* Of that kind, and without a name. */
bool path_is_anon(const struct path *path);
