/*
 * socket.c - AF_UNIX sockets: types and errors, bytes and messages, shutting down, options.
 */
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>

#include "tests/linux/socket_test.h"

static void bad_arguments(void)
{
    int fd = open_socket(SOCK_STREAM), file = open("/", O_RDONLY);
    struct sockaddr_un un = {.sun_family = AF_UNIX, .sun_path = "x"};
    socklen_t size = sizeof(un);

    CHECK_ERR(socket(999, SOCK_STREAM, 0), EAFNOSUPPORT);
    CHECK_ERR(socket(-1, SOCK_STREAM, 0), EAFNOSUPPORT);
    CHECK_ERR(socket(AF_UNIX, 15, 0), EINVAL);
    CHECK_ERR(socket(AF_UNIX, SOCK_RDM, 0), ESOCKTNOSUPPORT);
    CHECK_ERR(socket(AF_UNIX, SOCK_STREAM, 77), EPROTONOSUPPORT);
    CHECK_ERR(socket(AF_UNIX, SOCK_STREAM | 0x100000, 0), EINVAL);
    CHECK(socket(AF_UNIX, SOCK_STREAM, AF_UNIX) >= 0);
    CHECK_ERR(socketpair(AF_UNIX, SOCK_STREAM, 0, check_bad), EFAULT);
    CHECK_ERR(bind(99, (void *)&un, size), EBADF);
    CHECK_ERR(bind(file, (void *)&un, size), ENOTSOCK);
    CHECK_ERR(listen(file, 1), ENOTSOCK);
    CHECK_ERR(send(file, "x", 1, 0), ENOTSOCK);
    CHECK_ERR(recv(99, &un, 1, 0), EBADF);
    CHECK_ERR(bind(fd, (void *)&un, 1), EINVAL);
    CHECK_ERR(bind(fd, (void *)&un, 200), EINVAL);
    CHECK_ERR(bind(fd, check_bad, size), EFAULT);
    un.sun_family = AF_INET;
    CHECK_ERR(bind(fd, (void *)&un, size), EINVAL);
    CHECK_ERR(connect(fd, (void *)&un, size), EINVAL);
    CHECK_ERR(listen(fd, 1), EINVAL);
    CHECK_ERR(accept(fd, NULL, NULL), EINVAL);
    CHECK_ERR(accept4(fd, NULL, NULL, 1), EINVAL);
    CHECK_ERR(getpeername(fd, (void *)&un, &size), ENOTCONN);
    CHECK_ERR(shutdown(fd, 3), EINVAL);
    CHECK_EQ(shutdown(fd, SHUT_RD), 0);
    CHECK_ERR(lseek(fd, 0, SEEK_CUR), ESPIPE);
    CHECK_ERR(syscall(SYS_sendmsg, fd, check_bad, 0), EFAULT);
}

static void unconnected(void)
{
    int stream = open_socket(SOCK_STREAM), packet = open_socket(SOCK_SEQPACKET);
    int datagram = open_socket(SOCK_DGRAM);
    char c;

    CHECK_ERR(send(stream, "x", 1, 0), ENOTCONN);
    CHECK_ERR(recv(stream, &c, 1, 0), EINVAL);
    CHECK_ERR(send(packet, "x", 1, 0), ENOTCONN);
    CHECK_ERR(recv(packet, &c, 1, 0), ENOTCONN);
    CHECK_ERR(send(datagram, "x", 1, 0), ENOTCONN);
    CHECK_ERR(recv(datagram, &c, 1, MSG_DONTWAIT), EAGAIN);
    CHECK_ERR(listen(datagram, 1), EOPNOTSUPP);
    CHECK_ERR(accept(datagram, NULL, NULL), EOPNOTSUPP);
    CHECK_EQ(poll_of(stream), POLLOUT | POLLHUP);
    CHECK_EQ(poll_of(packet), POLLOUT | POLLHUP);
    CHECK_EQ(poll_of(datagram), POLLOUT);
}

