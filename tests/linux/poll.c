/*
 * poll.c - poll, select and epoll over pipes and event counters.
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <time.h>

#include "tests/linux/check.h"

static int ends[2];

static void open_pipe(void)
{
    CHECK_EQ(pipe(ends), 0);
}

static int64_t now_ms(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

static void poll_states(void)
{
    struct pollfd fds[4];

    open_pipe();
    fds[0] = (struct pollfd){.fd = ends[0], .events = POLLIN};
    fds[1] = (struct pollfd){.fd = ends[1], .events = POLLOUT};
    fds[2] = (struct pollfd){.fd = -1, .events = POLLIN, .revents = 99};
    fds[3] = (struct pollfd){.fd = 500, .events = POLLIN};
    CHECK_EQ(poll(fds, 4, -1), 2);
    CHECK_EQ(fds[0].revents, 0);
    CHECK_EQ(fds[1].revents, POLLOUT);
    CHECK_EQ(fds[2].revents, 0);
    CHECK_EQ(fds[3].revents, POLLNVAL);
    check_put(ends[1]);
    CHECK_EQ(poll(fds, 1, -1), 1);
    CHECK_EQ(fds[0].revents, POLLIN);
    close(ends[1]);
    CHECK_EQ(poll(fds, 1, -1), 1);
    CHECK_EQ(fds[0].revents, POLLIN | POLLHUP);
    CHECK_ERR(poll(check_bad, 1, 0), EFAULT);
    fds[0] = (struct pollfd){.fd = open("/", O_RDONLY), .events = POLLIN | POLLOUT};
    CHECK_EQ(poll(fds, 1, -1), 1);
    CHECK_EQ(fds[0].revents, POLLIN | POLLOUT);
}

/* More than the kernel has memory for in one piece. */
static void poll_takes_very_many(void)
{
    enum { MANY = 100000 };
    struct rlimit limit;
    struct pollfd *fds = malloc(MANY * sizeof(*fds));

    CHECK(fds && getrlimit(RLIMIT_NOFILE, &limit) == 0);
    CHECK_ERR(poll(fds, (nfds_t)limit.rlim_cur + 1, 0), EINVAL);
    limit.rlim_cur = MANY;
    if (limit.rlim_max < MANY)
        limit.rlim_max = MANY;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        SKIP("the host allows no more descriptors");
    open_pipe();
    check_put(ends[1]);
    for (int i = 0; i < MANY; i++)
        fds[i] = (struct pollfd){.fd = -1 - i, .events = (short)(i % 8), .revents = 1};
    fds[MANY - 1] = (struct pollfd){.fd = ends[0], .events = POLLIN | POLLPRI};
    CHECK_EQ(poll(fds, MANY, -1), 1);
    CHECK_EQ(fds[MANY - 1].revents, POLLIN);
    for (int i = 0; i < MANY - 1; i++)
        CHECK(fds[i].fd == -1 - i && fds[i].events == i % 8 && fds[i].revents == 0);
    free(fds);
}

static void poll_times_out(void)
{
    struct pollfd fd = {.events = POLLIN};
    int64_t start = now_ms();

    open_pipe();
    fd.fd = ends[0];
    CHECK_EQ(poll(&fd, 1, 0), 0);
    CHECK_EQ(poll(&fd, 1, 30), 0);
    CHECK_EQ(poll(NULL, 0, 20), 0);
    CHECK(now_ms() - start >= 50);
}

static void poll_wakes(void)
{
    struct pollfd fd = {.events = POLLIN};
    pid_t pid;

    open_pipe();
    fd.fd = ends[0];
    pid = CHILD(usleep(20000); check_put(ends[1]));
    CHECK_EQ(poll(&fd, 1, -1), 1);
    CHECK_EQ(fd.revents, POLLIN);
    CHECK_EXITS(pid, 0);
}

static volatile sig_atomic_t caught;

static void on_signal(int signo)
{
    caught = signo;
}

