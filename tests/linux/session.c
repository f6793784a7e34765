/*
 * session.c - process groups and sessions, and stopping and continuing their members.
 */
#include "tests/linux/check.h"

#include <signal.h>

static void a_child_is_in_its_parents_group_and_session(void)
{
    pid_t pgrp = getpgrp(), sid = getsid(0);

    CHECK(pgrp > 0 && sid > 0);
    CHECK_EQ(getpgid(0), pgrp);
    CHECK_EXITS(CHILD(CHECK(getpgrp() == pgrp && getsid(0) == sid)), 0);
}

static void setpgid_makes_and_joins_groups(void)
{
    int fds[2];
    pid_t a, b;

    CHECK(pipe(fds) == 0);
    a = CHILD({
        close(fds[1]);
        check_get(fds[0]);
    });
    b = CHILD({
        close(fds[1]);
        check_get(fds[0]);
    });
    CHECK(setpgid(a, a) == 0);
    CHECK_EQ(getpgid(a), a);
    CHECK(setpgid(b, a) == 0);
    CHECK_EQ(getpgid(b), a);
    CHECK(setpgid(b, 0) == 0);
    CHECK_EQ(getpgid(b), b);
    CHECK(setpgid(a, getpgrp()) == 0);
    close(fds[1]);
    CHECK_EXITS(a, 0);
    CHECK_EXITS(b, 0);
}

static void setpgid_refuses(void)
{
    int fds[2];
    pid_t child;

    CHECK_ERR(setpgid(0, -1), EINVAL);
    CHECK_ERR(setpgid(1, 0), ESRCH);       /* not our child */
    CHECK_ERR(setpgid(0, 4194303), EPERM); /* no such group here */
    CHECK(pipe(fds) == 0);
    child = CHILD({
        CHECK(setsid() == getpid());
        CHECK_ERR(setpgid(0, 0), EPERM); /* a session leader */
        check_put(fds[1]);
        pause();
    });
    CHECK(check_get(fds[0]));
    CHECK_ERR(setpgid(child, 0), EPERM); /* in another session */
    kill(child, SIGKILL);
    CHECK_KILLED(child, SIGKILL);
}

static void a_child_that_has_execed_is_left_alone(void)
{
    int go[2], done[2];
    char command[60];
    pid_t child;

    CHECK(pipe(go) == 0 && pipe(done) == 0);
    child = CHILD({
        snprintf(command, sizeof(command), "echo >&%d; read x <&%d", done[1], go[0]);
        close(go[1]);
        execl("/bin/sh", "sh", "-c", command, NULL);
    });
    close(done[1]);
    CHECK(check_get(done[0]));
    CHECK_ERR(setpgid(child, child), EACCES);
    close(go[1]);
    CHECK_EQ(waitpid(child, NULL, 0), child);
}

static void setsid_makes_a_session(void)
{
    CHECK_EXITS(CHILD({
                    CHECK_EQ(setsid(), getpid());
                    CHECK_EQ(getsid(0), getpid());
                    CHECK_EQ(getpgrp(), getpid());
                    CHECK_ERR(setsid(), EPERM);
                    CHECK_EXITS(CHILD(CHECK(getsid(0) == getppid())), 0);
                }),
                0);
    CHECK_ERR(getsid(4194303), ESRCH);
}

static void a_signal_to_a_group_reaches_its_members_only(void)
{
    int fds[2], status;
    pid_t group = 0, outsider;

    CHECK(pipe(fds) == 0);
    for (int i = 0; i < 3; i++) {
        pid_t pid = CHILD({
            close(fds[1]);
            check_get(fds[0]);
        });

        group = group ? group : pid;
        CHECK(setpgid(pid, group) == 0);
    }
    outsider = CHILD({
        close(fds[1]);
        check_get(fds[0]);
    });
    CHECK(kill(-group, 0) == 0);
    CHECK(kill(-group, SIGTERM) == 0);
    for (int i = 0; i < 3; i++) {
        CHECK(waitpid(-group, &status, 0) > 0);
        CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
    }
    CHECK_ERR(kill(-group, 0), ESRCH);
    close(fds[1]);
    CHECK_EXITS(outsider, 0);
}

