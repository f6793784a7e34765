/*
 * sim_test.c - the simulated machine: the HAL's contract, schedules, time, interrupts.
 */
#include "hal/sim/sim.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/assert.h"
#include "base/status.h"
#include "hal/console.h"
#include "hal/contract_test.h"
#include "hal/irq.h"
#include "hal/spinlock.h"
#include "hal/time.h"

static int teardown(void **state)
{
    (void)state;
    sim_teardown();
    return 0;
}

static void the_contract_holds(void **state)
{
    (void)state;
    for (unsigned cpus = 1; cpus <= 4; cpus++)
        for (uint64_t seed = 0; seed < 4; seed++) {
            if (seed || cpus > 1)
                sim_teardown();
            sim_setup(&(struct sim_config){
                .cpus = cpus, .seed = seed, .switch_one_in = (unsigned)seed * 3});
            assert_int_equal(hal_contract_test(), 0);
        }
}

/* --- outcomes --- */

static void drain(void)
{
    atomic_store(&hal_cpu_local()->pending, 0);
}

static void rest(void)
{
    for (;;) {
        hal_cpu_halt();
        drain();
    }
}

static void stop_first(void)
{
    sim_stop();
    rest();
}

static void power_off(void)
{
    if (hal_cpu_id() == hal_cpu_count() - 1)
        hal_power_off(42);
    rest();
}

static void fall_ill(void)
{
    if (hal_cpu_id() == hal_cpu_count() - 1)
        panic("CPU %u is unwell", hal_cpu_id());
    rest();
}

static void runs_end(void **state)
{
    static void (*const entries[])(void) = {rest, power_off, fall_ill};
    static const enum sim_outcome outcomes[] = {SIM_IDLE, SIM_POWERED_OFF, SIM_PANICKED};

    (void)state;
    for (unsigned i = 0; i < countof(entries); i++) {
        sim_setup(&(struct sim_config){.cpus = 3});
        assert_int_equal(sim_run(entries[i]), outcomes[i]);
        if (outcomes[i] == SIM_POWERED_OFF)
            assert_int_equal(sim_exit_status(), 42);
        if (outcomes[i] == SIM_PANICKED)
            assert_string_equal(sim_panic_reason(), "CPU 2 is unwell");
        sim_teardown();
    }
    sim_setup(&(struct sim_config){.cpus = 2});
    assert_int_equal(sim_run(stop_first), SIM_STOPPED);
    assert_int_equal(sim_run(stop_first), SIM_STOPPED); /* the other one */
    assert_int_equal(sim_run(stop_first), SIM_IDLE);
    assert_int_equal(sim_run(stop_first), SIM_IDLE);
}

static void panics_are_caught(void **state)
{
    (void)state;
    sim_setup(&(struct sim_config){.cpus = 2});
    assert_true(SIM_PANICS(panic("%s", "oh")));
    assert_string_equal(sim_panic_reason(), "oh");
    assert_false(SIM_PANICS(hal_time_now()));
    assert_true(SIM_PANICS(hal_cpu_halt())); /* nothing would ever wake it */
    hal_cpu_start_others(fall_ill);
    assert_true(SIM_PANICS(hal_cpu_relax(0)));
    assert_string_equal(sim_panic_reason(), "CPU 1 is unwell");
}

static struct spinlock lock;

static void spinning_for_ever_is_noticed(void **state)
{
    (void)state;
    sim_setup(&(struct sim_config){0});
    spin_lock(&lock);
    assert_true(SIM_PANICS(spin_lock(&lock)));
    lock = (struct spinlock){0};
}

/* --- schedules --- */

static unsigned trace[64], trace_size;
static unsigned shared;

static void leave_traces(void)
{
    for (unsigned i = 0; i < 12; i++) {
        unsigned seen;

        sim_point();
        trace[trace_size++] = hal_cpu_id();
        seen = shared;
        sim_point();
        shared = seen + 1;
    }
    rest();
}

static void run_traced(uint64_t seed)
{
    trace_size = shared = 0;
    sim_setup(&(struct sim_config){.cpus = 4, .seed = seed, .switch_one_in = 3});
    assert_int_equal(sim_run(leave_traces), SIM_IDLE);
    assert_int_equal(trace_size, 48);
    sim_teardown();
}

static void seeds_make_schedules(void **state)
{
    unsigned first[64], differing = 0, races = 0;

    (void)state;
    for (uint64_t seed = 0; seed < 20; seed++) {
        run_traced(seed);
        memcpy(first, trace, sizeof(first));
        run_traced(seed);
        assert_memory_equal(first, trace, sizeof(first));
        races += shared != 48;
        run_traced(seed + 1);
        differing += memcmp(first, trace, sizeof(first)) != 0;
    }
    assert_true(differing >= 19);
    assert_true(races >= 10); /* unlocked increments get lost */
    sim_setup(&(struct sim_config){0});
}

/* --- time and interrupts --- */

static unsigned timer_calls, irq_calls;

static void on_timer(void)
{
    timer_calls++;
}

static const struct hal_upcalls upcalls = {.timer = on_timer};

static void boot(const struct sim_config *config)
{
    sim_setup(config);
    hal_upcalls_register(&upcalls);
    timer_calls = irq_calls = 0;
}

static void time_moves_when_it_must(void **state)
{
    (void)state;
    boot(&(struct sim_config){0});
    assert_int_equal(hal_time_now(), 0);
    hal_timer_set(5 * NS_PER_SEC);
    assert_false(hal_irq_pending());
    hal_cpu_halt();
    assert_int_equal(hal_time_now(), 5 * NS_PER_SEC);
    hal_irq_serve();
    assert_int_equal(timer_calls, 1);
    hal_timer_set(hal_time_now() + 10);
    sim_advance(9);
    assert_false(hal_irq_pending());
    sim_advance(1);
    assert_true(hal_irq_pending());
}

static void on_irq(void *arg)
{
    if (irq_calls++ == 0)
        sim_irq_raise(*(unsigned *)arg); /* again while it is served */
}

static void devices_interrupt(void **state)
{
    unsigned source = 7;

    (void)state;
    boot(&(struct sim_config){0});
    assert_int_equal(hal_irq_register(source, on_irq, &source), OK);
    assert_int_equal(hal_irq_register(source, on_irq, &source), ERR_ALREADY_BOUND);
    assert_int_equal(hal_irq_register(1000, on_irq, &source), ERR_OUT_OF_RANGE);
    sim_irq_raise(source);
    hal_cpu_halt();
    hal_irq_serve();
    assert_int_equal(irq_calls, 2);
    hal_irq_unregister(source);
    sim_irq_raise(source);
    hal_irq_serve();
    assert_int_equal(irq_calls, 2);
}

static char typed[8];

static void on_input(void *arg)
{
    (void)arg;
    typed[hal_console_read(typed, sizeof(typed) - 1)] = '\0';
}

static void the_console_is_a_buffer(void **state)
{
    (void)state;
    boot(&(struct sim_config){0});
    hal_console_write("hello ", 6);
    hal_console_write("world\n", 6);
    assert_string_equal(sim_console_output(), "hello world\n");
    hal_console_set_handler(on_input, NULL);
    sim_console_type("ls\n");
    hal_irq_serve();
    assert_string_equal(typed, "ls\n");
}

#define TEST(name) cmocka_unit_test_teardown(name, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_contract_holds),   TEST(runs_end),
        TEST(panics_are_caught),    TEST(spinning_for_ever_is_noticed),
        TEST(seeds_make_schedules), TEST(time_moves_when_it_must),
        TEST(devices_interrupt),    TEST(the_console_is_a_buffer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