static void stream_bytes(void)
{
    char buf[64];
    struct iovec iov[2] = {{buf, 2}, {buf + 2, 3}};

    open_pair(SOCK_STREAM);
    CHECK_EQ(write(s[0], "abc", 3), 3);
    CHECK_EQ(send(s[0], "defg", 4, 0), 4);
    CHECK_EQ(recv(s[1], buf, 2, MSG_PEEK), 2);
    CHECK(!memcmp(buf, "ab", 2));
    CHECK_EQ(recv(s[1], buf, sizeof(buf), MSG_PEEK), 7);
    CHECK_EQ(readv(s[1], iov, 2), 5);
    CHECK(!memcmp(buf, "abcde", 5));
    CHECK_EQ(recv(s[1], buf, sizeof(buf), 0), 2);
    CHECK(!memcmp(buf, "fg", 2));
    CHECK_ERR(recv(s[1], buf, 1, MSG_DONTWAIT), EAGAIN);
    CHECK_EQ(send(s[0], buf, 0, 0), 0);
    CHECK_EQ(write(s[0], buf, 0), 0);
    CHECK_EQ(read(s[1], buf, 0), 0);
    CHECK_ERR(recv(s[1], buf, 1, MSG_DONTWAIT), EAGAIN);
    CHECK_ERR(sendto(s[0], "x", 1, 0, (void *)buf, 1), EISCONN);
}

static void packets(int type)
{
    char buf[64];
    struct iovec iov = {buf, 3};
    struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};

    open_pair(type);
    CHECK_EQ(write(s[0], "hello", 5), 5);
    CHECK_EQ(send(s[0], "", 0, 0), 0);
    CHECK_EQ(write(s[0], "", 0), 0);
    CHECK_EQ(writev(s[0], &(struct iovec){buf, 0}, 1), 0);
    CHECK_EQ(send(s[0], "world!", 6, 0), 6);
    CHECK_EQ(send(s[0], "more", 4, 0), 4);
    CHECK_EQ(recv(s[1], buf, 2, MSG_PEEK | MSG_TRUNC), 5);
    CHECK_EQ(recvmsg(s[1], &msg, 0), 3);
    CHECK_EQ(msg.msg_flags, MSG_TRUNC);
    CHECK_EQ(recv(s[1], buf, sizeof(buf), 0), 0);
    CHECK_EQ(read(s[1], buf, sizeof(buf)), 0);
    CHECK_EQ(recv(s[1], buf, 1, MSG_TRUNC), 6);
    CHECK_EQ(buf[0], 'w');
    CHECK_EQ(recvmsg(s[1], &msg, MSG_TRUNC), 4);
    CHECK_ERR(recv(s[1], buf, 1, MSG_DONTWAIT), EAGAIN);
}

static void datagram_pair(void)
{
    packets(SOCK_DGRAM);
}

static void seqpacket_pair(void)
{
    packets(SOCK_SEQPACKET);
}

static void message_too_long(void)
{
    static char big[64 << 10];

    open_pair(SOCK_SEQPACKET);
    set_option(s[0], SO_SNDBUF, 16 << 10);
    CHECK_EQ(option(s[0], SO_SNDBUF), 32 << 10);
    CHECK_ERR(send(s[0], big, sizeof(big), 0), EMSGSIZE);
    CHECK_ERR(send(s[0], big, (32 << 10) - 31, 0), EMSGSIZE);
    CHECK_EQ(send(s[0], big, (32 << 10) - 32, 0), (32 << 10) - 32);
    CHECK_EQ(recv(s[1], big, sizeof(big), 0), (32 << 10) - 32);
}

/* What did not reach user memory of a stream stays; a datagram is lost. */
static void bad_buffers(void)
{
    char buf[8];

    open_pair(SOCK_STREAM);
    CHECK_ERR(send(s[0], check_bad, 1, 0), EFAULT);
    CHECK_EQ(send(s[0], "abc", 3, 0), 3);
    CHECK_ERR(recv(s[1], check_bad, 3, 0), EFAULT);
    CHECK_EQ(recv(s[1], buf, 8, 0), 3);
    open_pair(SOCK_DGRAM);
    CHECK_EQ(send(s[0], "abc", 3, 0), 3);
    CHECK_ERR(recv(s[1], check_bad, 3, 0), EFAULT);
    CHECK_ERR(recv(s[1], buf, 8, MSG_DONTWAIT), EAGAIN);
}

