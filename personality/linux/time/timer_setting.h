/*
 * timer_setting.h - what a timer that a program sets is about to do (timerfd, POSIX timers).
 *
 * Expirations are not counted as they come but reckoned from the clock when somebody asks, so
 * that an interval costs nothing while nobody looks.
 */
#pragma once

#include "personality/linux/time/timespec.h"

/* Times on one clock, whichever that is. */
struct timer_setting {
    bool armed;         /* an expiration is to come, or has come and was not taken */
    time_ns_t deadline; /* of that one; may be before boot */
    time_ns_t interval; /* 0: once */
};

/* How often it has expired since its deadline; moves on to the expiration that is to come. */
uint64_t timer_elapse(struct timer_setting *s, time_ns_t now);

/* The sum, or TIME_INFINITE - 1. */
time_ns_t time_add(time_ns_t a, time_ns_t b);

/* struct itimerspec (timer_settime(2)) */
struct itimerspec {
    struct timespec interval, value;
};

/* ERR_INVALID_ARGS: a member is no time. */
status_t itimerspec_to_ns(const struct itimerspec *spec, time_ns_t *value,
                          time_ns_t *interval) MUST_USE;
/* The interval, and what is left; 0: not armed. */
struct itimerspec itimerspec_of(struct timer_setting s, time_ns_t now);
