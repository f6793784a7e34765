/*
 * mount.h - mounts: file systems, or parts of them, stuck onto places of the tree.
 *
 * A mount is of one place, a mount and a dentry in it: the same directory seen by another mount
 * has nothing mounted on it. Mounts are private: nothing propagates. Which mounts there are and
 * where is guarded by dentry_lock (fs/dentry.h).
 */
#pragma once

#include "fs/dentry.h"

/* Numerically Linux's MS_* (mount(2)). */
enum {
    MOUNT_READ_ONLY = 1u << 0,
    MOUNT_NOSUID = 1u << 1,
    MOUNT_NODEV = 1u << 2,
    MOUNT_NOEXEC = 1u << 3,
    MOUNT_NOSYMFOLLOW = 1u << 8,
    MOUNT_NOATIME = 1u << 10,
    MOUNT_NODIRATIME = 1u << 11,
    MOUNT_UNBINDABLE = 1u << 17,
    MOUNT_STRICTATIME = 1u << 24,
};

struct mount {
    atomic_uint refs;
    struct filesystem *fs;
    struct dentry *root; /* reference */
    /* Where: references; empty for the root of all and for what was taken away. Guarded by
     * dentry_lock, as the next three. */
    struct path point;
    struct mount *next_here; /* of those on the same dentry, by dentry.mounted */
    struct list link;        /* of all mounts, in order of mounting */
    bool attached;           /* on that list */
    uint64_t id;             /* never used again */
    char *source;            /* what was mounted, as it was called: NUL-terminated, ours */
    atomic_uint flags;       /* MOUNT_* */
    atomic_uint writers;     /* files open for writing */
};

static inline bool mount_has(const struct mount *mount, unsigned flags)
{
    return atomic_load_explicit(&mount->flags, memory_order_relaxed) & flags;
}

static inline bool mount_is_read_only(const struct mount *mount)
{
    return mount_has(mount, MOUNT_READ_ONLY) || atomic_load(&mount->fs->read_only);
}

/*
 * Mount `fs` (becomes a holder) at the directory `point` (NULL: as the root), with MOUNT_*
 * flags. `source` is what /proc/mounts shows; NULL: the type. `*root` is a path of the
 * caller's. ERR_NOT_DIR; ERR_NOT_FOUND: the directory was removed; ERR_INVALID_ARGS: its mount
 * was.
 */
status_t mount_add(struct filesystem *fs, const struct path *point, unsigned flags,
                   const char *source, struct path *root) MUST_USE;
/*
 * Take away the mount whose root is `root`. ERR_INVALID_ARGS: not a mount's root;
 * ERR_UNAVAILABLE: others are mounted on it, or somebody uses it. MOUNT_DETACH takes it away
 * with what is mounted on it, whoever uses it: they keep what they have.
 */
enum mount_remove { MOUNT_REMOVE, MOUNT_DETACH };
status_t mount_remove(const struct path *root, enum mount_remove how) MUST_USE;

/*
 * Show `from` also at `point`, with the flags of its mount; with MOUNT_TREE, all that is
 * mounted below it, too. ERR_NOT_DIR: one is a directory and the other is not.
 * ERR_INVALID_ARGS: the mount is unbindable or taken away.
 */
enum mount_depth { MOUNT_ONE, MOUNT_TREE };
status_t mount_bind(const struct path *from, const struct path *point,
                    enum mount_depth depth) MUST_USE;
/* Move the mount whose root is `root`, and all on it, to `point`. ERR_INVALID_ARGS as above or
 * for the root of all; ERR_LOOP: `point` is below it. */
status_t mount_move(const struct path *root, const struct path *point) MUST_USE;
/*
 * The mount whose root is `new_root` takes the place of the one whose root is `old_root`, which
 * goes to `put_old`, a place at or below the new one. Errors of pivot_root(2).
 */
status_t mount_pivot(const struct path *old_root, const struct path *new_root,
                     const struct path *put_old) MUST_USE;

/* Change those flags of `mask`; MOUNT_TREE: of all mounts below as well. ERR_UNAVAILABLE: files
 * are open for writing and it was to become read-only (only tested for MOUNT_ONE). */
status_t mount_set_flags(struct mount *mount, unsigned mask, unsigned flags,
                         enum mount_depth depth) MUST_USE;
/* All mounts of `fs` at once. ERR_UNAVAILABLE as above. */
status_t filesystem_set_read_only(struct filesystem *fs, bool read_only) MUST_USE;

/* A file is about to be open for writing: ERR_READ_ONLY, or it counts until mount_end_write. */
status_t mount_begin_write(struct mount *mount) MUST_USE;
void mount_end_write(struct mount *mount);

/* The mounted file system of that type, if there is one: becomes a holder. NULL: none. */
struct filesystem *mount_find_type(const char *type);

/* `path` is `root` or a place below it, across mounts. */
bool path_is_below(const struct path *path, const struct path *root);

/* Which part of its file system the mount shows: the name of its root there. ERR_OUT_OF_RANGE
 * when `size` is too small. */
status_t mount_root_name(const struct mount *mount, char *buf, size_t size,
                         size_t *length) MUST_USE;

/* Calls back, with dentry_lock held, for each mount in order. */
void mount_for_each(void (*fn)(void *arg, struct mount *mount), void *arg);

struct mount *mount_get(struct mount *mount);
void mount_put(struct mount *mount); /* NULL is fine */
