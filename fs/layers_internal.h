/*
 * layers_internal.h - what the files of the kept overlay share.
 *
 * Lock order: layers.change_lock -> layers.lock -> inode.lock. change_lock is held over calls
 * to lower layer and store, of whose locks none is held when it is taken but those of a
 * listing.
 */
#pragma once

#include "fs/fs_internal.h"
#include "fs/table.h"

/* Numbers of the upper layer's files are none of the lower layer's. */
#define LAYER_UPPER_INO (1ull << 58)

struct layers {
    struct filesystem fs;
    struct filesystem *lower, *store;  /* held */
    struct inode *files, *gone, *work; /* directories of the store; references */
    struct spinlock change_lock;       /* one change of names at a time */
    struct spinlock lock;              /* a leaf but for inode.lock */
    struct table inodes;               /* of layer_inode.link; guarded by lock */
    uint64_t work_count;               /* names used up in `work`; guarded by change_lock */
};

struct layer_inode {
    struct inode inode;
    struct inode *lower;           /* reference, or NULL */
    _Atomic(struct inode *) upper; /* reference, or NULL until it is copied up; then constant */
    _Atomic(struct inode *) gone; /* directories: the mirror; reference, or NULL until needed */
    struct layer_inode *parent;   /* reference; NULL: the root. Guarded by change_lock */
    char *name;                   /* in parent; guarded by change_lock */
    bool removed;                 /* the name is gone; guarded by change_lock */
    struct list link;             /* guarded by layers.lock */
};

static inline struct layers *layers_of(const struct inode *inode)
{
    return container_of(inode->fs, struct layers, fs);
}

static inline struct layer_inode *layer_inode_of(struct inode *inode)
{
    return container_of(inode, struct layer_inode, inode);
}

static inline struct inode *layer_upper(struct layer_inode *li)
{
    return atomic_load_explicit(&li->upper, memory_order_acquire);
}

static inline struct inode *layer_gone(struct layer_inode *li)
{
    return atomic_load_explicit(&li->gone, memory_order_acquire);
}

/* What it shows of attributes and contents; borrowed. */
static inline struct inode *layer_real(struct layer_inode *li)
{
    struct inode *upper = layer_upper(li);

    return upper ? upper : li->lower;
}

extern const struct inode_ops layers_dir_ops, layers_other_ops;

/* layers.c */

static inline bool layer_is_dir(const struct inode *inode)
{
    return inode && inode->attr.type == INODE_DIR;
}

/* `name` in `dir`, NULL if there is none or no `dir`; a reference. */
status_t layer_find(struct inode *dir, struct name name, struct inode **out) MUST_USE;
/* What of `name` the layers have that counts: references, or NULL. `gone`: its mirror. */
struct layer_parts {
    struct inode *upper, *lower, *gone;
};
status_t layer_parts(struct layer_inode *dir, struct name name,
                     struct layer_parts *out) MUST_USE;
void layer_parts_put(struct layer_parts *parts);
/* The inode over `parts` (consumed), one of which is there. */
status_t layer_inode_for(struct layers *layers, struct layer_inode *dir, struct name name,
                         struct layer_parts *parts, struct inode **out) MUST_USE;
/* It has been copied up, and is found by that. */
void layer_inode_set_upper(struct layer_inode *li, struct inode *upper);

/* layers_list.c */
status_t layers_readdir(struct inode *dir, uint64_t *at,
                        bool (*emit)(void *arg, struct name name, uint64_t ino,
                                     enum inode_type type, uint64_t next),
                        void *arg) MUST_USE;
/* ERR_NOT_EMPTY: a name shows. */
status_t layer_check_empty(struct inode *dir) MUST_USE;

/* layers_copy.c; the caller holds change_lock. */

/* The upper layer's, made if need be, with all directories above it. A file is copied up to
 * `limit` bytes. ERR_STALE: its name is gone. */
status_t layer_copy_up_locked(struct layer_inode *li, uint64_t limit) MUST_USE;
/* The lower layer's `name` in `dir`, if it shows, is gone. */
status_t layer_hide_locked(struct layer_inode *dir, struct name name) MUST_USE;
/* Take all out of `work`. */
status_t layer_clean_work_locked(struct layers *layers) MUST_USE;

/* layers_change.c */
status_t layers_create_file(struct inode *dir, struct name name, const struct inode_attr *attr,
                            struct inode **out);
status_t layers_mkdir(struct inode *dir, struct name name, const struct inode_attr *attr,
                      struct inode **out);
status_t layers_symlink(struct inode *dir, struct name name, const char *target,
                        const struct inode_attr *attr, struct inode **out);
status_t layers_link(struct inode *dir, struct name name, struct inode *target);
status_t layers_unlink(struct inode *dir, struct name name, struct inode *victim);
status_t layers_rmdir(struct inode *dir, struct name name, struct inode *victim);
status_t layers_rename(struct inode *from, struct name from_name, struct inode *moved,
                       struct inode *to, struct name to_name, struct inode *replaced);
status_t layers_exchange(struct inode *a_dir, struct name a_name, struct inode *a,
                         struct inode *b_dir, struct name b_name, struct inode *b);
status_t layers_set_attr(struct inode *inode, const struct inode_attr *attr, unsigned which);
status_t layers_prepare_write(struct inode *inode);
