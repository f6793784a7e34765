/* hostfile.c - files and directories of the host. */
#include "base/format.h"
#include "base/status.h"
#include "base/string.h"
#include "hal/host.h"
#include "hal/libos/boot.h"
#include "hal/libos/hoststat.h"
#include "hal/libos/linux.h"

enum {
    LINUX_O_RDONLY = 0,
    LINUX_O_WRONLY = 1,
    LINUX_O_RDWR = 2,
    LINUX_O_NOCTTY = 0400,
    LINUX_O_NONBLOCK = 04000,
    LINUX_O_DIRECTORY = 0200000,
    LINUX_O_NOFOLLOW = 0400000,
    LINUX_O_CLOEXEC = 02000000,
    LINUX_O_PATH = 010000000,
    LINUX_AT_SYMLINK_NOFOLLOW = 0x100,
    LINUX_AT_EMPTY_PATH = 0x1000,
    LINUX_SEEK_SET = 0,
};

struct linux_dirent {
    uint64_t ino, offset;
    uint16_t size;
    uint8_t type;
    char name[];
};

static status_t status_of(long result)
{
    return result < 0 ? status_from_errno((int)-result) : OK;
}

const char *host_fd_link(int fd, char *link)
{
    format(link, HOST_FD_LINK, "/proc/self/fd/%d", fd);
    return link;
}

int hal_host_root(void)
{
    return libos_boot->root_fd;
}

const struct hal_host_identity *hal_host_identity(void)
{
    return &libos_boot->identity;
}

status_t hal_host_open(int dir, const char *name, unsigned flags, int *fd)
{
    int mode = LINUX_O_CLOEXEC | LINUX_O_NOCTTY | LINUX_O_NONBLOCK;
    char link[HOST_FD_LINK];
    long result;

    if (flags & HAL_HOST_PATH)
        mode |= LINUX_O_PATH;
    else if (flags & HAL_HOST_WRITE)
        mode |= flags & HAL_HOST_READ ? LINUX_O_RDWR : LINUX_O_WRONLY;
    if (flags & HAL_HOST_DIRECTORY)
        mode |= LINUX_O_DIRECTORY;
    if (name[0])
        mode |= LINUX_O_NOFOLLOW;
    else
        name = host_fd_link(dir, link);
    result = host_call(LINUX_OPENAT, dir, name, mode, 0);
    if (result < 0)
        return status_of(result);
    *fd = (int)result;
    return OK;
}

void hal_host_close(int fd)
{
    host_call(LINUX_CLOSE, fd);
}

static enum hal_host_type type_of_mode(uint32_t mode)
{
    static const uint8_t types[16] = {
        [1] = HAL_HOST_FIFO,   [2] = HAL_HOST_CHAR, [4] = HAL_HOST_DIR,
        [6] = HAL_HOST_BLOCK,  [8] = HAL_HOST_FILE, [10] = HAL_HOST_SYMLINK,
        [12] = HAL_HOST_SOCKET};

    return types[mode >> 12 & 15];
}

static int64_t ns_of(const struct linux_timespec *ts)
{
    return ts->sec * NS_PER_SEC + ts->nsec;
}

status_t hoststat_at(int dir, const char *name, int flags, struct hal_host_stat *out)
{
    struct linux_stat st;
    long result = host_call(LINUX_NEWFSTATAT, dir, name, &st, flags);

    if (result < 0)
        return status_of(result);
    *out = (struct hal_host_stat){.type = type_of_mode(st.mode),
                                  .mode = st.mode & 07777,
                                  .uid = st.uid,
                                  .gid = st.gid,
                                  .nlink = (uint32_t)st.nlink,
                                  .dev = st.dev,
                                  .ino = st.ino,
                                  .rdev = st.rdev,
                                  .size = (uint64_t)st.size,
                                  .blocks = (uint64_t)st.blocks,
                                  .atime_ns = ns_of(&st.atime),
                                  .mtime_ns = ns_of(&st.mtime),
                                  .ctime_ns = ns_of(&st.ctime)};
    return OK;
}

status_t hal_host_stat_at(int dir, const char *name, struct hal_host_stat *out)
{
    return hoststat_at(dir, name, LINUX_AT_SYMLINK_NOFOLLOW, out);
}

status_t hal_host_stat(int fd, struct hal_host_stat *out)
{
    return hoststat_at(fd, "", LINUX_AT_EMPTY_PATH, out);
}

status_t hal_host_readlink(int dir, const char *name, char *buf, size_t size, size_t *length)
{
    long result = host_call(LINUX_READLINKAT, dir, name, buf, size);

    if (result < 0)
        return status_of(result);
    *length = (size_t)result;
    return OK;
}

status_t hal_host_pread(int fd, void *buf, size_t size, uint64_t offset, size_t *actual)
{
    size_t done = 0;

    while (done < size) {
        long n = host_call(LINUX_PREAD64, fd, (char *)buf + done, size - done, offset + done);

        if (n == -LINUX_EINTR)
            continue;
        if (n < 0)
            return status_of(n);
        if (n == 0)
            break;
        done += (size_t)n;
    }
    *actual = done;
    return OK;
}

static bool emit_entry(const struct linux_dirent *entry,
                       bool (*emit)(void *, const char *, size_t, uint64_t, enum hal_host_type),
                       void *arg)
{
    if (strcmp(entry->name, ".") == 0 || strcmp(entry->name, "..") == 0)
        return true;
    return emit(arg, entry->name, strlen(entry->name), entry->ino,
                type_of_mode((uint32_t)entry->type << 12));
}

status_t hal_host_readdir(int fd, void *buffer,
                          bool (*emit)(void *arg, const char *name, size_t length, uint64_t ino,
                                       enum hal_host_type type),
                          void *arg)
{
    const char *buf = buffer;
    long size;

    host_call(LINUX_LSEEK, fd, 0, LINUX_SEEK_SET);
    while ((size = host_call(LINUX_GETDENTS64, fd, buffer, HAL_HOST_LISTING)) > 0) {
        for (long at = 0; at < size;) {
            const struct linux_dirent *entry = (const void *)(buf + at);

            if (!emit_entry(entry, emit, arg))
                return OK;
            at += entry->size;
        }
    }
    return status_of(size);
}
