/*
 * lease.c - leases (fcntl(2), "Leases"): who may have one, who is told, who waits.
 */
#define _GNU_SOURCE
#include "tests/linux/check.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>

enum { OTHER_USER = 1977535 };

static char path[64];

static int reopen(int flags)
{
    int fd = open(path, flags);

    CHECK(fd >= 0);
    return fd;
}

/* A file of our own, open so. Its name is gone; `path` leads to it. */
static int make(int flags)
{
    char name[] = "/tmp/check-lease-XXXXXX";
    int fd = mkstemp(name), place = open(name, O_PATH);

    CHECK(fd >= 0 && place >= 0);
    CHECK(unlink(name) == 0 && close(fd) == 0);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", place);
    return reopen(flags);
}

static volatile sig_atomic_t told, told_code, told_fd;

static void note(int signo, siginfo_t *info, void *context)
{
    (void)context;
    told_code = info->si_code;
    told_fd = signo == SIGIO ? -1 : info->si_fd;
    told = signo;
}

static void notice(int signo, int flags)
{
    struct sigaction action = {.sa_sigaction = note, .sa_flags = SA_SIGINFO | flags};

    CHECK_EQ(sigaction(signo, &action, NULL), 0);
}

static void lease(int fd, int type)
{
    CHECK_EQ(fcntl(fd, F_SETLEASE, type), 0);
}

static void who_may_have_one(void)
{
    int fd = make(O_RDWR), reader, pipe_fds[2];

    CHECK_EQ(fcntl(fd, F_GETLEASE), F_UNLCK);
    CHECK_ERR(fcntl(fd, F_SETLEASE, F_UNLCK), EAGAIN);
    CHECK_ERR(fcntl(fd, F_SETLEASE, 7), EINVAL);
    /* To read: while nobody writes, not even the holder. */
    CHECK_ERR(fcntl(fd, F_SETLEASE, F_RDLCK), EAGAIN);
    lease(fd, F_WRLCK);
    lease(fd, F_WRLCK);
    CHECK_EQ(fcntl(fd, F_GETLEASE), F_WRLCK);
    lease(fd, F_UNLCK);
    CHECK_EQ(fcntl(fd, F_GETLEASE), F_UNLCK);
    reader = reopen(O_RDONLY);
    CHECK_ERR(fcntl(reader, F_SETLEASE, F_RDLCK), EAGAIN);
    /* To write: while nobody else has it open. */
    CHECK_ERR(fcntl(fd, F_SETLEASE, F_WRLCK), EAGAIN);
    CHECK_EQ(close(fd), 0);
    lease(reader, F_RDLCK);
    lease(reader, F_WRLCK);
    lease(reader, F_RDLCK);
    fd = reopen(O_RDONLY);
    lease(fd, F_RDLCK);
    CHECK_ERR(fcntl(fd, F_SETLEASE, F_WRLCK), EAGAIN);
    /* Files that are not regular have none, places are no files. */
    CHECK_EQ(pipe(pipe_fds), 0);
    CHECK_ERR(fcntl(pipe_fds[0], F_SETLEASE, F_RDLCK), EINVAL);
    CHECK_EQ(fcntl(pipe_fds[0], F_GETLEASE), F_UNLCK);
    CHECK_ERR(fcntl(open("/", O_RDONLY), F_SETLEASE, F_RDLCK), EINVAL);
    CHECK_ERR(fcntl(open(path, O_PATH), F_SETLEASE, F_RDLCK), EBADF);
    CHECK_ERR(fcntl(open(path, O_PATH), F_GETLEASE), EBADF);
}

static void others_need_the_capability(void)
{
    int fd = make(O_RDONLY);

    CHECK_EXITS(CHILD({
                    CHECK(setgid(OTHER_USER) == 0 && setuid(OTHER_USER) == 0);
                    CHECK_ERR(fcntl(fd, F_SETLEASE, F_RDLCK), EACCES);
                    CHECK_ERR(fcntl(fd, F_SETLEASE, F_UNLCK), EACCES);
                    CHECK_EQ(fcntl(fd, F_GETLEASE), F_UNLCK);
                }),
                0);
}

static void holders_are_told(void)
{
    int fd = make(O_RDONLY), other;

    notice(SIGIO, 0);
    notice(SIGRTMIN, 0);
    lease(fd, F_RDLCK);
    CHECK_EQ(fcntl(fd, F_GETOWN), getpid());
    /* A reader and a place are in no reader's way. */
    other = reopen(O_RDONLY | O_NONBLOCK);
    CHECK(open(path, O_PATH) >= 0);
    CHECK_EQ(told, 0);
    CHECK_ERR(open(path, O_WRONLY | O_NONBLOCK), EWOULDBLOCK);
    CHECK_EQ(told, SIGIO);
    CHECK_EQ(told_code, SI_KERNEL);
    /* Once; and what he is to come to is shown. */
    told = 0;
    CHECK_ERR(open(path, O_RDWR | O_NONBLOCK), EWOULDBLOCK);
    CHECK_EQ(told, 0);
    CHECK_EQ(fcntl(fd, F_GETLEASE), F_UNLCK);
    CHECK_ERR(fcntl(other, F_SETLEASE, F_RDLCK), EAGAIN);
    lease(fd, F_UNLCK);
    CHECK_EQ(fcntl(fd, F_GETOWN), 0);
    close(reopen(O_WRONLY | O_NONBLOCK));
    /* With details. */
    CHECK_EQ(close(other), 0);
    lease(fd, F_WRLCK);
    CHECK_EQ(fcntl(fd, F_SETSIG, SIGRTMIN), 0);
    CHECK_ERR(open(path, O_RDONLY | O_NONBLOCK), EWOULDBLOCK);
    CHECK_EQ(told, SIGRTMIN);
    CHECK_EQ(told_code, POLL_MSG);
    CHECK_EQ(told_fd, fd);
    CHECK_EQ(fcntl(fd, F_GETLEASE), F_RDLCK);
    lease(fd, F_RDLCK);
    CHECK_EQ(fcntl(fd, F_GETLEASE), F_RDLCK);
    close(reopen(O_RDONLY | O_NONBLOCK));
    lease(fd, F_UNLCK);
    CHECK_EQ(fcntl(fd, F_GETSIG), 0);
}

