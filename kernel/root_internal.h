/*
 * root_internal.h - what the two root file systems have in common.
 */
#pragma once

#include "fs/dentry.h"

/* `name`, an absolute path below `root`: the directory there, or, `file`, the regular file;
 * made if missing, with the directories above it. */
status_t root_place(const struct path *root, const char *name, bool file,
                    struct path *out) MUST_USE;

/* `fs` (consumed) as the root, with /dev and /proc mounted in it; made where it lacks them. */
status_t root_mount_common(struct filesystem *fs, struct path *root) MUST_USE;
