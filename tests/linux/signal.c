/*
 * signal.c - handlers, masks, queues, alternate stacks, default actions.
 */
#include "tests/linux/signal_test.h"

#include <sys/mman.h>
#include <sys/syscall.h>

/* --- handlers --- */

static void a_handler_runs_and_returns(void)
{
    handle(SIGUSR1, 0, note_info);
    for (int i = 1; i <= 100; i++) {
        CHECK(raise(SIGUSR1) == 0);
        CHECK_EQ(hits, i);
    }
}

static void siginfo_names_the_sender(void)
{
    pid_t child;

    handle(SIGUSR1, 0, note_info);
    CHECK(kill(getpid(), SIGUSR1) == 0);
    CHECK_EQ(last.si_signo, SIGUSR1);
    CHECK_EQ(last.si_code, SI_USER);
    CHECK_EQ(last.si_pid, getpid());
    CHECK_EQ(last.si_uid, getuid());
    CHECK(syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), SIGUSR1) == 0);
    CHECK_EQ(last.si_code, SI_TKILL);
    CHECK(sigqueue(getpid(), SIGUSR1, (union sigval){.sival_int = 77}) == 0);
    CHECK_EQ(last.si_code, SI_QUEUE);
    CHECK_EQ(last.si_value.sival_int, 77);

    handle(SIGCHLD, 0, note_info);
    child = CHILD(_exit(7));
    WAIT_FOR(last.si_signo == SIGCHLD);
    CHECK_EQ(last.si_code, CLD_EXITED);
    CHECK_EQ(last.si_pid, child);
    CHECK_EQ(last.si_status, 7);
    CHECK_EXITS(child, 7);
}

/* Twice: the second is the one that the first raised and had to wait for. */
static void nest(int signo, siginfo_t *info, void *context)
{
    static int depth, rounds;

    note_info(signo, info, context);
    if (signo != SIGUSR1 || ++rounds == 2)
        return;
    CHECK_EQ(depth++, 0);
    raise(SIGUSR2); /* runs here and now */
    note(-1);
    raise(SIGUSR1); /* is blocked until we return */
    note(-2);
    depth--;
}

static void handlers_nest(void)
{
    const int want[] = {SIGUSR1, SIGUSR2, -1, -2, SIGUSR1};

    handle(SIGUSR1, 0, nest);
    handle(SIGUSR2, 0, nest);
    CHECK(raise(SIGUSR1) == 0);
    CHECK_EQ(hits, ARRAY_SIZE(want));
    for (size_t i = 0; i < ARRAY_SIZE(want); i++)
        CHECK_EQ(order[i], want[i]);
}

static sigset_t mask_inside;

static void note_mask(int signo)
{
    note(signo);
    sigprocmask(SIG_BLOCK, NULL, &mask_inside);
}

static void sa_mask_and_nodefer(void)
{
    struct sigaction action = {.sa_handler = note_mask};
    sigset_t after;

    action.sa_mask = set_of(SIGHUP, SIGTERM);
    CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
    raise(SIGUSR1);
    CHECK(sigismember(&mask_inside, SIGHUP) && sigismember(&mask_inside, SIGTERM));
    CHECK(sigismember(&mask_inside, SIGUSR1));
    sigprocmask(SIG_BLOCK, NULL, &after);
    CHECK(!sigismember(&after, SIGHUP) && !sigismember(&after, SIGUSR1));
    action.sa_flags = SA_NODEFER;
    CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
    raise(SIGUSR1);
    CHECK(!sigismember(&mask_inside, SIGUSR1) && sigismember(&mask_inside, SIGHUP));
}

static void resethand_runs_once(void)
{
    struct sigaction now;

    handle(SIGUSR1, SA_RESETHAND, note_info);
    raise(SIGUSR1);
    CHECK_EQ(hits, 1);
    CHECK(sigaction(SIGUSR1, NULL, &now) == 0 && now.sa_handler == SIG_DFL);
    CHECK_KILLED(CHILD(raise(SIGUSR1)), SIGUSR1);
}

