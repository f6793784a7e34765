/*
 * family.c - who is whose child: siblings made by clone, clones that tell nothing, orphans and
 * who adopts them.
 */
#define _GNU_SOURCE
#include "tests/linux/check.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

static pid_t clone_simple(unsigned long flags)
{
    return (pid_t)syscall(SYS_clone, flags, 0, 0, 0, 0);
}

static void siblings_are_the_parents_children(void)
{
    pid_t *shared = check_shared, child;

    child = CHILD({
        pid_t pid = clone_simple(CLONE_PARENT | SIGUSR1); /* tells as its maker does */

        if (!pid)
            _exit(7);
        CHECK(pid > 0);
        shared[0] = pid;
        CHECK_ERR(waitpid(pid, NULL, 0), ECHILD);
    });
    CHECK_EXITS(child, 0);
    CHECK_EXITS(shared[0], 7);
}

static void a_vfork_sibling_holds_its_maker(void)
{
    pid_t *shared = check_shared, child;

    child = CHILD({
        pid_t pid = clone_simple(CLONE_PARENT | CLONE_VFORK);

        if (!pid) {
            usleep(20000);
            shared[1] = 1;
            _exit(8);
        }
        CHECK_EQ(shared[1], 1); /* it has ended */
        shared[0] = pid;
    });
    CHECK_EXITS(child, 0);
    CHECK_EXITS(shared[0], 8);
}

static void clones_are_waited_for_apart(void)
{
    int status;
    pid_t pid = clone_simple(0);

    if (!pid)
        _exit(4);
    CHECK(pid > 0);
    CHECK_ERR(waitpid(pid, &status, 0), ECHILD);
    CHECK_EQ(waitpid(pid, &status, __WCLONE), pid);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 4);
    pid = clone_simple(0);
    if (!pid)
        _exit(4);
    CHECK_EQ(waitpid(pid, &status, __WALL), pid);
    pid = CHILD(_exit(4));
    CHECK_ERR(waitpid(pid, &status, __WCLONE), ECHILD);
    CHECK_EQ(waitpid(pid, &status, __WALL), pid);
}

static void *wait_for_anothers(void *arg)
{
    CHECK_ERR(waitpid(*(pid_t *)arg, NULL, __WNOTHREAD), ECHILD);
    return NULL;
}

static void a_thread_may_look_at_its_own_only(void)
{
    pid_t pid = CHILD(_exit(0));
    pthread_t thread;

    CHECK(pthread_create(&thread, NULL, wait_for_anothers, &pid) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK_EQ(waitpid(pid, NULL, __WNOTHREAD), pid);
}

static void news_can_be_left(void)
{
    siginfo_t info;
    pid_t pid = CHILD(raise(SIGSTOP); _exit(9));

    CHECK(waitid(P_PID, (id_t)pid, &info, WSTOPPED | WNOWAIT) == 0);
    CHECK(info.si_code == CLD_STOPPED && info.si_status == SIGSTOP);
    CHECK(waitid(P_PID, (id_t)pid, &info, WSTOPPED) == 0);
    info.si_pid = 1;
    CHECK(waitid(P_PID, (id_t)pid, &info, WSTOPPED | WNOHANG) == 0);
    CHECK_EQ(info.si_pid, 0);
    kill(pid, SIGCONT);
    CHECK(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) == 0);
    CHECK(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) == 0);
    CHECK(info.si_code == CLD_EXITED && info.si_status == 9);
    CHECK_EXITS(pid, 9);
}

static void a_group_of_zombies_takes_signals(void)
{
    siginfo_t info;
    pid_t pid = CHILD(setpgid(0, 0); _exit(0));

    CHECK(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) == 0);
    CHECK_EQ(kill(-pid, SIGTERM), 0);
    CHECK_EQ(kill(-pid, 0), 0);
    CHECK_EQ(kill(pid, SIGTERM), 0);
    CHECK_EXITS(pid, 0);
    CHECK_ERR(kill(-pid, 0), ESRCH);
}

