/*
 * dentry.h - the directory cache and path walk.
 *
 * A dentry is a name in a directory, positive (an inode) or negative. The cache holds what was
 * looked up; whole chains up to the root are kept alive by references from child to parent. One
 * spinlock, dentry_lock, guards the tree and the hash; it is held for list work only, never
 * over a call into a file system.
 */
#pragma once

#include "base/list.h"
#include "fs/inode.h"

struct mount;

struct dentry {
    atomic_uint refs;
    struct dentry *parent; /* reference; the root of a file system: itself without one */
    struct inode *inode;   /* reference; NULL: negative. Guarded by dentry_lock */
    /* Of a bucket, of parent->children, of the unused ones. Guarded by dentry_lock. An unlinked
     * name is in no bucket. */
    struct list hash_link, child_link, lru_link;
    struct list children;
    struct mount *mounted; /* the first of what is mounted here, in whatever mount (fs/mount.h);
                              guarded by dentry_lock */
    time_ns_t expires;     /* then the name is looked up again; guarded by dentry_lock */
    uint32_t changes;      /* of names in this directory; a lookup that overlapped one is made
                              again. Guarded by dentry_lock */
    uint32_t hash;
    uint16_t name_size;
    char *name; /* NUL-terminated; inline_name or the heap */
    char inline_name[40];
};

/* A place in the tree: both references. */
struct path {
    struct mount *mount;
    struct dentry *dentry; /* positive, unless said otherwise */
};

void path_get(const struct path *path);
void path_put(struct path *path); /* an empty path is fine; leaves it empty */

/* At boot, before anything else of fs. */
void vfs_init(void);

/* Who walks: permission checks and starting points. */
struct walk_env {
    struct path root, cwd; /* borrowed */
    uint32_t uid, gid;     /* fsuid, fsgid */
    const uint32_t *groups;
    uint32_t group_count;
    bool override_dac;   /* CAP_DAC_OVERRIDE */
    bool override_owner; /* CAP_FOWNER, CAP_FSETID */
    bool change_owner;   /* CAP_CHOWN */
    bool administers;    /* CAP_SYS_ADMIN */
    bool set_file_caps;  /* CAP_SETFCAP */
};

enum {
    WALK_NOFOLLOW = 1u << 0,  /* a symlink as the last component is the result */
    WALK_PARENT = 1u << 1,    /* stop at the parent; the last component is left in `last` */
    WALK_DIRECTORY = 1u << 2, /* the result must be a directory */
    WALK_EMPTY = 1u << 3,     /* "" is the start (AT_EMPTY_PATH) */
    /* openat2(2)'s restrictions. What a walk may not cross is ERR_CROSS_DEVICE, a link that it
     * may not follow ERR_LOOP. */
    WALK_NO_XDEV = 1u << 4,       /* stays on the start's mount; an absolute path is free */
    WALK_NO_MAGICLINKS = 1u << 5, /* links that lead to a place, not by their text */
    WALK_NO_SYMLINKS = 1u << 6,   /* any link, but for one that is the result */
    WALK_BENEATH = 1u << 7,       /* never leaves what is below the start */
    WALK_IN_ROOT = 1u << 8,       /* the start is the root, for "/" and ".." */
};

/*
 * Walk `text` (NUL-terminated, at most 4095 bytes) from `start` (NULL: env->cwd). Errors of
 * path_resolution(7): ERR_NOT_FOUND, NOT_DIR, ACCESS_DENIED, LOOP, NAME_TOO_LONG;
 * ERR_SHOULD_WAIT: a directory moved out of what BENEATH or IN_ROOT holds the walk to. With
 * WALK_PARENT `*last` points into `text` (without trailing slashes; "." and ".." are left to
 * the caller to refuse; size 0: the path was the root) and `*out` is the parent.
 */
status_t path_walk(struct walk_env *env, const struct path *start, const char *text,
                   unsigned flags, struct path *out, struct name *last) MUST_USE;

/*
 * Walk for open(O_CREAT): a missing last component, even behind a symlink, is made a regular
 * file by vfs_create with `attr`. With WALK_NOFOLLOW a symlink is the result, if there is one.
 * `*created` says which it was; ERR_NOT_FILE when the text ends in a slash.
 */
status_t path_walk_create(struct walk_env *env, const struct path *start, const char *text,
                          unsigned flags, const struct inode_attr *attr, struct path *out,
                          bool *created) MUST_USE;

/* One component in `dir` (mounts crossed); never follows. `*out` may be negative when
 * `negative_ok`. */
status_t path_lookup_one(const struct path *dir, struct name name, bool negative_ok,
                         struct path *out) MUST_USE;

/* The absolute name of `path` below env's root, into buf; ERR_NAME_TOO_LONG when too small.
 * An unlinked one gets " (deleted)". */
status_t path_name(const struct path *root, const struct path *path, char *buf, size_t size,
                   size_t *length) MUST_USE;

/* POSIX permission check: `want` of 4 read, 2 write, 1 execute. ERR_ACCESS_DENIED. */
status_t inode_permission(const struct walk_env *env, struct inode *inode,
                          unsigned want) MUST_USE;

/*
 * Changes below a parent found by WALK_PARENT. They check permissions (write and search on the
 * parent, sticky bit), read-only mounts and names, and keep the cache right.
 */
status_t vfs_create(struct walk_env *env, const struct path *parent, struct name name,
                    const struct inode_attr *attr, struct path *out) MUST_USE;
/* A regular file in the file system of the directory `dir`, without a name. `linkable`:
 * vfs_link may give it one. ERR_NOT_SUPPORTED: the file system makes none. */
status_t vfs_tmpfile(struct walk_env *env, const struct path *dir,
                     const struct inode_attr *attr, bool linkable, struct path *out) MUST_USE;
status_t vfs_mkdir(struct walk_env *env, const struct path *parent, struct name name,
                   const struct inode_attr *attr) MUST_USE;
status_t vfs_symlink(struct walk_env *env, const struct path *parent, struct name name,
                     const char *target, const struct inode_attr *attr) MUST_USE;
status_t vfs_link(struct walk_env *env, const struct path *target, const struct path *parent,
                  struct name name) MUST_USE;
status_t vfs_unlink(struct walk_env *env, const struct path *parent, struct name name) MUST_USE;
status_t vfs_rmdir(struct walk_env *env, const struct path *parent, struct name name) MUST_USE;
/* Numerically Linux's (renameat2). */
enum { VFS_RENAME_NOREPLACE = 1, VFS_RENAME_EXCHANGE = 2, VFS_RENAME_WHITEOUT = 4 };
status_t vfs_rename(struct walk_env *env, const struct path *from, struct name from_name,
                    const struct path *to, struct name to_name, unsigned flags) MUST_USE;
/* chmod, chown, utimes, truncate: ownership rules of the manual pages. */
status_t vfs_set_attr(struct walk_env *env, const struct path *path,
                      const struct inode_attr *attr, unsigned which) MUST_USE;

/* Dentries alive, for leak tests; give back what nobody uses. */
unsigned dentry_count(void);
void dentry_shrink(void);