/* SA_RESTART does not restart poll (signal(7)). */
static void poll_and_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigset_t blocked, none;
    pid_t parent = getpid();
    pid_t pid;

    sigaction(SIGUSR1, &action, NULL);
    pid = CHILD(usleep(20000); kill(parent, SIGUSR1));
    CHECK_ERR(poll(NULL, 0, -1), EINTR);
    CHECK_EQ(caught, SIGUSR1);
    CHECK_EXITS(pid, 0);

    /* Blocked but for the time of the wait. */
    caught = 0;
    sigemptyset(&none);
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR1);
    CHECK_EQ(sigprocmask(SIG_BLOCK, &blocked, NULL), 0);
    CHECK_EQ(kill(parent, SIGUSR1), 0);
    CHECK_EQ(caught, 0);
    CHECK_ERR(ppoll(NULL, 0, NULL, &none), EINTR);
    CHECK_EQ(caught, SIGUSR1);

    /* The mask of before is back, after a time-out too. */
    caught = 0;
    CHECK_EQ(ppoll(NULL, 0, &(struct timespec){.tv_nsec = 1000000}, &none), 0);
    CHECK_EQ(kill(parent, SIGUSR1), 0);
    CHECK_EQ(getppid() > 0, 1);
    CHECK_EQ(caught, 0);
}

static void select_states(void)
{
    struct timeval zero = {0}, some = {.tv_usec = 30000};
    fd_set in, out;

    open_pipe();
    FD_ZERO(&in);
    FD_ZERO(&out);
    FD_SET(ends[0], &in);
    FD_SET(ends[1], &out);
    CHECK_EQ(select(ends[1] + 1, &in, &out, NULL, NULL), 1);
    CHECK(!FD_ISSET(ends[0], &in) && FD_ISSET(ends[1], &out));
    FD_SET(ends[0], &in);
    CHECK_EQ(select(ends[0] + 1, &in, NULL, NULL, &zero), 0);
    FD_SET(ends[0], &in);
    CHECK_EQ(select(ends[0] + 1, &in, NULL, NULL, &some), 0);
    CHECK_EQ(some.tv_usec, 0); /* what was left */
    check_put(ends[1]);
    FD_SET(ends[0], &in);
    FD_SET(ends[1] + 2, &in); /* not asked about: gone afterwards */
    CHECK_EQ(select(ends[1] + 1, &in, &out, NULL, NULL), 2);
    CHECK(FD_ISSET(ends[0], &in) && !FD_ISSET(ends[1] + 2, &in));
    FD_ZERO(&in);
    FD_SET(40, &in);
    CHECK_ERR(select(41, &in, NULL, NULL, NULL), EBADF);
    FD_ZERO(&in);
    FD_SET(500, &in); /* beyond any descriptor that there ever was: not looked at */
    CHECK_EQ(select(501, &in, NULL, NULL, &zero), 0);
    CHECK_ERR(select(-1, NULL, NULL, NULL, NULL), EINVAL);
}

static int new_epoll(void)
{
    int epfd = epoll_create1(EPOLL_CLOEXEC);

    CHECK(epfd >= 0);
    CHECK_EQ(fcntl(epfd, F_GETFD), FD_CLOEXEC);
    return epfd;
}

static int watch(int epfd, int fd, uint32_t events, uint64_t data)
{
    struct epoll_event event = {.events = events, .data.u64 = data};

    return epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &event);
}

