/*
 * timer_object.h - timers: objects that are SIGNALED at a time.
 */
#pragma once

#include "object/object.h"

/*
 * A deadline as the kernel keeps it that may be `slack` earlier, later or either, by `mode`,
 * one of ZX_TIMER_SLACK_*: together with another that is due in that time (timer_coalesce), or
 * else itself. What has passed, and TIME_INFINITE, stays.
 */
time_ns_t timer_slacken(time_ns_t deadline, time_ns_t slack, uint32_t mode);

/* `options`: ZX_TIMER_SLACK_*, how its slack is meant. */
status_t timer_object_create(uint32_t options, struct object **out) MUST_USE;

/* SIGNALED is taken away, and comes at `deadline`, or at once if that has passed; `slack` as
 * timer_slacken has it, at least `min_slack`, which does not show in its state. */
void timer_object_set(struct object *timer, time_ns_t deadline, time_ns_t slack,
                      time_ns_t min_slack);
/* SIGNALED is taken away and does not come. */
void timer_object_cancel(struct object *timer);

struct timer_object_state {
    uint32_t options;
    time_ns_t deadline; /* 0: not set, or fired */
    time_ns_t slack;
};
void timer_object_state(struct object *timer, struct timer_object_state *out);
