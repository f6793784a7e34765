/*
 * signal_waits.c - calls that wait for signals, calls that signals interrupt, and which thread
 * takes them.
 */
#include "tests/linux/signal_test.h"

#include <pthread.h>
#include <sys/syscall.h>
#include <time.h>

static void sigtimedwait_takes_or_times_out(void)
{
    sigset_t set = set_of(SIGUSR1, SIGRTMIN);
    struct timespec none = {0}, short_time = {.tv_nsec = 20000000}, bad = {.tv_nsec = -1};
    siginfo_t info;
    pid_t child, parent = getpid();

    block(SIGUSR1, SIGRTMIN);
    CHECK_ERR(sigtimedwait(&set, &info, &none), EAGAIN);
    CHECK_ERR(sigtimedwait(&set, &info, &short_time), EAGAIN);
    CHECK_ERR(sigtimedwait(&set, &info, &bad), EINVAL);
    raise(SIGUSR1);
    CHECK_EQ(sigtimedwait(&set, &info, &none), SIGUSR1);
    CHECK_ERR(sigtimedwait(&set, &info, &none), EAGAIN);
    child = CHILD({
        usleep(10000);
        kill(parent, SIGRTMIN);
    });
    CHECK_EQ(sigwaitinfo(&set, &info), SIGRTMIN);
    CHECK_EQ(info.si_pid, child);
    CHECK_EXITS(child, 0);

    handle(SIGUSR2, SA_RESTART, note_info);
    child = pester(SIGUSR2);
    CHECK_ERR(sigwaitinfo(&set, &info), EINTR); /* never restarted */
    CHECK(hits > 0);
    end_child(child);
}

static void sigsuspend_swaps_the_mask(void)
{
    sigset_t empty, now;
    pid_t child;

    sigemptyset(&empty);
    handle(SIGUSR1, SA_RESTART, note_info);
    block(SIGUSR1, 0);
    raise(SIGUSR1);
    CHECK_EQ(hits, 0);
    CHECK_ERR(sigsuspend(&empty), EINTR); /* at once: it was pending */
    CHECK_EQ(hits, 1);
    sigprocmask(SIG_BLOCK, NULL, &now);
    CHECK(sigismember(&now, SIGUSR1));
    child = pester(SIGUSR1);
    CHECK_ERR(sigsuspend(&empty), EINTR);
    CHECK_EQ(hits, 2);
    end_child(child);
    CHECK_EQ(hits, 2); /* blocked again */
    CHECK_ERR(syscall(SYS_rt_sigsuspend, &empty, 4), EINVAL);
    CHECK_ERR(syscall(SYS_rt_sigsuspend, check_bad, 8), EFAULT);
}

/* --- interrupted calls --- */

static void read_ends_or_is_restarted(void)
{
    int fds[2];
    char byte;
    pid_t child;

    CHECK(pipe(fds) == 0);
    handle(SIGUSR1, 0, note_info);
    child = pester(SIGUSR1);
    CHECK_ERR(read(fds[0], &byte, 1), EINTR);
    CHECK(hits > 0);
    end_child(child);

    handle(SIGUSR1, SA_RESTART, note_info);
    hits = 0;
    child = pester(SIGUSR1);
    pid_t writer = CHILD({
        usleep(40000);
        check_put(fds[1]);
    });
    CHECK_EQ(read(fds[0], &byte, 1), 1);
    CHECK(hits > 0);
    end_child(child);
    CHECK_EXITS(writer, 0);
}

static void wait_ends_or_is_restarted(void)
{
    pid_t child, sleeper;

    handle(SIGUSR1, 0, note_info);
    child = pester(SIGUSR1);
    sleeper = CHILD(usleep(50000));
    CHECK_ERR(waitpid(sleeper, NULL, 0), EINTR);
    handle(SIGUSR1, SA_RESTART, note_info);
    CHECK_EXITS(sleeper, 0);
    end_child(child);
}

