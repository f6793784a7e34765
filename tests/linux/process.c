/*
 * process.c - making processes and waiting for them: fork, vfork, clone3, wait4, waitid,
 * orphans.
 */
#include "tests/linux/check.h"

#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>

/* --- birth --- */

static void fork_copies_memory_both_ways(void)
{
    static int data = 1;
    int stack = 1;
    int *heap = malloc(sizeof(*heap));
    pid_t pid;

    *heap = 1;
    pid = CHILD({
        CHECK(data == 1 && stack == 1 && *heap == 1);
        data = stack = *heap = 2;
    });
    CHECK_EXITS(pid, 0);
    CHECK(data == 1 && stack == 1 && *heap == 1);
    data = 3;
    pid = CHILD(CHECK(data == 3));
    data = 4;
    CHECK_EXITS(pid, 0);
}

static void fork_returns_pid_and_zero(void)
{
    pid_t self = getpid();
    volatile pid_t *child_saw = check_shared;
    pid_t pid = CHILD({
        child_saw[0] = getpid();
        child_saw[1] = getppid();
        CHECK_EQ(syscall(SYS_gettid), getpid());
    });

    CHECK_EXITS(pid, 0);
    CHECK(pid > 0 && pid != self);
    CHECK_EQ(child_saw[0], pid);
    CHECK_EQ(child_saw[1], self);
}

static void fork_shares_file_offsets(void)
{
    FILE *file = tmpfile();
    char text[8] = "";

    CHECK(file);
    CHECK_EXITS(CHILD(CHECK(write(fileno(file), "child", 5) == 5)), 0);
    CHECK_EQ(lseek(fileno(file), 0, SEEK_CUR), 5);
    CHECK(pread(fileno(file), text, 7, 0) == 5 && !strcmp(text, "child"));
}

