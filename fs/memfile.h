/*
 * memfile.h - regular files in memory that no directory has (memfd_create(2)).
 */
#pragma once

#include "fs/file.h"

/* Empty, open for reading and writing. /proc calls it "/NAME (deleted)". */
status_t memfile_create(const char *name, const struct inode_attr *attr, uint32_t seals,
                        struct file **out) MUST_USE;
