/*
 * timer.c - POSIX timers on every clock, CPU-time clocks of others, and what clocks refuse.
 */
#include "tests/linux/check.h"

#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <time.h>

#define MS 1000000ll
#define S  1000000000ll

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

static long long now(clockid_t clock)
{
    struct timespec ts;

    CHECK(clock_gettime(clock, &ts) == 0);
    return ts.tv_sec * S + ts.tv_nsec;
}

static struct timespec timespec_of(long long ns)
{
    return (struct timespec){ns / S, ns % S};
}

static void burn(long long ns)
{
    long long start = now(CLOCK_THREAD_CPUTIME_ID);

    while (now(CLOCK_THREAD_CPUTIME_ID) < start + ns)
        for (volatile int n = 0; n < 1000; n++)
            continue;
}

static volatile int seen, seen_overrun;
static siginfo_t last;
static pid_t seen_by;

static void note(int signo, siginfo_t *info, void *context)
{
    (void)signo;
    (void)context;
    last = *info;
    seen_overrun += info->si_overrun;
    seen_by = (pid_t)syscall(SYS_gettid);
    seen++;
}

static void handle(int signo)
{
    struct sigaction action = {.sa_sigaction = note, .sa_flags = SA_SIGINFO};

    CHECK(sigaction(signo, &action, NULL) == 0);
}

static void block(int how, int signo)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, signo);
    CHECK(sigprocmask(how, &set, NULL) == 0);
}

/* The kernel's ids: the C library keeps timers of its own above them. */
static int create(clockid_t clock, int notify, int signo, int value)
{
    struct sigevent ev = {.sigev_notify = notify, .sigev_signo = signo};
    int id = -1;

    ev.sigev_value.sival_int = value;
    ev.sigev_notify_thread_id = (pid_t)syscall(SYS_gettid);
    CHECK_EQ(syscall(SYS_timer_create, clock, &ev, &id), 0);
    return id;
}

static void settime(int id, int flags, long long value, long long interval)
{
    struct itimerspec spec = {timespec_of(interval), timespec_of(value)};

    CHECK_EQ(syscall(SYS_timer_settime, id, flags, &spec, NULL), 0);
}

static struct itimerspec gettime(int id)
{
    struct itimerspec spec;

    CHECK_EQ(syscall(SYS_timer_gettime, id, &spec), 0);
    return spec;
}

static bool armed(int id)
{
    struct itimerspec spec = gettime(id);

    return spec.it_value.tv_sec || spec.it_value.tv_nsec;
}

static void one_shots(void)
{
    static const clockid_t clocks[] = {CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_BOOTTIME,
                                       CLOCK_TAI};

    handle(SIGUSR1);
    for (size_t i = 0; i < ARRAY_SIZE(clocks); i++) {
        int id = create(clocks[i], SIGEV_SIGNAL, SIGUSR1, 42);

        CHECK(!armed(id));
        seen = 0;
        settime(id, 0, 5 * MS, 0);
        WAIT_FOR(seen);
        CHECK_EQ(last.si_code, SI_TIMER);
        CHECK_EQ(last.si_timerid, id);
        CHECK_EQ(last.si_value.sival_int, 42);
        CHECK_EQ(last.si_overrun, 0);
        CHECK(!armed(id));
        settime(id, TIMER_ABSTIME, now(clocks[i]) + 5 * MS, 0);
        WAIT_FOR(seen == 2);
        settime(id, TIMER_ABSTIME, 1, 0); /* long ago */
        WAIT_FOR(seen == 3);
        settime(id, 0, 100 * S, 0);
        CHECK(armed(id));
        settime(id, 0, 0, 0);
        CHECK(!armed(id));
        CHECK_EQ(syscall(SYS_timer_delete, id), 0);
        CHECK_ERR(syscall(SYS_timer_delete, id), EINVAL);
    }
}

