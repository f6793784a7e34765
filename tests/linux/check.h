/*
 * check.h - cases of a guest program: each runs in a process of its own, within a time limit,
 * and prints `ok NAME`, `not ok NAME: why` or `skip NAME: why`.
 */
#pragma once

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

struct check_case {
    const char *name;
    void (*run)(void);
};

#define CASE(fn) \
    {            \
#fn, fn  \
    }
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Runs the cases whose name holds argv[1], or all; the exit status for main. */
int check_main(int argc, char **argv, const struct check_case *cases, size_t count);
#define CHECK_MAIN(cases)                                        \
    int main(int argc, char **argv)                              \
    {                                                            \
        return check_main(argc, argv, cases, ARRAY_SIZE(cases)); \
    }

/* Ends the process that calls it, and with it the case; the first reason is the one reported.
 */
_Noreturn void check_fail(const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
_Noreturn void check_skip(const char *why);

#define FAIL(...) check_fail(__FILE__, __LINE__, __VA_ARGS__)
#define SKIP(why) check_skip(why)

#define CHECK(condition)                              \
    do {                                              \
        if (!(condition))                             \
            FAIL("%s (errno %d)", #condition, errno); \
    } while (0)

#define CHECK_EQ(got, want)                                                    \
    do {                                                                       \
        long long got_ = (long long)(got), want_ = (long long)(want);          \
        if (got_ != want_)                                                     \
            FAIL("%s is %lld, not %lld (errno %d)", #got, got_, want_, errno); \
    } while (0)

/* The call fails with this errno. */
#define CHECK_ERR(call, error)                                                     \
    do {                                                                           \
        errno = 0;                                                                 \
        long long got_ = (long long)(call);                                        \
        if (got_ != -1 || errno != (error))                                        \
            FAIL("%s is %lld with errno %d, not %d", #call, got_, errno, (error)); \
    } while (0)

/* Runs the statements in a child that then exits with 0; its pid. */
#define CHILD(...)                   \
    ({                               \
        pid_t child_ = check_fork(); \
        if (!child_) {               \
            __VA_ARGS__;             \
            _exit(0);                \
        }                            \
        child_;                      \
    })
pid_t check_fork(void);

/* Waits for the child's end and checks its exit code / the signal that killed it. */
void check_exits(const char *file, int line, pid_t pid, int code);
void check_killed(const char *file, int line, pid_t pid, int signo);
#define CHECK_EXITS(pid, code)   check_exits(__FILE__, __LINE__, pid, code)
#define CHECK_KILLED(pid, signo) check_killed(__FILE__, __LINE__, pid, signo)

/* Memory that the processes of a case share, zeroed; room for a small struct. */
extern void *check_shared;
enum { CHECK_SHARED_SIZE = 3 * 4096 };

/* An empty directory of the case's own: its path. It goes with all that is in it when the case
 * has ended, however it ended. One a case. */
const char *check_scratch(void);
/* It becomes the working directory, and the umask 022. */
void check_enter_scratch(void);

/* A pointer to nothing that the compiler knows nothing of. */
extern void *volatile check_bad;

/* Sleeps in short steps until the condition holds; a case that waits for ever hits its limit.
 */
#define WAIT_FOR(condition)  \
    do {                     \
        while (!(condition)) \
            usleep(1000);    \
    } while (0)

/* A pipe's two ends, one byte each way: for processes that wait for each other. */
void check_put(int fd);
/* False: the other end is closed. */
bool check_get(int fd);
