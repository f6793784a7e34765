/*
 * socket_names.c - AF_UNIX sockets with names: binding, finding, connecting, accepting, and
 * datagrams to and fro.
 */
#include <signal.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "tests/linux/socket_test.h"

enum { FAMILY = offsetof(struct sockaddr_un, sun_path) };

static struct sockaddr_un got;
static socklen_t got_size;

static int name_of(int fd)
{
    got_size = sizeof(got);
    memset(&got, 0, sizeof(got));
    return getsockname(fd, (void *)&got, &got_size);
}

static int peer_of(int fd)
{
    got_size = sizeof(got);
    memset(&got, 0, sizeof(got));
    return getpeername(fd, (void *)&got, &got_size);
}

static void path_names(void)
{
    int fd = open_socket(SOCK_STREAM), other = open_socket(SOCK_STREAM), to;
    struct stat st;

    enter_scratch();
    umask(022);
    CHECK_EQ(name_of(fd), 0);
    CHECK_EQ(got_size, FAMILY);
    CHECK_EQ(do_bind(fd, "a"), 0);
    CHECK_EQ(name_of(fd), 0);
    CHECK_EQ(got_size, FAMILY + 2);
    CHECK(!strcmp(got.sun_path, "a"));
    CHECK_EQ(stat("a", &st), 0);
    CHECK(S_ISSOCK(st.st_mode));
    CHECK_EQ(st.st_mode & 0777, 0755);
    CHECK_ERR(open("a", O_RDWR), ENXIO);
    CHECK_ERR(do_bind(fd, "b"), EINVAL);
    CHECK_ERR(access("b", F_OK), ENOENT);
    CHECK_ERR(do_bind(other, "a"), EADDRINUSE);
    CHECK_ERR(do_bind(other, "."), EADDRINUSE);
    CHECK_ERR(do_bind(other, "no/a"), ENOENT);
    CHECK_ERR(do_bind(other, "a/b"), ENOTDIR);
    CHECK_ERR(do_connect(other, "a"), ECONNREFUSED);
    CHECK_ERR(do_connect(other, "no"), ENOENT);
    CHECK_ERR(do_connect(other, "a/b"), ENOTDIR);
    CHECK_ERR(do_connect(other, "."), ECONNREFUSED);
    CHECK_EQ(listen(fd, 5), 0);
    CHECK_EQ(listen(fd, 6), 0);
    CHECK_EQ(option(fd, SO_ACCEPTCONN), 1);
    CHECK_ERR(do_connect(fd, "a"), EINVAL);
    CHECK_ERR(do_connect(open_socket(SOCK_DGRAM), "a"), EPROTOTYPE);
    CHECK_ERR(do_connect(open_socket(SOCK_SEQPACKET), "a"), EPROTOTYPE);
    CHECK_EQ(rename("a", "c"), 0);
    CHECK_EQ(link("c", "b"), 0);
    CHECK_EQ(symlink("b", "d"), 0);
    CHECK_EQ(do_connect(other, "d"), 0);
    CHECK_ERR(do_connect(other, "d"), EISCONN);
    CHECK_EQ(peer_of(other), 0);
    CHECK(!strcmp(got.sun_path, "a"));
    got_size = sizeof(got);
    to = accept(fd, (void *)&got, &got_size);
    CHECK(to >= 0);
    CHECK_EQ(got_size, FAMILY);
    CHECK_EQ(name_of(to), 0);
    CHECK(!strcmp(got.sun_path, "a"));
    close(fd);
    fd = open_socket(SOCK_STREAM);
    CHECK_ERR(do_connect(fd, "b"), ECONNREFUSED);
    CHECK_EQ(write(other, "x", 1), 1);
    unlink("b");
    CHECK_EQ(do_bind(fd, "b"), 0);
    leave_scratch();
}

