/*
 * dirtable.h - the names of a directory that is kept in memory: found by name, listed in order
 * of making.
 *
 * A table's owner says which lock guards it; the caller of everything but dirent_new and
 * dirent_free holds it.
 */
#pragma once

#include "base/rbtree.h"
#include "fs/inode.h"

struct dirent {
    struct rb_node by_name, by_order;
    struct inode *inode; /* reference; NULL: a whiteout, which hides a name of a layer below */
    uint64_t order;      /* the cursor of readdir; from 1, never used again */
    uint64_t hash;
    size_t size;
    char text[];
};

/* All zero is empty. */
struct dirtable {
    struct rb_tree by_name, by_order;
    uint64_t last_order;
    size_t count; /* entries that are not whiteouts */
};

/* In no table yet, without inode; NULL: no memory. */
struct dirent *dirent_new(struct name name);
/* Out of its table; drops the inode. NULL is fine. No lock held. */
void dirent_free(struct dirent *entry);

struct dirent *dirtable_find(const struct dirtable *table, struct name name);
/* Of a name that is not there. Consumes the reference `inode`. */
void dirtable_insert(struct dirtable *table, struct dirent *entry, struct inode *inode);
/* The caller frees it after the lock. */
void dirtable_remove(struct dirtable *table, struct dirent *entry);
/* What an entry means from now on; gives back what it meant. References change hands. */
struct inode *dirtable_set(struct dirtable *table, struct dirent *entry, struct inode *inode);

/* As inode_ops.readdir. False: emit was full. */
bool dirtable_list(const struct dirtable *table, uint64_t *at,
                   bool (*emit)(void *arg, struct name name, uint64_t ino, enum inode_type type,
                                uint64_t next),
                   void *arg);

/* Take any entry out, to empty the table of a directory that nobody has any more. */
struct dirent *dirtable_take(struct dirtable *table);
