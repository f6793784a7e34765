/*
 * clock.h - options and structs of the clock and timer calls (zircon/syscalls/clock.h,
 * zircon/types.h).
 */
#pragma once

#include "uapi/zircon/types.h"

/* In the options: which version of its struct a call is given; 0: none. */
#define ZX_CLOCK_ARGS_VERSION(n)   ((uint64_t)(n) << 58)
#define ZX_CLOCK_ARGS_VERSION_MASK ZX_CLOCK_ARGS_VERSION(0x3f)

/* zx_clock_create. */
#define ZX_CLOCK_OPT_MONOTONIC  (1ull << 0)
#define ZX_CLOCK_OPT_CONTINUOUS (1ull << 1)
#define ZX_CLOCK_OPT_AUTO_START (1ull << 2)
#define ZX_CLOCK_OPTS_ALL \
    (ZX_CLOCK_OPT_MONOTONIC | ZX_CLOCK_OPT_CONTINUOUS | ZX_CLOCK_OPT_AUTO_START)

typedef struct zx_clock_create_args_v1 {
    zx_time_t backstop_time;
} zx_clock_create_args_v1_t;

/* zx_clock_update: which fields of the struct count. */
#define ZX_CLOCK_UPDATE_OPTION_VALUE_VALID           (1ull << 0)
#define ZX_CLOCK_UPDATE_OPTION_RATE_ADJUST_VALID     (1ull << 1)
#define ZX_CLOCK_UPDATE_OPTION_ERROR_BOUND_VALID     (1ull << 2)
#define ZX_CLOCK_UPDATE_OPTION_REFERENCE_VALUE_VALID (1ull << 3) /* version 2 */
#define ZX_CLOCK_UPDATE_OPTION_SYNTHETIC_VALUE_VALID ZX_CLOCK_UPDATE_OPTION_VALUE_VALID
#define ZX_CLOCK_UPDATE_OPTION_BOTH_VALUES_VALID    \
    (ZX_CLOCK_UPDATE_OPTION_REFERENCE_VALUE_VALID | \
     ZX_CLOCK_UPDATE_OPTION_SYNTHETIC_VALUE_VALID)

#define ZX_CLOCK_UPDATE_MIN_RATE_ADJUST (-1000)
#define ZX_CLOCK_UPDATE_MAX_RATE_ADJUST 1000
#define ZX_CLOCK_UNKNOWN_ERROR          UINT64_MAX

typedef struct zx_clock_update_args_v1 {
    int32_t rate_adjust; /* parts per million off the reference */
    uint32_t padding1;
    int64_t value;
    uint64_t error_bound;
} zx_clock_update_args_v1_t;

typedef struct zx_clock_update_args_v2 {
    int32_t rate_adjust;
    uint32_t padding1;
    int64_t synthetic_value; /* what the clock shows ... */
    int64_t reference_value; /* ... when the monotonic clock shows this */
    uint64_t error_bound;
} zx_clock_update_args_v2_t;

typedef struct zx_clock_rate {
    uint32_t synthetic_ticks, reference_ticks;
} zx_clock_rate_t;

/* synthetic = (reference - reference_offset) * rate + synthetic_offset */
typedef struct zx_clock_transformation {
    int64_t reference_offset, synthetic_offset;
    zx_clock_rate_t rate;
} zx_clock_transformation_t;

typedef struct zx_clock_details_v1 {
    uint64_t options;
    zx_time_t backstop_time;
    zx_clock_transformation_t ticks_to_synthetic, mono_to_synthetic;
    uint64_t error_bound;
    zx_ticks_t query_ticks;
    zx_ticks_t last_value_update_ticks, last_rate_adjust_update_ticks;
    zx_ticks_t last_error_bounds_update_ticks;
    uint32_t generation_counter; /* differs after each update */
    uint32_t padding1;
} zx_clock_details_v1_t;

/* zx_timer_create: on which side of its deadline a timer may fire. */
#define ZX_TIMER_SLACK_CENTER 0u
#define ZX_TIMER_SLACK_EARLY  1u
#define ZX_TIMER_SLACK_LATE   2u