static void long_names(void)
{
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    int fd = open_socket(SOCK_STREAM), to = open_socket(SOCK_STREAM);
    char big[200];
    struct {
        struct sockaddr_un un;
        char more[4];
    } out;
    socklen_t size = sizeof(out);

    enter_scratch();
    memset(un.sun_path, 'x', sizeof(un.sun_path));
    memcpy(un.sun_path, "././././", 8);
    CHECK_EQ(bind(fd, (void *)&un, sizeof(un)), 0);
    CHECK_EQ(listen(fd, 1), 0);
    CHECK_EQ(getsockname(fd, (void *)&out, &size), 0);
    CHECK_EQ(size, sizeof(un) + 1);
    CHECK_EQ(connect(to, (void *)&un, sizeof(un)), 0);
    snprintf(big, sizeof(big), "%.108s", un.sun_path);
    CHECK_EQ(unlink(big), 0);
    size = 5;
    memset(&out, 0, sizeof(out));
    CHECK_EQ(getsockname(fd, (void *)&out, &size), 0);
    CHECK_EQ(size, sizeof(un) + 1);
    CHECK_EQ(out.un.sun_path[2], '.');
    CHECK_EQ(out.un.sun_path[3], 0);
    size = (socklen_t)-1;
    CHECK_ERR(getsockname(fd, (void *)&out, &size), EINVAL);
    CHECK_ERR(getsockname(fd, (void *)&out, check_bad), EFAULT);
    leave_scratch();
}

static void abstract_names(void)
{
    struct sockaddr_un un;
    socklen_t size = make_name(&un, "@name");
    int fd = open_listener(SOCK_STREAM, "@name", 5), other = open_socket(SOCK_STREAM);
    int datagram = open_socket(SOCK_DGRAM);

    CHECK_EQ(name_of(fd), 0);
    CHECK_EQ(got_size, size);
    CHECK(!memcmp(&got, &un, size));
    CHECK_ERR(bind(other, (void *)&un, size), EADDRINUSE);
    CHECK_EQ(bind(datagram, (void *)&un, size), 0);
    CHECK_ERR(connect(other, (void *)&un, size - 1), ECONNREFUSED);
    CHECK_ERR(connect(other, (void *)&un, sizeof(un)), ECONNREFUSED);
    CHECK_EQ(connect(other, (void *)&un, size), 0);
    close(fd);
    CHECK_EQ(bind(open_socket(SOCK_STREAM), (void *)&un, size), 0);
}

static void autobind(void)
{
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    int fd = open_socket(SOCK_STREAM), other = open_socket(SOCK_STREAM);

    CHECK_EQ(bind(fd, (void *)&un, FAMILY), 0);
    CHECK_EQ(name_of(fd), 0);
    CHECK_EQ(got_size, FAMILY + 6);
    CHECK_EQ(got.sun_path[0], 0);
    un = got;
    CHECK_EQ(bind(fd, (void *)&un, FAMILY), 0);
    CHECK_EQ(bind(other, (void *)&un, FAMILY), 0);
    CHECK_EQ(name_of(other), 0);
    CHECK(memcmp(&un, &got, FAMILY + 6));
    CHECK_EQ(listen(other, 1), 0);
    CHECK_EQ(connect(fd, (void *)&got, got_size), 0);
}

static void permissions(void)
{
    pid_t pid;

    if (geteuid())
        SKIP("not root");
    enter_scratch();
    CHECK_EQ(chmod(".", 0755), 0);
    open_listener(SOCK_STREAM, "a", 5);
    CHECK_EQ(chmod("a", 0755), 0);
    pid = CHILD({
        CHECK_EQ(setresgid(1234, 1234, 1234), 0);
        CHECK_EQ(setresuid(1234, 1234, 1234), 0);
        CHECK_ERR(do_connect(open_socket(SOCK_STREAM), "a"), EACCES);
        CHECK_ERR(do_bind(open_socket(SOCK_STREAM), "b"), EACCES);
    });
    CHECK_EXITS(pid, 0);
    leave_scratch();
}