static void sigaction_answers_the_old_action(void)
{
    struct sigaction action = {.sa_sigaction = note_info, .sa_flags = SA_SIGINFO | SA_RESTART},
                     old;

    action.sa_mask = set_of(SIGHUP, SIGKILL);
    CHECK(sigaction(SIGUSR1, &action, &old) == 0);
    CHECK(old.sa_handler == SIG_DFL);
    CHECK(sigaction(SIGUSR1, NULL, &old) == 0);
    CHECK(old.sa_sigaction == note_info);
    CHECK((old.sa_flags & (SA_SIGINFO | SA_RESTART | SA_NODEFER)) == (SA_SIGINFO | SA_RESTART));
    CHECK(sigismember(&old.sa_mask, SIGHUP) && !sigismember(&old.sa_mask, SIGKILL));
    CHECK_ERR(sigaction(SIGKILL, &action, NULL), EINVAL);
    CHECK_ERR(sigaction(SIGSTOP, &action, NULL), EINVAL);
    CHECK(sigaction(SIGKILL, NULL, &old) == 0);
    CHECK_ERR(syscall(SYS_rt_sigaction, 65, NULL, &old, 8), EINVAL);
    CHECK_ERR(syscall(SYS_rt_sigaction, 0, NULL, &old, 8), EINVAL);
    CHECK_ERR(syscall(SYS_rt_sigaction, SIGUSR1, NULL, &old, 4), EINVAL);
    CHECK_ERR(syscall(SYS_rt_sigaction, SIGUSR1, check_bad, NULL, 8), EFAULT);
}

/* --- blocking and queues --- */

static void blocked_signals_wait(void)
{
    sigset_t pending;

    handle(SIGUSR1, 0, note_info);
    block(SIGUSR1, 0);
    raise(SIGUSR1);
    raise(SIGUSR1);
    CHECK_EQ(hits, 0);
    CHECK(sigpending(&pending) == 0 && sigismember(&pending, SIGUSR1));
    unblock(SIGUSR1, 0);
    CHECK_EQ(hits, 1); /* a standard signal is pending once */
    CHECK(sigpending(&pending) == 0 && !sigismember(&pending, SIGUSR1));
}

static void real_time_signals_queue_in_order(void)
{
    handle(SIGRTMIN + 1, 0, note_info);
    handle(SIGRTMIN + 2, 0, note_info);
    block(SIGRTMIN + 1, SIGRTMIN + 2);
    for (int i = 0; i < 3; i++) {
        CHECK(sigqueue(getpid(), SIGRTMIN + 2, (union sigval){.sival_int = i}) == 0);
        CHECK(sigqueue(getpid(), SIGRTMIN + 1, (union sigval){.sival_int = 10 + i}) == 0);
    }
    for (int i = 0; i < 6; i++) {
        int signo = SIGRTMIN + (i < 3 ? 1 : 2);
        sigset_t set = set_of(SIGRTMIN + 1, SIGRTMIN + 2);
        siginfo_t info;

        CHECK_EQ(sigwaitinfo(&set, &info), signo); /* the lowest first, each in its order */
        CHECK_EQ(info.si_value.sival_int, i < 3 ? 10 + i : i - 3);
        CHECK_EQ(info.si_code, SI_QUEUE);
        CHECK_EQ(info.si_pid, getpid());
    }
    CHECK_EQ(hits, 0);
}

static void ignoring_drops_what_is_pending(void)
{
    sigset_t pending;

    block(SIGUSR1, SIGCHLD);
    raise(SIGUSR1);
    raise(SIGCHLD); /* ignored by default, but blocked: it waits */
    CHECK(sigpending(&pending) == 0);
    CHECK(sigismember(&pending, SIGUSR1) && sigismember(&pending, SIGCHLD));
    signal(SIGUSR1, SIG_IGN);
    signal(SIGCHLD, SIG_DFL);
    CHECK(sigpending(&pending) == 0);
    CHECK(!sigismember(&pending, SIGUSR1) && !sigismember(&pending, SIGCHLD));
    unblock(SIGUSR1, SIGCHLD);
}

/* --- alternate stacks --- */

static char *alt;
static char *volatile local_in_handler;
static volatile int alt_flags;

static void note_stack(int signo)
{
    char local;
    stack_t now;

    note(signo);
    local_in_handler = &local;
    sigaltstack(NULL, &now);
    alt_flags = now.ss_flags;
    if (signo == SIGUSR1)
        raise(SIGUSR2); /* nested: stays on it */
}

