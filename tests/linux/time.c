/*
 * time.c - clocks, sleeping, and the interval timer. A sleep is never too short; how long it is
 * depends on the machine, and is not checked.
 */
#include "tests/linux/check.h"

#include <signal.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/times.h>
#include <time.h>

#define MS 1000000ll
#define S  1000000000ll

static long long now(clockid_t clock)
{
    struct timespec ts;

    CHECK(clock_gettime(clock, &ts) == 0);
    CHECK(ts.tv_nsec >= 0 && ts.tv_nsec < S);
    return ts.tv_sec * S + ts.tv_nsec;
}

static struct timespec timespec_of(long long ns)
{
    return (struct timespec){ns / S, ns % S};
}

static void clocks_go_forward(void)
{
    static const clockid_t clocks[] = {CLOCK_MONOTONIC, CLOCK_MONOTONIC_RAW, CLOCK_BOOTTIME};

    for (size_t i = 0; i < ARRAY_SIZE(clocks); i++) {
        long long last = now(clocks[i]);

        for (int n = 0; n < 10000; n++) {
            long long next = now(clocks[i]);

            CHECK(next >= last);
            last = next;
        }
    }
    CHECK(now(CLOCK_REALTIME) > 1600000000ll * S);
    CHECK(now(CLOCK_REALTIME_COARSE) > 1600000000ll * S);
    CHECK(now(CLOCK_MONOTONIC_COARSE) >= 0);
}

static void clocks_agree(void)
{
    struct timeval tv;
    time_t t = time(NULL);

    CHECK(gettimeofday(&tv, NULL) == 0);
    CHECK(tv.tv_usec >= 0 && tv.tv_usec < 1000000);
    CHECK(tv.tv_sec - t >= -1 && tv.tv_sec - t <= 5);
    CHECK(now(CLOCK_REALTIME) / S - tv.tv_sec <= 5);
}

static void clocks_refuse(void)
{
    struct timespec ts;

    CHECK_ERR(clock_gettime(77, &ts), EINVAL);
    CHECK_ERR(syscall(SYS_clock_gettime, CLOCK_MONOTONIC, check_bad), EFAULT);
    CHECK(clock_getres(CLOCK_MONOTONIC, &ts) == 0 && ts.tv_sec == 0 && ts.tv_nsec > 0);
    CHECK(clock_getres(CLOCK_MONOTONIC, NULL) == 0);
    CHECK_ERR(clock_getres(77, &ts), EINVAL);
}

static void cpu_time_counts(void)
{
    long long start = now(CLOCK_PROCESS_CPUTIME_ID);
    struct tms tms;

    for (int i = 0; now(CLOCK_PROCESS_CPUTIME_ID) < start + 5 * MS; i++)
        for (volatile int n = 0; n < 10000; n++)
            continue;
    CHECK(now(CLOCK_THREAD_CPUTIME_ID) > 0);
    CHECK(times(&tms) != (clock_t)-1);
    start = now(CLOCK_PROCESS_CPUTIME_ID);
    usleep(50000);
    CHECK(now(CLOCK_PROCESS_CPUTIME_ID) - start < 45 * MS); /* sleeping costs none */
}

static void sleeps_are_long_enough(void)
{
    static const long long lengths[] = {0, 1, 1000, MS, 20 * MS};

    for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
        struct timespec ts = timespec_of(lengths[i]);
        long long start = now(CLOCK_MONOTONIC);

        CHECK(nanosleep(&ts, NULL) == 0);
        CHECK(now(CLOCK_MONOTONIC) >= start + lengths[i]);
        start = now(CLOCK_REALTIME);
        CHECK_EQ(clock_nanosleep(CLOCK_REALTIME, 0, &ts, NULL), 0);
        CHECK(now(CLOCK_REALTIME) >= start + lengths[i] - MS); /* it may be set meanwhile */
    }
}

static void absolute_sleeps(void)
{
    static const clockid_t clocks[] = {CLOCK_MONOTONIC, CLOCK_REALTIME};

    for (size_t i = 0; i < ARRAY_SIZE(clocks); i++) {
        long long deadline = now(clocks[i]) + 20 * MS;
        struct timespec ts = timespec_of(deadline), past = {.tv_sec = 0};

        CHECK_EQ(clock_nanosleep(clocks[i], TIMER_ABSTIME, &ts, NULL), 0);
        CHECK(now(clocks[i]) >= deadline);
        CHECK_EQ(clock_nanosleep(clocks[i], TIMER_ABSTIME, &ts, NULL), 0); /* at once */
        CHECK_EQ(clock_nanosleep(clocks[i], TIMER_ABSTIME, &past, NULL), 0);
    }
}

