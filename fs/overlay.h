/*
 * overlay.h - a ramfs over a read-only file system: what is changed is kept in memory, all else
 * shows through.
 *
 * A file is copied up when it is first changed, in O(1): its attributes, and a snapshot of the
 * lower file's VMO; all its names, inode number and open files stay what they were. A removed
 * name leaves a whiteout. A directory is merged from both layers unless it is new, and can be
 * renamed whole. Who had a lower file open for reading before it was copied up reads the new
 * contents; who had it mapped keeps the old.
 */
#pragma once

#include "fs/inode.h"

/* Becomes a holder of `lower`, which may be of any kind but itself an overlay
 * (ERR_NOT_SUPPORTED). The caller is the holder of `*out`. */
status_t overlay_create(struct filesystem *lower, struct filesystem **out) MUST_USE;
