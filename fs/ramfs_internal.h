/*
 * ramfs_internal.h - ramfs and overlay, which are one: a tree of names in memory, in an overlay
 * with a lower layer behind it.
 *
 * names_lock guards all names of an instance: tables, whether a directory still exists, and
 * link counts. It is not held over calls to the lower layer, whose own locks come before it
 * (readdir).
 *
 * Lock order: names_lock -> inode.lock.
 */
#pragma once

#include "fs/dirtable.h"
#include "fs/ram_quota.h"
#include "fs/ramfs.h"
#include "fs/table.h"

struct ramfs {
    struct filesystem fs;
    struct spinlock names_lock;
    _Atomic(uint64_t) last_ino;
    struct ram_quota *quota; /* reference; NULL: no limits */

    /* Overlay only. */
    struct filesystem *lower; /* held; NULL: plain ramfs */
    struct table inodes; /* of ram_inode.lower_link, by lower inode; guarded by names_lock */
};

struct ram_inode {
    struct inode inode;
    struct dirtable entries; /* directories; guarded by names_lock */
    bool removed;            /* directories: takes no names any more; guarded by names_lock */
    char *target;            /* symlinks of this layer: text of attr.size bytes */

    /* Overlay only. */
    struct inode *lower;    /* reference; NULL: all of it is in memory. Never changes */
    struct list lower_link; /* guarded by names_lock */
    bool own_attr; /* attributes are inode.attr, not the lower's; guarded by inode.lock */
    bool own_data; /* inode.vmo is ours; guarded by inode.lock */
    bool pinned;   /* changed, so the instance holds a reference; guarded by names_lock */
};

static inline struct ramfs *ramfs_of(const struct inode *inode)
{
    return container_of(inode->fs, struct ramfs, fs);
}

static inline struct ram_inode *ram_inode_of(struct inode *inode)
{
    return container_of(inode, struct ram_inode, inode);
}

extern const struct inode_ops ramfs_dir_ops, ramfs_other_ops;

/* An inode over `lower` (consumed on OK), or NULL for a new one. */
status_t ram_inode_new(struct ramfs *ramfs, const struct inode_attr *attr, struct inode *lower,
                       struct ram_inode **out) MUST_USE;
/* ramfs_create with limits, of which it takes a reference. */
status_t ramfs_create_limited(const char *type, uint32_t root_mode, struct ram_quota *quota,
                              struct filesystem **out) MUST_USE;
/* The next inode number. */
uint64_t ramfs_ino(struct ramfs *ramfs);
/* For ramfs_create and overlay_create. */
void ramfs_destroy(struct filesystem *fs);
void ramfs_stat(struct filesystem *fs, struct filesystem_stat *out); /* all of memory */

struct inode *ramfs_xattrs(struct inode *inode, enum xattr_use use);

/* ramfs_names.c */
status_t ramfs_lookup(struct inode *dir, struct name name, struct inode **out);
status_t ramfs_create_file(struct inode *dir, struct name name, const struct inode_attr *attr,
                           struct inode **out);
status_t ramfs_tmpfile(struct inode *dir, const struct inode_attr *attr, struct inode **out);
status_t ramfs_mkdir(struct inode *dir, struct name name, const struct inode_attr *attr,
                     struct inode **out);
status_t ramfs_symlink(struct inode *dir, struct name name, const char *target,
                       const struct inode_attr *attr, struct inode **out);
status_t ramfs_link(struct inode *dir, struct name name, struct inode *target);

/* ramfs_remove.c */
status_t ramfs_unlink(struct inode *dir, struct name name, struct inode *victim);
status_t ramfs_rmdir(struct inode *dir, struct name name, struct inode *victim);
status_t ramfs_rename(struct inode *from, struct name from_name, struct inode *moved,
                      struct inode *to, struct name to_name, struct inode *replaced);
status_t ramfs_rename_whiteout(struct inode *from, struct name from_name, struct inode *moved,
                               struct inode *to, struct name to_name, struct inode *replaced,
                               const struct inode_attr *whiteout);
status_t ramfs_exchange(struct inode *a_dir, struct name a_name, struct inode *a,
                        struct inode *b_dir, struct name b_name, struct inode *b);

/*
 * One name that is about to change, and all that is needed to do so without failing: begun
 * before names_lock, ended after it.
 */
struct ram_slot {
    struct ram_inode *dir;
    struct name name;
    struct inode *lower;  /* what the lower layer has by that name: a reference, or NULL */
    struct dirent *spare; /* an entry, should there be none */
    struct inode *gone;   /* a reference that was dropped meanwhile */
};
status_t ram_slot_begin(struct ram_slot *slot, struct inode *dir, struct name name) MUST_USE;
void ram_slot_end(struct ram_slot *slot);
/* With names_lock held: does the name mean `inode`? NULL: does it mean nothing? */
bool ram_slot_means(const struct ram_slot *slot, struct inode *inode);
/* With names_lock held: the name means `inode` (a reference is taken), or NULL nothing. */
void ram_slot_set(struct ram_slot *slot, struct inode *inode);
/* With names_lock held: a file has, a directory's link count is told of, one more (1) or one
 * less
 * (-1). */
void ram_count_name(struct inode *inode, int by);
void ram_count_subdir(struct inode *dir, int by);

/* overlay.c; without a lower layer they do nothing, or say that nothing is there. */

/* What the lower layer of `dir` has by that name: a reference, or NULL. */
status_t overlay_lower(struct ram_inode *dir, struct name name, struct inode **out) MUST_USE;
/* The overlay's inode for `lower` (consumed). */
status_t overlay_inode(struct ramfs *ramfs, struct inode *lower, struct inode **out) MUST_USE;
/* Before attributes or entries change: they become our own, and the inode stays. */
void overlay_own(struct inode *inode);
/* Before contents change. */
status_t overlay_copy_up(struct inode *inode) MUST_USE;
/* Its contents do not show through from the lower layer. */
bool overlay_has_own_data(struct ram_inode *inode);
/* The last name is gone, so nobody needs to find it again. */
void overlay_unpin(struct inode *inode);
/* Every lower name of a directory is hidden. ERR_NOT_EMPTY: one is not. */
status_t overlay_check_hidden(struct ram_inode *dir) MUST_USE;
/* Lower names that are not hidden, from a cursor of the lower layer. */
status_t overlay_list(struct ram_inode *dir, uint64_t *at,
                      bool (*emit)(void *arg, struct name name, uint64_t ino,
                                   enum inode_type type, uint64_t next),
                      void *arg) MUST_USE;
/* The inode dies: out of the table. */
void overlay_forget(struct ram_inode *inode);
