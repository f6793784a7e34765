/*
 * async.c - who is told of a file by signal: F_SETOWN, F_SETSIG, O_ASYNC, F_NOTIFY (fcntl(2)).
 */
#include "tests/linux/check.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <termios.h>

enum { NO_PID = 0x3ffffff0 };

static volatile sig_atomic_t got, got_code, got_fd;
static volatile long got_band;

static void note(int signo, siginfo_t *info, void *context)
{
    (void)context;
    got_code = info->si_code;
    got_fd = info->si_fd;
    got_band = info->si_band;
    got = signo;
}

static void note_signal(int signo)
{
    struct sigaction action = {.sa_sigaction = note, .sa_flags = SA_SIGINFO};

    CHECK_EQ(sigaction(signo, &action, NULL), 0);
    got = 0;
}

static volatile sig_atomic_t marked;

static void mark(int signo)
{
    marked = signo;
}

/* Since `got` was 0: what had been sent before a signal of our own would be there with it. */
static void nothing_came(void)
{
    marked = 0;
    signal(SIGUSR2, mark);
    kill(getpid(), SIGUSR2);
    WAIT_FOR(marked);
    CHECK_EQ(got, 0);
}

static void owners(void)
{
    struct f_owner_ex ex = {F_OWNER_TID, 1};
    int ends[2], status;
    pid_t child;

    CHECK(pipe(ends) == 0);
    CHECK_EQ(fcntl(ends[0], F_GETOWN), 0);
    CHECK_EQ(fcntl(ends[0], F_SETOWN, getpid()), 0);
    CHECK_EQ(fcntl(ends[0], F_GETOWN), getpid());
    CHECK_EQ(fcntl(ends[1], F_GETOWN), 0);
    CHECK_ERR(fcntl(ends[0], F_SETOWN, NO_PID), ESRCH);
    CHECK_EQ(fcntl(ends[0], F_GETOWN), getpid());
    CHECK_EQ(fcntl(ends[0], F_GETOWN_EX, &ex), 0);
    CHECK(ex.type == F_OWNER_PID && ex.pid == getpid());

    ex = (struct f_owner_ex){F_OWNER_TID, (pid_t)syscall(SYS_gettid)};
    CHECK_EQ(fcntl(ends[0], F_SETOWN_EX, &ex), 0);
    ex.type = F_OWNER_PGRP;
    CHECK_EQ(fcntl(ends[0], F_GETOWN_EX, &ex), 0);
    CHECK(ex.type == F_OWNER_TID && ex.pid == (pid_t)syscall(SYS_gettid));
    ex.type = 7;
    CHECK_ERR(fcntl(ends[0], F_SETOWN_EX, &ex), EINVAL);
    CHECK_ERR(fcntl(ends[0], F_SETOWN_EX, check_bad), EFAULT);
    CHECK_ERR(fcntl(ends[0], F_GETOWN_EX, check_bad), EFAULT);

    CHECK(setpgid(0, 0) == 0);
    ex = (struct f_owner_ex){F_OWNER_PGRP, getpgrp()};
    CHECK_EQ(fcntl(ends[0], F_SETOWN_EX, &ex), 0);
    CHECK_EQ(fcntl(ends[0], F_GETOWN), -getpgrp());
    CHECK_EQ(fcntl(ends[0], F_SETOWN, 0), 0);
    CHECK_EQ(fcntl(ends[0], F_GETOWN), 0);

    child = CHILD(pause());
    CHECK_EQ(fcntl(ends[0], F_SETOWN, child), 0);
    kill(child, SIGKILL);
    CHECK(waitpid(child, &status, 0) == child);
    CHECK_EQ(fcntl(ends[0], F_GETOWN), 0);
}

