/*
 * anon.h - inodes that no directory has: of pipes, sockets and the like, for fstat and /proc.
 */
#pragma once

#include "fs/inode.h"

/* With these attributes, but for a number of its own. */
status_t anon_inode_create_attr(const struct inode_attr *attr, struct inode **out) MUST_USE;

/* Type and permissions as given, owned by uid and gid, one link, times of now. */
status_t anon_inode_create(enum inode_type type, uint32_t mode, uint32_t uid, uint32_t gid,
                           struct inode **out) MUST_USE;
