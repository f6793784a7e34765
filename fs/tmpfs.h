/*
 * tmpfs.h - file systems in memory with limits, for mount(2).
 */
#pragma once

#include "fs/inode.h"

enum { TMPFS_MAGIC = 0x01021994 };

/* By "size=1g,nr_inodes=2k,mode=1777,uid=0,gid=0": half of memory unless it says otherwise.
 * ERR_INVALID_ARGS: an option that there is not. The caller is the holder. */
status_t tmpfs_create(const char *options, struct filesystem **out) MUST_USE;

/* tmpfs and ramfs become known to mount(2); once per boot. */
status_t tmpfs_register(void) MUST_USE;
