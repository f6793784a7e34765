/* hoststat.h - struct stat of an x86_64 Linux host, and ours from it; files by descriptor. */
#pragma once

#include "hal/host.h"
#include "hal/libos/linux.h"

struct linux_stat {
    uint64_t dev, ino, nlink;
    uint32_t mode, uid, gid, pad;
    uint64_t rdev;
    int64_t size, blksize, blocks;
    struct linux_timespec atime, mtime, ctime;
    int64_t reserved[3];
};

/* As fstatat of the host. */
status_t hoststat_at(int dir, const char *name, int flags, struct hal_host_stat *out) MUST_USE;

/* The link in /proc that leads to what `fd` is of, written to `link`, which is returned. */
#define HOST_FD_LINK 32u
const char *host_fd_link(int fd, char *link);
