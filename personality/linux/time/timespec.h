/*
 * timespec.h - times as programs give and get them.
 */
#pragma once

#include "object/thread.h"

/* clock_gettime(2) */
enum {
    CLOCK_REALTIME,
    CLOCK_MONOTONIC,
    CLOCK_PROCESS_CPUTIME,
    CLOCK_THREAD_CPUTIME,
    CLOCK_MONOTONIC_RAW,
    CLOCK_REALTIME_COARSE,
    CLOCK_MONOTONIC_COARSE,
    CLOCK_BOOTTIME,
    CLOCK_REALTIME_ALARM,
    CLOCK_BOOTTIME_ALARM,
    CLOCK_TAI = 11,
};

struct timespec {
    int64_t sec, nsec;
};
struct timeval {
    int64_t sec, usec;
};

/* ERR_INVALID_ARGS: negative, or nanoseconds out of range. Too far away is TIME_INFINITE - 1.
 */
status_t timespec_to_ns(const struct timespec *ts, time_ns_t *out) MUST_USE;
struct timespec timespec_of(time_ns_t ns);

/* A struct timespec at `addr`, as ns; TIME_INFINITE, which none says, where `addr` is 0. */
status_t optional_time_from_user(struct syscall *call, user_addr_t addr,
                                 time_ns_t *ns) MUST_USE;

/* A relative timeout of the program (a struct timespec at `addr`; 0: for ever) as a deadline.
 */
status_t timeout_from_user(struct syscall *call, user_addr_t addr,
                           time_ns_t *deadline) MUST_USE;

/* deadline_after(duration); of a call that is made again, since a signal without handler or a
 * stop ended it, the deadline that it had. */
time_ns_t call_deadline(struct syscall *call, time_ns_t duration);

/* The same in milliseconds, of which a negative number is for ever (poll(2)). */
time_ns_t deadline_of_ms(struct syscall *call, uint64_t timeout);

/* now + duration, without overflow. */
time_ns_t deadline_after(time_ns_t duration);
/* When the wall clock shows `ns`, as things stand. */
time_ns_t deadline_at_realtime(time_ns_t ns);