static void a_subreaper_adopts(void)
{
    pid_t *shared = check_shared;
    int on = 0, fds[2];
    pid_t child;

    CHECK(pipe(fds) == 0);
    CHECK(prctl(PR_GET_CHILD_SUBREAPER, &on, 0, 0, 0) == 0 && on == 0);
    CHECK(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0);
    CHECK(prctl(PR_GET_CHILD_SUBREAPER, &on, 0, 0, 0) == 0 && on == 1);
    child = CHILD({
        shared[0] = CHILD(check_get(fds[0]); CHECK_EQ(getppid(), shared[1]); _exit(11));
        shared[2] = CHILD(_exit(12)); /* a zombie by then, perhaps */
    });
    shared[1] = getpid();
    CHECK_EXITS(child, 0);
    check_put(fds[1]);
    CHECK_EXITS(shared[0], 11);
    CHECK_EXITS(shared[2], 12);
}

static void a_parents_end_is_told(void)
{
    pid_t *shared = check_shared, child;
    int ready[2], last[2], got = -1;

    CHECK(pipe(ready) == 0 && pipe(last) == 0);
    CHECK(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0);
    child = CHILD({
        shared[0] = CHILD({
            CHECK(prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0) == 0);
            CHECK(prctl(PR_GET_PDEATHSIG, &got, 0, 0, 0) == 0 && got == SIGTERM);
            check_put(ready[1]);
            for (;;)
                pause();
        });
        check_get(ready[0]);
    });
    CHECK_EXITS(child, 0);
    CHECK_KILLED(shared[0], SIGTERM);
    CHECK_ERR(prctl(PR_SET_PDEATHSIG, 65, 0, 0, 0), EINVAL);
}

struct args {
    uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls;
    uint64_t set_tid, set_tid_size, cgroup;
};

static long clone3(struct args args)
{
    return syscall(SYS_clone3, &args, sizeof(args));
}

static void clone3_refuses(void)
{
    pid_t want[2] = {30000, 1};

    CHECK_ERR(clone3((struct args){.exit_signal = 65}), EINVAL);
    CHECK_ERR(clone3((struct args){.flags = SIGCHLD}), EINVAL);
    CHECK_ERR(clone3((struct args){.flags = CLONE_PARENT, .exit_signal = SIGCHLD}), EINVAL);
    CHECK_ERR(clone3((struct args){.stack = 4096}), EINVAL);
    CHECK_ERR(clone3((struct args){.set_tid_size = 1}), EINVAL);
    CHECK_ERR(clone3((struct args){.set_tid = (uintptr_t)want}), EINVAL);
    CHECK_ERR(clone3((struct args){.set_tid = (uintptr_t)want, .set_tid_size = 33}), EINVAL);
    CHECK_EXITS(CHILD({
                    CHECK(setuid(1000) == 0);
                    CHECK_ERR(clone3((struct args){
                                  .set_tid = (uintptr_t)want,
                                  .set_tid_size = 1,
                                  .exit_signal = SIGCHLD,
                              }),
                              EPERM);
                }),
                0);
}

static void handlers_can_be_cleared(void)
{
    struct sigaction action;
    struct args args = {.flags = 0x100000000ull, .exit_signal = SIGCHLD};
    pid_t pid;

    signal(SIGUSR1, (void (*)(int))check_main); /* any */
    signal(SIGUSR2, SIG_IGN);
    pid = (pid_t)clone3(args);
    CHECK(pid >= 0);
    if (!pid) {
        CHECK(sigaction(SIGUSR1, NULL, &action) == 0 && action.sa_handler == SIG_DFL);
        CHECK(sigaction(SIGUSR2, NULL, &action) == 0 && action.sa_handler == SIG_IGN);
        _exit(0);
    }
    CHECK_EXITS(pid, 0);
}

static const struct check_case cases[] = {
    CASE(siblings_are_the_parents_children),
    CASE(a_vfork_sibling_holds_its_maker),
    CASE(clones_are_waited_for_apart),
    CASE(a_thread_may_look_at_its_own_only),
    CASE(news_can_be_left),
    CASE(a_group_of_zombies_takes_signals),
    CASE(a_subreaper_adopts),
    CASE(a_parents_end_is_told),
    CASE(clone3_refuses),
    CASE(handlers_can_be_cleared),
};
CHECK_MAIN(cases)
