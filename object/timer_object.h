/*
 * timer_object.h - timers: objects that are SIGNALED at a time.
 */
#pragma once

#include "object/object.h"

/* `options`: ZX_TIMER_SLACK_*. Any of them lets a timer fire at its deadline, which is what
 * ours do. */
status_t timer_object_create(uint32_t options, struct object **out) MUST_USE;

/* SIGNALED is taken away, and comes at `deadline`, or at once if that has passed. */
void timer_object_set(struct object *timer, time_ns_t deadline, time_ns_t slack);
/* SIGNALED is taken away and does not come. */
void timer_object_cancel(struct object *timer);

struct timer_object_state {
    uint32_t options;
    time_ns_t deadline; /* 0: not set, or fired */
    time_ns_t slack;
};
void timer_object_state(struct object *timer, struct timer_object_state *out);
