/*
 * machine_test.h - the simulated machine with memory, VMOs and executors, on which the unit
 * tests of vm and of what lies above it run; and what it has to hold again when a test ends.
 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "co/executor.h"
#include "co/frame.h"
#include "hal/irq.h"
#include "hal/sim/sim.h"
#include "mm/inject.h"
#include "mm/page.h"
#include "mm/slab.h"
#include "vm/vmo.h"

/* What machine_note found. */
static struct {
    uint64_t pages, slabs; /* free ones; live objects in slabs */
    unsigned tasks, vmos;
} machine_at_start;

static UNUSED uint64_t free_pages(void)
{
    struct page_stats s;

    slab_drain();
    page_drain();
    page_stats_read(&s);
    return s.free;
}

/* This is what must be there at the end. For tests that make more than the boot does. */
static UNUSED void machine_note(void)
{
    machine_at_start.tasks = task_count();
    machine_at_start.vmos = vmo_count();
    machine_at_start.slabs = slab_live_objects();
    machine_at_start.pages = free_pages();
}

/* `more`: upcalls of the layers above; NULL: none. */
static UNUSED void machine_boot(const struct sim_config *config, const struct hal_upcalls *more)
{
    static struct hal_upcalls upcalls;

    upcalls = more ? *more : (struct hal_upcalls){0};
    upcalls.timer = executor_timer_upcall;
    upcalls.page_alloc = page_alloc_frame;
    upcalls.page_free = page_free_frame;
    sim_setup(config);
    hal_upcalls_register(&upcalls);
    page_init();
    slab_init();
    vmo_init();
    executor_init();
    machine_note();
}

/* Nothing is left of any test. */
static UNUSED void machine_end(void)
{
    inject_failure_at(0);
    frame_drain();
    assert_int_equal(task_count(), machine_at_start.tasks);
    assert_int_equal(vmo_count(), machine_at_start.vmos);
    assert_int_equal(slab_live_objects(), machine_at_start.slabs);
    assert_int_equal(free_pages(), machine_at_start.pages);
    sim_teardown();
}

/*
 * Run `statement` (which sets `st`) with the first, second, ... allocation failing until it
 * succeeds; a statement after it, which may be left out, checks what holds after each failure.
 */
#define FAIL_EACH(st, statement, ...)              \
    do {                                           \
        for (unsigned nth_ = 1;; nth_++) {         \
            inject_failure_at(nth_);               \
            statement;                             \
            inject_failure_at(0);                  \
            if ((st) == OK)                        \
                break;                             \
            assert_int_equal((st), ERR_NO_MEMORY); \
            assert_true(nth_ < 1000);              \
            __VA_ARGS__;                           \
        }                                          \
    } while (0)
