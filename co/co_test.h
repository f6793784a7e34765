/*
 * co_test.h - the machine of co's unit tests, and what has to be back at the end of each.
 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/assert.h"
#include "co/executor.h"
#include "hal/irq.h"
#include "hal/sim/sim.h"
#include "hal/time.h"

#define MS(n) ((time_ns_t)(n)*NS_PER_MS)

static UNUSED void boot(const struct sim_config *config)
{
    static const struct hal_upcalls upcalls = {.timer = executor_timer_upcall};

    sim_setup(config);
    hal_upcalls_register(&upcalls);
    executor_init();
}

static UNUSED int setup(void **state)
{
    (void)state;
    boot(&(struct sim_config){0});
    return 0;
}

static UNUSED int teardown(void **state)
{
    (void)state;
    assert_int_equal(task_count(), 0);
    sim_teardown();
    return 0;
}

/* Run whatever is ready on this CPU, at the present time. */
static UNUSED void run_ready(void)
{
    while (executor_step())
        continue;
}

/* Let time pass, and run what that makes ready. */
static UNUSED void pass(time_ns_t by)
{
    sim_advance(by);
    run_ready();
}

/* All CPUs run until nothing will ever happen any more. */
static UNUSED void run_machine(void)
{
    enum sim_outcome outcome = sim_run(executor_run);

    if (outcome != SIM_IDLE)
        fail_msg("the machine ended: %s", sim_panic_reason());
}

static UNUSED void spawn(struct task *task, const char *name, struct co *root)
{
    task_spawn(task, name, root, TASK_PRIORITY_DEFAULT, NULL, NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
/* For tests that boot machines of their own, seed by seed. */
#define TEST_SEEDS(name) cmocka_unit_test(name)
