/*
 * layers.h - an overlay that is kept: what is changed goes to a file system of its own, all
 * else shows through from the one below.
 *
 * The store has three directories. `files` is the upper layer: a file or directory in it hides
 * what the lower layer has by that name, but two directories are one, merged. `gone` mirrors
 * directories of the tree; a regular file in it says that the lower layer's file or directory
 * by that name, with all that is in it, is gone. `work` is for what is not ready yet, and is
 * emptied when the store is opened. So each step is one operation of the store, names cannot
 * collide, and nothing is asked of the store but names; after a crash each change is there or
 * not.
 *
 * A file is copied up, whole, when it is first opened for writing or changed. Who had it open
 * before reads the copy; who had it mapped keeps the old. A hard link of the lower layer is a
 * file of its own once it is changed. Directories that the lower layer has are not renamed
 * (ERR_CROSS_DEVICE, as overlayfs), which makes mv(1) copy them. The store is nobody else's
 * meanwhile.
 */
#pragma once

#include "fs/inode.h"

/* Becomes a holder of both; `store` must take changes. The caller is the holder of `*out`. */
status_t layers_create(struct filesystem *lower, struct filesystem *store,
                       struct filesystem **out) MUST_USE;
