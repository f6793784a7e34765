/*
 * root_internal.h - what the two root file systems have in common.
 */
#pragma once

#include "fs/dentry.h"

/* `fs` (consumed) as the root, with /dev and /proc mounted in it; made where it lacks them. */
status_t root_mount_common(struct filesystem *fs, struct path *root) MUST_USE;
