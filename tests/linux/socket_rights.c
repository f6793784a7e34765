/*
 * socket_rights.c - what goes along with messages: descriptors, also in circles, and
 * credentials.
 */
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "tests/linux/socket_test.h"

static void pass_pipe(int type)
{
    int ends[2], fds[4], flags;
    size_t count;
    char buf[8];

    open_pair(type);
    CHECK_EQ(pipe(ends), 0);
    CHECK_EQ(send_fds(s[0], "abc", 3, ends, 2), 3);
    close(ends[0]);
    close(ends[1]);
    CHECK_EQ(receive_fds(s[1], buf, 8, fds, 4, &count, &flags, MSG_CMSG_CLOEXEC), 3);
    CHECK_EQ(count, 2);
    CHECK_EQ(flags & ~MSG_CMSG_CLOEXEC, 0);
    CHECK_EQ(fcntl(fds[0], F_GETFD), FD_CLOEXEC);
    check_put(fds[1]);
    CHECK(check_get(fds[0]));
    close(fds[1]);
    CHECK(!check_get(fds[0]));
}

static void over_stream(void)
{
    pass_pipe(SOCK_STREAM);
}

static void over_datagrams(void)
{
    pass_pipe(SOCK_DGRAM);
}

static void over_packets(void)
{
    pass_pipe(SOCK_SEQPACKET);
}

static void bad_rights(void)
{
    int fds[300], good = dup(0);
    union {
        struct cmsghdr header;
        char bytes[64];
    } control = {.header = {CMSG_LEN(4), SOL_SOCKET, 77}};
    struct iovec iov = {"x", 1};
    struct msghdr msg = {.msg_iov = &iov,
                         .msg_iovlen = 1,
                         .msg_control = &control,
                         .msg_controllen = CMSG_SPACE(4)};
    char c;

    open_pair(SOCK_STREAM);
    CHECK_ERR(send_fds(s[0], "x", 1, (int[]){good, 999}, 2), EBADF);
    CHECK_ERR(send_fds(s[0], "x", 1, (int[]){-1}, 1), EBADF);
    for (int i = 0; i < 300; i++)
        fds[i] = good;
    CHECK_ERR(send_fds(s[0], "x", 1, fds, 254), EINVAL);
    CHECK_ERR(sendmsg(s[0], &msg, 0), EINVAL);
    control.header = (struct cmsghdr){CMSG_LEN(100), SOL_SOCKET, SCM_RIGHTS};
    CHECK_ERR(sendmsg(s[0], &msg, 0), EINVAL);
    control.header = (struct cmsghdr){3, SOL_SOCKET, SCM_RIGHTS};
    CHECK_ERR(sendmsg(s[0], &msg, 0), EINVAL);
    msg.msg_controllen = 1 << 20;
    CHECK_ERR(sendmsg(s[0], &msg, 0), ENOBUFS);
    control.header = (struct cmsghdr){CMSG_LEN(4), 12345, 77};
    msg.msg_controllen = CMSG_SPACE(4);
    CHECK_EQ(sendmsg(s[0], &msg, 0), 1);
    CHECK_EQ(recv(s[1], &c, 1, MSG_DONTWAIT), 1);
    CHECK_EQ(send_fds(s[0], "x", 1, fds, 253), 1);
    CHECK_EQ(recv(s[1], &c, 1, 0), 1);
    CHECK_ERR(recv(s[1], &c, 1, MSG_DONTWAIT), EAGAIN);
}

/* Room for fewer than come; what does not fit is closed. */
static void truncated(void)
{
    int ends[2], fds[4], flags, next = dup(0);
    size_t count;
    char c;

    close(next);
    open_pair(SOCK_STREAM);
    CHECK_EQ(pipe(ends), 0);
    CHECK_EQ(send_fds(s[0], "x", 1, ends, 2), 1);
    close(ends[1]);
    CHECK_EQ(receive_fds(s[1], &c, 1, fds, 1, &count, &flags, 0), 1);
    CHECK_EQ(count, 1);
    CHECK_EQ(flags, MSG_CTRUNC);
    CHECK(!check_get(ends[0]));
    CHECK_EQ(send_fds(s[0], "x", 1, ends, 1), 1);
    CHECK_EQ(receive_fds(s[1], &c, 1, fds, 0, &count, &flags, 0), 1);
    CHECK_EQ(flags, MSG_CTRUNC);
    CHECK_EQ(send_fds(s[0], "x", 1, ends, 1), 1);
    CHECK_EQ(read(s[1], &c, 1), 1);
}

