/*
 * timer_setting.c - the arithmetic of deadlines and intervals.
 */
#include "personality/linux/time/timer_setting.h"

time_ns_t time_add(time_ns_t a, time_ns_t b)
{
    time_ns_t sum;

    return __builtin_add_overflow(a, b, &sum) ? TIME_INFINITE - 1 : sum;
}

uint64_t timer_elapse(struct timer_setting *s, time_ns_t now)
{
    uint64_t ticks = 1;

    if (!s->armed || now < s->deadline)
        return 0;
    if (s->interval)
        ticks += (uint64_t)(now - s->deadline) / (uint64_t)s->interval;
    s->armed = s->interval != 0;
    s->deadline = time_add(s->deadline, (time_ns_t)ticks * s->interval);
    return ticks;
}

status_t itimerspec_to_ns(const struct itimerspec *spec, time_ns_t *value, time_ns_t *interval)
{
    status_t st = timespec_to_ns(&spec->value, value);

    return st == OK ? timespec_to_ns(&spec->interval, interval) : st;
}

struct itimerspec itimerspec_of(struct timer_setting s, time_ns_t now)
{
    (void)timer_elapse(&s, now);
    return (struct itimerspec){timespec_of(s.interval),
                               timespec_of(s.armed ? s.deadline - now : 0)};
}