static void accepting(int type)
{
    int fd = open_listener(type, "@l", 3), client = open_socket(type), to;
    char c;

    set_nonblocking(fd);
    CHECK_EQ(poll_of(fd), 0);
    CHECK_ERR(accept(fd, NULL, NULL), EAGAIN);
    CHECK_EQ(do_bind(client, "@c"), 0);
    CHECK_EQ(do_connect(client, "@l"), 0);
    CHECK_EQ(poll_of(fd), POLLIN);
    CHECK_EQ(poll_of(client), POLLOUT);
    CHECK_EQ(write(client, "early", 5), 5);
    got_size = sizeof(got);
    to = accept4(fd, (void *)&got, &got_size, SOCK_CLOEXEC | SOCK_NONBLOCK);
    CHECK(to >= 0);
    CHECK(!memcmp(got.sun_path + 1, "zcore-", 6));
    CHECK_EQ(got.sun_path[got_size - FAMILY - 1], 'c');
    CHECK_EQ(fcntl(to, F_GETFD), FD_CLOEXEC);
    CHECK(fcntl(to, F_GETFL) & O_NONBLOCK);
    CHECK_EQ(poll_of(fd), 0);
    CHECK_EQ(read(to, &c, 1), 1);
    CHECK_EQ(c, 'e');
    CHECK_ERR(read(fd, &c, 1), type == SOCK_STREAM ? EINVAL : ENOTCONN);
    CHECK_ERR(write(fd, &c, 1), ENOTCONN);
    CHECK_EQ(do_connect(open_socket(type), "@l"), 0);
    CHECK_ERR(accept(fd, check_bad, check_bad), EFAULT);
}

static void accept_stream(void)
{
    accepting(SOCK_STREAM);
}

static void accept_packets(void)
{
    accepting(SOCK_SEQPACKET);
}

/* Nobody accepts: those that wait are told when the listener goes. */
static void listener_closes(void)
{
    int fd = open_listener(SOCK_STREAM, "@l", 3), client = open_socket(SOCK_STREAM);
    char c;

    CHECK_EQ(do_connect(client, "@l"), 0);
    close(fd);
    CHECK_EQ(poll_of(client), POLLIN | POLLOUT | POLLRDHUP | POLLHUP | POLLERR);
    CHECK_ERR(read(client, &c, 1), ECONNRESET);
    CHECK_EQ(read(client, &c, 1), 0);
    CHECK_ERR(do_connect(open_socket(SOCK_STREAM), "@l"), ECONNREFUSED);
}

static void listener_shuts_down(void)
{
    int fd = open_listener(SOCK_STREAM, "@l", 3);

    CHECK_EQ(shutdown(fd, SHUT_RD), 0);
    CHECK_ERR(do_connect(open_socket(SOCK_STREAM), "@l"), ECONNREFUSED);
    CHECK_ERR(accept(fd, NULL, NULL), EINVAL);
}

static void full_backlog(void)
{
    int fd = open_listener(SOCK_STREAM, "@l", 0), client = open_socket(SOCK_STREAM);
    struct sockaddr_un un;
    socklen_t size = make_name(&un, "@l");
    pid_t pid;

    CHECK_EQ(do_connect(client, "@l"), 0);
    client = open_socket(SOCK_STREAM);
    set_nonblocking(client);
    CHECK_ERR(do_connect(client, "@l"), EAGAIN);
    pid = CHILD({
        int mine = open_socket(SOCK_STREAM);

        CHECK_EQ(connect(mine, (void *)&un, size), 0);
        CHECK_EQ(write(mine, "x", 1), 1);
    });
    CHECK(accept(fd, NULL, NULL) >= 0);
    CHECK(accept(fd, NULL, NULL) >= 0);
    CHECK_EXITS(pid, 0);
    CHECK_EQ(do_connect(client, "@l"), 0);
}

/* Who waits for a place is refused when the listener goes. */
static void listener_closes_on_waiting(void)
{
    int fd = open_listener(SOCK_STREAM, "@l", 0);
    struct sockaddr_un un;
    socklen_t size = make_name(&un, "@l");
    pid_t pid;

    CHECK_EQ(do_connect(open_socket(SOCK_STREAM), "@l"), 0);
    open_pair(SOCK_STREAM);
    pid = CHILD({
        close(fd);
        check_put(s[1]);
        CHECK_ERR(connect(open_socket(SOCK_STREAM), (void *)&un, size), ECONNREFUSED);
    });
    CHECK(check_get(s[0]));
    usleep(20000);
    close(fd);
    CHECK_EXITS(pid, 0);
}

/* Without a descriptor for it, a connection stays where it is. */
static void no_descriptor_left(void)
{
    int fd = open_listener(SOCK_STREAM, "@l", 5), client = open_socket(SOCK_STREAM), to;
    struct rlimit limit;
    char c;

    CHECK_EQ(do_connect(client, "@l"), 0);
    CHECK_EQ(write(client, "x", 1), 1);
    CHECK_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = (rlim_t)client + 1;
    CHECK_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
    while (dup(client) >= 0)
        continue;
    CHECK_ERR(accept(fd, NULL, NULL), EMFILE);
    limit.rlim_cur = limit.rlim_max;
    CHECK_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
    CHECK_EQ(poll_of(fd), POLLIN);
    to = accept(fd, NULL, NULL);
    CHECK(to >= 0);
    CHECK_EQ(read(to, &c, 1), 1);
}

