/*
 * signalfd.c - signals that are read: which, by whom, and what is said of them.
 */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <time.h>

#include "tests/linux/check.h"

static sigset_t set_of(int first, int second)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, first);
    if (second)
        sigaddset(&set, second);
    return set;
}

/* Blocked and to be read. */
static int open_for(int first, int second, int flags)
{
    sigset_t set = set_of(first, second);
    int fd;

    CHECK_EQ(sigprocmask(SIG_BLOCK, &set, NULL), 0);
    fd = signalfd(-1, &set, flags);
    CHECK(fd >= 0);
    return fd;
}

static struct signalfd_siginfo next(int fd)
{
    struct signalfd_siginfo info;

    CHECK_EQ(read(fd, &info, sizeof(info)), sizeof(info));
    return info;
}

static bool readable(int fd, int timeout)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};

    return poll(&p, 1, timeout) == 1 && p.revents == POLLIN;
}

static void reads_what_was_sent(void)
{
    int fd = open_for(SIGUSR1, 0, SFD_NONBLOCK);
    struct signalfd_siginfo info;

    CHECK(!readable(fd, 0));
    CHECK_ERR(read(fd, &info, sizeof(info)), EAGAIN);
    CHECK_EQ(kill(getpid(), SIGUSR1), 0);
    CHECK_EQ(kill(getpid(), SIGUSR1), 0); /* a standard signal is pending once */
    CHECK(readable(fd, 0));
    info = next(fd);
    CHECK_EQ(info.ssi_signo, SIGUSR1);
    CHECK_EQ(info.ssi_code, SI_USER);
    CHECK_EQ(info.ssi_pid, getpid());
    CHECK_EQ(info.ssi_uid, getuid());
    CHECK(!readable(fd, 0));
    CHECK_ERR(read(fd, &info, sizeof(info)), EAGAIN);
}

static void many_at_once(void)
{
    int fd = open_for(SIGRTMIN, SIGUSR2, SFD_NONBLOCK);
    struct signalfd_siginfo infos[8];

    for (int i = 0; i < 3; i++)
        CHECK_EQ(sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = 10 + i}), 0);
    CHECK_EQ(kill(getpid(), SIGUSR2), 0);
    CHECK_EQ(read(fd, infos, sizeof(infos)), 4 * sizeof(infos[0]));
    CHECK_EQ(infos[0].ssi_signo, SIGUSR2);
    for (int i = 0; i < 3; i++) {
        CHECK_EQ(infos[i + 1].ssi_signo, SIGRTMIN);
        CHECK_EQ(infos[i + 1].ssi_code, SI_QUEUE);
        CHECK_EQ(infos[i + 1].ssi_int, 10 + i);
        CHECK_EQ(infos[i + 1].ssi_ptr & 0xffffffff, 10 + i);
    }
}

static void only_whole_ones(void)
{
    int fd = open_for(SIGUSR1, SIGUSR2, SFD_NONBLOCK);
    char bytes[2 * sizeof(struct signalfd_siginfo) - 1];

    kill(getpid(), SIGUSR1);
    kill(getpid(), SIGUSR2);
    CHECK_ERR(read(fd, bytes, sizeof(struct signalfd_siginfo) - 1), EINVAL);
    CHECK_EQ(read(fd, bytes, sizeof(bytes)), sizeof(struct signalfd_siginfo));
    CHECK_EQ(next(fd).ssi_signo, SIGUSR2);
}

static void a_read_waits(void)
{
    int fd = open_for(SIGUSR1, 0, 0);
    pid_t self = getpid();
    pid_t pid = CHILD(usleep(20000); kill(self, SIGUSR1));
    struct signalfd_siginfo info = next(fd);

    CHECK_EQ(info.ssi_pid, pid);
    CHECK_EXITS(pid, 0);
}

static void a_poll_waits(void)
{
    int fd = open_for(SIGUSR1, 0, 0), set = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN};
    pid_t self = getpid(), pid;

    pid = CHILD(usleep(20000); kill(self, SIGUSR1));
    CHECK(readable(fd, -1));
    CHECK_EXITS(pid, 0);
    CHECK_EQ(next(fd).ssi_signo, SIGUSR1);
    CHECK_EQ(epoll_ctl(set, EPOLL_CTL_ADD, fd, &event), 0);
    CHECK_EQ(epoll_wait(set, &event, 1, 0), 0);
    pid = CHILD(usleep(20000); kill(self, SIGUSR1));
    CHECK_EQ(epoll_wait(set, &event, 1, -1), 1);
    CHECK_EQ(next(fd).ssi_signo, SIGUSR1);
    CHECK_EQ(epoll_wait(set, &event, 1, 0), 0);
    CHECK_EXITS(pid, 0);
}

