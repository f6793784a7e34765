/*
 * stdio.c - the launcher's descriptors 0..2, as the guest's own.
 *
 * They are shared with whoever started the launcher, so their O_NONBLOCK flag is not ours to
 * change. What the host can do without waiting is asked for call by call (RWF_NOWAIT); where a
 * driver does not know that (terminals), it is polled first and written in small pieces.
 */
#include "base/status.h"
#include "hal/host.h"
#include "hal/libos/boot.h"
#include "hal/libos/hoststat.h"
#include "hal/libos/linux.h"
#include "hal/libos/watch.h"

enum {
    LINUX_F_GETFL = 3,
    LINUX_O_ACCMODE = 3,
    LINUX_O_WRONLY = 1,
    LINUX_O_PATH = 010000000,
    LINUX_TCGETS = 0x5401,
    LINUX_TIOCGWINSZ = 0x5413,
    LINUX_RWF_NOWAIT = 8,
    LINUX_POLLIN = 1,
    LINUX_POLLOUT = 4,
    LINUX_AT_EMPTY_PATH = 0x1000,
    LINUX_SEEK_CUR = 1,
    LINUX_SIGUSR1 = 10,
    PIECE = 256, /* what a writable terminal takes without waiting */
};

struct linux_iovec {
    void *base;
    size_t size;
};

status_t hal_host_fd_info(int fd, struct hal_host_fd *out)
{
    uint32_t termios[16];
    long flags = host_call(LINUX_FCNTL, fd, LINUX_F_GETFL);
    unsigned access = (unsigned)flags & LINUX_O_ACCMODE;

    if (flags < 0 ||
        flags & LINUX_O_PATH) /* the launcher keeps a closed one's place by O_PATH */
        return ERR_BAD_FD;
    out->terminal = host_call(LINUX_IOCTL, fd, LINUX_TCGETS, termios) == 0;
    out->readable = access != LINUX_O_WRONLY;
    out->writable = access != 0;
    out->seekable = host_call(LINUX_LSEEK, fd, 0, LINUX_SEEK_CUR) >= 0;
    return hoststat_at(fd, "", LINUX_AT_EMPTY_PATH, &out->stat);
}

unsigned hal_host_poll(int fd)
{
    struct linux_pollfd poll = {fd, LINUX_POLLIN | LINUX_POLLOUT, 0};

    host_call(LINUX_POLL, &poll, 1, 0);
    return (unsigned)poll.revents;
}

static bool is_file(int fd)
{
    struct hal_host_stat st;

    return hoststat_at(fd, "", LINUX_AT_EMPTY_PATH, &st) == OK &&
           (st.type == HAL_HOST_FILE || st.type == HAL_HOST_BLOCK);
}

/* One transfer that does not wait: a result of the host, -EAGAIN where it would. `plain` is the
 * host call without flags, `flagged` the one with; `ready` what to poll for. */
static long transfer(int fd, void *buf, size_t size, long plain, long flagged, int ready)
{
    struct linux_iovec iov = {buf, size};
    struct linux_pollfd poll = {fd, (int16_t)ready, 0};
    long result;

    if (is_file(fd)) /* a disk's delay is no waiting */
        return host_call(plain, fd, buf, size);
    result = host_call(flagged, fd, &iov, 1, -1, -1, LINUX_RWF_NOWAIT);
    if (result != -LINUX_EOPNOTSUPP)
        return result;
    if (host_call(LINUX_POLL, &poll, 1, 0) <= 0)
        return -LINUX_EAGAIN;
    return host_call(plain, fd, buf, ready == LINUX_POLLOUT ? MIN(size, (size_t)PIECE) : size);
}

static status_t status_of_transfer(long result, size_t *actual)
{
    if (result == -LINUX_EAGAIN || result == -LINUX_EINTR)
        return ERR_SHOULD_WAIT;
    if (result < 0)
        return status_from_errno((int)-result);
    *actual = (size_t)result;
    return OK;
}

status_t hal_host_read(int fd, void *buf, size_t size, size_t *actual)
{
    return status_of_transfer(transfer(fd, buf, size, LINUX_READ, LINUX_PREADV2, LINUX_POLLIN),
                              actual);
}

status_t hal_host_write(int fd, const void *buf, size_t size, size_t *actual)
{
    return status_of_transfer(
        transfer(fd, (void *)(uintptr_t)buf, size, LINUX_WRITE, LINUX_PWRITEV2, LINUX_POLLOUT),
        actual);
}

status_t hal_host_seek(int fd, int64_t offset, int whence, uint64_t *position)
{
    long result = host_call(LINUX_LSEEK, fd, offset, whence);

    if (result < 0)
        return status_from_errno((int)-result);
    *position = (uint64_t)result;
    return OK;
}

status_t hal_host_winsize(uint16_t *rows, uint16_t *columns)
{
    uint16_t size[4];
    long result = host_call(LINUX_IOCTL, 0, LINUX_TIOCGWINSZ, size);

    if (result < 0)
        return status_from_errno((int)-result);
    *rows = size[0];
    *columns = size[1];
    return OK;
}

/* The launcher stops itself; until it was continued, so does this CPU. */
void hal_host_stop_self(int signo)
{
    atomic_store(&libos_boot->stop_signal, (uint32_t)signo);
    host_call(LINUX_KILL, libos_boot->launcher, LINUX_SIGUSR1);
    while (atomic_load(&libos_boot->stop_signal))
        linux_futex_wait(&libos_boot->stop_signal, (uint32_t)signo);
}