static void peer_closed(void)
{
    char c;

    signal(SIGPIPE, SIG_IGN);
    open_pair(SOCK_STREAM);
    CHECK_EQ(write(s[0], "ab", 2), 2);
    close(s[0]);
    CHECK_EQ(poll_of(s[1]), POLLIN | POLLOUT | POLLRDHUP | POLLHUP);
    CHECK_EQ(read(s[1], &c, 1), 1);
    CHECK_EQ(read(s[1], &c, 1), 1);
    CHECK_EQ(read(s[1], &c, 1), 0);
    CHECK_ERR(write(s[1], "x", 1), EPIPE);

    open_pair(SOCK_STREAM);
    CHECK_EQ(write(s[1], "ab", 2), 2);
    close(s[0]);
    CHECK_EQ(poll_of(s[1]), POLLIN | POLLOUT | POLLRDHUP | POLLHUP | POLLERR);
    CHECK_EQ(option(s[1], SO_ERROR), ECONNRESET);
    CHECK_EQ(option(s[1], SO_ERROR), 0);
    CHECK_EQ(read(s[1], &c, 1), 0);

    open_pair(SOCK_STREAM);
    CHECK_EQ(write(s[1], "ab", 2), 2);
    close(s[0]);
    CHECK_ERR(read(s[1], &c, 1), ECONNRESET);
    CHECK_EQ(read(s[1], &c, 1), 0);

    open_pair(SOCK_SEQPACKET);
    close(s[0]);
    CHECK_EQ(read(s[1], &c, 1), 0);
    CHECK_EQ(recv(s[1], &c, 1, MSG_DONTWAIT), 0);
    CHECK_ERR(send(s[1], "x", 1, 0), EPIPE);

    open_pair(SOCK_DGRAM);
    close(s[0]);
    CHECK_EQ(poll_of(s[1]), POLLOUT);
    CHECK_ERR(send(s[1], "x", 1, 0), ECONNREFUSED);
    CHECK_ERR(send(s[1], "x", 1, 0), ENOTCONN);
}

static void sigpipe(void)
{
    open_pair(SOCK_STREAM);
    close(s[0]);
    CHECK_ERR(send(s[1], "x", 1, MSG_NOSIGNAL), EPIPE);
    CHECK_KILLED(CHILD(send(s[1], "x", 1, 0)), SIGPIPE);
    CHECK_KILLED(CHILD(if (write(s[1], "x", 1)) _exit(1)), SIGPIPE);
    open_pair(SOCK_SEQPACKET);
    close(s[0]);
    CHECK_EXITS(CHILD(CHECK_ERR(send(s[1], "x", 1, 0), EPIPE)), 0);
    CHECK_EXITS(CHILD(CHECK_ERR(write(s[1], "x", 1), EPIPE)), 0);
}

static void shutdown_halves(void)
{
    char c;

    signal(SIGPIPE, SIG_IGN);
    open_pair(SOCK_STREAM);
    CHECK_EQ(write(s[0], "a", 1), 1);
    CHECK_EQ(shutdown(s[0], SHUT_WR), 0);
    CHECK_EQ(poll_of(s[1]), POLLIN | POLLOUT | POLLRDHUP);
    CHECK_EQ(poll_of(s[0]), POLLOUT);
    CHECK_ERR(write(s[0], "b", 1), EPIPE);
    CHECK_EQ(read(s[1], &c, 1), 1);
    CHECK_EQ(read(s[1], &c, 1), 0);
    CHECK_EQ(write(s[1], "c", 1), 1);
    CHECK_EQ(read(s[0], &c, 1), 1);
    CHECK_EQ(shutdown(s[1], SHUT_WR), 0);
    CHECK_EQ(poll_of(s[0]), POLLIN | POLLOUT | POLLRDHUP | POLLHUP);
    CHECK_EQ(poll_of(s[1]), POLLIN | POLLOUT | POLLRDHUP | POLLHUP);

    open_pair(SOCK_STREAM);
    CHECK_EQ(write(s[0], "a", 1), 1);
    CHECK_EQ(shutdown(s[1], SHUT_RD), 0);
    CHECK_ERR(write(s[0], "b", 1), EPIPE);
    CHECK_EQ(read(s[1], &c, 1), 1);
    CHECK_EQ(read(s[1], &c, 1), 0);

    open_pair(SOCK_DGRAM);
    CHECK_EQ(shutdown(s[1], SHUT_RD), 0);
    CHECK_ERR(send(s[0], "b", 1, 0), EPIPE);
    CHECK_EQ(recv(s[1], &c, 1, 0), 0);
    CHECK_ERR(recv(s[1], &c, 1, MSG_DONTWAIT), EAGAIN);
    CHECK_EQ(shutdown(s[0], SHUT_WR), 0);
    CHECK_ERR(send(s[0], "b", 1, 0), EPIPE);
}

