/*
 * clock.h - the kernel's clocks without a system call. Both are false where only the kernel can
 * say.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "counter.h" /* isa/ISA */
#include "uapi/zcore/clock.h"

/* In the image's data, filled in by the kernel; its place is in sections.ld. */
extern const struct user_clock vdso_clock __attribute__((visibility("hidden")));

_Static_assert(sizeof(struct user_clock) <= VDSO_CLOCK_SIZE,
               "the linker leaves too little room");

enum { HOST_CLOCK_REALTIME, HOST_CLOCK_MONOTONIC };

static inline int64_t host_clock(int clock)
{
    struct host_timespec {
        int64_t sec, nsec;
    } ts;

    ((int (*)(int, struct host_timespec *))vdso_clock.function)(clock, &ts);
    return ts.sec * 1000000000 + ts.nsec;
}

static inline bool clock_monotonic(int64_t *ns)
{
    const struct user_clock *c = &vdso_clock;

    if (c->source == USER_CLOCK_COUNTER) {
        *ns = (int64_t)((unsigned __int128)(counter_read() - c->start) * c->factor >> c->shift);
        return true;
    }
    if (c->source == USER_CLOCK_HOST) {
        *ns = host_clock(HOST_CLOCK_MONOTONIC) - c->host_start;
        return true;
    }
    return false;
}

static inline bool clock_realtime(int64_t *ns)
{
    if (vdso_clock.source == USER_CLOCK_HOST) {
        *ns = host_clock(HOST_CLOCK_REALTIME);
        return true;
    }
    if (!clock_monotonic(ns))
        return false;
    *ns += vdso_clock.realtime_offset;
    return true;
}
