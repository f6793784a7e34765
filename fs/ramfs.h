/*
 * ramfs.h - a file system in memory: every kind of file, as much as there is memory.
 */
#pragma once

#include "fs/inode.h"

/* An empty root directory of `root_mode`, owned by root. `type` (static) is the name it goes
 * by: "ramfs", "tmpfs", "devtmpfs". The caller is the holder. */
status_t ramfs_create(const char *type, uint32_t root_mode, struct filesystem **out) MUST_USE;
