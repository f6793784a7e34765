/* hostchange.c - changing files and directories of the host. */
#include "base/status.h"
#include "hal/host.h"
#include "hal/libos/hoststat.h"
#include "hal/libos/linux.h"

enum {
    LINUX_O_RDWR = 2,
    LINUX_O_CREAT = 0100,
    LINUX_O_EXCL = 0200,
    LINUX_O_NOFOLLOW = 0400000,
    LINUX_O_CLOEXEC = 02000000,
    LINUX_AT_FDCWD = -100,
    LINUX_AT_REMOVEDIR = 0x200,
    LINUX_AT_SYMLINK_FOLLOW = 0x400,
    LINUX_AT_EMPTY_PATH = 0x1000,
    LINUX_RENAME_NOREPLACE = 1,
    LINUX_RENAME_EXCHANGE = 2,
};

#define LINUX_UTIME_OMIT ((1l << 30) - 2)

static status_t status_of(long result)
{
    return result < 0 ? status_from_errno((int)-result) : OK;
}

status_t hal_host_create(int dir, const char *name, uint32_t mode, int *fd)
{
    int how = LINUX_O_RDWR | LINUX_O_CREAT | LINUX_O_EXCL | LINUX_O_NOFOLLOW | LINUX_O_CLOEXEC;
    long result = host_call(LINUX_OPENAT, dir, name, how, mode);

    if (result >= 0)
        *fd = (int)result;
    return status_of(result);
}

status_t hal_host_mknod(int dir, const char *name, enum hal_host_type type, uint32_t mode,
                        uint64_t rdev)
{
    static const uint32_t formats[] = {[HAL_HOST_CHAR] = 0020000,
                                       [HAL_HOST_BLOCK] = 0060000,
                                       [HAL_HOST_FIFO] = 0010000,
                                       [HAL_HOST_SOCKET] = 0140000};

    return status_of(host_call(LINUX_MKNODAT, dir, name, formats[type] | mode, rdev));
}

status_t hal_host_mkdir(int dir, const char *name, uint32_t mode)
{
    return status_of(host_call(LINUX_MKDIRAT, dir, name, mode));
}

status_t hal_host_symlink(const char *text, int dir, const char *name)
{
    return status_of(host_call(LINUX_SYMLINKAT, text, dir, name));
}

status_t hal_host_link(int from_dir, const char *from, int to_dir, const char *to)
{
    int flags = from[0] ? 0 : LINUX_AT_SYMLINK_FOLLOW;
    char link[HOST_FD_LINK];

    if (!from[0])
        from = host_fd_link(from_dir, link);
    return status_of(host_call(LINUX_LINKAT, from_dir, from, to_dir, to, flags));
}

status_t hal_host_unlink(int dir, const char *name, enum hal_host_unlink what)
{
    int flags = what == HAL_HOST_UNLINK_DIR ? LINUX_AT_REMOVEDIR : 0;

    return status_of(host_call(LINUX_UNLINKAT, dir, name, flags));
}

status_t hal_host_rename(int from_dir, const char *from, int to_dir, const char *to,
                         enum hal_host_rename how)
{
    static const int flags[] = {
        [HAL_HOST_RENAME_REPLACE] = 0,
        [HAL_HOST_RENAME_NOREPLACE] = LINUX_RENAME_NOREPLACE,
        [HAL_HOST_RENAME_EXCHANGE] = LINUX_RENAME_EXCHANGE,
    };

    return status_of(host_call(LINUX_RENAMEAT2, from_dir, from, to_dir, to, flags[how]));
}

status_t hal_host_pwrite(int fd, const void *buf, size_t size, uint64_t offset, size_t *actual)
{
    long n = 0;

    for (*actual = 0; *actual < size; *actual += (size_t)n) {
        n = host_call(LINUX_PWRITE64, fd, (const char *)buf + *actual, size - *actual,
                      offset + *actual);
        if (n == -LINUX_EINTR)
            n = 0;
        if (n < 0)
            return status_of(n);
    }
    return OK;
}

status_t hal_host_truncate(int fd, uint64_t size)
{
    return status_of(host_call(LINUX_FTRUNCATE, fd, size));
}

/* A descriptor of HAL_HOST_PATH leads to its file by its link in /proc, and to no other. */
status_t hal_host_chmod(int fd, uint32_t mode)
{
    long result = host_call(LINUX_FCHMOD, fd, mode);
    char link[HOST_FD_LINK];

    if (result != -LINUX_EBADF)
        return status_of(result);
    return status_of(host_call(LINUX_FCHMODAT, LINUX_AT_FDCWD, host_fd_link(fd, link), mode));
}

status_t hal_host_chown(int fd, uint32_t uid, uint32_t gid)
{
    return status_of(host_call(LINUX_FCHOWNAT, fd, "", uid, gid, LINUX_AT_EMPTY_PATH));
}

static struct linux_timespec timespec_of(int64_t ns)
{
    int64_t sec = ns / NS_PER_SEC, rest = ns % NS_PER_SEC;

    if (ns == HAL_HOST_TIME_KEEP)
        return (struct linux_timespec){0, LINUX_UTIME_OMIT};
    return rest < 0 ? (struct linux_timespec){sec - 1, rest + NS_PER_SEC}
                    : (struct linux_timespec){sec, rest};
}

status_t hal_host_utimes(int fd, int64_t atime_ns, int64_t mtime_ns)
{
    const struct linux_timespec times[2] = {timespec_of(atime_ns), timespec_of(mtime_ns)};

    return status_of(host_call(LINUX_UTIMENSAT, fd, "", times, LINUX_AT_EMPTY_PATH));
}

status_t hal_host_sync(int fd, enum hal_host_sync what)
{
    static const long calls[] = {[HAL_HOST_SYNC_FILE] = LINUX_FSYNC,
                                 [HAL_HOST_SYNC_DATA] = LINUX_FDATASYNC,
                                 [HAL_HOST_SYNC_ALL] = LINUX_SYNCFS};

    return status_of(host_call(calls[what], fd));
}
