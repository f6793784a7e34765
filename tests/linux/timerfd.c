/*
 * timerfd.c - timers that are read: one expiry, many, absolute times, waiting in all ways.
 */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <time.h>

#include "tests/linux/check.h"

enum { MS = 1000000, NS_PER_SEC = 1000000000 };

static int64_t now_ns(clockid_t clock)
{
    struct timespec ts;

    CHECK_EQ(clock_gettime(clock, &ts), 0);
    return ts.tv_sec * (int64_t)NS_PER_SEC + ts.tv_nsec;
}

static struct itimerspec spec(int64_t value, int64_t interval)
{
    return (struct itimerspec){{interval / NS_PER_SEC, interval % NS_PER_SEC},
                               {value / NS_PER_SEC, value % NS_PER_SEC}};
}

static int64_t value_of(const struct itimerspec *its)
{
    return its->it_value.tv_sec * (int64_t)NS_PER_SEC + its->it_value.tv_nsec;
}

static int timer(int flags)
{
    int fd = timerfd_create(CLOCK_MONOTONIC, flags);

    CHECK(fd >= 0);
    return fd;
}

static void set(int fd, int flags, int64_t value, int64_t interval)
{
    struct itimerspec its = spec(value, interval);

    CHECK_EQ(timerfd_settime(fd, flags, &its, NULL), 0);
}

static uint64_t ticks_of(int fd)
{
    uint64_t ticks;

    CHECK_EQ(read(fd, &ticks, sizeof(ticks)), sizeof(ticks));
    return ticks;
}

static bool readable(int fd, int timeout)
{
    struct pollfd p = {.fd = fd, .events = POLLIN | POLLOUT};
    int n = poll(&p, 1, timeout);

    CHECK(n >= 0 && (p.revents & ~POLLIN) == 0);
    return n == 1;
}

static void fires_once(void)
{
    int fd = timer(0);
    int64_t start = now_ns(CLOCK_MONOTONIC);
    struct itimerspec its;

    set(fd, 0, 20 * MS, 0);
    CHECK(!readable(fd, 0));
    CHECK_EQ(ticks_of(fd), 1);
    CHECK(now_ns(CLOCK_MONOTONIC) - start >= 20 * MS);
    CHECK(!readable(fd, 0));
    CHECK_EQ(timerfd_gettime(fd, &its), 0);
    CHECK_EQ(value_of(&its), 0);
}

static void counts_what_was_missed(void)
{
    int fd = timer(TFD_NONBLOCK);
    int64_t start = now_ns(CLOCK_MONOTONIC), elapsed;
    uint64_t ticks;

    set(fd, 0, 5 * MS, 5 * MS);
    usleep(52000);
    ticks = ticks_of(fd);
    elapsed = now_ns(CLOCK_MONOTONIC) - start;
    CHECK(ticks >= 10 && ticks <= (uint64_t)(elapsed / (5 * MS)));
    for (unsigned i = 0; i < 4; i++) {
        CHECK(readable(fd, -1));
        ticks += ticks_of(fd);
    }
    elapsed = now_ns(CLOCK_MONOTONIC) - start;
    CHECK(ticks <= (uint64_t)(elapsed / (5 * MS)));
}

static void absolute_times(void)
{
    static const clockid_t clocks[] = {CLOCK_MONOTONIC, CLOCK_REALTIME, CLOCK_BOOTTIME};

    for (unsigned i = 0; i < ARRAY_SIZE(clocks); i++) {
        int fd = timerfd_create(clocks[i], 0);
        int64_t deadline = now_ns(clocks[i]) + 20 * MS;

        CHECK(fd >= 0);
        set(fd, TFD_TIMER_ABSTIME, deadline, 0);
        CHECK_EQ(ticks_of(fd), 1);
        CHECK(now_ns(clocks[i]) >= deadline);
        set(fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, 1, 0); /* long ago */
        CHECK_EQ(ticks_of(fd), 1);
        set(fd, TFD_TIMER_ABSTIME, now_ns(clocks[i]) - 95 * MS, 10 * MS);
        CHECK(ticks_of(fd) >= 10);
        close(fd);
    }
}

static void gettime_and_the_old_setting(void)
{
    struct itimerspec its, old;
    int fd = timer(TFD_NONBLOCK);

    CHECK_EQ(timerfd_gettime(fd, &its), 0);
    CHECK(value_of(&its) == 0 && its.it_interval.tv_nsec == 0);
    set(fd, 0, 60ll * NS_PER_SEC, 7 * MS);
    CHECK_EQ(timerfd_gettime(fd, &its), 0);
    CHECK(value_of(&its) > 50ll * NS_PER_SEC && value_of(&its) <= 60ll * NS_PER_SEC);
    CHECK_EQ(its.it_interval.tv_nsec, 7 * MS);
    its = spec(3 * MS, 3 * MS);
    CHECK_EQ(timerfd_settime(fd, 0, &its, &old), 0);
    CHECK(value_of(&old) > 50ll * NS_PER_SEC && old.it_interval.tv_nsec == 7 * MS);
    usleep(10000);
    CHECK_EQ(timerfd_gettime(fd, &its), 0); /* to the next one, though none was read */
    CHECK(value_of(&its) > 0 && value_of(&its) <= 3 * MS);
    CHECK(ticks_of(fd) >= 3);
    its = spec(0, 5 * MS); /* value 0 disarms, whatever the interval */
    CHECK_EQ(timerfd_settime(fd, 0, &its, NULL), 0);
    usleep(10000);
    CHECK(!readable(fd, 0));
}

