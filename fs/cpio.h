/*
 * cpio.h - cpio archives (newc) in memory: an initramfs.
 */
#pragma once

#include "fs/inode.h"

/* One member, pointing into the archive. */
struct cpio_entry {
    uint64_t ino, dev; /* equal ones are one file */
    uint32_t mode;     /* type and permissions as in stat(2) */
    uint32_t uid, gid, nlink;
    int64_t mtime; /* ns */
    dev_t_ rdev;
    struct name path; /* without leading "/" and "./"; "." is the root */
    const void *data;
    size_t size;
};

/*
 * The member at `*at`, which moves past it. ERR_NOT_FOUND: the archive is at its end (several
 * may follow one another). ERR_OUT_OF_RANGE: it is cut off. ERR_INVALID_ARGS: not newc, or a
 * bad field; `*at` is where.
 */
status_t cpio_next(const void *archive, size_t size, size_t *at,
                   struct cpio_entry *out) MUST_USE;

/*
 * Make all members in `fs`, which keeps copies of the contents. A name that is there already is
 * replaced, missing parents are made, 0755. `*at` is the offset of the member that failed.
 */
status_t cpio_unpack(const void *archive, size_t size, struct filesystem *fs,
                     size_t *at) MUST_USE;