static void no_number_left(void)
{
    int fds[4], flags, last = dup(0);
    struct rlimit limit;
    size_t count;
    char c;

    open_pair(SOCK_STREAM);
    CHECK_EQ(send_fds(s[0], "x", 1, (int[]){0, 0}, 2), 1);
    CHECK_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = (rlim_t)s[1] + 2;
    CHECK_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
    CHECK_EQ(receive_fds(s[1], &c, 1, fds, 4, &count, &flags, 0), 1);
    CHECK_EQ(count, 1);
    CHECK_EQ(flags, MSG_CTRUNC);
    close(last);
}

/* A read takes what comes before the descriptors and their bytes, and stops there. */
static void stream_boundaries(void)
{
    int fds[4], flags;
    size_t count;
    char buf[16];

    open_pair(SOCK_STREAM);
    CHECK_EQ(write(s[0], "ab", 2), 2);
    CHECK_EQ(send_fds(s[0], "cd", 2, (int[]){0}, 1), 2);
    CHECK_EQ(write(s[0], "ef", 2), 2);
    CHECK_EQ(send_fds(s[0], "gh", 2, (int[]){0, 0}, 2), 2);
    CHECK_EQ(receive_fds(s[1], buf, 16, fds, 4, &count, &flags, 0), 4);
    CHECK_EQ(count, 1);
    CHECK_EQ(receive_fds(s[1], buf, 3, fds, 4, &count, &flags, 0), 3);
    CHECK_EQ(count, 2);
    CHECK_EQ(receive_fds(s[1], buf, 16, fds, 4, &count, &flags, 0), 1);
    CHECK_EQ(count, 0);
    CHECK_EQ(buf[0], 'h');
}

static void peeked(void)
{
    int ends[2], fds[4], flags;
    size_t count;
    char c;

    for (int type = SOCK_STREAM; type <= SOCK_DGRAM; type++) {
        open_pair(type);
        CHECK_EQ(pipe(ends), 0);
        CHECK_EQ(send_fds(s[0], "x", 1, ends + 1, 1), 1);
        close(ends[1]);
        for (int i = 0; i < 2; i++) {
            CHECK_EQ(receive_fds(s[1], &c, 1, fds, 4, &count, &flags, i ? 0 : MSG_PEEK), 1);
            CHECK_EQ(count, 1);
            check_put(fds[0]);
            CHECK(check_get(ends[0]));
            close(fds[0]);
        }
        CHECK(!check_get(ends[0]));
    }
}

/* Closing an end closes what waits in it. */
static void closed_in_the_queue(void)
{
    int ends[2], listener, client;

    open_pair(SOCK_STREAM);
    CHECK_EQ(pipe(ends), 0);
    CHECK_EQ(send_fds(s[0], "x", 1, ends + 1, 1), 1);
    close(ends[1]);
    close(s[0]);
    close(s[1]);
    CHECK(!check_get(ends[0]));

    listener = open_listener(SOCK_STREAM, "@l", 1);
    client = open_socket(SOCK_STREAM);
    CHECK_EQ(do_connect(client, "@l"), 0);
    CHECK_EQ(pipe(ends), 0);
    CHECK_EQ(send_fds(client, "x", 1, ends + 1, 1), 1);
    close(ends[1]);
    close(listener);
    CHECK(!check_get(ends[0]));
}

/* Sockets that hold each other, with a pipe's writing end beside: it is closed once nobody can
 * reach them. */
static void circle_of_one(void)
{
    int ends[2];

    CHECK_EQ(pipe(ends), 0);
    open_pair(SOCK_STREAM);
    CHECK_EQ(send_fds(s[0], "x", 1, (int[]){s[1], ends[1]}, 2), 1);
    close(ends[1]);
    close(s[0]);
    close(s[1]);
    open_pair(SOCK_STREAM); /* others collect on this occasion */
    close(s[0]);
    close(s[1]);
    CHECK(!check_get(ends[0]));
}

static void circle_of_two(void)
{
    int a[2], ends[2];

    CHECK_EQ(pipe(ends), 0);
    open_pair(SOCK_DGRAM);
    memcpy(a, s, sizeof(a));
    open_pair(SOCK_STREAM);
    CHECK_EQ(send_fds(a[0], "x", 1, (int[]){s[0], s[1]}, 2), 1);
    CHECK_EQ(send_fds(s[0], "x", 1, (int[]){a[0], a[1], ends[1]}, 3), 1);
    close(ends[1]);
    for (int i = 0; i < 2; i++) {
        close(a[i]);
        close(s[i]);
    }
    open_pair(SOCK_STREAM);
    close(s[0]);
    close(s[1]);
    CHECK(!check_get(ends[0]));
}