static void kill_0_signals_our_own_group(void)
{
    CHECK_EXITS(CHILD({
                    setpgid(0, 0);
                    pid_t other = CHILD(pause());

                    signal(SIGUSR1, SIG_IGN);
                    usleep(1000);
                    CHECK(kill(0, SIGUSR1) == 0);
                    CHECK_KILLED(other, SIGUSR1);
                }),
                0);
}

/* --- stop and continue --- */

/* A child that counts in shared memory until its pipe is closed. */
static pid_t counting_child(const int fds[2])
{
    volatile int *count = check_shared;
    pid_t parent = getpid();
    pid_t pid = CHILD({
        close(fds[1]);
        for (;;) {
            ++*count;
            usleep(500);
            if (getppid() != parent)
                _exit(0);
        }
    });

    WAIT_FOR(*count > 2);
    return pid;
}

static void stop_and_continue_are_reported(void)
{
    volatile int *count = check_shared;
    int fds[2], status, before;
    pid_t pid;

    CHECK(pipe(fds) == 0);
    pid = counting_child(fds);
    CHECK(kill(pid, SIGSTOP) == 0);
    CHECK_EQ(waitpid(pid, &status, WUNTRACED), pid);
    CHECK(WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP);
    CHECK_EQ(waitpid(pid, &status, WUNTRACED | WNOHANG), 0); /* news is told once */
    usleep(20000);
    before = *count;
    usleep(20000);
    CHECK_EQ(*count, before);

    CHECK(kill(pid, SIGCONT) == 0);
    CHECK_EQ(waitpid(pid, &status, WCONTINUED), pid);
    CHECK(WIFCONTINUED(status));
    WAIT_FOR(*count > before);
    CHECK(kill(pid, SIGKILL) == 0);
    CHECK_KILLED(pid, SIGKILL);
}

static void waitid_reports_stops(void)
{
    siginfo_t info = {0};
    int fds[2];
    pid_t pid;

    CHECK(pipe(fds) == 0);
    pid = counting_child(fds);
    CHECK(kill(pid, SIGTSTP) == 0);
    CHECK_EQ(waitid(P_PID, (id_t)pid, &info, WSTOPPED), 0);
    CHECK_EQ(info.si_code, CLD_STOPPED);
    CHECK_EQ(info.si_status, SIGTSTP);
    CHECK_EQ(info.si_pid, pid);
    CHECK(kill(pid, SIGCONT) == 0);
    CHECK_EQ(waitid(P_PID, (id_t)pid, &info, WCONTINUED), 0);
    CHECK_EQ(info.si_code, CLD_CONTINUED);
    CHECK_EQ(info.si_status, SIGCONT);
    CHECK(kill(pid, SIGKILL) == 0);
    CHECK_KILLED(pid, SIGKILL);
}

static void a_stopped_process_can_be_killed(void)
{
    int fds[2], status;
    pid_t pid;

    CHECK(pipe(fds) == 0);
    pid = counting_child(fds);
    CHECK(kill(pid, SIGSTOP) == 0);
    CHECK_EQ(waitpid(pid, &status, WUNTRACED), pid);
    CHECK(kill(pid, SIGTERM) == 0); /* waits until it goes on */
    usleep(10000);
    CHECK_EQ(waitpid(pid, &status, WNOHANG), 0);
    CHECK(kill(pid, SIGKILL) == 0);
    CHECK_KILLED(pid, SIGKILL);
}

static void a_pending_signal_acts_on_continuation(void)
{
    int fds[2], status;
    pid_t pid;

    CHECK(pipe(fds) == 0);
    pid = counting_child(fds);
    CHECK(kill(pid, SIGSTOP) == 0);
    CHECK_EQ(waitpid(pid, &status, WUNTRACED), pid);
    CHECK(kill(pid, SIGTERM) == 0);
    CHECK(kill(pid, SIGCONT) == 0);
    CHECK_KILLED(pid, SIGTERM);
}

static volatile int chld_codes[8], chld_count;

static void note_chld(int signo, siginfo_t *info, void *context)
{
    (void)signo;
    (void)context;
    chld_codes[chld_count++ % 8] = info->si_code;
}

