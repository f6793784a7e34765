/*
 * xattr.h - extended attributes of files: named values beside the contents (xattr(7)).
 *
 * File systems in memory keep them, of the names user.*, trusted.* and security.*; no other has
 * them. They are in inode.xattrs, guarded by inode.lock.
 */
#pragma once

#include "fs/dentry.h"

enum { XATTR_NAME_BYTES = 256, XATTR_SIZE_MAX = 65536, XATTR_LIST_MAX = 65536 };
/* Numerically Linux's (setxattr(2)). */
enum { XATTR_CREATE = 1, XATTR_REPLACE = 2 };

/*
 * `*length`: of the value, or of all names, each with its NUL. A `size` of 0 only asks for it;
 * ERR_OUT_OF_RANGE: it is larger than `size`. ERR_NO_DATA: there is none, or it is not for the
 * caller. ERR_NOT_SUPPORTED: the file system has none of such names. ERR_ACCESS_DENIED.
 */
status_t vfs_get_xattr(struct walk_env *env, struct inode *inode, const char *name, void *value,
                       size_t size, size_t *length) MUST_USE;
status_t vfs_list_xattr(struct walk_env *env, struct inode *inode, char *names, size_t size,
                        size_t *length) MUST_USE;
/* Of the file at `path`, or of `inode` that has no place. A `value` of NULL removes it. As
 * above, and ERR_ALREADY_EXISTS or ERR_NO_DATA by `flags`; ERR_NOT_PERMITTED; ERR_READ_ONLY;
 * ERR_NO_SPACE: it has too many; ERR_NO_MEMORY. */
status_t vfs_set_xattr(struct walk_env *env, const struct path *path, struct inode *inode,
                       const char *name, const void *value, size_t size,
                       unsigned flags) MUST_USE;

/* What a file gives to who executes it (capabilities(7)). */
#define XATTR_CAPABILITY "security.capability"
/* Bytes or owner of the file change: it gives nothing any more. ERR_NO_MEMORY. */
status_t xattr_drop_capabilities(struct inode *inode) MUST_USE;

/* All of one inode: never changed, but replaced. */
struct xattrs;
/* A reference to what `holder` has now, in inode.xattrs; NULL: nothing. */
struct xattrs *xattrs_of(struct inode *holder);
void xattrs_put(struct xattrs *xattrs); /* NULL is fine */
