/*
 * time.h - durations, and sums of times that stay within the range: what would be beyond it is
 * ZX_TIME_INFINITE, or ZX_TIME_INFINITE_PAST.
 */
#pragma once

#include <time.h>

#include "uapi/zircon/types.h"
#include "user/sdk/include/zircon/compiler.h"

__CONSTEXPR static inline zx_duration_t zx_duration_add_duration(zx_duration_t a,
                                                                 zx_duration_t b)
{
    zx_duration_t sum = 0;

    if (!__builtin_add_overflow(a, b, &sum))
        return sum;
    return b < 0 ? ZX_TIME_INFINITE_PAST : ZX_TIME_INFINITE;
}

__CONSTEXPR static inline zx_duration_t zx_duration_sub_duration(zx_duration_t a,
                                                                 zx_duration_t b)
{
    zx_duration_t difference = 0;

    if (!__builtin_sub_overflow(a, b, &difference))
        return difference;
    return b > 0 ? ZX_TIME_INFINITE_PAST : ZX_TIME_INFINITE;
}

__CONSTEXPR static inline zx_duration_t zx_duration_mul_int64(zx_duration_t duration,
                                                              int64_t times)
{
    zx_duration_t product = 0;

    if (!__builtin_mul_overflow(duration, times, &product))
        return product;
    return (duration < 0) != (times < 0) ? ZX_TIME_INFINITE_PAST : ZX_TIME_INFINITE;
}

__CONSTEXPR static inline zx_time_t zx_time_add_duration(zx_time_t time, zx_duration_t duration)
{
    return zx_duration_add_duration(time, duration);
}

__CONSTEXPR static inline zx_time_t zx_time_sub_duration(zx_time_t time, zx_duration_t duration)
{
    return zx_duration_sub_duration(time, duration);
}

__CONSTEXPR static inline zx_duration_t zx_time_sub_time(zx_time_t a, zx_time_t b)
{
    return zx_duration_sub_duration(a, b);
}

/* --- units --- */

__CONSTEXPR static inline int64_t zx_nsec_from_duration(zx_duration_t duration)
{
    return duration;
}

__CONSTEXPR static inline zx_duration_t zx_duration_from_nsec(int64_t n)
{
    return n;
}

__CONSTEXPR static inline zx_duration_t zx_duration_from_usec(int64_t n)
{
    return zx_duration_mul_int64(1000, n);
}

__CONSTEXPR static inline zx_duration_t zx_duration_from_msec(int64_t n)
{
    return zx_duration_mul_int64(1000000, n);
}

__CONSTEXPR static inline zx_duration_t zx_duration_from_sec(int64_t n)
{
    return zx_duration_mul_int64(1000000000, n);
}

__CONSTEXPR static inline zx_duration_t zx_duration_from_min(int64_t n)
{
    return zx_duration_mul_int64(60000000000, n);
}

__CONSTEXPR static inline zx_duration_t zx_duration_from_hour(int64_t n)
{
    return zx_duration_mul_int64(3600000000000, n);
}

__CONSTEXPR static inline zx_duration_t zx_duration_from_timespec(struct timespec time)
{
    return zx_duration_add_duration(zx_duration_from_sec(time.tv_sec), time.tv_nsec);
}

__CONSTEXPR static inline struct timespec zx_timespec_from_duration(zx_duration_t duration)
{
    struct timespec time = {0, 0};

    time.tv_sec = duration / 1000000000;
    time.tv_nsec = duration % 1000000000;
    return time;
}

/* Constants of constants, also where C wants one; else as above. */
#define ZX_TIMES_(n, unit) \
    (__builtin_constant_p(n) ? (zx_duration_t)(n) * (unit) : zx_duration_mul_int64(unit, n))
#define ZX_NSEC(n) ZX_TIMES_(n, 1)
#define ZX_USEC(n) ZX_TIMES_(n, 1000)
#define ZX_MSEC(n) ZX_TIMES_(n, 1000000)
#define ZX_SEC(n)  ZX_TIMES_(n, 1000000000)
#define ZX_MIN(n)  ZX_TIMES_(n, 60000000000)
#define ZX_HOUR(n) ZX_TIMES_(n, 3600000000000)
