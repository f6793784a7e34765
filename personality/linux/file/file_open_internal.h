/*
 * file_open_internal.h - what opening (file_open.c) and its calls (file_open_calls.c) share.
 */
#pragma once

#include "fs/file.h"
#include "object/syscall.h"
#include "personality/linux/file/lease.h"
#include "uapi/linux/fcntl.h"

/* What open(2) knows; it ignores the rest, which openat2 refuses. */
enum {
    OPEN_FLAGS = O_ACCMODE | O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_APPEND | O_NONBLOCK |
                 O_SYNC | O_ASYNC | O_DIRECT | O_LARGEFILE | O_DIRECTORY | O_NOFOLLOW |
                 O_NOATIME | O_CLOEXEC | O_PATH | O_TMPFILE,
    OPEN_PATH_FLAGS = O_DIRECTORY | O_NOFOLLOW | O_PATH | O_CLOEXEC,
    OPEN_TMPFILE_BIT = O_TMPFILE & ~O_DIRECTORY,
};

/* What leases on the file are asked for. */
enum lease_use open_lease_use(uint64_t flags);

/*
 * Opens the file, without waiting for anybody. `how` has been checked as far as openat2 is more
 * particular than open; flags that O_PATH overrules are taken out of it. `*out`: a reference;
 * NULL after an error. `*leased`: NULL, but with ERR_SHOULD_WAIT for leases a reference to the
 * file that they are on.
 */
status_t open_at(struct syscall *call, int dirfd, user_addr_t text, struct open_how *how,
                 struct inode **leased, struct file **out) MUST_USE;