static void a_new_setting_forgets(void)
{
    int fd = timer(TFD_NONBLOCK);
    uint64_t ticks;

    set(fd, 0, 1, 0);
    CHECK(readable(fd, -1));
    set(fd, 0, 60ll * NS_PER_SEC, 0);
    CHECK(!readable(fd, 0));
    CHECK_ERR(read(fd, &ticks, 8), EAGAIN);
    set(fd, 0, 0, 0);
    CHECK_ERR(read(fd, &ticks, 8), EAGAIN);
}

static void refusals(void)
{
    struct itimerspec its = spec(1, 0);
    int fd = timer(0), ends[2];
    uint64_t ticks;

    CHECK_ERR(timerfd_create(99, 0), EINVAL);
    CHECK_ERR(timerfd_create(CLOCK_PROCESS_CPUTIME_ID, 0), EINVAL);
    CHECK_ERR(timerfd_create(CLOCK_MONOTONIC, 1), EINVAL);
    CHECK_ERR(timerfd_settime(fd, 4, &its, NULL), EINVAL);
    CHECK_ERR(timerfd_settime(fd, 0, check_bad, NULL), EFAULT);
    CHECK_ERR(timerfd_settime(fd, 0, &its, check_bad), EFAULT);
    its.it_value.tv_nsec = NS_PER_SEC;
    CHECK_ERR(timerfd_settime(fd, 0, &its, NULL), EINVAL);
    its = spec(1, 0);
    its.it_interval.tv_sec = -1;
    CHECK_ERR(timerfd_settime(fd, 0, &its, NULL), EINVAL);
    CHECK_ERR(timerfd_gettime(fd, check_bad), EFAULT);
    CHECK_ERR(timerfd_gettime(-1, &its), EBADF);
    CHECK_EQ(pipe(ends), 0);
    its = spec(1, 0);
    CHECK_ERR(timerfd_settime(ends[0], 0, &its, NULL), EINVAL);
    CHECK_ERR(timerfd_gettime(ends[0], &its), EINVAL);
    CHECK_ERR(write(fd, &ticks, 8), EINVAL);
    CHECK_ERR(read(fd, &ticks, 7), EINVAL);
}

/* What was taken is there again when it could not be told. */
static void a_failed_read_takes_nothing(void)
{
    int fd = timer(TFD_NONBLOCK);

    set(fd, 0, 1, 0);
    CHECK(readable(fd, -1));
    CHECK_ERR(read(fd, check_bad, 8), EFAULT);
    set(fd, 0, 2 * MS, 2 * MS);
    CHECK(readable(fd, -1));
    usleep(5000);
    CHECK_ERR(read(fd, check_bad, 8), EFAULT);
    CHECK(readable(fd, 1000));
}

static void descriptor_flags(void)
{
    char link[64] = "", path[64];
    int fd = timer(TFD_CLOEXEC | TFD_NONBLOCK);

    CHECK_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
    CHECK(fcntl(fd, F_GETFL) & O_NONBLOCK);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    CHECK(readlink(path, link, sizeof(link) - 1) > 0);
    CHECK(strcmp(link, "anon_inode:[timerfd]") == 0);
}

static void epoll_sees_each(void)
{
    struct epoll_event event = {.events = EPOLLIN};
    int set_fd = epoll_create1(0), fd = timer(TFD_NONBLOCK);

    CHECK_EQ(epoll_ctl(set_fd, EPOLL_CTL_ADD, fd, &event), 0);
    set(fd, 0, 2 * MS, 2 * MS);
    for (unsigned i = 0; i < 5; i++) {
        CHECK_EQ(epoll_wait(set_fd, &event, 1, -1), 1);
        CHECK(ticks_of(fd) >= 1);
    }
    set(fd, 0, 0, 0);
    CHECK_EQ(epoll_wait(set_fd, &event, 1, 5), 0);
}

static void nothing(int signo)
{
    (void)signo;
}

static void a_signal_ends_the_wait(void)
{
    struct sigaction action = {.sa_handler = nothing};
    uint64_t ticks;
    int fd = timer(0);

    sigaction(SIGALRM, &action, NULL);
    ualarm(20000, 0);
    CHECK_ERR(read(fd, &ticks, 8), EINTR);
}

static void *settings(void *arg)
{
    int fd = *(int *)arg;

    for (unsigned i = 0; i < 2000; i++)
        set(fd, 0, i % 3 * 20000, i % 2 * 30000);
    return NULL;
}

/* Many at once at one timer: it still works afterwards. */
static void raced(void)
{
    int fd = timer(TFD_NONBLOCK);
    pthread_t threads[3];
    uint64_t ticks;

    for (unsigned i = 0; i < ARRAY_SIZE(threads); i++)
        CHECK_EQ(pthread_create(&threads[i], NULL, settings, &fd), 0);
    for (unsigned i = 0; i < 2000; i++)
        CHECK(read(fd, &ticks, 8) == 8 || errno == EAGAIN);
    for (unsigned i = 0; i < ARRAY_SIZE(threads); i++)
        pthread_join(threads[i], NULL);
    set(fd, 0, 1 * MS, 0);
    CHECK(readable(fd, -1));
    CHECK_EQ(ticks_of(fd), 1);
}

static const struct check_case cases[] = {
    CASE(fires_once),
    CASE(counts_what_was_missed),
    CASE(absolute_times),
    CASE(gettime_and_the_old_setting),
    CASE(a_new_setting_forgets),
    CASE(refusals),
    CASE(a_failed_read_takes_nothing),
    CASE(descriptor_flags),
    CASE(epoll_sees_each),
    CASE(a_signal_ends_the_wait),
    CASE(raced),
};

CHECK_MAIN(cases)
