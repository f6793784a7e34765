/*
 * host.c - hal/host.h over the real host: files below a directory that the test names.
 */
#include "hal/host.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/status.h"
#include "hal/sim/sim_internal.h"

static int root = -1;

void sim_host_setup(void)
{
    if (sim.config.host_root) {
        root = open(sim.config.host_root, O_PATH | O_DIRECTORY | O_CLOEXEC);
        assert(root >= 0);
    }
}

void sim_host_teardown(void)
{
    if (root >= 0)
        close(root);
    root = -1;
}

int hal_host_root(void)
{
    return root;
}

/* The outcome of a host call that answers -1 and errno. */
static status_t outcome(long result)
{
    return result < 0 ? status_from_errno(errno) : OK;
}

status_t hal_host_open(int dir, const char *name, unsigned flags, int *fd)
{
    int how = O_CLOEXEC | O_NONBLOCK | (name[0] ? O_NOFOLLOW : 0);
    char link[32];
    int opened;

    if (flags & HAL_HOST_PATH)
        how |= O_PATH;
    else if (flags & HAL_HOST_WRITE)
        how |= flags & HAL_HOST_READ ? O_RDWR : O_WRONLY;
    if (flags & HAL_HOST_DIRECTORY)
        how |= O_DIRECTORY;
    snprintf(link, sizeof(link), "/proc/self/fd/%d", dir);
    opened = openat(dir, name[0] ? name : link, how);
    if (opened >= 0)
        *fd = opened;
    return outcome(opened);
}

void hal_host_close(int fd)
{
    close(fd);
}

static enum hal_host_type type_of(mode_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFDIR:
        return HAL_HOST_DIR;
    case S_IFLNK:
        return HAL_HOST_SYMLINK;
    case S_IFCHR:
        return HAL_HOST_CHAR;
    case S_IFBLK:
        return HAL_HOST_BLOCK;
    case S_IFIFO:
        return HAL_HOST_FIFO;
    case S_IFSOCK:
        return HAL_HOST_SOCKET;
    default:
        return HAL_HOST_FILE;
    }
}

static int64_t ns_of(const struct timespec *t)
{
    return t->tv_sec * NS_PER_SEC + t->tv_nsec;
}

static void translate(struct hal_host_stat *out, const struct stat *st)
{
    *out = (struct hal_host_stat){
        .type = type_of(st->st_mode),
        .mode = st->st_mode & 07777,
        .uid = st->st_uid,
        .gid = st->st_gid,
        .nlink = (uint32_t)st->st_nlink,
        .dev = st->st_dev,
        .ino = st->st_ino,
        .rdev = st->st_rdev,
        .size = (uint64_t)st->st_size,
        .blocks = (uint64_t)st->st_blocks,
        .atime_ns = ns_of(&st->st_atim),
        .mtime_ns = ns_of(&st->st_mtim),
        .ctime_ns = ns_of(&st->st_ctim),
    };
}

status_t hal_host_stat_at(int dir, const char *name, struct hal_host_stat *out)
{
    struct stat st;

    if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return status_from_errno(errno);
    translate(out, &st);
    return OK;
}

status_t hal_host_stat(int fd, struct hal_host_stat *out)
{
    struct stat st;

    if (fstat(fd, &st) < 0)
        return status_from_errno(errno);
    translate(out, &st);
    return OK;
}

status_t hal_host_readlink(int dir, const char *name, char *buf, size_t size, size_t *length)
{
    ssize_t n = readlinkat(dir, name, buf, size);

    if (n >= 0)
        *length = (size_t)n;
    return outcome(n);
}

status_t hal_host_pread(int fd, void *buf, size_t size, uint64_t offset, size_t *actual)
{
    size_t done = 0;

    while (done < size) {
        ssize_t n = pread(fd, (char *)buf + done, size - done, (off_t)(offset + done));

        if (n < 0)
            return status_from_errno(errno);
        if (n == 0)
            break;
        done += (size_t)n;
    }
    *actual = done;
    return OK;
}

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

status_t hal_host_readdir(int fd, void *buffer,
                          bool (*emit)(void *arg, const char *name, size_t length, uint64_t ino,
                                       enum hal_host_type type),
                          void *arg)
{
    int again = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = again < 0 ? NULL : fdopendir(again);

    (void)buffer;
    if (!dir)
        return status_from_errno(errno);
    for (struct dirent *e; (e = readdir(dir));)
        if (!is_dots(e->d_name) && !emit(arg, e->d_name, strlen(e->d_name), e->d_ino,
                                         type_of((mode_t)DTTOIF(e->d_type))))
            break;
    closedir(dir);
    return OK;
}

status_t hal_host_fd_info(int fd, struct hal_host_fd *out)
{
    int flags = fcntl(fd, F_GETFL);
    status_t st;

    if (flags < 0)
        return ERR_BAD_FD;
    *out = (struct hal_host_fd){
        .terminal = isatty(fd),
        .readable = (flags & O_ACCMODE) != O_WRONLY,
        .writable = (flags & O_ACCMODE) != O_RDONLY,
        .seekable = lseek(fd, 0, SEEK_CUR) >= 0,
    };
    st = hal_host_stat(fd, &out->stat);
    return st;
}

/* "In place of waiting": the descriptor may be blocking, and is not ours to change. */
static bool ready_for(int fd, unsigned events)
{
    return hal_host_poll(fd) & (events | 8 | 16);
}

status_t hal_host_read(int fd, void *buf, size_t size, size_t *actual)
{
    ssize_t n;

    if (!ready_for(fd, 1))
        return ERR_SHOULD_WAIT;
    n = read(fd, buf, size);
    if (n >= 0)
        *actual = (size_t)n;
    return outcome(n);
}

status_t hal_host_write(int fd, const void *buf, size_t size, size_t *actual)
{
    ssize_t n;

    if (!ready_for(fd, 4))
        return ERR_SHOULD_WAIT;
    n = write(fd, buf, MIN(size, PAGE_SIZE)); /* what a ready pipe takes whole */
    if (n >= 0)
        *actual = (size_t)n;
    return outcome(n);
}

status_t hal_host_seek(int fd, int64_t offset, int whence, uint64_t *position)
{
    off_t at = lseek(fd, offset, whence);

    if (at >= 0)
        *position = (uint64_t)at;
    return outcome(at);
}

status_t hal_host_winsize(uint16_t *rows, uint16_t *columns)
{
    struct winsize size;

    if (ioctl(0, TIOCGWINSZ, &size) < 0)
        return status_from_errno(errno);
    *rows = size.ws_row;
    *columns = size.ws_col;
    return OK;
}

const struct hal_host_identity *hal_host_identity(void)
{
    static const struct hal_host_identity nobody = {
        .uid = 1000, .euid = 1000, .gid = 1000, .egid = 1000, .umask = 022};

    return &nobody;
}

/* Nothing stops a simulated launcher. */
void hal_host_stop_self(int signo)
{
    (void)signo;
}