/* A reader in another process sees all of it. */
static void send_blocks(int type, size_t part)
{
    enum { BYTES = 600 << 10 };
    static char buf[BYTES];
    size_t sent = 0, got = 0;
    ssize_t n;
    pid_t pid;

    open_pair(type);
    for (size_t i = 0; i < BYTES; i++)
        buf[i] = (char)(i * 7 >> 3);
    pid = CHILD({
        static char in[BYTES];

        close(s[0]);
        while ((n = recv(s[1], in + got, BYTES - got, 0)) > 0)
            got += (size_t)n;
        CHECK_EQ(n, 0);
        CHECK_EQ(got, BYTES);
        CHECK(!memcmp(in, buf, BYTES));
    });
    while (sent < BYTES) {
        n = send(s[0], buf + sent, part < BYTES - sent ? part : BYTES - sent, 0);
        CHECK(n > 0);
        sent += (size_t)n;
    }
    close(s[0]);
    CHECK_EXITS(pid, 0);
}

static void stream_blocks(void)
{
    send_blocks(SOCK_STREAM, 600 << 10);
    send_blocks(SOCK_STREAM, 1000);
}

static void packets_block(void)
{
    send_blocks(SOCK_SEQPACKET, 3000);
}

/* Full, then writable again when enough was read. */
static void nonblocking(void)
{
    static char buf[4096];
    size_t sent = 0;
    ssize_t n;

    open_pair(SOCK_STREAM);
    set_nonblocking(s[0]);
    while ((n = write(s[0], buf, sizeof(buf))) > 0)
        sent += (size_t)n;
    CHECK_EQ(errno, EAGAIN);
    CHECK(sent >= 16 << 10);
    CHECK_EQ(poll_of(s[0]), 0);
    CHECK_ERR(send(s[0], buf, 1, MSG_DONTWAIT), EAGAIN);
    while (sent) {
        n = read(s[1], buf, sizeof(buf));
        CHECK(n > 0);
        sent -= (size_t)n;
    }
    CHECK_EQ(poll_of(s[0]), POLLOUT);
    CHECK_EQ(write(s[0], buf, 1), 1);
}

static void wait_all(void)
{
    char buf[8] = "";
    pid_t pid;

    open_pair(SOCK_STREAM);
    pid = CHILD(for (int i = 0; i < 8; i++) {
        usleep(1000);
        CHECK_EQ(write(s[0], "abcdefgh" + i, 1), 1);
    });
    CHECK_EQ(recv(s[1], buf, 8, MSG_WAITALL), 8);
    CHECK(!memcmp(buf, "abcdefgh", 8));
    CHECK_EXITS(pid, 0);
    CHECK_EQ(write(s[0], "xyz", 3), 3);
    CHECK_EQ(recv(s[1], buf, 8, MSG_WAITALL | MSG_DONTWAIT), 3);
    CHECK_EQ(write(s[0], "xyz", 3), 3);
    close(s[0]);
    CHECK_EQ(recv(s[1], buf, 8, MSG_WAITALL), 3);
}

static void timeouts(void)
{
    struct timeval tv = {0, 20000}, got;
    socklen_t size = sizeof(got);
    struct timespec begin, end;
    char c;

    open_pair(SOCK_STREAM);
    CHECK_EQ(setsockopt(s[0], SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)), 0);
    CHECK_EQ(getsockopt(s[0], SOL_SOCKET, SO_RCVTIMEO, &got, &size), 0);
    CHECK_EQ(size, sizeof(got));
    CHECK_EQ(got.tv_usec, 20000);
    clock_gettime(CLOCK_MONOTONIC, &begin);
    CHECK_ERR(read(s[0], &c, 1), EAGAIN);
    CHECK_ERR(recv(s[0], &c, 1, 0), EAGAIN);
    clock_gettime(CLOCK_MONOTONIC, &end);
    CHECK((end.tv_sec - begin.tv_sec) * 1000 + (end.tv_nsec - begin.tv_nsec) / 1000000 >= 30);
    tv.tv_usec = 1000000;
    CHECK_ERR(setsockopt(s[0], SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)), EDOM);
    CHECK_ERR(setsockopt(s[0], SOL_SOCKET, SO_RCVTIMEO, &tv, 4), EINVAL);
    CHECK_EQ(setsockopt(s[0], SOL_SOCKET, SO_SNDTIMEO, &(struct timeval){0, 20000}, sizeof(tv)),
             0);
    while (write(s[0], &tv, sizeof(tv)) > 0)
        continue;
    CHECK_EQ(errno, EAGAIN);
}

