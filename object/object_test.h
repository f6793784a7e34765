/*
 * object_test.h - the machine of the object layer's unit tests: memory, an executor, tasks that
 * wait, and what has to be back at the end of each test.
 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/string.h"
#include "co/executor.h"
#include "hal/irq.h"
#include "hal/sim/sim.h"
#include "hal/time.h"
#include "mm/inject.h"
#include "mm/page.h"
#include "mm/slab.h"
#include "object/handle.h"
#include "object/thread.h"

static unsigned objects_at_start;
static uint64_t live_at_start;

static UNUSED void boot_with(const struct sim_config *config)
{
    static const struct hal_upcalls upcalls = {
        .timer = executor_timer_upcall,
        .page_alloc = page_alloc_frame,
        .page_free = page_free_frame,
        .syscall = thread_syscall,
    };

    sim_setup(config);
    hal_upcalls_register(&upcalls);
    page_init();
    slab_init();
    executor_init();
    objects_at_start = object_count();
    live_at_start = slab_live_objects();
}

static UNUSED int setup(void **state)
{
    (void)state;
    boot_with(&(struct sim_config){0});
    return 0;
}

/* Nothing is left of any test. */
static UNUSED int teardown(void **state)
{
    (void)state;
    inject_failure_at(0);
    assert_int_equal(task_count(), 0);
    assert_int_equal(object_count(), objects_at_start);
    assert_int_equal(slab_live_objects(), live_at_start);
    sim_teardown();
    return 0;
}

/* Run `statement` (which sets `st`) with the first, second, ... allocation failing until it
 * succeeds. */
#define FAIL_EACH(st, statement)                   \
    do {                                           \
        for (unsigned nth_ = 1;; nth_++) {         \
            inject_failure_at(nth_);               \
            statement;                             \
            inject_failure_at(0);                  \
            if ((st) == OK)                        \
                break;                             \
            assert_int_equal((st), ERR_NO_MEMORY); \
            assert_true(nth_ < 1000);              \
        }                                          \
    } while (0)

static UNUSED void spawn(struct task *task, struct co *root)
{
    task_spawn(task, "test", root, TASK_PRIORITY_DEFAULT, NULL, NULL);
}

/* Until nothing can run. */
static UNUSED void settle(void)
{
    while (executor_step())
        ;
}

static UNUSED void pass(time_ns_t time)
{
    sim_advance(time);
    settle();
}

/* A task that waits for signals, as zx_object_wait_one does. */
struct test_wait {
    struct co co;
    struct handle_table *table; /* NULL: observer.obj and observer.handle are set */
    handle_t value;             /* in it */
    time_ns_t deadline;
    struct observer observer;
    struct object_wait wait;
    struct task task;
};

static UNUSED CO_FN(test_wait)
{
    status_t st;

    st = OK;
    if (f->table)
        st = handle_observe(f->table, f->value, &f->observer, task);
    else
        object_observe(&f->observer, task);
    if (st != OK)
        CO_RETURN(st);
    CO_CALL(st, f->wait, object_wait, .observer = &f->observer, .deadline = f->deadline);
    if (f->table)
        object_put(f->observer.obj);
    CO_RETURN(st);
}
CO_END

static UNUSED void test_wait_run(struct test_wait *w)
{
    w->co = (struct co){.resume = test_wait};
    spawn(&w->task, &w->co);
    settle();
}

static UNUSED void test_wait_start(struct test_wait *w, struct object *obj, signals_t want,
                                   time_ns_t deadline)
{
    *w = (struct test_wait){.observer = {.obj = obj, .want = want}, .deadline = deadline};
    test_wait_run(w);
}
