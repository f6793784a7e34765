/*
 * limits.c - what setrlimit keeps a user from having.
 */
#include "tests/linux/check.h"

#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>

/* Nobody else has them, also on a host; what is left of one test counts for its own. */
enum { NO_USER = 1977531, OTHER_USER };

static void limit_processes_to(rlim_t most, uid_t user)
{
    const struct rlimit limit = {most, most};

    CHECK_EQ(setrlimit(RLIMIT_NPROC, &limit), 0);
    CHECK_EQ(setgid(user), 0);
    CHECK_EQ(setuid(user), 0);
}

static pid_t waiting_child(void)
{
    pid_t pid = fork();

    if (pid == 0)
        for (;;)
            pause();
    return pid;
}

static void nproc_counts_processes_of_a_user(void)
{
    CHECK_EXITS(CHILD({
                    pid_t one, two;

                    limit_processes_to(3, NO_USER);
                    one = waiting_child();
                    two = waiting_child();
                    CHECK(one > 0 && two > 0);
                    CHECK_ERR(waiting_child(), EAGAIN);
                    /* A zombie still counts. */
                    CHECK_EQ(kill(one, SIGKILL), 0);
                    CHECK_EQ(waitid(P_PID, (id_t)one, NULL, WEXITED | WNOWAIT), 0);
                    CHECK_ERR(waiting_child(), EAGAIN);
                    CHECK_EQ(waitpid(one, NULL, 0), one);
                    one = waiting_child();
                    CHECK(one > 0);
                    kill(one, SIGKILL);
                    kill(two, SIGKILL);
                }),
                0);
}

static void *wait_for_ever(void *arg)
{
    pause();
    return arg;
}

static void nproc_counts_threads(void)
{
    CHECK_EXITS(CHILD({
                    pthread_t thread;

                    limit_processes_to(2, OTHER_USER);
                    CHECK_EQ(pthread_create(&thread, NULL, wait_for_ever, NULL), 0);
                    CHECK_EQ(pthread_create(&thread, NULL, wait_for_ever, NULL), EAGAIN);
                    CHECK_ERR(waiting_child(), EAGAIN);
                }),
                0);
}

static void nproc_is_not_for_root(void)
{
    const struct rlimit limit = {1, 1};

    CHECK_EXITS(CHILD({
                    pid_t pid;

                    CHECK_EQ(setrlimit(RLIMIT_NPROC, &limit), 0);
                    pid = waiting_child();
                    CHECK(pid > 0);
                    kill(pid, SIGKILL);
                }),
                0);
}

static const struct check_case cases[] = {
    CASE(nproc_counts_processes_of_a_user),
    CASE(nproc_counts_threads),
    CASE(nproc_is_not_for_root),
};
CHECK_MAIN(cases)
