/*
 * time.h - durations, and sums of times that stay within the range.
 */
#pragma once

#include "uapi/zircon/types.h"

#define ZX_NSEC(n) ((zx_duration_t)(n))
#define ZX_USEC(n) ((zx_duration_t)(n)*1000)
#define ZX_MSEC(n) ((zx_duration_t)(n)*1000000)
#define ZX_SEC(n)  ((zx_duration_t)(n)*1000000000)
#define ZX_MIN(n)  (ZX_SEC(n) * 60)
#define ZX_HOUR(n) (ZX_MIN(n) * 60)

static inline zx_time_t zx_time_add_duration(zx_time_t time, zx_duration_t duration)
{
    zx_time_t sum;

    if (!__builtin_add_overflow(time, duration, &sum))
        return sum;
    return duration < 0 ? ZX_TIME_INFINITE_PAST : ZX_TIME_INFINITE;
}

static inline zx_duration_t zx_time_sub_time(zx_time_t a, zx_time_t b)
{
    zx_duration_t difference;

    if (!__builtin_sub_overflow(a, b, &difference))
        return difference;
    return b > 0 ? ZX_TIME_INFINITE_PAST : ZX_TIME_INFINITE;
}