/* The same with one more way in: it lives, and works. */
static void circle_with_a_door(void)
{
    int door[2], fds[4];
    size_t count;
    char c;

    open_pair(SOCK_STREAM);
    memcpy(door, s, sizeof(door));
    open_pair(SOCK_STREAM);
    CHECK_EQ(send_fds(s[0], "x", 1, (int[]){s[1]}, 1), 1);
    CHECK_EQ(send_fds(door[0], "y", 1, (int[]){s[1]}, 1), 1);
    close(s[0]);
    close(s[1]);
    open_pair(SOCK_STREAM);
    close(s[0]);
    close(s[1]);
    CHECK_EQ(receive_fds(door[1], &c, 1, fds, 4, &count, NULL, 0), 1);
    CHECK_EQ(count, 1);
    CHECK_EQ(receive_fds(fds[0], &c, 1, fds + 1, 3, &count, NULL, 0), 1);
    CHECK_EQ(c, 'x');
    CHECK_EQ(count, 1);
    CHECK_EQ(read(fds[1], &c, 1), 0);
}

static void circle_in_a_listener(void)
{
    int ends[2], listener = open_listener(SOCK_STREAM, "@l", 1),
                 client = open_socket(SOCK_STREAM);

    CHECK_EQ(pipe(ends), 0);
    CHECK_EQ(do_connect(client, "@l"), 0);
    CHECK_EQ(send_fds(client, "x", 1, (int[]){listener, ends[1]}, 2), 1);
    close(ends[1]);
    close(listener);
    close(client);
    open_pair(SOCK_STREAM);
    close(s[0]);
    close(s[1]);
    CHECK(!check_get(ends[0]));
}

/* Each holds the one before: closing the last closes them all, at any length. */
static void chain(void)
{
    enum { LINKS = 5000 };
    int ends[2], held;

    CHECK_EQ(pipe(ends), 0);
    held = ends[1];
    for (int i = 0; i < LINKS; i++) {
        open_pair(SOCK_DGRAM);
        if (send_fds(s[0], "x", 1, &held, 1) != 1) {
            CHECK_EQ(errno, ETOOMANYREFS); /* a kernel may set a limit */
            close(s[0]);
            close(s[1]);
            break;
        }
        close(held);
        close(s[0]);
        held = s[1];
    }
    close(held);
    CHECK(!check_get(ends[0]));
}

static void across_fork(void)
{
    int fds[4], ends[2];
    size_t count;
    char c;
    pid_t pid;

    open_pair(SOCK_SEQPACKET);
    CHECK_EQ(pipe(ends), 0);
    pid = CHILD({
        close(s[0]);
        close(ends[0]);
        close(ends[1]);
        CHECK_EQ(receive_fds(s[1], &c, 1, fds, 4, &count, NULL, 0), 1);
        CHECK_EQ(count, 1);
        check_put(fds[0]);
    });
    CHECK_EQ(send_fds(s[0], "x", 1, ends + 1, 1), 1);
    close(ends[1]);
    CHECK(check_get(ends[0]));
    CHECK_EXITS(pid, 0);
    CHECK(!check_get(ends[0]));
}

static ssize_t receive_credentials(int from, struct ucred *cred, int *flags)
{
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(struct ucred))];
    } control;
    char buf[16];
    struct iovec iov = {buf, sizeof(buf)};
    struct msghdr msg = {.msg_iov = &iov,
                         .msg_iovlen = 1,
                         .msg_control = &control,
                         .msg_controllen = sizeof(control)};
    ssize_t got = recvmsg(from, &msg, 0);

    *flags = msg.msg_flags;
    memset(cred, 0xff, sizeof(*cred));
    if (CMSG_FIRSTHDR(&msg)) {
        CHECK_EQ(control.header.cmsg_type, SCM_CREDENTIALS);
        CHECK_EQ(control.header.cmsg_len, CMSG_LEN(sizeof(*cred)));
        memcpy(cred, CMSG_DATA(&control.header), sizeof(*cred));
    }
    return got;
}

static ssize_t send_credentials(int to, const struct ucred *cred)
{
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(struct ucred))];
    } control = {.header = {CMSG_LEN(sizeof(*cred)), SOL_SOCKET, SCM_CREDENTIALS}};
    struct iovec iov = {"x", 1};
    struct msghdr msg = {.msg_iov = &iov,
                         .msg_iovlen = 1,
                         .msg_control = &control,
                         .msg_controllen = sizeof(control)};

    memcpy(CMSG_DATA(&control.header), cred, sizeof(*cred));
    return sendmsg(to, &msg, 0);
}

