/*
 * undisturbed.c - waits with a timeout go on where they were when a stop ends; and what else a
 * signal may not disturb: a disarmed alternate stack, a broken pipe's news.
 */
#define _GNU_SOURCE
#include "tests/linux/check.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/personality.h>
#include <sys/select.h>
#include <sys/sendfile.h>

#ifndef SS_AUTODISARM
#define SS_AUTODISARM (1U << 31)
#endif

/* It would never end if each stop gave it its time anew. */
static void stop_until_it_ends(pid_t pid)
{
    int status;

    for (;;) {
        usleep(10000);
        kill(pid, SIGSTOP);
        CHECK_EQ(waitpid(pid, &status, WUNTRACED), pid);
        if (!WIFSTOPPED(status))
            break;
        kill(pid, SIGCONT);
    }
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void poll_keeps_its_deadline(void)
{
    stop_until_it_ends(CHILD(CHECK_EQ(poll(NULL, 0, 100), 0)));
    stop_until_it_ends(CHILD({
        struct timespec ts = {.tv_nsec = 100000000};

        CHECK_EQ(ppoll(NULL, 0, &ts, NULL), 0);
    }));
}

static void select_keeps_its_deadline(void)
{
    stop_until_it_ends(CHILD({
        struct timeval tv = {.tv_usec = 100000};

        CHECK_EQ(select(0, NULL, NULL, NULL, &tv), 0);
    }));
}

static void *stack;
static volatile int steps;

static void on_stack(int signo)
{
    stack_t ss;

    (void)signo;
    CHECK((char *)&ss > (char *)stack && (char *)&ss < (char *)stack + 65536);
    CHECK(sigaltstack(NULL, &ss) == 0);
    CHECK_EQ(ss.ss_flags & SS_DISABLE, SS_DISABLE);
    ss = (stack_t){.ss_sp = stack, .ss_size = 65536, .ss_flags = SS_DISABLE};
    CHECK(sigaltstack(&ss, NULL) == 0); /* we are not "on" it */
    steps++;
}

static void a_stack_disarms_itself(void)
{
    struct sigaction action = {.sa_handler = on_stack, .sa_flags = SA_ONSTACK};
    stack_t ss = {.ss_size = 65536, .ss_flags = (int)SS_AUTODISARM}, old;

    ss.ss_sp = stack = malloc(65536);
    CHECK(sigaltstack(&ss, NULL) == 0);
    CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
    for (int i = 1; i <= 2; i++) {
        raise(SIGUSR1);
        CHECK_EQ(steps, i);
        CHECK(sigaltstack(NULL, &old) == 0);
        CHECK(old.ss_sp == stack && (unsigned)old.ss_flags == SS_AUTODISARM);
    }
}

static void sendfile_to_nobody(void)
{
    int fds[2], file = open("/proc/self/exe", O_RDONLY);

    CHECK(pipe(fds) == 0 && file >= 0);
    close(fds[0]);
    CHECK_KILLED(CHILD(sendfile(fds[1], file, NULL, 100)), SIGPIPE);
    signal(SIGPIPE, SIG_IGN);
    CHECK_ERR(sendfile(fds[1], file, NULL, 100), EPIPE);
}

static void scheduling_as_it_is(void)
{
    struct sched_param param = {.sched_priority = 0}, high = {.sched_priority = 1};
    struct timespec slice;
    cpu_set_t cpus;

    CHECK(sched_getaffinity(0, sizeof(cpus), &cpus) == 0);
    CHECK_ERR(sched_getaffinity(-1, sizeof(cpus), &cpus), ESRCH);
    CHECK_ERR(sched_setaffinity(-1, sizeof(cpus), &cpus), ESRCH);
    CHECK(sched_getscheduler(1) >= 0); /* another's, and the first of all */
    CHECK(sched_setaffinity(0, sizeof(cpus), &cpus) == 0);
    CPU_ZERO(&cpus);
    CHECK_ERR(sched_setaffinity(0, sizeof(cpus), &cpus), EINVAL);
    CHECK_EQ(sched_getscheduler(0), SCHED_OTHER);
    CHECK(sched_setscheduler(0, SCHED_OTHER, &param) == 0);
    CHECK(sched_setparam(0, &param) == 0);
    CHECK_ERR(sched_setparam(0, &high), EINVAL);
    CHECK_ERR(sched_setscheduler(0, SCHED_FIFO, &param), EINVAL);
    CHECK_ERR(sched_setscheduler(0, 77, &param), EINVAL);
    CHECK_ERR(sched_setscheduler(0x3ffffff0, SCHED_OTHER, &param), ESRCH);
    CHECK(sched_rr_get_interval(0, &slice) == 0);
    CHECK_EXITS(CHILD({
                    CHECK(setuid(1000) == 0);
                    CHECK_ERR(sched_setscheduler(0, SCHED_FIFO, &high), EPERM);
                    CHECK_ERR(sched_setscheduler(getppid(), SCHED_OTHER, &param), EPERM);
                }),
                0);
}

static void personalities(void)
{
    CHECK_EQ(personality(0xffffffff) & ~ADDR_NO_RANDOMIZE, 0);
    CHECK(personality(ADDR_NO_RANDOMIZE) >= 0);
    CHECK_EQ(personality(0xffffffff), ADDR_NO_RANDOMIZE);
    CHECK_EXITS(CHILD(CHECK_EQ(personality(0xffffffff), ADDR_NO_RANDOMIZE)), 0);
}

static const struct check_case cases[] = {
    CASE(poll_keeps_its_deadline), CASE(select_keeps_its_deadline),
    CASE(a_stack_disarms_itself),  CASE(sendfile_to_nobody),
    CASE(scheduling_as_it_is),     CASE(personalities),
};
CHECK_MAIN(cases)