static void datagrams(void)
{
    int a = open_socket(SOCK_DGRAM), b = open_socket(SOCK_DGRAM), c = open_socket(SOCK_DGRAM);
    struct sockaddr_un to_a, none = {.sun_family = AF_UNSPEC};
    socklen_t size = make_name(&to_a, "@a");
    char buf[8];

    CHECK_EQ(do_bind(a, "@a"), 0);
    CHECK_EQ(do_bind(b, "@b"), 0);
    CHECK_EQ(sendto(b, "from b", 6, 0, (void *)&to_a, size), 6);
    CHECK_EQ(sendto(c, "from c", 6, 0, (void *)&to_a, size), 6);
    got_size = sizeof(got);
    CHECK_EQ(recvfrom(a, buf, 8, 0, (void *)&got, &got_size), 6);
    CHECK_EQ(got.sun_path[got_size - FAMILY - 1], 'b');
    CHECK_EQ(sendto(a, "back", 4, 0, (void *)&got, got_size), 4);
    CHECK_EQ(recv(b, buf, 8, 0), 4);
    got_size = sizeof(got);
    CHECK_EQ(recvfrom(a, buf, 8, 0, (void *)&got, &got_size), 6);
    CHECK_EQ(got_size, 0);
    CHECK_EQ(connect(b, (void *)&to_a, size), 0);
    CHECK_EQ(peer_of(b), 0);
    CHECK_EQ(send(b, "x", 1, 0), 1);
    CHECK_EQ(do_connect(a, "@b"), 0);
    CHECK_ERR(sendto(c, "no", 2, 0, (void *)&to_a, size), EPERM);
    CHECK_ERR(connect(c, (void *)&to_a, size), EPERM);
    CHECK_EQ(connect(b, (void *)&none, sizeof(none.sun_family)), 0);
    CHECK_ERR(peer_of(b), ENOTCONN);
    CHECK_ERR(send(b, "x", 1, 0), ENOTCONN);
    make_name(&to_a, "@n");
    CHECK_ERR(sendto(c, "x", 1, 0, (void *)&to_a, size), ECONNREFUSED);
    CHECK_ERR(sendto(c, "x", 1, 0, (void *)&to_a, 200), EINVAL);
    CHECK_ERR(sendto(c, "x", 1, 0, (void *)&to_a, 2), EINVAL);
}

/* A receiver's queue is full: who is connected to it sees it, and waits. */
static void full_queue(void)
{
    int a = open_socket(SOCK_DGRAM), b = open_socket(SOCK_DGRAM), c = open_socket(SOCK_DGRAM);
    struct sockaddr_un to_a;
    socklen_t size = make_name(&to_a, "@a");
    int sent = 0;
    char buf[8];
    pid_t pid;

    CHECK_EQ(do_bind(a, "@a"), 0);
    CHECK_EQ(do_connect(b, "@a"), 0);
    while (sendto(c, "x", 1, MSG_DONTWAIT, (void *)&to_a, size) == 1)
        sent++;
    CHECK_EQ(errno, EAGAIN);
    CHECK(sent > 1);
    CHECK_EQ(poll_of(b), 0);
    CHECK_EQ(poll_of(c), POLLOUT);
    CHECK_ERR(send(b, "y", 1, MSG_DONTWAIT), EAGAIN);
    pid = CHILD(CHECK_EQ(send(b, "y", 1, 0), 1);
                CHECK_EQ(sendto(c, "z", 1, 0, (void *)&to_a, size), 1));
    for (int i = 0; i < sent + 2; i++)
        CHECK_EQ(recv(a, buf, 1, 0), 1);
    CHECK_EQ(buf[0], 'z');
    CHECK_EXITS(pid, 0);
    CHECK_EQ(poll_of(b), POLLOUT);
    while (send(b, "x", 1, MSG_DONTWAIT) == 1)
        continue;
    CHECK_EQ(poll_of(b), 0);
    close(a);
    CHECK_EQ(poll_of(b), POLLOUT);
    CHECK_ERR(send(b, "y", 1, 0), ECONNREFUSED);
}

