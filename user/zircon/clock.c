/*
 * clock.c - the C library's clocks, errno, and what is done once.
 */
#include "user/zircon/pthread_internal.h"

enum { NS_PER_SEC = 1000000000, MONOTONIC = 0, UTC = 1 };

static zx_time_t now_of(clockid_t clock)
{
    zx_time_t now = 0;

    (void)zx_clock_get(clock == CLOCK_MONOTONIC ? MONOTONIC : UTC, &now);
    return now;
}

zx_time_t deadline_of(const struct timespec *time, clockid_t clock)
{
    zx_time_t at;

    if (time->tv_nsec < 0 || time->tv_nsec >= NS_PER_SEC ||
        __builtin_mul_overflow((zx_time_t)time->tv_sec, (zx_time_t)NS_PER_SEC, &at) ||
        __builtin_add_overflow(at, (zx_time_t)time->tv_nsec, &at))
        return time->tv_sec > 0 ? ZX_TIME_INFINITE : 0;
    return clock == CLOCK_MONOTONIC ? at : zx_deadline_after(at - now_of(clock));
}

int clock_gettime(clockid_t clock, struct timespec *out)
{
    zx_time_t now;

    if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC) {
        errno = EINVAL;
        return -1;
    }
    now = now_of(clock);
    *out = (struct timespec){.tv_sec = now / NS_PER_SEC, .tv_nsec = now % NS_PER_SEC};
    return 0;
}

int timespec_get(struct timespec *out, int base)
{
    return base == TIME_UTC && clock_gettime(CLOCK_REALTIME, out) == 0 ? base : 0;
}

int *__errno_location(void)
{
    return &runtime_thread_self()->error_number;
}

/* 0; 1: being run; 2: done. */
int pthread_once(pthread_once_t *once, void (*fn)(void))
{
    int state = 0;

    if (__atomic_compare_exchange_n(once, &state, 1, 0, __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE)) {
        fn();
        __atomic_store_n(once, 2, __ATOMIC_RELEASE);
        zx_futex_wake((zx_futex_t *)once, UINT32_MAX);
    }
    while (__atomic_load_n(once, __ATOMIC_ACQUIRE) != 2)
        zx_futex_wait((zx_futex_t *)once, 1, ZX_HANDLE_INVALID, ZX_TIME_INFINITE);
    return 0;
}

void call_once(once_flag *once, void (*fn)(void))
{
    pthread_once(once, fn);
}
