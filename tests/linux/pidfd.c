/*
 * pidfd.c - descriptors that stand for processes.
 */
#define _GNU_SOURCE
#include "tests/linux/check.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/syscall.h>

#ifndef P_PIDFD
#define P_PIDFD 3
#endif
#ifndef CLONE_PIDFD
#define CLONE_PIDFD 0x1000
#endif

static int pidfd_open(pid_t pid, unsigned flags)
{
    return (int)syscall(SYS_pidfd_open, pid, flags);
}

static int pidfd_signal(int fd, int signo, siginfo_t *info, unsigned flags)
{
    return (int)syscall(SYS_pidfd_send_signal, fd, signo, info, flags);
}

static pid_t sleeper(void)
{
    return CHILD(for (;;) pause());
}

static short ready(int fd, int timeout)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};

    CHECK(poll(&p, 1, timeout) >= 0);
    return p.revents;
}

static void it_is_ready_when_the_process_ends(void)
{
    pid_t pid = sleeper();
    struct epoll_event ev = {.events = EPOLLIN}, got;
    int fd = pidfd_open(pid, 0), ep = epoll_create1(0);
    char byte;

    CHECK(fd >= 0);
    CHECK_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
    CHECK(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev) == 0);
    CHECK_EQ(ready(fd, 0), 0);
    CHECK_EQ(epoll_wait(ep, &got, 1, 0), 0);
    CHECK_ERR(read(fd, &byte, 1), EINVAL);
    kill(pid, SIGKILL);
    CHECK_EQ(ready(fd, -1), POLLIN);
    CHECK_EQ(epoll_wait(ep, &got, 1, -1), 1);
    CHECK_KILLED(pid, SIGKILL);
    CHECK(ready(fd, 0) & POLLIN);
}

static void a_zombie_has_one(void)
{
    pid_t pid = CHILD(_exit(3));
    siginfo_t info;
    int fd;

    CHECK(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) == 0);
    fd = pidfd_open(pid, 0);
    CHECK(fd >= 0);
    CHECK_EQ(ready(fd, 0), POLLIN);
    CHECK_EQ(pidfd_signal(fd, 0, NULL, 0), 0);
    CHECK_EXITS(pid, 3);
    CHECK_ERR(pidfd_signal(fd, 0, NULL, 0), ESRCH);
    CHECK_ERR(pidfd_open(pid, 0), ESRCH);
}

static void signals_go_through_it(void)
{
    pid_t pid = sleeper();
    int fd = pidfd_open(pid, 0);
    siginfo_t info = {.si_signo = SIGTERM, .si_code = SI_USER};

    CHECK_EQ(pidfd_signal(fd, 0, NULL, 0), 0);
    CHECK_ERR(pidfd_signal(fd, 65, NULL, 0), EINVAL);
    CHECK_ERR(pidfd_signal(fd, SIGTERM, NULL, 0x40000000), EINVAL);
    CHECK_ERR(pidfd_signal(fd, SIGTERM, check_bad, 0), EFAULT);
    CHECK_ERR(pidfd_signal(fd, SIGHUP, &info, 0), EINVAL);
    CHECK_ERR(pidfd_signal(fd, SIGTERM, &info, 0), EPERM); /* pretends to be kill */
    CHECK_ERR(pidfd_signal(0, SIGTERM, NULL, 0), EBADF);
    CHECK_ERR(pidfd_signal(-1, SIGTERM, NULL, 0), EBADF);
    info.si_code = SI_QUEUE;
    CHECK_EQ(pidfd_signal(fd, SIGTERM, &info, 0), 0);
    CHECK_KILLED(pid, SIGTERM);
}

static void a_directory_of_proc_will_do(void)
{
    pid_t pid = sleeper();
    char name[40];
    int fd;

    snprintf(name, sizeof(name), "/proc/%d", (int)pid);
    fd = open(name, O_RDONLY | O_DIRECTORY);
    CHECK(fd >= 0);
    CHECK_EQ(pidfd_signal(fd, 0, NULL, 0), 0);
    CHECK_EQ(pidfd_signal(fd, SIGTERM, NULL, 0), 0);
    CHECK_KILLED(pid, SIGTERM);
    CHECK_ERR(pidfd_signal(fd, SIGTERM, NULL, 0), ESRCH);
    CHECK_ERR(pidfd_signal(open("/proc", O_RDONLY), 0, NULL, 0), EBADF);
    CHECK_ERR(pidfd_signal(open("/proc/self/stat", O_RDONLY), 0, NULL, 0), EBADF);
}