static void credentials(void)
{
    struct ucred cred, own = {getpid(), getuid(), getgid()};
    int flags;
    pid_t pid;

    open_pair(SOCK_STREAM);
    CHECK_EQ(write(s[0], "x", 1), 1);
    CHECK_EQ(receive_credentials(s[1], &cred, &flags), 1);
    CHECK_EQ(cred.pid, -1);
    CHECK_EQ(write(s[0], "y", 1), 1);
    set_option(s[1], SO_PASSCRED, 1);
    CHECK_EQ(receive_credentials(s[1], &cred, &flags), 1);
    CHECK_EQ(cred.pid, 0);
    CHECK_EQ(cred.uid, 65534);
    CHECK_EQ(write(s[0], "z", 1), 1);
    pid = CHILD(CHECK_EQ(write(s[0], "child", 5), 5));
    CHECK_EXITS(pid, 0);
    CHECK_EQ(receive_credentials(s[1], &cred, &flags), 1);
    CHECK_EQ(cred.pid, own.pid);
    CHECK_EQ(cred.uid, own.uid);
    CHECK_EQ(cred.gid, own.gid);
    CHECK_EQ(receive_credentials(s[1], &cred, &flags), 5);
    CHECK_EQ(cred.pid, pid);
    CHECK_EQ(send_credentials(s[0], &own), 1);
    CHECK_EQ(receive_credentials(s[1], &cred, &flags), 1);
    CHECK_EQ(cred.pid, own.pid);
}

static void false_credentials(void)
{
    struct ucred cred, named = {1, 77, 88};
    int flags;
    pid_t pid;

    if (geteuid())
        SKIP("not root");
    open_pair(SOCK_DGRAM);
    set_option(s[1], SO_PASSCRED, 1);
    CHECK_EQ(send_credentials(s[0], &named), 1);
    CHECK_EQ(receive_credentials(s[1], &cred, &flags), 1);
    CHECK_EQ(cred.pid, 1);
    CHECK_EQ(cred.uid, 77);
    CHECK_EQ(cred.gid, 88);
    named.pid = 4000000;
    CHECK_ERR(send_credentials(s[0], &named), ESRCH);
    pid = CHILD({
        CHECK_EQ(setresgid(1234, 1234, 1234), 0);
        CHECK_EQ(setresuid(1234, 1234, 1234), 0);
        named = (struct ucred){getpid(), 1234, 0};
        CHECK_ERR(send_credentials(s[0], &named), EPERM);
        named = (struct ucred){1, 1234, 1234};
        CHECK_ERR(send_credentials(s[0], &named), EPERM);
        named = (struct ucred){getpid(), 1234, 1234};
        CHECK_EQ(send_credentials(s[0], &named), 1);
    });
    CHECK_EXITS(pid, 0);
}

/* Who made the pair or called listen, whoever uses it now. */
static void peer_credentials(void)
{
    struct ucred cred;
    socklen_t size = sizeof(cred);
    int listener = open_listener(SOCK_STREAM, "@l", 1), client = open_socket(SOCK_STREAM), to;
    gid_t groups[64];

    CHECK_EQ(getsockopt(client, SOL_SOCKET, SO_PEERCRED, &cred, &size), 0);
    CHECK_EQ(cred.pid, 0);
    CHECK_EQ(cred.uid, (uid_t)-1);
    CHECK_ERR(getsockopt(client, SOL_SOCKET, SO_PEERGROUPS, groups, &size), ENODATA);
    CHECK_EQ(do_connect(client, "@l"), 0);
    to = accept(listener, NULL, NULL);
    open_pair(SOCK_STREAM);
    for (int i = 0; i < 3; i++) {
        int fd = (int[]){client, to, s[0]}[i];

        size = sizeof(cred);
        CHECK_EQ(getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &size), 0);
        CHECK_EQ(size, sizeof(cred));
        CHECK_EQ(cred.pid, getpid());
        CHECK_EQ(cred.uid, geteuid());
        CHECK_EQ(cred.gid, getegid());
    }
    size = sizeof(groups);
    CHECK_EQ(getsockopt(s[0], SOL_SOCKET, SO_PEERGROUPS, groups, &size), 0);
    CHECK_EQ(size / sizeof(gid_t), getgroups(0, NULL));
}

static const struct check_case cases[] = {
    CASE(over_stream),
    CASE(over_datagrams),
    CASE(over_packets),
    CASE(bad_rights),
    CASE(truncated),
    CASE(no_number_left),
    CASE(stream_boundaries),
    CASE(peeked),
    CASE(closed_in_the_queue),
    CASE(circle_of_one),
    CASE(circle_of_two),
    CASE(circle_with_a_door),
    CASE(circle_in_a_listener),
    CASE(chain),
    CASE(across_fork),
    CASE(credentials),
    CASE(false_credentials),
    CASE(peer_credentials),
};

CHECK_MAIN(cases)