static void the_parent_gets_sigchld_for_stops(void)
{
    for (int quiet = 0; quiet < 2; quiet++) {
        struct sigaction action = {.sa_sigaction = note_chld,
                                   .sa_flags =
                                       SA_SIGINFO | SA_RESTART | (quiet ? SA_NOCLDSTOP : 0)};
        int fds[2], status;
        pid_t pid;

        chld_count = 0;
        CHECK(pipe(fds) == 0);
        pid = counting_child(fds);
        CHECK(sigaction(SIGCHLD, &action, NULL) == 0);
        CHECK(kill(pid, SIGSTOP) == 0);
        CHECK_EQ(waitpid(pid, &status, WUNTRACED), pid);
        WAIT_FOR(quiet || chld_count == 1);
        CHECK(quiet || chld_codes[0] == CLD_STOPPED);
        CHECK(kill(pid, SIGCONT) == 0);
        CHECK_EQ(waitpid(pid, &status, WCONTINUED), pid);
        WAIT_FOR(quiet || chld_count == 2);
        CHECK(quiet || chld_codes[1] == CLD_CONTINUED);
        CHECK(kill(pid, SIGKILL) == 0);
        CHECK_KILLED(pid, SIGKILL);
        WAIT_FOR(chld_count == (quiet ? 1 : 3));
        CHECK_EQ(chld_codes[quiet ? 0 : 2], CLD_KILLED);
    }
}

/* A stop signal and SIGCONT take each other back while they are pending. */
static void stop_and_continue_cancel_each_other(void)
{
    CHECK_EXITS(CHILD({
                    sigset_t set, pending;

                    sigemptyset(&set);
                    sigaddset(&set, SIGCONT);
                    sigaddset(&set, SIGTSTP);
                    sigprocmask(SIG_BLOCK, &set, NULL);
                    kill(getpid(), SIGTSTP);
                    sigpending(&pending);
                    CHECK(sigismember(&pending, SIGTSTP));
                    kill(getpid(), SIGCONT);
                    sigpending(&pending);
                    CHECK(!sigismember(&pending, SIGTSTP));
                    CHECK(sigismember(&pending, SIGCONT));
                    kill(getpid(), SIGTSTP);
                    sigpending(&pending);
                    CHECK(sigismember(&pending, SIGTSTP));
                    CHECK(!sigismember(&pending, SIGCONT));
                }),
                0);
}

/* When a group loses its last link to the session and has a stopped member, it is told. */
static void an_orphaned_group_is_hung_up(void)
{
    int fds[2], status;
    pid_t leader;

    CHECK(pipe(fds) == 0);
    leader = CHILD({
        pid_t stopped;

        CHECK(setsid() == getpid());
        stopped = CHILD({
            setpgid(0, 0);
            close(fds[0]);
            raise(SIGSTOP);
            for (;;)
                pause();
        });
        setpgid(stopped, stopped);
        CHECK_EQ(waitpid(stopped, &status, WUNTRACED), stopped);
        CHECK(WIFSTOPPED(status));
    });
    CHECK_EXITS(leader, 0);
    close(fds[1]);
    CHECK(!check_get(fds[0])); /* SIGCONT and SIGHUP have ended it */
}

static void an_orphaned_group_does_not_stop(void)
{
    int fds[2];
    pid_t middle;

    CHECK(pipe(fds) == 0);
    middle = CHILD({
        pid_t parent = getpid();

        (void)CHILD({
            setsid();
            WAIT_FOR(getppid() != parent);
            raise(SIGTSTP); /* nobody could continue us */
            check_put(fds[1]);
        });
    });
    CHECK_EXITS(middle, 0);
    CHECK(check_get(fds[0]));
}

static const struct check_case cases[] = {
    CASE(a_child_is_in_its_parents_group_and_session),
    CASE(setpgid_makes_and_joins_groups),
    CASE(setpgid_refuses),
    CASE(a_child_that_has_execed_is_left_alone),
    CASE(setsid_makes_a_session),
    CASE(a_signal_to_a_group_reaches_its_members_only),
    CASE(kill_0_signals_our_own_group),
    CASE(stop_and_continue_are_reported),
    CASE(waitid_reports_stops),
    CASE(a_stopped_process_can_be_killed),
    CASE(a_pending_signal_acts_on_continuation),
    CASE(the_parent_gets_sigchld_for_stops),
    CASE(stop_and_continue_cancel_each_other),
    CASE(an_orphaned_group_is_hung_up),
    CASE(an_orphaned_group_does_not_stop),
};
CHECK_MAIN(cases)