static void epoll_arguments(void)
{
    struct epoll_event event = {0};
    int epfd = new_epoll(), other = new_epoll();

    open_pipe();
    CHECK_ERR(epoll_create(0), EINVAL);
    CHECK_ERR(epoll_create1(1), EINVAL);
    CHECK_EQ(watch(epfd, ends[0], EPOLLIN, 0), 0);
    CHECK_ERR(watch(epfd, ends[0], EPOLLIN, 0), EEXIST);
    CHECK_ERR(watch(epfd, epfd, EPOLLIN, 0), EINVAL);
    CHECK_ERR(watch(ends[0], ends[1], EPOLLIN, 0), EINVAL);
    CHECK_ERR(watch(epfd, open("/", O_RDONLY), EPOLLIN, 0), EPERM);
    CHECK_ERR(watch(epfd, -1, EPOLLIN, 0), EBADF);
    CHECK_ERR(epoll_ctl(epfd, EPOLL_CTL_DEL, ends[1], NULL), ENOENT);
    CHECK_ERR(epoll_ctl(epfd, EPOLL_CTL_MOD, ends[1], &event), ENOENT);
    CHECK_ERR(epoll_ctl(epfd, 9, ends[1], &event), EINVAL);
    CHECK_ERR(epoll_wait(epfd, &event, 0, 0), EINVAL);
    CHECK_ERR(epoll_wait(ends[0], &event, 1, 0), EINVAL);
    CHECK_EQ(watch(epfd, other, EPOLLIN, 0), 0);
    CHECK_ERR(watch(other, epfd, EPOLLIN, 0), ELOOP);
}

/* However a chain of sets is built, it ends before it is long, and never in a circle. */
static void epoll_chains(void)
{
    enum { LINKS = 20 };
    struct epoll_event event;
    int sets[LINKS + 1], last = 0;

    for (int i = 0; i <= LINKS; i++)
        sets[i] = new_epoll();
    while (last < LINKS && watch(sets[last], sets[last + 1], EPOLLIN, 0) == 0)
        last++;
    CHECK(last > 0);
    CHECK_ERR(watch(sets[last], sets[0], EPOLLIN, 0), ELOOP);

    open_pipe();
    CHECK_EQ(watch(sets[last], ends[0], EPOLLIN, 0), 0);
    check_put(ends[1]);
    CHECK_EQ(epoll_wait(sets[0], &event, 1, -1), 1);
}

static void epoll_levels_and_edges(void)
{
    struct epoll_event events[4];
    int level = new_epoll(), edge = new_epoll();

    open_pipe();
    CHECK_EQ(watch(level, ends[0], EPOLLIN, 11), 0);
    CHECK_EQ(watch(edge, ends[0], EPOLLIN | EPOLLET, 22), 0);
    CHECK_EQ(epoll_wait(level, events, 4, 0), 0);
    check_put(ends[1]);
    for (int i = 0; i < 3; i++) {
        CHECK_EQ(epoll_wait(level, events, 4, -1), 1);
        CHECK_EQ(events[0].events, EPOLLIN);
        CHECK_EQ(events[0].data.u64, 11);
    }
    CHECK_EQ(epoll_wait(edge, events, 4, -1), 1);
    CHECK_EQ(events[0].data.u64, 22);
    CHECK_EQ(epoll_wait(edge, events, 4, 0), 0);
    CHECK(check_get(ends[0]));
    CHECK_EQ(epoll_wait(level, events, 4, 0), 0);
    check_put(ends[1]);
    CHECK_EQ(epoll_wait(edge, events, 4, 0), 1);
}

static void epoll_one_shot(void)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLONESHOT}, got;
    int epfd = new_epoll();

    open_pipe();
    CHECK_EQ(watch(epfd, ends[0], EPOLLIN | EPOLLONESHOT, 0), 0);
    check_put(ends[1]);
    CHECK_EQ(epoll_wait(epfd, &got, 1, 0), 1);
    CHECK_EQ(epoll_wait(epfd, &got, 1, 0), 0);
    CHECK_EQ(epoll_ctl(epfd, EPOLL_CTL_MOD, ends[0], &event), 0);
    CHECK_EQ(epoll_wait(epfd, &got, 1, 0), 1);
}