static void waiting_by_it(void)
{
    pid_t pid = sleeper();
    int fd = pidfd_open(pid, O_NONBLOCK), own = pidfd_open(getpid(), 0);
    siginfo_t info;

    CHECK(fcntl(fd, F_GETFL) & O_NONBLOCK);
    CHECK_ERR(waitid(P_PIDFD, (id_t)fd, &info, WEXITED), EAGAIN);
    CHECK_ERR(waitid(P_PIDFD, (id_t)own, &info, WEXITED), ECHILD);
    CHECK_ERR(waitid(P_PIDFD, 0, &info, WEXITED), EBADF);
    CHECK_ERR(waitid(P_PIDFD, (id_t)-1, &info, WEXITED), EINVAL);
    CHECK_EQ(pidfd_signal(fd, SIGKILL, NULL, 0), 0);
    CHECK(ready(fd, -1) == POLLIN);
    CHECK(waitid(P_PIDFD, (id_t)fd, &info, WEXITED) == 0);
    CHECK_EQ(info.si_pid, pid);
    CHECK_EQ(info.si_code, CLD_KILLED);
    CHECK_ERR(waitid(P_PIDFD, (id_t)fd, &info, WEXITED), ECHILD);
}

static void descriptors_are_taken_from_others(void)
{
    int to[2], from[2], fd, taken;
    pid_t pid;
    char byte = 0;

    CHECK(pipe(to) == 0 && pipe(from) == 0);
    pid = CHILD({
        int own[2];

        CHECK(pipe(own) == 0);
        CHECK(write(own[1], "x", 1) == 1);
        CHECK(write(from[1], &own[0], sizeof(int)) == sizeof(int));
        check_get(to[0]);
    });
    CHECK(read(from[0], &taken, sizeof(int)) == sizeof(int));
    fd = pidfd_open(pid, 0);
    CHECK_ERR(syscall(SYS_pidfd_getfd, fd, taken, 1), EINVAL);
    CHECK_ERR(syscall(SYS_pidfd_getfd, fd, 1000, 0), EBADF);
    CHECK_ERR(syscall(SYS_pidfd_getfd, 0, taken, 0), EBADF);
    taken = (int)syscall(SYS_pidfd_getfd, fd, taken, 0);
    CHECK(taken >= 0);
    CHECK_EQ(fcntl(taken, F_GETFD), FD_CLOEXEC);
    CHECK(read(taken, &byte, 1) == 1 && byte == 'x');
    check_put(to[1]);
    CHECK_EXITS(pid, 0);
    CHECK_ERR(syscall(SYS_pidfd_getfd, fd, 0, 0), ESRCH);
}

struct args {
    uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls;
};

static void clone_gives_one(void)
{
    int fd = -1;
    struct args args = {.flags = CLONE_PIDFD, .pidfd = (uintptr_t)&fd, .exit_signal = SIGCHLD};
    pid_t pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));

    CHECK(pid >= 0);
    if (!pid)
        _exit(5);
    CHECK(fd >= 0 && fcntl(fd, F_GETFD) == FD_CLOEXEC);
    CHECK_EQ(ready(fd, -1), POLLIN);
    CHECK_EXITS(pid, 5);
    close(fd);
    pid = (pid_t)syscall(SYS_clone, CLONE_PIDFD | SIGCHLD, 0, &fd, 0, 0);
    CHECK(pid >= 0);
    if (!pid)
        _exit(6);
    CHECK_EQ(ready(fd, -1), POLLIN);
    CHECK_EXITS(pid, 6);
    CHECK_ERR(syscall(SYS_clone, CLONE_PIDFD | CLONE_PARENT_SETTID | SIGCHLD, 0, &fd, 0, 0),
              EINVAL);
    args.pidfd = (uintptr_t)check_bad;
    CHECK_ERR(syscall(SYS_clone3, &args, sizeof(args)), EFAULT);
    CHECK_ERR(wait(NULL), ECHILD);
}

static void open_refuses(void)
{
    CHECK_ERR(pidfd_open(0, 0), EINVAL);
    CHECK_ERR(pidfd_open(-1, 0), EINVAL);
    CHECK_ERR(pidfd_open(getpid(), 0x40000000), EINVAL);
    CHECK_ERR(pidfd_open(0x7fffffff, 0), ESRCH);
}

static const struct check_case cases[] = {
    CASE(it_is_ready_when_the_process_ends),
    CASE(a_zombie_has_one),
    CASE(signals_go_through_it),
    CASE(a_directory_of_proc_will_do),
    CASE(waiting_by_it),
    CASE(descriptors_are_taken_from_others),
    CASE(clone_gives_one),
    CASE(open_refuses),
};
CHECK_MAIN(cases)