static void signals_to_send(void)
{
    int ends[2];

    CHECK(pipe(ends) == 0);
    CHECK_EQ(fcntl(ends[0], F_GETSIG), 0);
    CHECK_EQ(fcntl(ends[0], F_SETSIG, SIGRTMIN), 0);
    CHECK_EQ(fcntl(ends[0], F_GETSIG), SIGRTMIN);
    CHECK_ERR(fcntl(ends[0], F_SETSIG, 65), EINVAL);
    CHECK_ERR(fcntl(ends[0], F_SETSIG, -1), EINVAL);
    CHECK_EQ(fcntl(ends[0], F_SETSIG, 0), 0);
}

static void the_flag(void)
{
    int ends[2], off = 0, on = 1, file = fileno(tmpfile());

    CHECK(pipe(ends) == 0);
    CHECK_EQ(fcntl(ends[0], F_GETFL) & O_ASYNC, 0);
    CHECK_EQ(fcntl(ends[0], F_SETFL, O_ASYNC), 0);
    CHECK_EQ(fcntl(ends[0], F_GETFL) & O_ASYNC, O_ASYNC);
    CHECK_EQ(fcntl(dup(ends[0]), F_GETFL) & O_ASYNC, O_ASYNC);
    CHECK_EQ(ioctl(ends[0], FIOASYNC, &off), 0);
    CHECK_EQ(fcntl(ends[0], F_GETFL) & O_ASYNC, 0);
    CHECK_EQ(ioctl(ends[0], FIOASYNC, &on), 0);
    CHECK_EQ(fcntl(ends[0], F_GETFL) & O_ASYNC, O_ASYNC);
    CHECK_EQ(fcntl(ends[0], F_SETFL, 0), 0);
    CHECK_EQ(fcntl(ends[0], F_GETFL) & O_ASYNC, 0);
    /* A regular file has nothing to tell. */
    CHECK_EQ(fcntl(file, F_SETFL, O_ASYNC), 0);
    CHECK_EQ(fcntl(file, F_GETFL) & O_ASYNC, 0);
    CHECK_ERR(ioctl(file, FIOASYNC, &on), ENOTTY);
}

static void a_pipe_tells(void)
{
    int ends[2];

    CHECK(pipe(ends) == 0);
    note_signal(SIGIO);
    /* Nobody, or no flag: no signal. */
    CHECK_EQ(fcntl(ends[0], F_SETFL, O_ASYNC), 0);
    check_put(ends[1]);
    nothing_came();
    CHECK(check_get(ends[0]));
    got = 0;
    CHECK_EQ(fcntl(ends[0], F_SETOWN, getpid()), 0);
    check_put(ends[1]);
    WAIT_FOR(got);
    CHECK_EQ(got, SIGIO);
    CHECK_EQ(got_code, SI_KERNEL);
    CHECK(check_get(ends[0]));
    CHECK_EQ(fcntl(ends[0], F_SETFL, 0), 0);
    got = 0;
    check_put(ends[1]);
    nothing_came();
}

static void the_signal_says_what_happened(void)
{
    int pair[2];

    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
    note_signal(SIGRTMIN + 1);
    CHECK_EQ(fcntl(pair[0], F_SETOWN, getpid()), 0);
    CHECK_EQ(fcntl(pair[0], F_SETSIG, SIGRTMIN + 1), 0);
    CHECK_EQ(fcntl(pair[0], F_SETFL, O_ASYNC | O_NONBLOCK), 0);
    CHECK_EQ(write(pair[1], "x", 1), 1);
    WAIT_FOR(got);
    CHECK_EQ(got_code, POLL_IN);
    CHECK_EQ(got_fd, pair[0]);
    CHECK_EQ(got_band, POLLIN | POLLRDNORM);
}

static void own_terminal(void)
{
    int master, slave;

    CHECK_EQ(openpty(&master, &slave, NULL, NULL, NULL), 0);
    CHECK(setsid() == getpid());
    CHECK_EQ(ioctl(slave, TIOCSCTTY, 0), 0);
    note_signal(SIGIO);
    CHECK_EQ(fcntl(slave, F_SETFL, O_ASYNC), 0);
    CHECK_EQ(fcntl(slave, F_GETOWN), -getpgrp());
    CHECK_EQ(write(master, "line\n", 5), 5);
    WAIT_FOR(got);
    CHECK_EQ(got, SIGIO);
}

