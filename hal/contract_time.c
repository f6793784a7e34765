/*
 * contract_time.c - the clock, the deadline, and halting.
 */
#include "hal/contract_internal.h"
#include "hal/time.h"

static void time_never_goes_back(void)
{
    time_ns_t last = hal_time_now(), end = last + 2 * NS_PER_MS;

    for (unsigned tries = 0; last < end; tries++) {
        time_ns_t now = hal_time_now();

        if (now < last && !CHECK(now >= last))
            break;
        last = now;
        hal_cpu_relax(tries % 1000);
    }
    CHECK(hal_time_now() >= end);
    CHECK(hal_time_realtime() > hal_time_now());
}

/* Serve interrupts until the timer has called `calls` times, or it is too late. */
static bool timer_called(unsigned calls, time_ns_t limit)
{
    while (contract_timer_calls() < calls && hal_time_now() < limit) {
        hal_cpu_relax(0);
        hal_irq_serve();
    }
    return contract_timer_calls() == calls;
}

static void a_deadline_wakes_a_halted_cpu(void)
{
    unsigned calls = contract_timer_calls();
    time_ns_t deadline = hal_time_now() + 3 * NS_PER_MS;

    hal_timer_set(deadline);
    while (contract_timer_calls() == calls) {
        hal_cpu_halt();
        hal_irq_serve();
    }
    CHECK(hal_time_now() >= deadline);
    CHECK(hal_time_now() < deadline + LATE);
    CHECK(!timer_called(calls + 2, hal_time_now() + 3 * NS_PER_MS)); /* once */
}

static void a_past_deadline_comes_at_once(void)
{
    unsigned calls = contract_timer_calls();

    hal_timer_set(hal_time_now() - 1);
    CHECK(timer_called(calls + 1, hal_time_now() + LATE));
    hal_timer_set(0);
    CHECK(timer_called(calls + 2, hal_time_now() + LATE));
}

/* Set a deadline 2 ms ahead, then another in its place, `ahead` or none (TIME_INFINITE). On a
 * busy host the first may come before the second is set, and then counts: again, until it did
 * not. */
static time_ns_t set_and_move(time_ns_t ahead, unsigned *calls)
{
    time_ns_t start;

    do {
        hal_timer_set(TIME_INFINITE);
        hal_irq_serve();
        *calls = contract_timer_calls();
        start = hal_time_now();
        hal_timer_set(start + 2 * NS_PER_MS);
        hal_timer_set(ahead == TIME_INFINITE ? ahead : start + ahead);
    } while (hal_time_now() >= start + 2 * NS_PER_MS);
    return start;
}

static void a_deadline_can_be_moved_and_cancelled(void)
{
    unsigned calls;
    time_ns_t start = set_and_move(10 * NS_PER_MS, &calls);

    CHECK(timer_called(calls + 1, start + LATE));
    CHECK(hal_time_now() >= start + 10 * NS_PER_MS);
    start = set_and_move(TIME_INFINITE, &calls);
    CHECK(!timer_called(calls + 1, start + 8 * NS_PER_MS));
    CHECK_EQ(contract_timer_calls(), calls);
}

static void a_kick_is_pending_until_served(void)
{
    hal_irq_serve();
    CHECK(!hal_irq_pending());
    hal_cpu_kick(hal_cpu_id());
    for (unsigned tries = 0; !hal_irq_pending() && tries < 1000000; tries++)
        hal_cpu_relax(tries);
    CHECK(hal_irq_pending());
    hal_cpu_halt(); /* returns at once */
    hal_irq_serve();
    CHECK(!hal_irq_pending());
}

void contract_test_time(void)
{
    hal_timer_set(TIME_INFINITE);
    hal_irq_serve(); /* a deadline of the kernel's that has come meanwhile is none of ours */
    CHECK_RUN(time_never_goes_back);
    CHECK_RUN(a_deadline_wakes_a_halted_cpu);
    CHECK_RUN(a_past_deadline_comes_at_once);
    CHECK_RUN(a_deadline_can_be_moved_and_cancelled);
    CHECK_RUN(a_kick_is_pending_until_served);
}
