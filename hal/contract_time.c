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
    CHECK(hal_time_realtime_offset() > 0);
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

static void a_deadline_can_be_moved_and_cancelled(void)
{
    unsigned calls = contract_timer_calls();
    time_ns_t start = hal_time_now();

    hal_timer_set(start + 2 * NS_PER_MS);
    hal_timer_set(start + 10 * NS_PER_MS);
    CHECK(timer_called(calls + 1, start + LATE));
    CHECK(hal_time_now() >= start + 10 * NS_PER_MS);
    hal_timer_set(hal_time_now() + 2 * NS_PER_MS);
    hal_timer_set(TIME_INFINITE);
    CHECK(!timer_called(calls + 2, hal_time_now() + 6 * NS_PER_MS));
    CHECK_EQ(contract_timer_calls(), calls + 1);
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