static void on_alarm(int signo)
{
    (void)signo;
}

static void interrupted(void)
{
    char c;

    CHECK_EQ(sigaction(SIGALRM, &(struct sigaction){.sa_handler = on_alarm}, NULL), 0);
    open_pair(SOCK_STREAM);
    setitimer(ITIMER_REAL, &(struct itimerval){{0, 5000}, {0, 5000}}, NULL);
    CHECK_ERR(recv(s[0], &c, 1, 0), EINTR);
    CHECK_ERR(read(s[0], &c, 1), EINTR);
}

static void options(void)
{
    int value = 1;
    socklen_t size = sizeof(value);

    open_pair(SOCK_SEQPACKET);
    CHECK_EQ(option(s[0], SO_TYPE), SOCK_SEQPACKET);
    CHECK_EQ(option(s[0], SO_DOMAIN), AF_UNIX);
    CHECK_EQ(option(s[0], SO_PROTOCOL), 0);
    CHECK_EQ(option(s[0], SO_ERROR), 0);
    CHECK_EQ(option(s[0], SO_ACCEPTCONN), 0);
    CHECK_EQ(option(s[0], SO_REUSEADDR), 0);
    set_option(s[0], SO_REUSEADDR, 5);
    CHECK_EQ(option(s[0], SO_REUSEADDR), 1);
    set_option(s[0], SO_SNDBUF, 1);
    CHECK_EQ(option(s[0], SO_SNDBUF), 4608);
    set_option(s[0], SO_RCVBUF, 10000);
    CHECK_EQ(option(s[0], SO_RCVBUF), 20000);
    CHECK_ERR(setsockopt(s[0], SOL_SOCKET, SO_TYPE, &value, sizeof(value)), ENOPROTOOPT);
    CHECK_ERR(setsockopt(s[0], SOL_SOCKET, SO_REUSEADDR, &value, 3), EINVAL);
    CHECK_ERR(setsockopt(s[0], SOL_SOCKET, SO_REUSEADDR, check_bad, 4), EFAULT);
    CHECK_ERR(setsockopt(s[0], SOL_SOCKET, 9999, &value, 4), ENOPROTOOPT);
    CHECK_ERR(getsockopt(s[0], SOL_SOCKET, 9999, &value, &size), ENOPROTOOPT);
    CHECK_ERR(getsockopt(s[0], 6, 1, &value, &size), EOPNOTSUPP);
    CHECK_ERR(setsockopt(s[0], 6, 1, &value, size), EOPNOTSUPP);
    size = 1;
    value = -1;
    CHECK_EQ(getsockopt(s[0], SOL_SOCKET, SO_TYPE, &value, &size), 0);
    CHECK_EQ(size, 1);
    CHECK_EQ(value, (int)(0xffffff00 | SOCK_SEQPACKET));
    size = (socklen_t)-1;
    CHECK_ERR(getsockopt(s[0], SOL_SOCKET, SO_TYPE, &value, &size), EINVAL);
    CHECK_ERR(getsockopt(0, SOL_SOCKET, SO_TYPE, &value, &size), ENOTSOCK);
}

