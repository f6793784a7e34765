/*
 * dentry_internal.h - the memory of the directory cache (dentry.c), for what is done with it
 * (dcache.c). The caller of a `_locked` function holds dentry_lock.
 */
#pragma once

#include "fs/fs_internal.h"

/* One reference, without parent, in no list. NULL: no memory. */
struct dentry *dentry_new(struct name name);
/* One that never had a parent. */
void dentry_free(struct dentry *d);

struct dentry *dentry_find_locked(struct dentry *dir, struct name name, uint32_t hash);
/* Into tree and hash; the reference `dir` is the new child's. */
void dentry_insert_locked(struct dentry *dir, struct dentry *d, uint32_t hash);
/* Out of hash, LRU and tree; its reference to the parent stays its own. */
void dentry_unlink_locked(struct dentry *d);

/* Before one more: when memory is low, a few that nobody uses go, and their inodes with them.
 */
void dentry_relieve(void);

/* Free those on the list (of hash_link), unlinked and without references, and let go of their
 * parents, which may follow. */
void dentry_free_all(struct list *free_list);
