/* hoststat.h - struct stat of an x86_64 Linux host, and ours from it. */
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