static void intervals_and_overruns(void)
{
    int id = create(CLOCK_MONOTONIC, SIGEV_SIGNAL, SIGRTMIN, 1), before;

    handle(SIGRTMIN);
    settime(id, 0, MS, MS);
    WAIT_FOR(seen >= 5);
    CHECK_EQ(gettime(id).it_interval.tv_nsec, MS);
    block(SIG_BLOCK, SIGRTMIN);
    usleep(20000);
    before = seen;
    seen_overrun = 0;
    block(SIG_UNBLOCK, SIGRTMIN);
    CHECK(seen > before);
    CHECK(seen_overrun >= 15); /* one signal for all of them */
    settime(id, 0, 0, 0);
    CHECK(syscall(SYS_timer_getoverrun, id) >= 0);
}

static void getoverrun_is_of_the_last_signal(void)
{
    int id = create(CLOCK_MONOTONIC, SIGEV_SIGNAL, SIGUSR1, 0);
    siginfo_t info;
    sigset_t set;

    block(SIG_BLOCK, SIGUSR1);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    settime(id, 0, MS, 2 * MS);
    CHECK_EQ(syscall(SYS_timer_getoverrun, id), 0);
    usleep(30000);
    CHECK_EQ(sigwaitinfo(&set, &info), SIGUSR1);
    CHECK(info.si_overrun >= 9);
    settime(id, 0, 0, 0);
    CHECK_EQ(syscall(SYS_timer_getoverrun, id), 0);
}

static void two_timers_of_one_signal(void)
{
    int a = create(CLOCK_MONOTONIC, SIGEV_SIGNAL, SIGUSR1, 1);
    int b = create(CLOCK_MONOTONIC, SIGEV_SIGNAL, SIGUSR1, 2);
    siginfo_t info;
    sigset_t set, pending;
    int sum = 0;

    block(SIG_BLOCK, SIGUSR1);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    settime(a, 0, MS, 0);
    settime(b, 0, MS, 0);
    WAIT_FOR(!armed(a) && !armed(b));
    usleep(5000);
    for (int i = 0; i < 2; i++) {
        CHECK_EQ(sigwaitinfo(&set, &info), SIGUSR1);
        sum += info.si_value.sival_int;
    }
    CHECK_EQ(sum, 3);
    CHECK(sigpending(&pending) == 0 && !sigismember(&pending, SIGUSR1));
}

static void silent_timers_count(void)
{
    int id = create(CLOCK_MONOTONIC, SIGEV_NONE, 0, 0);
    struct itimerspec spec;

    settime(id, 0, 100 * S, 3 * S);
    spec = gettime(id);
    CHECK(spec.it_value.tv_sec >= 90 && spec.it_interval.tv_sec == 3);
    settime(id, TIMER_ABSTIME, 1, 3 * S);
    spec = gettime(id);
    CHECK(spec.it_value.tv_sec < 3 && armed(id));
    settime(id, 0, MS, 0);
    WAIT_FOR(!armed(id));
}

static void *threads_timer(void *arg)
{
    pid_t *tid = arg;
    int id = create(CLOCK_MONOTONIC, SIGEV_THREAD_ID, SIGUSR1, 0);

    *tid = (pid_t)syscall(SYS_gettid);
    settime(id, 0, 5 * MS, 0);
    WAIT_FOR(seen);
    return NULL;
}

static void a_thread_is_told(void)
{
    struct sigevent ev = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGUSR1};
    pthread_t thread;
    pid_t tid = 0;
    int id;

    handle(SIGUSR1);
    CHECK(pthread_create(&thread, NULL, threads_timer, &tid) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK_EQ(seen_by, tid);
    ev.sigev_notify_thread_id = getppid(); /* not one of ours */
    CHECK_ERR(syscall(SYS_timer_create, CLOCK_MONOTONIC, &ev, &id), EINVAL);
}

