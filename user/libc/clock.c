/*
 * clock.c - the C library's clocks, and sleeping.
 */
#include <errno.h>
#include <features.h>
#include <time.h>

#include "user/libc/libc_internal.h"
#include "user/sdk/include/zircon/utc.h"
#include "zircon/syscalls.h"

enum { NS_PER_SEC = 1000000000 };

/* Real time is what the program's clock says, or else the system's. */
static zx_time_t now_of(clockid_t clock)
{
    zx_handle_t utc = zx_utc_reference_get();
    zx_time_t now = 0;

    if (clock == CLOCK_MONOTONIC)
        return zx_clock_get_monotonic();
    if (!utc || zx_clock_read(utc, &now) != ZX_OK)
        (void)zx_clock_get(ZX_CLOCK_UTC, &now);
    return now;
}

static int is_known(clockid_t clock)
{
    return clock == CLOCK_REALTIME || clock == CLOCK_MONOTONIC;
}

static int is_time(const struct timespec *time)
{
    return time->tv_nsec >= 0 && time->tv_nsec < NS_PER_SEC;
}

zx_time_t libc_deadline(const struct timespec *time, clockid_t clock)
{
    zx_time_t at;

    if (!is_time(time) ||
        __builtin_mul_overflow((zx_time_t)time->tv_sec, (zx_time_t)NS_PER_SEC, &at) ||
        __builtin_add_overflow(at, (zx_time_t)time->tv_nsec, &at))
        return time->tv_sec > 0 ? ZX_TIME_INFINITE : 0;
    return clock == CLOCK_MONOTONIC ? at : zx_deadline_after(at - now_of(clock));
}

hidden int __clock_gettime(clockid_t clock, struct timespec *out)
{
    zx_time_t now;

    if (!is_known(clock)) {
        errno = EINVAL;
        return -1;
    }
    now = now_of(clock);
    *out = (struct timespec){.tv_sec = now / NS_PER_SEC, .tv_nsec = now % NS_PER_SEC};
    return 0;
}
weak_alias(__clock_gettime, clock_gettime);

int clock_getres(clockid_t clock, struct timespec *out)
{
    if (!is_known(clock)) {
        errno = EINVAL;
        return -1;
    }
    if (out)
        *out = (struct timespec){.tv_nsec = 1};
    return 0;
}

/* Nothing interrupts it: `rest` stays as it is. */
hidden int __clock_nanosleep(clockid_t clock, int flags, const struct timespec *time,
                             struct timespec *rest)
{
    zx_time_t at;

    (void)rest;
    if (!is_known(clock) || !is_time(time) || time->tv_sec < 0)
        return EINVAL;
    at = libc_deadline(time, flags & TIMER_ABSTIME ? clock : CLOCK_MONOTONIC);
    if (!(flags & TIMER_ABSTIME))
        at = zx_deadline_after(at);
    zx_nanosleep(at);
    return 0;
}
weak_alias(__clock_nanosleep, clock_nanosleep);