static void handlers_run_on_the_alternate_stack(void)
{
    enum { SIZE = 64 << 10 };
    struct sigaction action = {.sa_handler = note_stack, .sa_flags = SA_ONSTACK};
    stack_t stack, old;

    alt = malloc(SIZE);
    CHECK(sigaltstack(NULL, &old) == 0 && old.ss_flags == SS_DISABLE);
    stack = (stack_t){.ss_sp = alt, .ss_size = SIZE};
    CHECK(sigaltstack(&stack, NULL) == 0);
    sigemptyset(&action.sa_mask);
    CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
    CHECK(sigaction(SIGUSR2, &action, NULL) == 0);
    action.sa_flags = 0;
    CHECK(sigaction(SIGHUP, &action, NULL) == 0);
    raise(SIGUSR1);
    CHECK_EQ(hits, 2);
    CHECK(local_in_handler >= alt && local_in_handler < alt + SIZE);
    CHECK_EQ(alt_flags, SS_ONSTACK);
    raise(SIGHUP); /* does not ask for it */
    CHECK(local_in_handler < alt || local_in_handler >= alt + SIZE);
    CHECK_EQ(alt_flags, 0);
    CHECK_EXITS(CHILD(CHECK(sigaltstack(NULL, &old) == 0 && old.ss_sp == alt)), 0);
    stack.ss_size = 1000;
    CHECK_ERR(sigaltstack(&stack, NULL), ENOMEM);
    stack.ss_flags = 0x1234;
    CHECK_ERR(sigaltstack(&stack, NULL), EINVAL);
    CHECK_ERR(sigaltstack(check_bad, NULL), EFAULT);
    stack.ss_flags = SS_DISABLE;
    CHECK(sigaltstack(&stack, NULL) == 0);
    CHECK(sigaltstack(NULL, &old) == 0 && old.ss_flags == SS_DISABLE);
}

/* --- default actions, permissions --- */

static void default_actions(void)
{
    const int kills[] = {SIGHUP,  SIGINT,  SIGQUIT,   SIGILL,  SIGTRAP, SIGABRT, SIGBUS,
                         SIGFPE,  SIGKILL, SIGUSR1,   SIGSEGV, SIGUSR2, SIGPIPE, SIGALRM,
                         SIGTERM, SIGXCPU, SIGVTALRM, SIGPROF, SIGIO,   SIGSYS,  SIGRTMAX};
    const int ignored[] = {SIGCHLD, SIGURG, SIGWINCH, SIGCONT};

    for (size_t i = 0; i < ARRAY_SIZE(kills); i++)
        CHECK_KILLED(CHILD(kill(getpid(), kills[i])), kills[i]);
    for (size_t i = 0; i < ARRAY_SIZE(ignored); i++)
        CHECK_EXITS(CHILD(kill(getpid(), ignored[i])), 0);
}

static void kill_refuses(void)
{
    CHECK_ERR(kill(getpid(), 65), EINVAL);
    CHECK_ERR(kill(getpid(), -1), EINVAL);
    CHECK_ERR(kill(4194303, 0), ESRCH);
    CHECK_ERR(kill(-4194303, SIGTERM), ESRCH);
    CHECK_ERR(syscall(SYS_tgkill, 0, getpid(), 0), EINVAL);
    CHECK_ERR(syscall(SYS_tgkill, getpid(), 4194303, 0), ESRCH);
    CHECK_ERR(syscall(SYS_tkill, -1, 0), EINVAL);
    if (getuid() == 0)
        CHECK_EXITS(CHILD({
                        pid_t parent = getppid();

                        CHECK(setuid(12345) == 0);
                        CHECK_ERR(kill(parent, SIGTERM), EPERM);
                        CHECK_ERR(kill(parent, 0), EPERM);
                    }),
                    0);
}

static const struct check_case cases[] = {
    CASE(a_handler_runs_and_returns),
    CASE(siginfo_names_the_sender),
    CASE(handlers_nest),
    CASE(sa_mask_and_nodefer),
    CASE(resethand_runs_once),
    CASE(sigaction_answers_the_old_action),
    CASE(blocked_signals_wait),
    CASE(real_time_signals_queue_in_order),
    CASE(ignoring_drops_what_is_pending),
    CASE(handlers_run_on_the_alternate_stack),
    CASE(default_actions),
    CASE(kill_refuses),
};
CHECK_MAIN(cases)