static void cpu_time_timers(void)
{
    clockid_t of_thread;
    int ids[3];

    handle(SIGUSR1);
    CHECK(pthread_getcpuclockid(pthread_self(), &of_thread) == 0);
    ids[0] = create(CLOCK_PROCESS_CPUTIME_ID, SIGEV_SIGNAL, SIGUSR1, 0);
    ids[1] = create(CLOCK_THREAD_CPUTIME_ID, SIGEV_SIGNAL, SIGUSR1, 0);
    ids[2] = create(of_thread, SIGEV_SIGNAL, SIGUSR1, 0);
    for (int i = 0; i < 3; i++) {
        long long start = now(CLOCK_PROCESS_CPUTIME_ID);

        seen = 0;
        settime(ids[i], 0, 20 * MS, 0);
        usleep(40000); /* asleep, it does not come nearer */
        if (now(CLOCK_PROCESS_CPUTIME_ID) < start + 15 * MS)
            CHECK_EQ(seen, 0);
        while (!seen)
            burn(MS);
        CHECK(now(CLOCK_PROCESS_CPUTIME_ID) >= start + 20 * MS);
    }
    seen = 0;
    settime(ids[0], 0, 5 * MS, 5 * MS);
    while (seen < 3)
        burn(MS);
}

static void cpu_time_itimers(void)
{
    static const int which[] = {ITIMER_VIRTUAL, ITIMER_PROF}, signals[] = {SIGVTALRM, SIGPROF};

    for (int i = 0; i < 2; i++) {
        struct itimerval every = {{0, 5000}, {0, 5000}}, never = {{0}}, old;

        handle(signals[i]);
        seen = 0;
        CHECK(setitimer(which[i], &every, NULL) == 0);
        while (seen < 3)
            burn(MS);
        CHECK(setitimer(which[i], &never, &old) == 0);
        CHECK_EQ(old.it_interval.tv_usec, 5000);
    }
}

static void sleeping_on_cpu_time(void)
{
    struct timespec ts = timespec_of(20 * MS);
    clockid_t clock, mine;
    pid_t child = CHILD(for (;;) burn(MS));
    long long start;

    CHECK_EQ(clock_getcpuclockid(child, &clock), 0);
    start = now(clock);
    CHECK_EQ(clock_nanosleep(clock, 0, &ts, NULL), 0);
    CHECK(now(clock) >= start + 20 * MS);
    ts = timespec_of(now(clock) + 20 * MS);
    CHECK_EQ(clock_nanosleep(clock, TIMER_ABSTIME, &ts, NULL), 0);
    kill(child, SIGKILL);
    CHECK_KILLED(child, SIGKILL);
    CHECK_ERR(clock_gettime(clock, &ts), EINVAL);
    CHECK(pthread_getcpuclockid(pthread_self(), &mine) == 0);
    CHECK(now(mine) > 0);
    CHECK_EQ(clock_nanosleep(mine, 0, &ts, NULL), EINVAL);
    CHECK_ERR(syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC_RAW, 0, &ts, NULL), EOPNOTSUPP);
}

static void ignored_signals_do_not_stop_a_timer(void)
{
    int id = create(CLOCK_MONOTONIC, SIGEV_SIGNAL, SIGUSR1, 0);

    signal(SIGUSR1, SIG_IGN);
    settime(id, 0, MS, MS);
    usleep(10000);
    handle(SIGUSR1);
    WAIT_FOR(seen >= 2);
}

/* For a case of two processes. */
struct stop {
    volatile long long begun, continued, taken;
    volatile int overrun, signals;
};

static void note_first_since(int signo, siginfo_t *info, void *context)
{
    struct stop *stop = check_shared;

    (void)signo, (void)context;
    stop->signals++;
    if (!stop->continued || stop->taken)
        return;
    stop->overrun = info->si_overrun;
    stop->taken = now(CLOCK_MONOTONIC);
}

static void run_timer(long long period)
{
    struct stop *stop = check_shared;
    struct sigaction action = {.sa_sigaction = note_first_since, .sa_flags = SA_SIGINFO};
    int id = create(CLOCK_MONOTONIC, SIGEV_SIGNAL, SIGRTMIN, 0);

    CHECK_EQ(sigaction(SIGRTMIN, &action, NULL), 0);
    stop->begun = now(CLOCK_MONOTONIC);
    settime(id, 0, period, period);
    WAIT_FOR(stop->taken);
}