/* Several are ready: each gets its turn, one event at a time. */
static void epoll_turns(void)
{
    int epfd = new_epoll(), fds[5], seen[5] = {0};
    struct epoll_event got;

    for (int i = 0; i < 5; i++) {
        fds[i] = eventfd(1, 0);
        CHECK_EQ(watch(epfd, fds[i], EPOLLIN, (uint64_t)i), 0);
    }
    for (int i = 0; i < 10; i++) {
        CHECK_EQ(epoll_wait(epfd, &got, 1, 0), 1);
        seen[got.data.u64]++;
    }
    for (int i = 0; i < 5; i++)
        CHECK_EQ(seen[i], 2);
}

/* A file that is closed is forgotten, once the last duplicate of its descriptor is. */
static void epoll_forgets(void)
{
    struct epoll_event got;
    int epfd = new_epoll(), copy;

    open_pipe();
    copy = dup(ends[0]);
    CHECK_EQ(watch(epfd, ends[0], EPOLLIN, 0), 0);
    check_put(ends[1]);
    close(ends[0]);
    CHECK_EQ(epoll_wait(epfd, &got, 1, 0), 1);
    close(copy);
    CHECK_EQ(epoll_wait(epfd, &got, 1, 0), 0);
    signal(SIGPIPE, SIG_IGN);
    CHECK_ERR(write(ends[1], "x", 1), EPIPE); /* nobody keeps the reader */
}

static void epoll_waits(void)
{
    struct epoll_event got;
    int epfd = new_epoll(), outer = new_epoll();
    int64_t start = now_ms();
    pid_t pid;

    open_pipe();
    CHECK_EQ(watch(epfd, ends[0], EPOLLIN, 5), 0);
    CHECK_EQ(watch(outer, epfd, EPOLLIN, 6), 0);
    CHECK_EQ(epoll_wait(epfd, &got, 1, 20), 0);
    CHECK(now_ms() - start >= 20);
    pid = CHILD(usleep(20000); check_put(ends[1]));
    CHECK_EQ(epoll_wait(outer, &got, 1, -1), 1);
    CHECK_EQ(got.data.u64, 6);
    CHECK_EQ(epoll_pwait(epfd, &got, 1, -1, NULL), 1);
    CHECK_EQ(got.data.u64, 5);
    CHECK_EXITS(pid, 0);
    close(ends[1]);
    CHECK_EQ(epoll_wait(epfd, &got, 1, -1), 1);
    CHECK_EQ(got.events, EPOLLIN | EPOLLHUP);
}

/* One event may wake by so many ways only, through sets that watch sets. */
static void ways_of_an_event(void)
{
    enum { MOST = 500 };
    const struct rlimit files = {2 * MOST, 2 * MOST};
    struct epoll_event event = {.events = EPOLLIN};
    int ends[2], low = epoll_create1(0), count = 0, fd;

    if (setrlimit(RLIMIT_NOFILE, &files) != 0)
        SKIP("not so many files");
    CHECK(pipe(ends) == 0 && epoll_ctl(low, EPOLL_CTL_ADD, ends[0], &event) == 0);
    do {
        fd = epoll_create1(0);
        CHECK(fd >= 0 && ++count <= MOST + 1);
    } while (epoll_ctl(fd, EPOLL_CTL_ADD, low, &event) == 0);
    CHECK_EQ(errno, EINVAL);
    CHECK_EQ(count, MOST + 1);
    /* Straight, there may be any number; and one way less is one more. */
    CHECK_EQ(epoll_ctl(fd, EPOLL_CTL_ADD, ends[0], &event), 0);
    CHECK_EQ(close(fd - 1), 0);
    CHECK_EQ(epoll_ctl(fd, EPOLL_CTL_ADD, low, &event), 0);
}

static const struct check_case cases[] = {
    CASE(ways_of_an_event),       CASE(poll_states),     CASE(poll_takes_very_many),
    CASE(poll_times_out),         CASE(poll_wakes),      CASE(poll_and_signals),
    CASE(select_states),          CASE(epoll_arguments), CASE(epoll_chains),
    CASE(epoll_levels_and_edges), CASE(epoll_one_shot),  CASE(epoll_turns),
    CASE(epoll_forgets),          CASE(epoll_waits),
};
CHECK_MAIN(cases)
