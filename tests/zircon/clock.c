/*
 * clock.c - time: the monotonic clock, ticks, sleeping, timers, and clocks that are maintained.
 */
#include "tests/zircon/ztest.h"

CASE(ClockTest, ClockMonotonic)
{
    const zx_time_t zero = 0;
    zx_time_t previous = zx_clock_get_monotonic();

    EXPECT_GT(previous, zero);
    for (unsigned i = 0; i < 30; i++) {
        zx_time_t now = zx_clock_get_monotonic();

        EXPECT_GE(now, previous);
        previous = now;
        EXPECT_OK(zx_nanosleep(zx_deadline_after(1000)));
    }
}

CASE(ClockTest, DeadlineAfter)
{
    zx_time_t now = zx_clock_get_monotonic(), then = zx_deadline_after(ZTEST_MSEC(10));

    EXPECT_GE(then, now + ZTEST_MSEC(10));
    EXPECT_EQ(zx_deadline_after(ZX_TIME_INFINITE), ZX_TIME_INFINITE);
    EXPECT_GT(zx_clock_get_monotonic(), zx_deadline_after(-ZTEST_MSEC(1)));
}

CASE(TicksTest, ElapsedTimeUsingTicks)
{
    zx_ticks_t per_second = zx_ticks_per_second(), start = zx_ticks_get();

    EXPECT_GT(per_second, 0);
    EXPECT_OK(zx_nanosleep(zx_deadline_after(ZTEST_MSEC(2))));
    EXPECT_GE((zx_ticks_get() - start) * 1000, 2 * per_second);
}

CASE(Clock, SleepingTillATimeThatHasPassed)
{
    EXPECT_OK(zx_nanosleep(0));
    EXPECT_OK(zx_nanosleep(ZX_TIME_INFINITE_PAST));
    EXPECT_OK(zx_nanosleep(zx_clock_get_monotonic()));
}

static zx_signals_t signals(zx_handle_t h)
{
    zx_signals_t seen = ~0u;

    (void)zx_object_wait_one(h, 0, 0, &seen);
    return seen;
}

/* ---- timers ---- */

CASE(TimersTest, Basic)
{
    zx_handle_t timer;
    zx_signals_t seen;

    ASSERT_OK(zx_timer_create(0, ZX_CLOCK_MONOTONIC, &timer));
    EXPECT_EQ(ztest_rights(timer), ZX_DEFAULT_TIMER_RIGHTS);
    EXPECT_EQ(signals(timer), 0);
    for (unsigned i = 0; i < 3; i++) {
        zx_time_t deadline = ztest_after(ZTEST_MSEC(1));

        EXPECT_OK(zx_timer_set(timer, deadline, 0));
        EXPECT_OK(zx_object_wait_one(timer, ZX_TIMER_SIGNALED, ZX_TIME_INFINITE, &seen));
        EXPECT_GE(zx_clock_get_monotonic(), deadline);
        EXPECT_EQ(seen, ZX_TIMER_SIGNALED);
        EXPECT_EQ(signals(timer), ZX_TIMER_SIGNALED);
    }
    EXPECT_OK(zx_timer_cancel(timer));
    EXPECT_EQ(signals(timer), 0);
    EXPECT_OK(zx_handle_close(timer));
}

CASE(TimersTest, Restart)
{
    zx_handle_t timer;

    ASSERT_OK(zx_timer_create(ZX_TIMER_SLACK_CENTER, ZX_CLOCK_MONOTONIC, &timer));
    EXPECT_OK(zx_timer_set(timer, ztest_after(ZTEST_MSEC(1000000)), 0));
    EXPECT_OK(zx_timer_set(timer, ztest_after(ZTEST_MSEC(1)), 0));
    EXPECT_OK(zx_object_wait_one(timer, ZX_TIMER_SIGNALED, ZX_TIME_INFINITE, NULL));
    EXPECT_OK(zx_timer_set(timer, ztest_after(ZTEST_MSEC(1000000)), 0));
    EXPECT_EQ(signals(timer), 0);
    EXPECT_OK(zx_timer_cancel(timer));
    EXPECT_OK(zx_handle_close(timer));
}