static void ioctls(void)
{
    int n, on = 1;
    char c;

    open_pair(SOCK_STREAM);
    CHECK_EQ(write(s[0], "abcde", 5), 5);
    CHECK_EQ(write(s[0], "fgh", 3), 3);
    CHECK_EQ(ioctl(s[1], FIONREAD, &n), 0);
    CHECK_EQ(n, 8);
    CHECK_EQ(read(s[1], &c, 1), 1);
    CHECK_EQ(ioctl(s[1], FIONREAD, &n), 0);
    CHECK_EQ(n, 7);
    CHECK_EQ(ioctl(s[0], TIOCOUTQ, &n), 0);
    CHECK(n >= 7);
    CHECK_EQ(ioctl(s[1], TIOCOUTQ, &n), 0);
    CHECK_EQ(n, 0);
    CHECK_EQ(ioctl(s[0], FIONBIO, &on), 0);
    CHECK_ERR(read(s[0], &c, 1), EAGAIN);
    CHECK_ERR(ioctl(s[0], 0x5401, &n), ENOTTY);
    open_pair(SOCK_DGRAM);
    CHECK_EQ(write(s[0], "abcde", 5), 5);
    CHECK_EQ(write(s[0], "fgh", 3), 3);
    CHECK_EQ(ioctl(s[1], FIONREAD, &n), 0);
    CHECK_EQ(n, 5);
}

static void many_messages(void)
{
    char in[4][8];
    struct iovec out_iov[3] = {{"one", 3}, {"two", 3}, {"three", 5}}, in_iov[4];
    struct mmsghdr out[3] = {0}, back[4] = {0};

    open_pair(SOCK_DGRAM);
    for (int i = 0; i < 3; i++)
        out[i].msg_hdr = (struct msghdr){.msg_iov = &out_iov[i], .msg_iovlen = 1};
    for (int i = 0; i < 4; i++) {
        in_iov[i] = (struct iovec){in[i], sizeof(in[i])};
        back[i].msg_hdr = (struct msghdr){.msg_iov = &in_iov[i], .msg_iovlen = 1};
    }
    CHECK_EQ(sendmmsg(s[0], out, 3, 0), 3);
    CHECK_EQ(out[2].msg_len, 5);
    CHECK_EQ(recvmmsg(s[1], back, 4, MSG_WAITFORONE, NULL), 3);
    CHECK_EQ(back[0].msg_len, 3);
    CHECK_EQ(back[2].msg_len, 5);
    CHECK(!memcmp(in[2], "three", 5));
    CHECK_ERR(recvmmsg(s[1], back, 4, MSG_DONTWAIT, NULL), EAGAIN);
    CHECK_EQ(sendmmsg(s[0], out, 2, 0), 2);
    CHECK_EQ(recvmmsg(s[1], back, 2, 0, NULL), 2);
    out[0].msg_hdr.msg_iovlen = 2000;
    CHECK_ERR(sendmsg(s[0], &out[0].msg_hdr, 0), EMSGSIZE);
}

static void looks_like_a_socket(void)
{
    struct stat st;
    char name[64], link[64] = "", want[64];

    open_pair(SOCK_STREAM);
    CHECK_EQ(fstat(s[0], &st), 0);
    CHECK(S_ISSOCK(st.st_mode));
    CHECK_EQ(st.st_mode & 0777, 0777);
    snprintf(name, sizeof(name), "/proc/self/fd/%d", s[0]);
    snprintf(want, sizeof(want), "socket:[%lu]", (unsigned long)st.st_ino);
    CHECK(readlink(name, link, sizeof(link) - 1) > 0);
    CHECK(!strcmp(link, want));
    CHECK_ERR(open(name, O_RDWR), ENXIO);
    CHECK_EQ(fcntl(s[0], F_GETFL) & O_ACCMODE, O_RDWR);
    CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, s), 0);
    CHECK_EQ(fcntl(s[1], F_GETFD), FD_CLOEXEC);
    CHECK(fcntl(s[1], F_GETFL) & O_NONBLOCK);
}

static const struct check_case cases[] = {
    CASE(bad_arguments),  CASE(unconnected),
    CASE(stream_bytes),   CASE(datagram_pair),
    CASE(seqpacket_pair), CASE(message_too_long),
    CASE(bad_buffers),    CASE(peer_closed),
    CASE(sigpipe),        CASE(shutdown_halves),
    CASE(stream_blocks),  CASE(packets_block),
    CASE(nonblocking),    CASE(wait_all),
    CASE(timeouts),       CASE(interrupted),
    CASE(options),        CASE(ioctls),
    CASE(many_messages),  CASE(looks_like_a_socket),
};

CHECK_MAIN(cases)
