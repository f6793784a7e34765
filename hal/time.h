/*
 * time.h - the clock and one deadline per CPU.
 */
#pragma once

#include "base/types.h"

struct user_clock;

/* Monotonic, the same on every CPU. */
time_ns_t hal_time_now(void);

/* Is `time` not in the future? Where that is plain, without a look at the clock: 0 is past,
 * TIME_INFINITE never comes. */
static inline bool time_has_come(time_ns_t time)
{
    return time <= 0 || (time != TIME_INFINITE && time <= hal_time_now());
}

/* Wall-clock time, in ns since 1970. */
time_ns_t hal_time_realtime(void);

/* How user mode reads both by itself (uapi/zcore/clock.h). What it reads and what the functions
 * above give are one clock: neither is ever behind what the other gave before. */
void hal_time_user_clock(struct user_clock *out);

/* HAL_PENDING_TIMER is raised on this CPU at `deadline` or soon after, once. Replaces the one
 * before; TIME_INFINITE: none. A deadline in the past raises it at once. */
void hal_timer_set(time_ns_t deadline);