static void sleeps_refuse(void)
{
    struct timespec negative = {.tv_sec = -1}, large = {.tv_nsec = S}, fine = {0};

    CHECK_ERR(nanosleep(&negative, NULL), EINVAL);
    CHECK_ERR(nanosleep(&large, NULL), EINVAL);
    CHECK_ERR(nanosleep(check_bad, NULL), EFAULT);
    CHECK_EQ(clock_nanosleep(77, 0, &fine, NULL), EINVAL);
    CHECK_EQ(clock_nanosleep(CLOCK_THREAD_CPUTIME_ID, 0, &fine, NULL), EINVAL);
}

static void many_sleepers_at_once(void)
{
    enum { SLEEPERS = 30 };
    pid_t pids[SLEEPERS];

    for (int i = 0; i < SLEEPERS; i++)
        pids[i] = CHILD({
            long long length = (SLEEPERS - i) * MS, start = now(CLOCK_MONOTONIC);
            struct timespec ts = timespec_of(length);

            CHECK(nanosleep(&ts, NULL) == 0);
            CHECK(now(CLOCK_MONOTONIC) >= start + length);
        });
    for (int i = 0; i < SLEEPERS; i++)
        CHECK_EXITS(pids[i], 0);
}

/* --- the interval timer --- */

static volatile int alarms;

static void count_alarm(int signo)
{
    (void)signo;
    alarms++;
}

static void an_alarm_comes_once(void)
{
    struct itimerval soon = {.it_value = {.tv_usec = 10000}}, left;

    signal(SIGALRM, count_alarm);
    CHECK(setitimer(ITIMER_REAL, &soon, NULL) == 0);
    CHECK(getitimer(ITIMER_REAL, &left) == 0);
    CHECK(left.it_value.tv_sec == 0 && left.it_value.tv_usec <= 10000);
    WAIT_FOR(alarms);
    usleep(30000);
    CHECK_EQ(alarms, 1);
    CHECK(getitimer(ITIMER_REAL, &left) == 0);
    CHECK(left.it_value.tv_sec == 0 && left.it_value.tv_usec == 0);
}

static void an_interval_comes_again_and_again(void)
{
    struct itimerval every = {{0, 3000}, {0, 3000}}, never = {{0}}, old;
    int seen;

    signal(SIGALRM, count_alarm);
    CHECK(setitimer(ITIMER_REAL, &every, NULL) == 0);
    WAIT_FOR(alarms >= 5);
    CHECK(setitimer(ITIMER_REAL, &never, &old) == 0);
    CHECK_EQ(old.it_interval.tv_usec, 3000);
    seen = alarms;
    usleep(20000);
    CHECK(alarms <= seen + 1); /* one may have been under way */
}

static void alarm_answers_what_was_left(void)
{
    CHECK_EQ(alarm(100), 0);
    CHECK(alarm(0) >= 99);
    CHECK_EQ(alarm(0), 0);
    CHECK_KILLED(CHILD({
                     struct itimerval soon = {.it_value = {.tv_usec = 5000}};

                     setitimer(ITIMER_REAL, &soon, NULL);
                     pause();
                 }),
                 SIGALRM);
}

static void timers_are_not_inherited(void)
{
    struct itimerval later = {.it_value = {.tv_sec = 100}}, left;

    CHECK(setitimer(ITIMER_REAL, &later, NULL) == 0);
    CHECK_EXITS(CHILD({
                    CHECK(getitimer(ITIMER_REAL, &left) == 0);
                    CHECK_EQ(left.it_value.tv_sec, 0);
                }),
                0);
    CHECK(getitimer(ITIMER_REAL, &left) == 0 && left.it_value.tv_sec >= 90);
    CHECK_ERR(syscall(SYS_setitimer, 99, &later, NULL), EINVAL);
    later.it_value.tv_usec = 1000000;
    CHECK_ERR(setitimer(ITIMER_REAL, &later, NULL), EINVAL);
    CHECK_ERR(setitimer(ITIMER_REAL, check_bad, NULL), EFAULT);
}

static const struct check_case cases[] = {
    CASE(clocks_go_forward),
    CASE(clocks_agree),
    CASE(clocks_refuse),
    CASE(cpu_time_counts),
    CASE(sleeps_are_long_enough),
    CASE(absolute_sleeps),
    CASE(sleeps_refuse),
    CASE(many_sleepers_at_once),
    CASE(an_alarm_comes_once),
    CASE(an_interval_comes_again_and_again),
    CASE(alarm_answers_what_was_left),
    CASE(timers_are_not_inherited),
};
CHECK_MAIN(cases)
