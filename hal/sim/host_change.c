/*
 * host_change.c - changes of hal/host.h over the real host, which a test can let fail.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/status.h"
#include "hal/host.h"
#include "hal/sim/sim_internal.h"

static status_t refusal;
static unsigned calls_left; /* before it */

void sim_host_fail(unsigned after, status_t st)
{
    calls_left = after;
    refusal = st;
}

/* What this call is refused with, or OK. */
static status_t refused(void)
{
    if (refusal == OK || calls_left == 0)
        return refusal;
    calls_left--;
    return OK;
}

/* The outcome of a host call that answers -1 and errno. */
static status_t outcome(long result)
{
    return result < 0 ? status_from_errno(errno) : OK;
}

status_t hal_host_create(int dir, const char *name, uint32_t mode, int *fd)
{
    int opened;

    status_t st = refused();

    if (st != OK)
        return st;
    opened = openat(dir, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
    if (opened < 0)
        return status_from_errno(errno);
    *fd = opened;
    return outcome(fchmod(opened, mode)); /* the test has an umask */
}

status_t hal_host_mknod(int dir, const char *name, enum hal_host_type type, uint32_t mode,
                        uint64_t rdev)
{
    static const mode_t formats[] = {[HAL_HOST_CHAR] = S_IFCHR,
                                     [HAL_HOST_BLOCK] = S_IFBLK,
                                     [HAL_HOST_FIFO] = S_IFIFO,
                                     [HAL_HOST_SOCKET] = S_IFSOCK};

    status_t st = refused();

    if (st != OK)
        return st;
    return outcome(mknodat(dir, name, formats[type] | mode, rdev));
}

status_t hal_host_mkdir(int dir, const char *name, uint32_t mode)
{
    status_t st = refused();

    return st != OK ? st : outcome(mkdirat(dir, name, mode));
}

status_t hal_host_symlink(const char *text, int dir, const char *name)
{
    status_t st = refused();

    return st != OK ? st : outcome(symlinkat(text, dir, name));
}

status_t hal_host_link(int from_dir, const char *from, int to_dir, const char *to)
{
    status_t st = refused();
    char link[32];

    snprintf(link, sizeof(link), "/proc/self/fd/%d", from_dir);
    if (st == OK)
        st = outcome(linkat(from_dir, from[0] ? from : link, to_dir, to,
                            from[0] ? 0 : AT_SYMLINK_FOLLOW));
    return st;
}

status_t hal_host_unlink(int dir, const char *name, enum hal_host_unlink what)
{
    int flags = what == HAL_HOST_UNLINK_DIR ? AT_REMOVEDIR : 0;

    status_t st = refused();

    return st != OK ? st : outcome(unlinkat(dir, name, flags));
}

status_t hal_host_rename(int from_dir, const char *from, int to_dir, const char *to,
                         enum hal_host_rename how)
{
    static const unsigned flags[] = {
        [HAL_HOST_RENAME_REPLACE] = 0,
        [HAL_HOST_RENAME_NOREPLACE] = RENAME_NOREPLACE,
        [HAL_HOST_RENAME_EXCHANGE] = RENAME_EXCHANGE,
    };

    status_t st = refused();

    return st != OK ? st : outcome(renameat2(from_dir, from, to_dir, to, flags[how]));
}

status_t hal_host_pwrite(int fd, const void *buf, size_t size, uint64_t offset, size_t *actual)
{
    status_t st = refused();

    *actual = 0;
    if (st != OK)
        return st;
    while (*actual < size) {
        ssize_t n =
            pwrite(fd, (const char *)buf + *actual, size - *actual, (off_t)(offset + *actual));

        if (n < 0)
            return status_from_errno(errno);
        *actual += (size_t)n;
    }
    return OK;
}

status_t hal_host_truncate(int fd, uint64_t size)
{
    status_t st = refused();

    return st != OK ? st : outcome(ftruncate(fd, (off_t)size));
}

status_t hal_host_chmod(int fd, uint32_t mode)
{
    char link[32];

    status_t st = refused();

    if (st != OK)
        return st;
    if (fchmod(fd, mode) == 0)
        return OK;
    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    return outcome(chmod(link, mode));
}

status_t hal_host_chown(int fd, uint32_t uid, uint32_t gid)
{
    status_t st = refused();

    return st != OK ? st : outcome(fchownat(fd, "", uid, gid, AT_EMPTY_PATH));
}

static struct timespec timespec_of(int64_t ns)
{
    if (ns == HAL_HOST_TIME_KEEP)
        return (struct timespec){0, UTIME_OMIT};
    return (struct timespec){ns / NS_PER_SEC, ns % NS_PER_SEC};
}

status_t hal_host_utimes(int fd, int64_t atime_ns, int64_t mtime_ns)
{
    const struct timespec times[2] = {timespec_of(atime_ns), timespec_of(mtime_ns)};

    status_t st = refused();

    return st != OK ? st : outcome(utimensat(fd, "", times, AT_EMPTY_PATH));
}

status_t hal_host_sync(int fd, enum hal_host_sync what)
{
    (void)what;
    status_t st = refused();

    return st != OK ? st : outcome(fsync(fd));
}
