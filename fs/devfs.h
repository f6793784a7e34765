/*
 * devfs.h - the file system of /dev: a node for each registered character device, and the usual
 * links and directories.
 */
#pragma once

#include "fs/chardev.h"

/* Registers null, zero, full, random and urandom; once per boot. */
status_t devfs_register_memory(void) MUST_USE;

/* With all devices registered by now that have a name. The caller is the holder. */
status_t devfs_create(struct filesystem **out) MUST_USE;

/* devtmpfs becomes known to mount(2): the one that is mounted. Once per boot. */
status_t devfs_register(void) MUST_USE;