static void children_are_told_of(void)
{
    int fd = open_for(SIGCHLD, 0, 0);
    pid_t pid = CHILD(_exit(42));
    struct signalfd_siginfo info = next(fd);

    CHECK_EQ(info.ssi_signo, SIGCHLD);
    CHECK_EQ(info.ssi_code, CLD_EXITED);
    CHECK_EQ(info.ssi_pid, pid);
    CHECK_EQ(info.ssi_status, 42);
    CHECK_EXITS(pid, 42);
}

static void another_taker(void)
{
    int fd = open_for(SIGUSR1, 0, SFD_NONBLOCK);
    sigset_t set = set_of(SIGUSR1, 0);
    struct signalfd_siginfo info;
    int signo;

    kill(getpid(), SIGUSR1);
    CHECK(readable(fd, 0));
    CHECK_EQ(sigwait(&set, &signo), 0);
    CHECK(!readable(fd, 0));
    CHECK_ERR(read(fd, &info, sizeof(info)), EAGAIN);
}

static void the_mask_can_change(void)
{
    int fd = open_for(SIGUSR1, SIGUSR2, SFD_NONBLOCK);
    sigset_t set = set_of(SIGUSR2, 0);

    CHECK_EQ(signalfd(fd, &set, 0), fd);
    kill(getpid(), SIGUSR1);
    CHECK(!readable(fd, 0));
    set = set_of(SIGUSR1, 0);
    CHECK_EQ(signalfd(fd, &set, 0), fd);
    CHECK(readable(fd, 0));
    CHECK_EQ(next(fd).ssi_signo, SIGUSR1);
}

static void *change_later(void *arg)
{
    sigset_t set = set_of(SIGUSR1, 0);

    usleep(20000);
    CHECK_EQ(signalfd(*(int *)arg, &set, 0), *(int *)arg);
    return NULL;
}

static void a_new_mask_wakes(void)
{
    int fd = open_for(SIGUSR1, SIGUSR2, 0);
    sigset_t set = set_of(SIGUSR2, 0);
    pthread_t thread;

    CHECK_EQ(signalfd(fd, &set, 0), fd);
    kill(getpid(), SIGUSR1);
    CHECK_EQ(pthread_create(&thread, NULL, change_later, &fd), 0);
    CHECK_EQ(next(fd).ssi_signo, SIGUSR1);
    pthread_join(thread, NULL);
}

struct peer {
    int fd;
    int ready[2];
    int go[2];
    bool saw, took;
};

static void *peer_thread(void *arg)
{
    struct peer *peer = arg;
    struct signalfd_siginfo info;

    CHECK(!readable(peer->fd, 0));
    check_put(peer->ready[1]);
    CHECK(check_get(peer->go[0]));
    peer->saw = readable(peer->fd, 0);
    peer->took = read(peer->fd, &info, sizeof(info)) == sizeof(info);
    return NULL;
}

/* A thread reads its own signals and its process's, not those of another thread. */
static void threads_see_their_own(void)
{
    struct peer peer = {.fd = open_for(SIGUSR1, 0, SFD_NONBLOCK)};
    pthread_t thread;

    CHECK(pipe(peer.ready) == 0 && pipe(peer.go) == 0);
    CHECK_EQ(pthread_create(&thread, NULL, peer_thread, &peer), 0);
    CHECK(check_get(peer.ready[0]));
    CHECK_EQ(pthread_kill(thread, SIGUSR1), 0);
    CHECK(!readable(peer.fd, 10));
    check_put(peer.go[1]);
    pthread_join(thread, NULL);
    CHECK(peer.saw && peer.took);
    CHECK_EQ(pthread_create(&thread, NULL, peer_thread, &peer), 0);
    CHECK(check_get(peer.ready[0]));
    CHECK_EQ(pthread_kill(pthread_self(), SIGUSR1), 0);
    check_put(peer.go[1]);
    pthread_join(thread, NULL);
    CHECK(readable(peer.fd, 0));
    CHECK_EQ(next(peer.fd).ssi_signo, SIGUSR1);
}