static void futex_wait_ends_or_is_restarted(void)
{
    uint32_t *word = check_shared;
    pid_t child, waker;

    handle(SIGUSR1, 0, note_info);
    child = pester(SIGUSR1);
    CHECK_ERR(syscall(SYS_futex, word, 0 /* WAIT */, 0, NULL), EINTR);
    handle(SIGUSR1, SA_RESTART, note_info);
    hits = 0;
    waker = CHILD({
        usleep(40000);
        *word = 1;
        syscall(SYS_futex, word, 1 /* WAKE */, 1);
    });
    CHECK_EQ(syscall(SYS_futex, word, 0, 0, NULL), 0);
    CHECK(hits > 0);
    end_child(child);
    CHECK_EXITS(waker, 0);
}

static void nanosleep_reports_what_is_left(void)
{
    struct timespec request = {.tv_sec = 1000}, left = {0};
    pid_t child;

    handle(SIGUSR1, SA_RESTART, note_info);
    child = pester(SIGUSR1);
    CHECK_ERR(nanosleep(&request, &left), EINTR); /* never restarted by a handler */
    end_child(child);
    CHECK(left.tv_sec >= 900 && left.tv_sec < 1000);
}

/* Signals without handler and stops do not show, and a sleep ends when it was to end: if each
 * began it anew, it would not end at all. */
static void quiet_signals_do_not_end_calls(void)
{
    volatile int *begun = check_shared;
    pid_t sleeper = CHILD({
        struct timespec request = {.tv_nsec = 100000000};

        *begun = 1;
        CHECK(nanosleep(&request, NULL) == 0);
        CHECK(clock_nanosleep(CLOCK_REALTIME, 0, &request, NULL) == 0);
    });
    int status;

    WAIT_FOR(*begun);
    do {
        kill(sleeper, SIGWINCH);
        kill(sleeper, SIGSTOP);
        CHECK_EQ(waitpid(sleeper, &status, WUNTRACED), sleeper);
        kill(sleeper, SIGCONT);
        usleep(5000);
    } while (WIFSTOPPED(status));
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void pause_ends_with_a_handler(void)
{
    pid_t child;

    handle(SIGUSR1, SA_RESTART, note_info);
    child = pester(SIGUSR1);
    CHECK_ERR(pause(), EINTR);
    end_child(child);
}

/* --- threads --- */

static void *take_signal(void *arg)
{
    sigset_t set = set_of(SIGUSR1, 0);
    int signo;

    (void)arg;
    sigwait(&set, &signo);
    return (void *)(intptr_t)signo;
}

static void a_process_signal_finds_a_thread_that_takes_it(void)
{
    pthread_t thread;
    void *got;

    block(SIGUSR1, 0);
    CHECK(pthread_create(&thread, NULL, take_signal, NULL) == 0);
    usleep(5000);
    CHECK(kill(getpid(), SIGUSR1) == 0);
    CHECK(pthread_join(thread, &got) == 0);
    CHECK_EQ((intptr_t)got, SIGUSR1);
}

static pthread_t handled_by;

static void note_thread(int signo)
{
    note(signo);
    handled_by = pthread_self();
}

static void *wait_for_hits(void *arg)
{
    WAIT_FOR(hits);
    return arg;
}

static void pthread_kill_reaches_that_thread(void)
{
    pthread_t thread;

    signal(SIGUSR1, note_thread);
    CHECK(pthread_create(&thread, NULL, wait_for_hits, NULL) == 0);
    CHECK(pthread_kill(thread, SIGUSR1) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(pthread_equal(handled_by, thread));
}

static void *die(void *arg)
{
    kill(getpid(), SIGTERM);
    pause();
    return arg;
}

static void a_fatal_signal_ends_all_threads(void)
{
    pthread_t thread;

    CHECK_KILLED(CHILD({
                     pthread_create(&thread, NULL, die, NULL);
                     for (;;)
                         continue;
                 }),
                 SIGTERM);
}

static const struct check_case cases[] = {
    CASE(sigtimedwait_takes_or_times_out),
    CASE(sigsuspend_swaps_the_mask),
    CASE(read_ends_or_is_restarted),
    CASE(wait_ends_or_is_restarted),
    CASE(futex_wait_ends_or_is_restarted),
    CASE(nanosleep_reports_what_is_left),
    CASE(quiet_signals_do_not_end_calls),
    CASE(pause_ends_with_a_handler),
    CASE(a_process_signal_finds_a_thread_that_takes_it),
    CASE(pthread_kill_reaches_that_thread),
    CASE(a_fatal_signal_ends_all_threads),
};
CHECK_MAIN(cases)
