/*
 * fs_internal.h - what the files of fs share: dentries by hand, mount points, names.
 */
#pragma once

#include "base/string.h"
#include "fs/file.h"
#include "fs/mount.h"

/* What vfs_init brings back to its beginning. */
void inode_module_init(void);
void dentry_module_init(void);
void anon_module_init(void);

/* Keep the memory of a file system, not its contents. */
void filesystem_ref(struct filesystem *fs);
void filesystem_unref(struct filesystem *fs);

/* From a table that holds no reference, under the lock that `destroy` takes to leave it: false
 * when the last one is already gone. */
bool inode_try_get(struct inode *inode) MUST_USE;

/* Guards tree, hash and mounts. Ordered before everything but vmo and page locks; no call into
 * a file system is made under it. */
extern struct spinlock dentry_lock;

enum { NAME_MAX_BYTES = 255, PATH_MAX_BYTES = 4095 };

static inline struct name name_of(const char *text)
{
    return (struct name){text, strlen(text)};
}

static inline bool name_equal(struct name a, const char *text, size_t size)
{
    return a.size == size && memcmp(a.text, text, size) == 0;
}

static inline bool name_is_dots(struct name name)
{
    return name_equal(name, ".", 1) || name_equal(name, "..", 2);
}

bool walk_env_in_group(const struct walk_env *env, uint32_t gid);
/* In a sticky directory only the owner of the file or of the directory removes a name. */
status_t check_sticky(const struct walk_env *env, struct inode *dir,
                      struct inode *victim) MUST_USE;

struct dentry *dentry_get(struct dentry *dentry);
void dentry_put(struct dentry *dentry); /* NULL is fine */
/* With dentry_lock held: also of an unused one. */
struct dentry *dentry_get_locked(struct dentry *dentry);

/* The root of a file system, which is its own parent; holds `inode`. The name is "" but for
 * what is no root and yet in no directory (fs/anon.h). */
status_t dentry_create_root(struct inode *inode, const char *name,
                            struct dentry **out) MUST_USE;

/* A name in `dir` that no lookup finds, as of an unlinked file; both references are its own. */
status_t dentry_create_unlinked(struct dentry *dir, struct name name, struct inode *inode,
                                struct dentry **out) MUST_USE;

/* `name` in `dir`, from the cache or the file system; may be negative. A reference. */
status_t dentry_lookup(struct dentry *dir, struct name name, struct dentry **out) MUST_USE;

/*
 * After the file system has done the same: the negative `dentry` becomes `inode` (a reference
 * is taken); or, NULL, its name is gone. A dentry that is positive stays so, unlinked or not,
 * so whoever has a reference to one may read `inode` without the lock.
 */
void dentry_set(struct dentry *dentry, struct inode *inode);
/* `from` takes the place and name of `to`; whatever `to` was is unlinked. With `exchange` each
 * takes the other's. */
enum dentry_move { DENTRY_REPLACE, DENTRY_EXCHANGE };
void dentry_move(struct dentry *from, struct dentry *to, enum dentry_move how);

/* The next walk looks the name up again. */
void dentry_expire(struct dentry *dentry);

/* `dentry` is `ancestor` or below it. */
bool dentry_is_below(struct dentry *dentry, struct dentry *ancestor);
/* With dentry_lock held, both. */
bool dentry_is_below_locked(const struct dentry *dentry, const struct dentry *ancestor);
bool dentry_is_unlinked_locked(const struct dentry *dentry);
bool dentry_is_mountpoint(struct dentry *dentry);

/* With dentry_lock held: from a place down to what is mounted on it. Consumes and gives
 * references; what is to be put later is left in `*drop`. */
void mount_cross_locked(struct path *path, struct path *drop);
/* ERR_READ_ONLY if nothing may be changed there. */
status_t mount_check_write(const struct path *path) MUST_USE;

/* The access time, as the mount and the file want it. */
void file_note_read(struct file *file);

/* Reading and writing over an inode's VMO (regular.c). */
extern const struct file_ops regular_file_ops;

/* An absent page of the VMO is a hole: zero, whoever looks (ram_quota.c). */
bool vmo_has_holes(const struct vmo *vmo);
