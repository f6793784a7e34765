/*
 * timer_object_test.c - the slack of timers: which of them fire together, and when.
 */
#include "object/object_test.h"

#include "mm/counter.h"
#include "object/timer_object.h"
#include "uapi/zircon/syscalls/clock.h"

#define MS(n) ((time_ns_t)(n)*NS_PER_MS)

enum { TIMERS = 3 };

static struct object *timers[TIMERS];

static struct object *set(unsigned i, uint32_t mode, unsigned ms, unsigned slack_ms)
{
    assert_int_equal(timer_object_create(mode, &timers[i]), OK);
    timer_object_set(timers[i], MS(ms), MS(slack_ms), 0);
    return timers[i];
}

static bool has_fired(const struct object *timer)
{
    return object_signals((struct object *)timer) & ZX_TIMER_SIGNALED;
}

/* At that time it does, and had not a moment before. */
static void expect_at(const struct object *timer, unsigned ms)
{
    pass(MS(ms) - 1 - hal_time_now());
    assert_false(has_fired(timer));
    pass(1);
    assert_true(has_fired(timer));
}

static int end(void **state)
{
    for (unsigned i = 0; i < TIMERS; i++) {
        if (timers[i])
            timer_object_cancel(timers[i]);
        object_put(timers[i]);
        timers[i] = NULL;
    }
    return teardown(state);
}

static void early_comes_with_one_before(void **state)
{
    int64_t coalesced = counter_sum(COUNTER_TIMERS_COALESCED);
    struct object *a = set(0, ZX_TIMER_SLACK_CENTER, 100, 0);
    struct object *b = set(1, ZX_TIMER_SLACK_EARLY, 104, 5);
    struct timer_object_state told;

    (void)state;
    assert_int_equal(counter_sum(COUNTER_TIMERS_COALESCED), coalesced + 1);
    timer_object_state(b, &told);
    assert_int_equal(told.deadline, MS(104));
    assert_int_equal(told.slack, MS(5));
    expect_at(b, 100);
    assert_true(has_fired(a));
    timer_object_state(b, &told);
    assert_int_equal(told.deadline, 0);
}

static void early_does_not_come_late(void **state)
{
    (void)state;
    set(0, ZX_TIMER_SLACK_CENTER, 100, 0);
    expect_at(set(1, ZX_TIMER_SLACK_EARLY, 98, 5), 98);
}

static void late_comes_with_one_behind(void **state)
{
    (void)state;
    set(0, ZX_TIMER_SLACK_CENTER, 100, 0);
    expect_at(set(1, ZX_TIMER_SLACK_LATE, 98, 5), 100);
}

static void late_does_not_come_early(void **state)
{
    (void)state;
    set(0, ZX_TIMER_SLACK_CENTER, 100, 0);
    expect_at(set(1, ZX_TIMER_SLACK_LATE, 104, 5), 104);
}

static void center_takes_the_nearest(void **state)
{
    (void)state;
    set(0, ZX_TIMER_SLACK_CENTER, 100, 0);
    set(1, ZX_TIMER_SLACK_CENTER, 110, 0);
    expect_at(set(2, ZX_TIMER_SLACK_CENTER, 106, 10), 110);
}

static void alone_it_keeps_its_time(void **state)
{
    (void)state;
    set(0, ZX_TIMER_SLACK_CENTER, 100, 0);
    expect_at(set(1, ZX_TIMER_SLACK_CENTER, 200, 99), 200);
}

/* It has taken the other's time, and keeps it. */
static void the_other_may_be_cancelled(void **state)
{
    struct object *a = set(0, ZX_TIMER_SLACK_CENTER, 100, 0);
    struct object *b = set(1, ZX_TIMER_SLACK_EARLY, 104, 5);

    (void)state;
    timer_object_cancel(a);
    expect_at(b, 100);
    assert_false(has_fired(a));
}

/* The slack is at least that of the job's policy. */
static void the_least_slack_counts(void **state)
{
    struct object *b;

    (void)state;
    set(0, ZX_TIMER_SLACK_CENTER, 100, 0);
    b = set(1, ZX_TIMER_SLACK_EARLY, 104, 1);
    timer_object_set(b, MS(104), MS(1), MS(5));
    expect_at(b, 100);
}

static void slack_has_no_bounds(void **state)
{
    struct object *b = set(1, ZX_TIMER_SLACK_CENTER, 104, 0);

    (void)state;
    set(0, ZX_TIMER_SLACK_CENTER, 100, 0);
    timer_object_set(b, TIME_INFINITE - 1, TIME_INFINITE, 0);
    expect_at(b, 100);
    assert_int_equal(timer_slacken(TIME_INFINITE, TIME_INFINITE, ZX_TIMER_SLACK_CENTER),
                     TIME_INFINITE);
    assert_int_equal(timer_slacken(5, MS(1), ZX_TIMER_SLACK_LATE), 5); /* passed */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(early_comes_with_one_before), TEST(early_does_not_come_late),
        TEST(late_comes_with_one_behind),  TEST(late_does_not_come_early),
        TEST(center_takes_the_nearest),    TEST(alone_it_keeps_its_time),
        TEST(the_other_may_be_cancelled),  TEST(the_least_slack_counts),
        TEST(slack_has_no_bounds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
