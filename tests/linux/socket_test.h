/*
 * socket_test.h - what the tests of sockets share: names, sending and receiving with control
 * messages.
 */
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>

#include "tests/linux/check.h"

static int s[2];

static inline void open_pair(int type)
{
    CHECK_EQ(socketpair(AF_UNIX, type, 0, s), 0);
}

static inline int open_socket(int type)
{
    int fd = socket(AF_UNIX, type, 0);

    CHECK(fd >= 0);
    return fd;
}

/* An abstract name of the case's own ("@..."), or a path in a scratch directory. */
static inline socklen_t make_name(struct sockaddr_un *un, const char *name)
{
    *un = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (*name == '@') {
        int size = snprintf(un->sun_path + 1, sizeof(un->sun_path) - 1, "zcore-%d-%s", getpid(),
                            name + 1);

        return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)size);
    }
    strcpy(un->sun_path, name);
    return sizeof(*un);
}

static inline int do_bind(int fd, const char *name)
{
    struct sockaddr_un un;
    socklen_t size = make_name(&un, name);

    return bind(fd, (void *)&un, size);
}

static inline int do_connect(int fd, const char *name)
{
    struct sockaddr_un un;
    socklen_t size = make_name(&un, name);

    return connect(fd, (void *)&un, size);
}

static inline int open_listener(int type, const char *name, int backlog)
{
    int fd = open_socket(type);

    CHECK_EQ(do_bind(fd, name), 0);
    CHECK_EQ(listen(fd, backlog), 0);
    return fd;
}

/* The case works in a new directory, which leave_scratch takes away; names in it are "a" to
 * "d". */
static char scratch[64];

static inline void enter_scratch(void)
{
    strcpy(scratch, "/tmp/zcore-socket.XXXXXX");
    CHECK(mkdtemp(scratch));
    CHECK_EQ(chdir(scratch), 0);
}

static inline void leave_scratch(void)
{
    for (const char *name = "abcd"; *name; name++)
        unlink((char[]){*name, '\0'});
    CHECK_EQ(chdir("/"), 0);
    CHECK_EQ(rmdir(scratch), 0);
}

static inline unsigned poll_of(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN | POLLOUT | POLLRDHUP};

    CHECK(poll(&p, 1, 0) >= 0);
    return (unsigned short)p.revents;
}

static inline void set_nonblocking(int fd)
{
    CHECK_EQ(fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK), 0);
}

static inline int option(int fd, int name)
{
    int value = -1;
    socklen_t size = sizeof(value);

    CHECK_EQ(getsockopt(fd, SOL_SOCKET, name, &value, &size), 0);
    CHECK_EQ(size, sizeof(value));
    return value;
}

static inline void set_option(int fd, int name, int value)
{
    CHECK_EQ(setsockopt(fd, SOL_SOCKET, name, &value, sizeof(value)), 0);
}

/* `size` bytes with `count` descriptors. */
static inline ssize_t send_fds(int to, const void *data, size_t size, const int *fds,
                               size_t count)
{
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(300 * sizeof(int))];
    } control = {.header = {CMSG_LEN(count * sizeof(int)), SOL_SOCKET, SCM_RIGHTS}};
    struct iovec iov = {(void *)data, size};
    struct msghdr msg = {.msg_iov = &iov,
                         .msg_iovlen = 1,
                         .msg_control = &control,
                         .msg_controllen = CMSG_SPACE(count * sizeof(int))};

    memcpy(CMSG_DATA(&control.header), fds, count * sizeof(int));
    return sendmsg(to, &msg, MSG_NOSIGNAL);
}

/* Room for `room` descriptors; how many came is in *count, the message's flags in *flags. */
static inline ssize_t receive_fds(int from, void *data, size_t size, int *fds, size_t room,
                                  size_t *count, int *flags, int how)
{
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(300 * sizeof(int))];
    } control;
    struct iovec iov = {data, size};
    struct msghdr msg = {.msg_iov = &iov,
                         .msg_iovlen = 1,
                         .msg_control = &control,
                         .msg_controllen = room ? CMSG_LEN(room * sizeof(int)) : 0};
    ssize_t got = recvmsg(from, &msg, how);
    struct cmsghdr *header = got >= 0 ? CMSG_FIRSTHDR(&msg) : NULL;

    *count = 0;
    if (header) {
        CHECK_EQ(header->cmsg_level, SOL_SOCKET);
        CHECK_EQ(header->cmsg_type, SCM_RIGHTS);
        *count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        memcpy(fds, CMSG_DATA(header), *count * sizeof(int));
    }
    if (flags)
        *flags = msg.msg_flags;
    return got;
}