static void a_terminal_tells_its_foreground(void)
{
    CHECK_EXITS(CHILD(own_terminal()), 0);
}

static void a_thread_or_a_group(void)
{
    int ends[2], *seen = check_shared;
    struct f_owner_ex ex = {F_OWNER_PGRP, 0};
    pid_t child;

    CHECK(pipe(ends) == 0 && setpgid(0, 0) == 0);
    ex.pid = getpgrp();
    note_signal(SIGIO);
    child = CHILD({
        __atomic_store_n(seen, 1, __ATOMIC_RELEASE);
        WAIT_FOR(got);
    });
    WAIT_FOR(__atomic_load_n(seen, __ATOMIC_ACQUIRE));
    CHECK_EQ(fcntl(ends[0], F_SETOWN_EX, &ex), 0);
    CHECK_EQ(fcntl(ends[0], F_SETFL, O_ASYNC), 0);
    check_put(ends[1]);
    WAIT_FOR(got);
    CHECK_EXITS(child, 0);
    CHECK(check_get(ends[0]));

    got = 0;
    ex = (struct f_owner_ex){F_OWNER_TID, (pid_t)syscall(SYS_gettid)};
    CHECK_EQ(fcntl(ends[0], F_SETOWN_EX, &ex), 0);
    check_put(ends[1]);
    WAIT_FOR(got);
}

/* --- directories --- */

static char folder[] = "/tmp/async.XXXXXX";

static int watch_folder(unsigned long what)
{
    int fd;

    CHECK(mkdtemp(folder) && chdir(folder) == 0);
    fd = open(".", O_RDONLY | O_DIRECTORY);
    note_signal(SIGIO);
    note_signal(SIGRTMIN);
    CHECK_EQ(fcntl(fd, F_SETSIG, SIGRTMIN), 0);
    CHECK_EQ(fcntl(fd, F_NOTIFY, what), 0);
    return fd;
}

static void make(const char *name)
{
    CHECK_EQ(mknod(name, S_IFREG | 0600, 0), 0);
}

static void leave_folder(void)
{
    CHECK(chdir("/") == 0 && rmdir(folder) == 0);
}

static void a_directory_tells_once(void)
{
    int fd = watch_folder(DN_CREATE);

    make("one");
    WAIT_FOR(got);
    CHECK(got == SIGRTMIN && got_fd == fd);
    got = 0;
    make("two");
    nothing_came();
    unlink("one");
    unlink("two");
    leave_folder();
}

static void a_directory_tells_again_and_again(void)
{
    int fd = watch_folder(DN_MULTISHOT | DN_CREATE);

    make("one");
    WAIT_FOR(got);
    got = 0;
    make("two");
    WAIT_FOR(got);
    got = 0;
    unlink("two"); /* not asked for */
    nothing_came();
    CHECK_EQ(fcntl(fd, F_NOTIFY, DN_MULTISHOT | DN_RENAME), 0);
    got = 0;
    CHECK_EQ(rename("one", "other"), 0);
    WAIT_FOR(got);
    CHECK_EQ(fcntl(fd, F_NOTIFY, 0), 0);
    got = 0;
    unlink("other");
    make("three");
    nothing_came();
    unlink("three");
    leave_folder();
}

static void only_directories_are_watched(void)
{
    CHECK_ERR(fcntl(fileno(tmpfile()), F_NOTIFY, DN_CREATE), ENOTDIR);
    CHECK_EQ(fcntl(fileno(tmpfile()), F_NOTIFY, DN_MULTISHOT), 0);
}

static const struct check_case cases[] = {
    CASE(owners),
    CASE(signals_to_send),
    CASE(the_flag),
    CASE(a_pipe_tells),
    CASE(the_signal_says_what_happened),
    CASE(a_terminal_tells_its_foreground),
    CASE(a_thread_or_a_group),
    CASE(a_directory_tells_once),
    CASE(a_directory_tells_again_and_again),
    CASE(only_directories_are_watched),
};
CHECK_MAIN(cases)
