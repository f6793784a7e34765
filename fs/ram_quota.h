/*
 * ram_quota.h - how much a file system in memory may hold (tmpfs's size= and nr_inodes=).
 *
 * Kept alive by its file system and by each VMO that was charged: what is still mapped counts
 * until it goes.
 */
#pragma once

#include "fs/inode.h"

struct ram_quota {
    atomic_uint refs;
    _Atomic(uint64_t) pages, inodes;         /* in use */
    _Atomic(uint64_t) max_pages, max_inodes; /* 0: no limit */
};

/* NULL: no memory. */
struct ram_quota *ram_quota_create(uint64_t max_pages, uint64_t max_inodes);
struct ram_quota *ram_quota_get(struct ram_quota *quota); /* NULL is fine */
void ram_quota_put(struct ram_quota *quota);              /* NULL is fine */
/* One more inode; false: there may be no more. Without a quota there always may. */
bool ram_quota_take_inode(struct ram_quota *quota) MUST_USE;
void ram_quota_give_inode(struct ram_quota *quota);

/* The contents of a file: a VMO whose pages count, if there is a quota. ERR_NO_SPACE in place
 * of a page when there may be no more. `name` is for /proc/PID/maps, copied; NULL: none. */
status_t ram_pages_create(struct ram_quota *quota, const char *name, struct vmo **out) MUST_USE;
/* Writes through mappings of such contents show in the inode's times, from when the first of
 * them was seen after a page was mapped or msync. Caller holds the inode's lock. */
void ram_pages_note_written_locked(struct inode *inode);
/* Pages were dropped from such a VMO (others are left alone): they count no more. */
void ram_pages_settle(struct vmo *vmo);
