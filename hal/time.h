/*
 * time.h - the clock and one deadline per CPU.
 */
#pragma once

#include "base/types.h"

/* Monotonic, the same on every CPU. */
time_ns_t hal_time_now(void);

/* Wall-clock time at monotonic 0, in ns since 1970: realtime = now + offset. */
time_ns_t hal_time_realtime_offset(void);

/* HAL_PENDING_TIMER is raised on this CPU at `deadline` or soon after, once. Replaces the one
 * before; TIME_INFINITE: none. A deadline in the past raises it at once. */
void hal_timer_set(time_ns_t deadline);