/* Who is stopped takes no signal: what the timer has missed is the overrun of the one that he
 * takes then, and all expirations are told of. */
static void a_stopped_process_overruns(void)
{
    const long long period = 5 * MS;
    struct stop *stop = check_shared;
    pid_t child = CHILD(run_timer(period));
    long long stopped;
    int status;

    WAIT_FOR(stop->signals);
    CHECK_EQ(kill(child, SIGSTOP), 0);
    CHECK(waitpid(child, &status, WUNTRACED) == child && WIFSTOPPED(status));
    stopped = now(CLOCK_MONOTONIC);
    WAIT_FOR(now(CLOCK_MONOTONIC) >= stopped + 20 * period);
    stop->continued = now(CLOCK_MONOTONIC);
    CHECK_EQ(kill(child, SIGCONT), 0);
    CHECK_EXITS(child, 0);
    CHECK(stop->overrun >= (stop->continued - stopped) / period - 2);
    CHECK(stop->overrun < (stop->taken - stop->begun) / period);
}

static void a_deleted_timers_signal_is_gone(void)
{
    int id = create(CLOCK_MONOTONIC, SIGEV_SIGNAL, SIGUSR1, 0);
    sigset_t set;

    block(SIG_BLOCK, SIGUSR1);
    settime(id, 0, MS, 0);
    WAIT_FOR(sigpending(&set) == 0 && sigismember(&set, SIGUSR1));
    CHECK_EQ(syscall(SYS_timer_delete, id), 0);
    handle(SIGUSR1);
    block(SIG_UNBLOCK, SIGUSR1);
    CHECK_EQ(seen, 0);
}

static void timers_kill_and_stop(void)
{
    int status;
    pid_t child;

    CHECK_KILLED(CHILD({
                     settime(create(CLOCK_MONOTONIC, SIGEV_SIGNAL, SIGKILL, 0), 0, MS, 0);
                     pause();
                 }),
                 SIGKILL);
    child = CHILD({
        settime(create(CLOCK_MONOTONIC, SIGEV_SIGNAL, SIGSTOP, 0), 0, MS, 0);
        pause();
    });
    CHECK_EQ(waitpid(child, &status, WUNTRACED), child);
    CHECK(WIFSTOPPED(status));
    kill(child, SIGKILL);
    CHECK_KILLED(child, SIGKILL);
}

static void timers_are_not_inherited(void)
{
    int id = create(CLOCK_MONOTONIC, SIGEV_SIGNAL, SIGUSR1, 0);

    CHECK_EXITS(CHILD(CHECK_ERR(syscall(SYS_timer_delete, id), EINVAL)), 0);
    handle(SIGUSR1);
    settime(id, 0, 2 * MS, MS); /* dies with it, whatever it is doing */
}

static void timers_refuse(void)
{
    struct sigevent ev = {.sigev_notify = SIGEV_SIGNAL};
    struct itimerspec spec = {.it_value = {.tv_nsec = S}};
    int id;

    CHECK_ERR(syscall(SYS_timer_create, 77, NULL, &id), EINVAL);
    CHECK_ERR(syscall(SYS_timer_create, CLOCK_MONOTONIC_RAW, NULL, &id), EOPNOTSUPP);
    CHECK_ERR(syscall(SYS_timer_create, CLOCK_MONOTONIC, &ev, &id), EINVAL);
    ev.sigev_signo = 65;
    CHECK_ERR(syscall(SYS_timer_create, CLOCK_MONOTONIC, &ev, &id), EINVAL);
    ev.sigev_signo = SIGUSR1;
    ev.sigev_notify = 3;
    CHECK_ERR(syscall(SYS_timer_create, CLOCK_MONOTONIC, &ev, &id), EINVAL);
    CHECK_ERR(syscall(SYS_timer_create, CLOCK_MONOTONIC, check_bad, &id), EFAULT);
    CHECK_ERR(syscall(SYS_timer_create, CLOCK_MONOTONIC, NULL, check_bad), EFAULT);
    CHECK_EQ(syscall(SYS_timer_create, CLOCK_MONOTONIC, NULL, &id), 0);
    CHECK_ERR(syscall(SYS_timer_settime, id, 0, &spec, NULL), EINVAL);
    CHECK_ERR(syscall(SYS_timer_settime, id, 0, NULL, NULL), EINVAL);
    CHECK_ERR(syscall(SYS_timer_settime, id, 0, check_bad, NULL), EFAULT);
    CHECK_ERR(syscall(SYS_timer_gettime, id, check_bad), EFAULT);
    spec.it_value.tv_nsec = 0;
    CHECK_ERR(syscall(SYS_timer_settime, id + 1000, 0, &spec, NULL), EINVAL);
    CHECK_ERR(syscall(SYS_timer_gettime, id + 1000, &spec), EINVAL);
    CHECK_ERR(syscall(SYS_timer_getoverrun, id + 1000), EINVAL);
}