/* An inherited descriptor shows the child its own signals. */
static void a_child_sees_its_own(void)
{
    int fd = open_for(SIGUSR1, 0, SFD_NONBLOCK);
    pid_t pid;

    kill(getpid(), SIGUSR1);
    pid = check_fork();
    if (!pid) {
        CHECK(!readable(fd, 0));
        kill(getpid(), SIGUSR1);
        CHECK(readable(fd, 0));
        CHECK_EQ(next(fd).ssi_pid, getpid());
        _exit(0);
    }
    CHECK_EXITS(pid, 0);
    CHECK_EQ(next(fd).ssi_pid, getpid());
}

static void a_failed_read_takes_nothing(void)
{
    int fd = open_for(SIGRTMIN, 0, SFD_NONBLOCK);
    char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    for (int i = 0; i < 2; i++)
        CHECK_EQ(sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = i}), 0);
    /* Into a page that has to be brought in first: in the same order. */
    CHECK_EQ(read(fd, page + 64, sizeof(struct signalfd_siginfo)),
             sizeof(struct signalfd_siginfo));
    CHECK_EQ(((struct signalfd_siginfo *)(page + 64))->ssi_int, 0);
    CHECK_EQ(next(fd).ssi_int, 1);
}

static void refusals(void)
{
    sigset_t set = set_of(SIGUSR1, SIGKILL);
    int fd = open_for(SIGUSR1, 0, 0), ends[2];
    uint64_t mask = 1;

    CHECK_ERR(signalfd(-1, &set, 1), EINVAL);
    CHECK_ERR(syscall(SYS_signalfd4, -1, &mask, 4, 0), EINVAL);
    CHECK_ERR(syscall(SYS_signalfd4, -1, check_bad, 8, 0), EFAULT);
    CHECK_ERR(signalfd(99, &set, 0), EBADF);
    CHECK_EQ(pipe(ends), 0);
    CHECK_ERR(signalfd(ends[0], &set, 0), EINVAL);
    CHECK_ERR(write(fd, &mask, 8), EINVAL);
    CHECK(signalfd(-1, &set, 0) >= 0); /* SIGKILL is left out in silence */
}

static void descriptor_flags(void)
{
    char link[64] = "", path[64];
    int fd = open_for(SIGUSR1, 0, SFD_CLOEXEC | SFD_NONBLOCK);

    CHECK_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
    CHECK(fcntl(fd, F_GETFL) & O_NONBLOCK);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    CHECK(readlink(path, link, sizeof(link) - 1) > 0);
    CHECK(strcmp(link, "anon_inode:[signalfd]") == 0);
}

static void *look_and_end(void *arg)
{
    CHECK(!readable(*(int *)arg, 0));
    return NULL;
}

/* Threads that come, look and go leave nothing that is in the way. */
static void passing_threads(void)
{
    int fd = open_for(SIGUSR1, 0, SFD_NONBLOCK);

    for (unsigned i = 0; i < 50; i++) {
        pthread_t threads[4];

        for (unsigned n = 0; n < ARRAY_SIZE(threads); n++)
            CHECK_EQ(pthread_create(&threads[n], NULL, look_and_end, &fd), 0);
        for (unsigned n = 0; n < ARRAY_SIZE(threads); n++)
            pthread_join(threads[n], NULL);
    }
    kill(getpid(), SIGUSR1);
    CHECK_EQ(next(fd).ssi_signo, SIGUSR1);
}

static const struct check_case cases[] = {
    CASE(reads_what_was_sent),
    CASE(many_at_once),
    CASE(only_whole_ones),
    CASE(a_read_waits),
    CASE(a_poll_waits),
    CASE(children_are_told_of),
    CASE(another_taker),
    CASE(the_mask_can_change),
    CASE(a_new_mask_wakes),
    CASE(threads_see_their_own),
    CASE(a_child_sees_its_own),
    CASE(a_failed_read_takes_nothing),
    CASE(refusals),
    CASE(descriptor_flags),
    CASE(passing_threads),
};

CHECK_MAIN(cases)
