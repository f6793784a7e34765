/*
 * object_test.h - the machine of the object layer's unit tests: memory, an executor, tasks that
 * wait, and what has to be back at the end of each test.
 */
#pragma once

#include "vm/machine_test.h"

#include "base/string.h"
#include "hal/time.h"
#include "object/handle.h"
#include "object/thread.h"

static unsigned objects_at_start;

static UNUSED void boot_with(const struct sim_config *config)
{
    machine_boot(config, &(struct hal_upcalls){.syscall = thread_syscall});
    objects_at_start = object_count();
}

static UNUSED int setup(void **state)
{
    (void)state;
    boot_with(&(struct sim_config){0});
    return 0;
}

static UNUSED int teardown(void **state)
{
    (void)state;
    assert_int_equal(object_count(), objects_at_start);
    machine_end();
    return 0;
}

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

/* --- tasks that race --- */

/* Of a few CPUs, in the order that `seed` says. */
static UNUSED void boot_seed(uint64_t seed)
{
    boot_with(&(struct sim_config){.cpus = 2 + seed % 3, .seed = seed, .switch_one_in = 6});
}

/* A task that does one thing several times, letting others go first each time. */
struct actor {
    struct co co;
    void (*act)(void);
    unsigned steps, done;
    struct task task;
};

static UNUSED CO_FN(actor)
{
    for (f->done = 0; f->done < f->steps; f->done++) {
        f->act();
        CO_YIELD();
    }
    CO_RETURN(OK);
}
CO_END

/* One actor for each of `acts`, which does it `steps` times; until nothing will ever happen. */
static UNUSED void run_actors(void (*const acts[])(void), unsigned count, unsigned steps)
{
    static struct actor actors[8];

    assert_true(count <= countof(actors));
    for (unsigned i = 0; i < count; i++) {
        actors[i] = (struct actor){.co = {.resume = actor}, .act = acts[i], .steps = steps};
        spawn(&actors[i].task, &actors[i].co);
    }
    assert_int_equal(sim_run(executor_run), SIM_IDLE);
}

/* --- tasks that wait --- */

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
