/*
 * limits.c - what setrlimit and vm.max_map_count keep a process from having.
 */
#include "tests/linux/check.h"

#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>

/* Nobody else has them, also on a host; what is left of one test counts for its own. */
enum { NO_USER = 1977531, OTHER_USER, THIRD_USER };

enum { PAGE = 4096 };

static void limit_processes_to(rlim_t most, uid_t user)
{
    const struct rlimit limit = {most, most};

    CHECK_EQ(setrlimit(RLIMIT_NPROC, &limit), 0);
    CHECK_EQ(setgid(user), 0);
    CHECK_EQ(setuid(user), 0);
}

static uid_t uid_of(pid_t pid)
{
    char name[40];
    struct stat st;

    snprintf(name, sizeof(name), "/proc/%d", pid);
    CHECK_EQ(stat(name, &st), 0);
    return st.st_uid;
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

/* Nor may it exec, once it has become a user who has too many. */
static void nproc_ends_in_exec(void)
{
    CHECK_EXITS(CHILD({
                    char *argv[] = {"/proc/self/exe", "no such case", NULL};
                    const struct rlimit none = {1, 1};
                    pid_t other = CHILD({
                        CHECK_EQ(setuid(THIRD_USER), 0);
                        for (;;)
                            pause();
                    });

                    WAIT_FOR(uid_of(other) == THIRD_USER);
                    CHECK_EQ(setrlimit(RLIMIT_NPROC, &none), 0);
                    CHECK_EQ(setuid(THIRD_USER), 0);
                    CHECK_ERR(execv(argv[0], argv), EAGAIN);
                    kill(other, SIGKILL);
                    CHECK_EQ(waitpid(other, NULL, 0), other);
                    /* A host may count who has gone for a moment more. */
                    WAIT_FOR(execv("/nonexistent", argv) != 0 && errno != EAGAIN);
                    CHECK_EQ(errno, ENOENT);
                }),
                0);
}

/* --- mappings --- */

static long max_map_count(void)
{
    FILE *file = fopen("/proc/sys/vm/max_map_count", "r");
    long count = 0;

    CHECK(file && fscanf(file, "%ld", &count) == 1);
    fclose(file);
    return count;
}

/* Pages of one file at one offset: neighbours are never one mapping. */
static char *map_again(int fd)
{
    return mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
}

static void mappings_have_a_limit(void)
{
    int fd = memfd_create("many", 0);
    long limit = max_map_count(), count = 0;
    char *three, *last = NULL;

    if (limit > 100000)
        SKIP("the limit is large");
    CHECK(ftruncate(fd, PAGE) == 0);
    three = mmap(NULL, 3 * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(three != MAP_FAILED);
    for (char *at; (at = map_again(fd)) != MAP_FAILED; last = at)
        CHECK(++count <= limit);
    CHECK_EQ(errno, ENOMEM);
    CHECK(count > limit - 200);
    /* Nor is one cut into more. */
    CHECK_ERR(mprotect(three + PAGE, PAGE, PROT_NONE), ENOMEM);
    CHECK_ERR(munmap(three + PAGE, PAGE), ENOMEM);
    CHECK_EQ(munmap(last, PAGE), 0);
    CHECK(map_again(fd) != MAP_FAILED);
}

static const struct check_case cases[] = {
    CASE(nproc_counts_processes_of_a_user),
    CASE(nproc_counts_threads),
    CASE(nproc_is_not_for_root),
    CASE(nproc_ends_in_exec),
    CASE(mappings_have_a_limit),
};
CHECK_MAIN(cases)