CASE(TimersTest, InvalidCalls)
{
    zx_handle_t timer, event, less;

    EXPECT_EQ(zx_timer_create(0, ZX_CLOCK_UTC, &timer), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_timer_create(ZX_TIMER_SLACK_LATE + 1, ZX_CLOCK_MONOTONIC, &timer),
              ZX_ERR_INVALID_ARGS);
    ASSERT_OK(zx_timer_create(0, ZX_CLOCK_MONOTONIC, &timer));
    ASSERT_OK(zx_event_create(0, &event));
    less = ztest_without(timer, ZX_RIGHT_WRITE);
    EXPECT_EQ(zx_timer_set(timer, 0, -1), ZX_ERR_OUT_OF_RANGE);
    EXPECT_EQ(zx_timer_set(less, 0, 0), ZX_ERR_ACCESS_DENIED);
    EXPECT_EQ(zx_timer_cancel(less), ZX_ERR_ACCESS_DENIED);
    EXPECT_EQ(zx_timer_set(event, 0, 0), ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(zx_timer_set(ZX_HANDLE_INVALID, 0, 0), ZX_ERR_BAD_HANDLE);
    EXPECT_EQ(zx_object_signal(timer, 0, ZX_TIMER_SIGNALED), ZX_ERR_INVALID_ARGS);
    EXPECT_OK(zx_object_signal(timer, 0, ZX_USER_SIGNAL_0));
    EXPECT_OK(zx_handle_close(less));
    EXPECT_OK(zx_handle_close(event));
    EXPECT_OK(zx_handle_close(timer));
}

CASE(TimersTest, EdgeCases)
{
    static const zx_time_t past[] = {0, 1, -1, ZX_TIME_INFINITE_PAST};
    zx_handle_t timer;

    ASSERT_OK(zx_timer_create(0, ZX_CLOCK_MONOTONIC, &timer));
    for (unsigned i = 0; i < sizeof(past) / sizeof(past[0]); i++) {
        EXPECT_OK(zx_timer_set(timer, past[i], 0));
        EXPECT_EQ(signals(timer), ZX_TIMER_SIGNALED);
    }
    EXPECT_OK(zx_timer_set(timer, ZX_TIME_INFINITE, ZX_TIME_INFINITE));
    EXPECT_EQ(signals(timer), 0);
    EXPECT_OK(zx_handle_close(timer));
}

static void cancel_later(void *arg)
{
    const zx_handle_t *h = arg;

    EXPECT_OK(zx_timer_cancel(h[0]));
    EXPECT_OK(zx_object_signal(h[1], 0, ZX_EVENT_SIGNALED));
}

CASE(Timers, ACancelledTimerIsNotSignalled)
{
    struct ztest_thread t;
    zx_handle_t h[2];

    ASSERT_OK(zx_timer_create(0, ZX_CLOCK_MONOTONIC, &h[0]));
    ASSERT_OK(zx_event_create(0, &h[1]));
    EXPECT_OK(zx_timer_set(h[0], ztest_after(ZTEST_MSEC(60000)), 0));
    ASSERT_OK(ztest_thread_start(&t, cancel_later, h));
    EXPECT_OK(zx_object_wait_one(h[1], ZX_EVENT_SIGNALED, ZX_TIME_INFINITE, NULL));
    EXPECT_EQ(zx_object_wait_one(h[0], ZX_TIMER_SIGNALED, ztest_after(1), NULL),
              ZX_ERR_TIMED_OUT);
    ztest_thread_join(&t);
    EXPECT_OK(zx_handle_close(h[0]));
    EXPECT_OK(zx_handle_close(h[1]));
}

CASE(Timers, InfoTellsWhatIsSet)
{
    static const uint32_t modes[] = {ZX_TIMER_SLACK_CENTER, ZX_TIMER_SLACK_EARLY,
                                     ZX_TIMER_SLACK_LATE};
    zx_info_timer_t info;
    zx_handle_t timer;

    for (unsigned i = 0; i < 3; i++) {
        zx_time_t deadline = ztest_after(ZTEST_MSEC(1000000));

        ASSERT_OK(zx_timer_create(modes[i], ZX_CLOCK_MONOTONIC, &timer));
        EXPECT_OK(zx_timer_set(timer, deadline, 77));
        ASSERT_OK(zx_object_get_info(timer, ZX_INFO_TIMER, &info, sizeof(info), NULL, NULL));
        EXPECT_EQ(info.options, modes[i]);
        EXPECT_EQ(info.deadline, deadline);
        EXPECT_EQ(info.slack, 77);
        EXPECT_OK(zx_timer_cancel(timer));
        ASSERT_OK(zx_object_get_info(timer, ZX_INFO_TIMER, &info, sizeof(info), NULL, NULL));
        EXPECT_EQ(info.deadline, 0);
        EXPECT_OK(zx_handle_close(timer));
    }
}

/* It may fire so much earlier, or later, but not at any time. */
static void wait_with_slack(uint32_t mode, zx_duration_t slack, zx_duration_t early)
{
    zx_time_t deadline = ztest_after(ZTEST_MSEC(20));
    zx_handle_t first, timer;

    ASSERT_OK(zx_timer_create(0, ZX_CLOCK_MONOTONIC, &first));
    ASSERT_OK(zx_timer_create(mode, ZX_CLOCK_MONOTONIC, &timer));
    EXPECT_OK(zx_timer_set(first, deadline - ZTEST_MSEC(10), 0));
    EXPECT_OK(zx_timer_set(timer, deadline, slack));
    EXPECT_OK(zx_object_wait_one(timer, ZX_TIMER_SIGNALED, ZX_TIME_INFINITE, NULL));
    EXPECT_GE(zx_clock_get_monotonic(), deadline - early);
    EXPECT_OK(zx_handle_close(timer));
    EXPECT_OK(zx_handle_close(first));
}

CASE(Timers, SlackHasItsBounds)
{
    wait_with_slack(ZX_TIMER_SLACK_EARLY, ZTEST_MSEC(15), ZTEST_MSEC(15));
    wait_with_slack(ZX_TIMER_SLACK_CENTER, ZTEST_MSEC(15), ZTEST_MSEC(15));
    wait_with_slack(ZX_TIMER_SLACK_LATE, ZTEST_MSEC(15), 0);
    wait_with_slack(ZX_TIMER_SLACK_EARLY, ZTEST_MSEC(5), ZTEST_MSEC(5));
}

/* ---- clocks ---- */

#define V1 ZX_CLOCK_ARGS_VERSION(1)
#define V2 ZX_CLOCK_ARGS_VERSION(2)

static zx_time_t read_clock(zx_handle_t clock)
{
    zx_time_t now = -1;

    EXPECT_OK(zx_clock_read(clock, &now));
    return now;
}

static zx_clock_details_v1_t details(zx_handle_t clock)
{
    zx_clock_details_v1_t d = {0};

    EXPECT_OK(zx_clock_get_details(clock, V1, &d));
    return d;
}

static zx_status_t set_value(zx_handle_t clock, int64_t value)
{
    const zx_clock_update_args_v1_t args = {.value = value};

    return zx_clock_update(clock, V1 | ZX_CLOCK_UPDATE_OPTION_VALUE_VALID, &args);
}

static zx_status_t set_rate(zx_handle_t clock, int32_t rate)
{
    const zx_clock_update_args_v1_t args = {.rate_adjust = rate};

    return zx_clock_update(clock, V1 | ZX_CLOCK_UPDATE_OPTION_RATE_ADJUST_VALID, &args);
}

CASE(KernelClocksTestCase, Create)
{
    zx_clock_create_args_v1_t args = {.backstop_time = 12345};
    zx_handle_t clock;

    EXPECT_EQ(zx_clock_create(ZX_CLOCK_OPT_CONTINUOUS, NULL, &clock), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_clock_create(1ull << 20, NULL, &clock), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_clock_create(V1, NULL, &clock), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_clock_create(ZX_CLOCK_ARGS_VERSION(5), &args, &clock), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_clock_create(0, &args, &clock), ZX_ERR_INVALID_ARGS);
    args.backstop_time = -1;
    EXPECT_EQ(zx_clock_create(V1, &args, &clock), ZX_ERR_INVALID_ARGS);
    args.backstop_time = ZX_TIME_INFINITE;
    EXPECT_EQ(zx_clock_create(V1 | ZX_CLOCK_OPT_AUTO_START, &args, &clock),
              ZX_ERR_INVALID_ARGS);

    args.backstop_time = 12345;
    ASSERT_OK(zx_clock_create(V1 | ZX_CLOCK_OPT_MONOTONIC, &args, &clock));
    EXPECT_EQ(ztest_rights(clock), ZX_DEFAULT_CLOCK_RIGHTS);
    EXPECT_EQ(read_clock(clock), 12345);
    EXPECT_EQ(signals(clock), 0);
    EXPECT_EQ(details(clock).options, ZX_CLOCK_OPT_MONOTONIC);
    EXPECT_EQ(details(clock).backstop_time, 12345);
    EXPECT_EQ(details(clock).mono_to_synthetic.rate.synthetic_ticks, 0);
    EXPECT_EQ((int64_t)details(clock).error_bound, (int64_t)ZX_CLOCK_UNKNOWN_ERROR);
    EXPECT_OK(zx_handle_close(clock));
}

CASE(KernelClocksTestCase, AutoStarted)
{
    zx_handle_t clock;
    zx_time_t before, shown, after;

    ASSERT_OK(zx_clock_create(ZX_CLOCK_OPT_AUTO_START, NULL, &clock));
    EXPECT_EQ(signals(clock), ZX_CLOCK_STARTED);
    before = zx_clock_get_monotonic();
    shown = read_clock(clock);
    after = zx_clock_get_monotonic();
    EXPECT_LE(before, shown);
    EXPECT_LE(shown, after);
    EXPECT_OK(zx_handle_close(clock));
}

CASE(KernelClocksTestCase, Started)
{
    zx_handle_t clock;
    zx_time_t shown;

    ASSERT_OK(zx_clock_create(0, NULL, &clock));
    EXPECT_EQ(set_rate(clock, 10), ZX_ERR_BAD_STATE);
    EXPECT_EQ(signals(clock), 0);
    EXPECT_OK(set_value(clock, 1500));
    EXPECT_EQ(signals(clock), ZX_CLOCK_STARTED);
    shown = read_clock(clock);
    EXPECT_GE(shown, 1500);
    EXPECT_GE(read_clock(clock), shown);
    EXPECT_OK(set_value(clock, 3));
    EXPECT_LT(read_clock(clock), ZTEST_MSEC(60000));
    EXPECT_OK(zx_handle_close(clock));
}

CASE(KernelClocksTestCase, Backstop)
{
    const zx_clock_create_args_v1_t args = {.backstop_time = 5000};
    zx_handle_t clock;

    ASSERT_OK(zx_clock_create(V1, &args, &clock));
    EXPECT_EQ(set_value(clock, 4999), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(read_clock(clock), 5000);
    EXPECT_OK(set_value(clock, 5000));
    EXPECT_EQ(set_value(clock, 4999), ZX_ERR_INVALID_ARGS);
    EXPECT_GE(read_clock(clock), 5000);
    EXPECT_OK(zx_handle_close(clock));
}

CASE(KernelClocksTestCase, Monotonic)
{
    zx_handle_t clock;

    ASSERT_OK(zx_clock_create(ZX_CLOCK_OPT_MONOTONIC, NULL, &clock));
    EXPECT_OK(set_value(clock, ZTEST_MSEC(1000)));
    EXPECT_EQ(set_value(clock, ZTEST_MSEC(999)), ZX_ERR_INVALID_ARGS);
    EXPECT_OK(set_value(clock, ZTEST_MSEC(1000000)));
    EXPECT_GE(read_clock(clock), ZTEST_MSEC(1000000));
    EXPECT_OK(zx_handle_close(clock));
}

CASE(KernelClocksTestCase, Continuous)
{
    const uint64_t options = ZX_CLOCK_OPT_MONOTONIC | ZX_CLOCK_OPT_CONTINUOUS;
    zx_handle_t clock;
    zx_time_t shown;

    ASSERT_OK(zx_clock_create(options, NULL, &clock));
    EXPECT_OK(set_value(clock, 1500));
    EXPECT_EQ(set_value(clock, ZTEST_MSEC(1000000)), ZX_ERR_INVALID_ARGS);
    shown = read_clock(clock);
    EXPECT_OK(set_rate(clock, -1000));
    EXPECT_GE(read_clock(clock), shown);
    EXPECT_OK(zx_handle_close(clock));
}

CASE(KernelClocksTestCase, UpdateBadArgs)
{
    const zx_clock_update_args_v1_t args = {.value = 1};
    zx_handle_t clock, no_write, no_read;
    zx_clock_details_v1_t d;
    zx_time_t now;

    ASSERT_OK(zx_clock_create(0, NULL, &clock));
    EXPECT_OK(set_value(clock, 1));
    EXPECT_EQ(set_rate(clock, 1001), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(set_rate(clock, -1001), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_clock_update(clock, V1, &args), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_clock_update(clock, ZX_CLOCK_UPDATE_OPTION_VALUE_VALID, &args),
              ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_clock_update(clock, V1 | 1u << 6 | ZX_CLOCK_UPDATE_OPTION_VALUE_VALID, &args),
              ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_clock_update(clock, V1 | ZX_CLOCK_UPDATE_OPTION_BOTH_VALUES_VALID, &args),
              ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_clock_update(clock, V1 | ZX_CLOCK_UPDATE_OPTION_VALUE_VALID, NULL),
              ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_clock_get_details(clock, 0, &d), ZX_ERR_INVALID_ARGS);
    no_write = ztest_without(clock, ZX_RIGHT_WRITE);
    no_read = ztest_without(clock, ZX_RIGHT_READ);
    EXPECT_EQ(set_value(no_write, 1), ZX_ERR_ACCESS_DENIED);
    EXPECT_EQ(zx_clock_read(no_read, &now), ZX_ERR_ACCESS_DENIED);
    EXPECT_EQ(zx_clock_get_details(no_read, V1, &d), ZX_ERR_ACCESS_DENIED);
    EXPECT_OK(zx_handle_close(no_write));
    EXPECT_OK(zx_handle_close(no_read));
    EXPECT_OK(zx_handle_close(clock));
}

/* What the details say now, by their own line. */
static int64_t computed(const zx_clock_details_v1_t *d)
{
    const zx_clock_transformation_t *line = &d->ticks_to_synthetic;

    return (d->query_ticks - line->reference_offset) * line->rate.synthetic_ticks /
               line->rate.reference_ticks +
           line->synthetic_offset;
}

CASE(KernelClocksTestCase, Details)
{
    const zx_clock_update_args_v1_t bound = {.error_bound = 400};
    zx_clock_details_v1_t first, then;
    zx_handle_t clock;
    zx_time_t before, after;

    ASSERT_OK(zx_clock_create(0, NULL, &clock));
    EXPECT_OK(set_value(clock, 100000));
    EXPECT_OK(set_rate(clock, 500));
    first = details(clock);
    EXPECT_EQ(first.mono_to_synthetic.rate.synthetic_ticks, 1000500);
    EXPECT_EQ(first.mono_to_synthetic.rate.reference_ticks, 1000000);
    EXPECT_GT(first.last_rate_adjust_update_ticks, first.last_value_update_ticks);
    EXPECT_EQ(first.last_error_bounds_update_ticks, 0);
    before = read_clock(clock);
    then = details(clock);
    after = read_clock(clock);
    EXPECT_LE(before, computed(&then) + 1);
    EXPECT_LE(computed(&then), after);
    EXPECT_EQ(then.generation_counter, first.generation_counter);
    EXPECT_OK(zx_clock_update(clock, V1 | ZX_CLOCK_UPDATE_OPTION_ERROR_BOUND_VALID, &bound));
    then = details(clock);
    EXPECT_EQ(then.error_bound, 400);
    EXPECT_NE(then.generation_counter, first.generation_counter);
    EXPECT_EQ(then.last_value_update_ticks, first.last_value_update_ticks);
    EXPECT_GT(then.last_error_bounds_update_ticks, 0);
    EXPECT_OK(zx_handle_close(clock));
}

CASE(Clock, AReferenceSaysWhenTheValueWasMeant)
{
    const uint64_t both = ZX_CLOCK_UPDATE_OPTION_BOTH_VALUES_VALID;
    zx_clock_update_args_v2_t args = {.synthetic_value = 7000};
    zx_handle_t clock;
    zx_time_t now;

    ASSERT_OK(zx_clock_create(0, NULL, &clock));
    args.reference_value = now = zx_clock_get_monotonic();
    EXPECT_OK(zx_clock_update(clock, V2 | both, &args));
    EXPECT_EQ(details(clock).mono_to_synthetic.reference_offset, now);
    EXPECT_EQ(details(clock).mono_to_synthetic.synthetic_offset, 7000);
    EXPECT_GE(read_clock(clock), 7000);
    EXPECT_EQ(zx_clock_update(clock, V2 | ZX_CLOCK_UPDATE_OPTION_REFERENCE_VALUE_VALID, &args),
              ZX_ERR_INVALID_ARGS);
    EXPECT_OK(zx_handle_close(clock));

    ASSERT_OK(zx_clock_create(ZX_CLOCK_OPT_MONOTONIC | ZX_CLOCK_OPT_AUTO_START, NULL, &clock));
    args.synthetic_value = args.reference_value + ZTEST_MSEC(1);
    EXPECT_EQ(zx_clock_update(clock, V2 | ZX_CLOCK_UPDATE_OPTION_SYNTHETIC_VALUE_VALID, &args),
              ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(
        zx_clock_update(clock, V2 | both | ZX_CLOCK_UPDATE_OPTION_RATE_ADJUST_VALID, &args),
        ZX_ERR_INVALID_ARGS);
    EXPECT_OK(zx_clock_update(clock, V2 | both, &args));
    args.synthetic_value = args.reference_value;
    EXPECT_EQ(zx_clock_update(clock, V2 | both, &args), ZX_ERR_INVALID_ARGS);
    EXPECT_OK(zx_handle_close(clock));
}