static void fork_keeps_mask_and_actions_but_not_pending(void)
{
    sigset_t set, old;

    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    CHECK(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
    CHECK(signal(SIGUSR2, SIG_IGN) != SIG_ERR);
    CHECK(raise(SIGUSR1) == 0);
    CHECK_EXITS(CHILD({
                    CHECK(sigpending(&set) == 0 && !sigismember(&set, SIGUSR1));
                    CHECK(sigprocmask(SIG_BLOCK, NULL, &old) == 0 &&
                          sigismember(&old, SIGUSR1));
                    CHECK(signal(SIGUSR2, SIG_DFL) == SIG_IGN);
                }),
                0);
}

static void many_children_at_once(void)
{
    enum { CHILDREN = 40 };
    bool seen[CHILDREN] = {false};
    pid_t pids[CHILDREN];
    int status;

    for (int i = 0; i < CHILDREN; i++)
        pids[i] = CHILD(_exit(i));
    for (int n = 0; n < CHILDREN; n++) {
        pid_t pid = wait(&status);
        int i = 0;

        while (i < CHILDREN && pids[i] != pid)
            i++;
        CHECK(i < CHILDREN && !seen[i]);
        CHECK(WIFEXITED(status) && WEXITSTATUS(status) == i);
        seen[i] = true;
    }
    CHECK_ERR(wait(NULL), ECHILD);
}

static void vfork_suspends_the_parent_and_shares_memory(void)
{
    volatile int value = 1;
    pid_t pid = vfork();

    if (!pid) {
        value = 2;
        usleep(20000);
        value = 3;
        _exit(9);
    }
    CHECK_EQ(value, 3);
    CHECK_EXITS(pid, 9);
}

static void vfork_ends_by_exec(void)
{
    int fds[2];
    pid_t pid;

    CHECK(pipe(fds) == 0);
    pid = vfork();
    if (!pid) {
        dup2(fds[0], 0);
        close(fds[1]);
        execl("/bin/sh", "sh", "-c", "read x; exit 7", NULL);
        _exit(1);
    }
    CHECK(pid > 0); /* we go on although the child still runs */
    CHECK_EQ(waitpid(pid, NULL, WNOHANG), 0);
    CHECK(write(fds[1], "go\n", 3) == 3);
    CHECK_EXITS(pid, 7);
}

static void vfork_ends_by_the_childs_death(void)
{
    pid_t pid = vfork();

    if (!pid) {
        kill(getpid(), SIGKILL);
        _exit(1);
    }
    CHECK_KILLED(pid, SIGKILL);
}

static long clone3(struct clone_args *args, size_t size)
{
    return syscall(SYS_clone3, args, size);
}

static void clone3_as_fork(void)
{
    volatile int *shared = check_shared;
    int parent_tid = 0;
    struct clone_args args = {.flags = CLONE_PARENT_SETTID | CLONE_CHILD_SETTID,
                              .parent_tid = (uintptr_t)&parent_tid,
                              .child_tid = (uintptr_t)&shared[0],
                              .exit_signal = SIGCHLD};
    long pid = clone3(&args, sizeof(args));

    CHECK(pid >= 0);
    if (!pid) {
        shared[1] = getpid();
        _exit(5);
    }
    CHECK_EXITS((pid_t)pid, 5);
    CHECK_EQ(parent_tid, pid);
    CHECK_EQ(shared[0], pid);
    CHECK_EQ(shared[1], pid);
}

static void clone3_refuses(void)
{
    struct {
        struct clone_args args;
        char more[16];
    } big = {.args = {.exit_signal = SIGCHLD}};

    CHECK_ERR(clone3(&big.args, 32), EINVAL);
    CHECK_ERR(clone3(&big.args, 8192), E2BIG);
    big.more[3] = 1;
    CHECK_ERR(clone3(&big.args, sizeof(big)), E2BIG);
    CHECK_ERR(clone3(check_bad, sizeof(big.args)), EFAULT);
    CHECK_ERR(clone3(&(struct clone_args){.flags = CLONE_THREAD}, sizeof(big.args)), EINVAL);
    CHECK_ERR(clone3(&(struct clone_args){.flags = CLONE_SIGHAND}, sizeof(big.args)), EINVAL);
    CHECK_ERR(clone3(&(struct clone_args){.exit_signal = 0xff}, sizeof(big.args)), EINVAL);
    CHECK_ERR(clone3(&(struct clone_args){.stack_size = 4096}, sizeof(big.args)), EINVAL);
    CHECK_ERR(waitpid(-1, NULL, 0), ECHILD);
}

static void clone_parent_makes_a_sibling(void)
{
    volatile pid_t *shared = check_shared;
    pid_t middle;

    shared[1] = getpid();
    middle = CHILD({
        struct clone_args args = {.flags = CLONE_PARENT, .exit_signal = 0};
        long pid = clone3(&args, sizeof(args));

        CHECK(pid >= 0);
        if (!pid)
            _exit(getppid() == shared[1] ? 6 : 1);
        shared[0] = (pid_t)pid;
        CHECK_ERR(waitpid((pid_t)pid, NULL, 0), ECHILD);
    });

    CHECK_EXITS(middle, 0);
    CHECK_EXITS(shared[0], 6);
}

/* --- wait4 --- */

static void exit_codes_are_eight_bits(void)
{
    static const int codes[] = {0, 1, 127, 128, 255, 256, 257, -1};

    for (size_t i = 0; i < ARRAY_SIZE(codes); i++)
        CHECK_EXITS(CHILD(_exit(codes[i])), codes[i] & 255);
}

static void death_by_signal_is_reported(void)
{
    const int signals[] = {SIGKILL, SIGTERM, SIGUSR1, SIGSEGV, SIGABRT, SIGRTMIN, SIGPIPE};

    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
        CHECK_KILLED(CHILD(kill(getpid(), signals[i])), signals[i]);
}

/* Whoever is root changes to a user who is not. */
static void limits_of_others_are_theirs(void)
{
    struct rlimit limit;
    pid_t parent = getpid();

    CHECK_EQ(getrlimit(RLIMIT_CORE, &limit), 0);
    CHECK_EQ(prlimit(parent, RLIMIT_CORE, &limit, NULL), 0);
    if (geteuid() != 0)
        return;
    CHECK_EXITS(CHILD(CHECK(setuid(12345) == 0);
                      CHECK_ERR(prlimit(parent, RLIMIT_CORE, &limit, NULL), EPERM);
                      CHECK_ERR(prlimit(parent, RLIMIT_CORE, NULL, &limit), EPERM)),
                0);
}

static void waitpid_selects(void)
{
    pid_t a = CHILD(_exit(1)), b = CHILD(_exit(2)), c;
    int status;

    CHECK_EXITS(b, 2);
    CHECK_ERR(waitpid(b, NULL, 0), ECHILD);
    CHECK_EQ(waitpid(-1, &status, 0), a);
    CHECK_EQ(WEXITSTATUS(status), 1);

    c = CHILD({
        setpgid(0, 0);
        _exit(3);
    });
    setpgid(c, c);
    CHECK_ERR(waitpid(0, NULL, 0), ECHILD); /* not of our group any more */
    CHECK_ERR(waitpid(-(a + 100000), NULL, 0), ECHILD);
    CHECK_EQ(waitpid(-c, &status, 0), c);
    CHECK_EQ(WEXITSTATUS(status), 3);
    CHECK_ERR(waitpid(1, NULL, 0), ECHILD);
    CHECK_ERR(waitpid(-1, NULL, 0x100), EINVAL);
}

static void wnohang_does_not_wait(void)
{
    int fds[2];
    pid_t pid;

    CHECK_ERR(waitpid(-1, NULL, WNOHANG), ECHILD);
    CHECK(pipe(fds) == 0);
    pid = CHILD({
        close(fds[1]);
        check_get(fds[0]);
        _exit(4);
    });
    CHECK_EQ(waitpid(pid, NULL, WNOHANG), 0);
    close(fds[1]);
    WAIT_FOR(waitpid(pid, NULL, WNOHANG) == pid);
    CHECK_ERR(waitpid(pid, NULL, WNOHANG), ECHILD);
}

static void wait4_fills_in_usage(void)
{
    struct rusage usage;
    pid_t pid = CHILD(_exit(0));

    memset(&usage, 0xff, sizeof(usage));
    CHECK_EQ(wait4(pid, NULL, 0, &usage), pid);
    CHECK(usage.ru_utime.tv_sec >= 0 && usage.ru_utime.tv_sec < 10);
    CHECK(usage.ru_utime.tv_usec >= 0 && usage.ru_utime.tv_usec < 1000000);
}

static void a_bad_status_pointer_still_reaps(void)
{
    pid_t pid = CHILD(_exit(0));

    CHECK_ERR(waitpid(pid, check_bad, 0), EFAULT);
    CHECK_ERR(waitpid(pid, NULL, 0), ECHILD);
}

/* --- waitid --- */

static void waitid_reports_an_exit(void)
{
    siginfo_t info;
    pid_t pid = CHILD(_exit(300));

    memset(&info, 0xff, sizeof(info));
    CHECK_EQ(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
    CHECK_EQ(info.si_signo, SIGCHLD);
    CHECK_EQ(info.si_code, CLD_EXITED);
    CHECK_EQ(info.si_pid, pid);
    CHECK_EQ(info.si_uid, getuid());
    CHECK_EQ(info.si_status, 300 & 255);
    CHECK_EXITS(pid, 300 & 255); /* WNOWAIT left it */
}

static void waitid_reports_death_by_signal(void)
{
    siginfo_t info = {0};
    pid_t pid = CHILD(kill(getpid(), SIGKILL));

    CHECK_EQ(waitid(P_ALL, 0, &info, WEXITED), 0);
    CHECK_EQ(info.si_pid, pid);
    CHECK_EQ(info.si_code, CLD_KILLED);
    CHECK_EQ(info.si_status, SIGKILL);
    CHECK_ERR(waitid(P_PID, (id_t)pid, &info, WEXITED), ECHILD);
}

static void waitid_without_news(void)
{
    siginfo_t info;
    int fds[2];
    pid_t pid;

    CHECK(pipe(fds) == 0);
    pid = CHILD({
        close(fds[1]);
        check_get(fds[0]);
    });
    memset(&info, 0xff, sizeof(info));
    CHECK_EQ(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG), 0);
    CHECK_EQ(info.si_pid, 0);
    CHECK_EQ(info.si_signo, 0);
    close(fds[1]);
    CHECK_EQ(waitid(P_PGID, 0, &info, WEXITED), 0);
    CHECK_EQ(info.si_pid, pid);
}

static void waitid_refuses(void)
{
    siginfo_t info;

    CHECK_ERR(waitid(P_ALL, 0, &info, 0), EINVAL);
    CHECK_ERR(waitid(P_ALL, 0, &info, WNOHANG), EINVAL);
    CHECK_ERR(waitid((idtype_t)77, 0, &info, WEXITED), EINVAL);
    CHECK_ERR(waitid(P_PID, 0, &info, WEXITED), EINVAL);
    CHECK_ERR(waitid(P_ALL, 0, &info, WEXITED | 0x100), EINVAL);
    CHECK_ERR(waitid(P_ALL, 0, &info, WEXITED), ECHILD);
}

/* --- zombies and orphans --- */

static void a_zombie_keeps_its_pid(void)
{
    pid_t pid = CHILD(_exit(0));
    siginfo_t info;

    CHECK_EQ(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
    CHECK_EQ(kill(pid, 0), 0);
    CHECK_EQ(kill(pid, SIGKILL), 0);
    CHECK_EQ(getpgid(pid), getpgrp());
    CHECK_EXITS(pid, 0);
    CHECK_ERR(kill(pid, 0), ESRCH);
    CHECK_ERR(getpgid(pid), ESRCH);
}

static void orphans_get_another_parent(void)
{
    volatile pid_t *shared = check_shared;
    int fds[2];
    pid_t middle;

    CHECK(pipe(fds) == 0);
    shared[0] = getpid();
    middle = CHILD({
        shared[1] = getpid();
        (void)CHILD({
            WAIT_FOR(getppid() != shared[1]);
            shared[2] = getppid();
            check_put(fds[1]);
        });
    });
    CHECK_EXITS(middle, 0);
    CHECK(check_get(fds[0]));
    CHECK(shared[2] != shared[0] && shared[2] != middle); /* init, or a subreaper */
    CHECK_ERR(wait(NULL), ECHILD);
}

static void a_parent_may_refuse_zombies(void)
{
    for (int way = 0; way < 2; way++) {
        struct sigaction action = {.sa_handler = way ? SIG_DFL : SIG_IGN,
                                   .sa_flags = way ? SA_NOCLDWAIT : 0};
        pid_t pid;

        CHECK(sigaction(SIGCHLD, &action, NULL) == 0);
        pid = CHILD(_exit(1));
        CHECK_ERR(waitpid(pid, NULL, 0), ECHILD); /* only once it has gone */
        WAIT_FOR(kill(pid, 0) != 0);              /* Linux lets go of the pid a moment later */
        CHECK_ERR(kill(pid, 0), ESRCH);
    }
}

static void generations_of_orphans_vanish(void)
{
    int fds[2];
    pid_t first;

    CHECK(pipe(fds) == 0);
    first = CHILD({
        for (int i = 0; i < 50; i++)
            if (check_fork())
                _exit(0);
        check_put(fds[1]);
    });
    CHECK_EXITS(first, 0);
    CHECK(check_get(fds[0]));
    close(fds[1]);
    CHECK(!check_get(fds[0])); /* every copy of the other end is closed */
}

static const struct check_case cases[] = {
    CASE(fork_copies_memory_both_ways),
    CASE(fork_returns_pid_and_zero),
    CASE(fork_shares_file_offsets),
    CASE(fork_keeps_mask_and_actions_but_not_pending),
    CASE(many_children_at_once),
    CASE(vfork_suspends_the_parent_and_shares_memory),
    CASE(vfork_ends_by_exec),
    CASE(vfork_ends_by_the_childs_death),
    CASE(clone3_as_fork),
    CASE(clone3_refuses),
    CASE(clone_parent_makes_a_sibling),
    CASE(exit_codes_are_eight_bits),
    CASE(death_by_signal_is_reported),
    CASE(limits_of_others_are_theirs),
    CASE(waitpid_selects),
    CASE(wnohang_does_not_wait),
    CASE(wait4_fills_in_usage),
    CASE(a_bad_status_pointer_still_reaps),
    CASE(waitid_reports_an_exit),
    CASE(waitid_reports_death_by_signal),
    CASE(waitid_without_news),
    CASE(waitid_refuses),
    CASE(a_zombie_keeps_its_pid),
    CASE(orphans_get_another_parent),
    CASE(a_parent_may_refuse_zombies),
    CASE(generations_of_orphans_vanish),
};
CHECK_MAIN(cases)