/* What does not open or truncate it breaks nothing. */
static void names_may_change(void)
{
    char name[] = "/tmp/check-lease-XXXXXX", other[40];
    int fd = mkstemp(name);

    CHECK(fd >= 0);
    notice(SIGIO, 0);
    lease(fd, F_WRLCK);
    snprintf(other, sizeof(other), "%s-b", name);
    CHECK_EQ(link(name, other), 0);
    CHECK_EQ(unlink(name), 0);
    CHECK_EQ(rename(other, name), 0);
    CHECK_EQ(chmod(name, 0640), 0);
    CHECK_EQ(ftruncate(fd, 10), 0);
    CHECK_EQ(unlink(name), 0);
    CHECK_EQ(told, 0);
    CHECK_EQ(fcntl(fd, F_GETLEASE), F_WRLCK);
}

static void an_open_waits(int flags, int lease_type, int less)
{
    volatile int *opened = check_shared;
    int fd = make(O_RDONLY);
    pid_t child;

    notice(SIGIO, 0);
    told = 0;
    *opened = 0;
    lease(fd, lease_type);
    child = CHILD({
        CHECK_EQ(close(fd), 0);
        CHECK(open(path, flags) >= 0);
        *opened = 1;
    });
    WAIT_FOR(told);
    CHECK_EQ(*opened, 0);
    lease(fd, less);
    CHECK_EXITS(child, 0);
    CHECK_EQ(*opened, 1);
    CHECK_EQ(fcntl(fd, F_GETLEASE), less);
    CHECK_EQ(close(fd), 0);
}

static void opens_wait(void)
{
    an_open_waits(O_WRONLY, F_RDLCK, F_UNLCK);
    an_open_waits(O_RDWR | O_TRUNC, F_WRLCK, F_UNLCK);
    an_open_waits(O_RDONLY | O_NOCTTY, F_WRLCK, F_UNLCK);
    an_open_waits(O_RDONLY, F_WRLCK, F_RDLCK);
}

static void a_truncation_waits(void)
{
    int fd = make(O_RDWR);
    struct stat st;
    pid_t child;

    notice(SIGIO, 0);
    CHECK(write(fd, "12345", 5) == 5 && close(fd) == 0);
    fd = reopen(O_RDONLY);
    lease(fd, F_RDLCK);
    child = CHILD(CHECK_EQ(truncate(path, 2), 0));
    WAIT_FOR(told);
    CHECK(fstat(fd, &st) == 0 && st.st_size == 5);
    lease(fd, F_UNLCK);
    CHECK_EXITS(child, 0);
    CHECK(fstat(fd, &st) == 0 && st.st_size == 2);
}

/* The signal that tells of it ends the holder's own wait. */
static void signals_end_the_wait(void)
{
    int fd = make(O_RDONLY);

    notice(SIGIO, 0);
    lease(fd, F_RDLCK);
    CHECK_ERR(open(path, O_WRONLY), EINTR);
    CHECK_EQ(told, SIGIO);
    lease(fd, F_UNLCK);
    lease(fd, F_RDLCK);
    CHECK_ERR(truncate(path, 0), EINTR);
}

static void closing_gives_up(void)
{
    int fd = make(O_RDONLY), again = dup(fd);
    pid_t child;

    notice(SIGIO, 0);
    lease(fd, F_RDLCK);
    CHECK_EQ(close(fd), 0);
    CHECK_EQ(fcntl(again, F_GETLEASE), F_RDLCK);
    child = CHILD({
        CHECK_EQ(close(again), 0);
        CHECK(open(path, O_WRONLY) >= 0);
    });
    WAIT_FOR(told);
    CHECK_EQ(close(again), 0);
    CHECK_EXITS(child, 0);
}

static void put_time(int seconds)
{
    FILE *f = fopen("/proc/sys/fs/lease-break-time", "w");

    CHECK(f && fprintf(f, "%d\n", seconds) > 0);
    CHECK_EQ(fclose(f), 0);
}

/* A host's setting is left alone. */
static void it_is_taken_away_in_the_end(void)
{
    int fd = make(O_RDONLY);

    if (access("/proc/zcore", F_OK) != 0)
        SKIP("it takes three quarters of a minute");
    notice(SIGIO, SA_RESTART);
    put_time(1);
    lease(fd, F_WRLCK);
    close(reopen(O_RDONLY)); /* less is left */
    CHECK_EQ(fcntl(fd, F_GETLEASE), F_RDLCK);
    CHECK_EQ(told, SIGIO);
    close(reopen(O_WRONLY));
    CHECK_EQ(fcntl(fd, F_GETLEASE), F_UNLCK);
    CHECK_ERR(fcntl(fd, F_SETLEASE, F_UNLCK), EAGAIN);
    lease(fd, F_WRLCK);
    put_time(45);
}

static const struct check_case cases[] = {
    CASE(who_may_have_one),
    CASE(others_need_the_capability),
    CASE(holders_are_told),
    CASE(names_may_change),
    CASE(opens_wait),
    CASE(a_truncation_waits),
    CASE(closing_gives_up),
    CASE(signals_end_the_wait),
    CASE(it_is_taken_away_in_the_end),
};
CHECK_MAIN(cases)