static void clocks_are_not_set(void)
{
    struct timespec ts = {.tv_nsec = -1};
    struct timex tx = {.modes = 0};
    clockid_t mine;

    CHECK_ERR(clock_settime(CLOCK_MONOTONIC, &ts), EINVAL);
    CHECK_ERR(clock_settime(CLOCK_BOOTTIME, &ts), EINVAL);
    CHECK_ERR(clock_settime(CLOCK_REALTIME, &ts), EINVAL);
    CHECK_ERR(syscall(SYS_clock_settime, CLOCK_REALTIME, check_bad), EFAULT);
    CHECK_ERR(syscall(SYS_clock_settime, CLOCK_PROCESS_CPUTIME_ID, &ts), EINVAL);
    CHECK_EQ(clock_getcpuclockid(getpid(), &mine), 0);
    CHECK_ERR(syscall(SYS_clock_settime, mine, &ts), EPERM);
    CHECK(adjtimex(&tx) >= 0);
    CHECK(tx.time.tv_sec > 1600000000 && tx.tick > 0);
    CHECK(clock_adjtime(CLOCK_REALTIME, &tx) >= 0);
    CHECK_ERR(clock_adjtime(CLOCK_MONOTONIC, &tx), EOPNOTSUPP);
    CHECK_ERR(clock_adjtime(77, &tx), EINVAL);
    CHECK_EXITS(CHILD({
                    CHECK(setuid(1000) == 0);
                    ts.tv_nsec = 0;
                    CHECK_ERR(clock_settime(CLOCK_REALTIME, &ts), EPERM);
                    CHECK_ERR(settimeofday(&(struct timeval){0}, NULL), EPERM);
                    tx.modes = ADJ_FREQUENCY;
                    CHECK_ERR(adjtimex(&tx), EPERM);
                }),
                0);
}

static void the_cpu_limit(void)
{
    int *shared = check_shared;
    pid_t child = CHILD({
        struct rlimit limit = {1, 2};

        handle(SIGXCPU);
        CHECK(setrlimit(RLIMIT_CPU, &limit) == 0);
        for (;;) {
            burn(MS);
            *shared = seen;
        }
    });

    CHECK_KILLED(child, SIGKILL);
    CHECK(*shared >= 1);
}

static const struct check_case cases[] = {
    CASE(one_shots),
    CASE(intervals_and_overruns),
    CASE(getoverrun_is_of_the_last_signal),
    CASE(two_timers_of_one_signal),
    CASE(silent_timers_count),
    CASE(a_thread_is_told),
    CASE(cpu_time_timers),
    CASE(cpu_time_itimers),
    CASE(sleeping_on_cpu_time),
    CASE(ignored_signals_do_not_stop_a_timer),
    CASE(a_stopped_process_overruns),
    CASE(a_deleted_timers_signal_is_gone),
    CASE(timers_kill_and_stop),
    CASE(timers_are_not_inherited),
    CASE(timers_refuse),
    CASE(clocks_are_not_set),
    CASE(the_cpu_limit),
};
CHECK_MAIN(cases)