/* An edge for each arrival, for the end, and for room that came back. */
static void epoll_edges(void)
{
    static char big[4096];
    struct epoll_event ev = {.events = EPOLLIN | EPOLLRDHUP | EPOLLET}, out;
    int ep = epoll_create1(0);

    open_pair(SOCK_STREAM);
    CHECK_EQ(epoll_ctl(ep, EPOLL_CTL_ADD, s[0], &ev), 0);
    CHECK_EQ(epoll_wait(ep, &out, 1, 0), 0);
    for (int i = 0; i < 2; i++) {
        CHECK_EQ(write(s[1], "x", 1), 1);
        CHECK_EQ(epoll_wait(ep, &out, 1, -1), 1);
        CHECK_EQ(out.events, EPOLLIN);
        CHECK_EQ(epoll_wait(ep, &out, 1, 0), 0);
    }
    CHECK_EQ(read(s[0], big, 2), 2);
    CHECK_EQ(epoll_wait(ep, &out, 1, 0), 0);
    CHECK_EQ(shutdown(s[1], SHUT_WR), 0);
    CHECK_EQ(epoll_wait(ep, &out, 1, -1), 1);
    CHECK_EQ(out.events, EPOLLIN | EPOLLRDHUP);
    ev.events = EPOLLOUT | EPOLLET;
    CHECK_EQ(epoll_ctl(ep, EPOLL_CTL_MOD, s[0], &ev), 0);
    CHECK_EQ(epoll_wait(ep, &out, 1, -1), 1);
    set_nonblocking(s[0]);
    while (write(s[0], big, sizeof(big)) > 0)
        continue;
    CHECK_EQ(epoll_wait(ep, &out, 1, 0), 0);
    set_nonblocking(s[1]);
    while (read(s[1], big, sizeof(big)) > 0)
        continue;
    CHECK_EQ(epoll_wait(ep, &out, 1, -1), 1);
    CHECK_EQ(out.events, EPOLLOUT);
}

static void listed(void)
{
    char line[256], want[64];
    FILE *f = fopen("/proc/net/unix", "r");
    bool seen = false;

    CHECK(f);
    open_listener(SOCK_STREAM, "@list", 5);
    snprintf(want, sizeof(want), " @zcore-%d-list\n", getpid());
    while (fgets(line, sizeof(line), f))
        seen = seen || (strstr(line, want) && strstr(line, " 00010000 0001 01 "));
    CHECK(seen);
}

/* Many clients at once, each in a process of its own. */
static void many_clients(void)
{
    enum { CLIENTS = 12, ROUNDS = 20 };
    int fd = open_listener(SOCK_STREAM, "@l", 2);
    struct sockaddr_un un;
    socklen_t size = make_name(&un, "@l");
    pid_t pids[CLIENTS];

    for (int i = 0; i < CLIENTS; i++)
        pids[i] = CHILD(for (int k = 0; k < ROUNDS; k++) {
            int mine = open_socket(SOCK_STREAM);

            CHECK_EQ(connect(mine, (void *)&un, size), 0);
            CHECK_EQ(write(mine, &k, sizeof(k)), sizeof(k));
            CHECK_EQ(read(mine, &k, sizeof(k)), sizeof(k));
            close(mine);
        });
    for (int i = 0; i < CLIENTS * ROUNDS; i++) {
        int to = accept(fd, NULL, NULL), k;

        CHECK(to >= 0);
        CHECK_EQ(read(to, &k, sizeof(k)), sizeof(k));
        CHECK_EQ(write(to, &k, sizeof(k)), sizeof(k));
        close(to);
    }
    for (int i = 0; i < CLIENTS; i++)
        CHECK_EXITS(pids[i], 0);
}

static const struct check_case cases[] = {
    CASE(path_names),
    CASE(long_names),
    CASE(abstract_names),
    CASE(autobind),
    CASE(permissions),
    CASE(accept_stream),
    CASE(accept_packets),
    CASE(listener_closes),
    CASE(listener_shuts_down),
    CASE(full_backlog),
    CASE(listener_closes_on_waiting),
    CASE(no_descriptor_left),
    CASE(datagrams),
    CASE(full_queue),
    CASE(epoll_edges),
    CASE(listed),
    CASE(many_clients),
};

CHECK_MAIN(cases)
