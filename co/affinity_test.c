/*
 * affinity_test.c - tasks that are kept to some of the CPUs, and the time that tasks wait for
 * one.
 */
#include "co/co_test.h"

enum { CPUS = 4, WORKERS = 6, STEPS = 30, CHANGES = 12 };

/*
 * Notes on which CPU it is, step by step. `settled` is the mask that it is known to obey: what
 * it was told, from the moment on when it was no longer misplaced.
 */
struct worker {
    struct co co;
    unsigned steps;
    atomic_uint settled; /* 0: being changed */
    struct task task;
};

static void check_place(struct worker *w)
{
    uint32_t settled = atomic_load(&w->settled);

    if (settled)
        assert_true(settled >> hal_cpu_id() & 1);
}

static CO_FN(worker)
{
    for (f->steps = 0; f->steps < STEPS; f->steps++) {
        check_place(f);
        CO_YIELD();
    }
    CO_RETURN(OK);
}
CO_END

struct changer {
    struct co co;
    struct worker *workers;
    unsigned changes;
    struct worker *worker; /* being changed */
    uint32_t cpus;
    struct task task;
};

static CO_FN(changer)
{
    while (f->changes--) {
        f->worker = &f->workers[sim_random(WORKERS)];
        f->cpus = 1 + (uint32_t)sim_random((1u << hal_cpu_count()) - 1);
        atomic_store(&f->worker->settled, 0);
        task_set_cpus(&f->worker->task, f->cpus);
        while (task_misplaced(&f->worker->task) && !task_done(&f->worker->task))
            CO_YIELD();
        atomic_store(&f->worker->settled, f->cpus);
        CO_YIELD();
    }
    CO_RETURN(OK);
}
CO_END

static void tasks_stay_where_they_may(void **state)
{
    static struct worker workers[WORKERS];

    (void)state;
    for (uint64_t seed = 0; seed < 300; seed++) {
        struct changer frame = {
            .co = {.resume = changer}, .workers = workers, .changes = CHANGES};

        boot(&(struct sim_config){.cpus = 1 + seed % CPUS, .seed = seed, .switch_one_in = 3});
        for (unsigned i = 0; i < WORKERS; i++) {
            workers[i] = (struct worker){.co = {.resume = worker}};
            spawn(&workers[i].task, "worker", &workers[i].co);
        }
        spawn(&frame.task, "changer", &frame.co);
        run_machine();
        for (unsigned i = 0; i < WORKERS; i++)
            assert_int_equal(workers[i].steps, STEPS);
        teardown(NULL);
    }
}

/* Its mask is there before it runs at all. */
struct once {
    struct co co;
    unsigned cpu;
};

static CO_FN(once)
{
    f->cpu = hal_cpu_id();
    CO_RETURN(OK);
}
CO_END

static void a_task_begins_where_it_may(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 60; seed++) {
        struct once frame = {.co = {.resume = once}, .cpu = CPUS};
        struct task task;

        boot(&(struct sim_config){.cpus = CPUS, .seed = seed, .switch_one_in = 3});
        task_prepare(&task, "once", &frame.co, TASK_PRIORITY_DEFAULT, NULL, NULL);
        task_set_cpus(&task, 1u << seed % CPUS);
        task_wake(&task);
        run_machine();
        assert_int_equal(frame.cpu, seed % CPUS);
        teardown(NULL);
    }
}

/* --- time without a CPU --- */

struct busy {
    struct co co;
    time_ns_t time;
};

static CO_FN(busy)
{
    sim_advance(f->time);
    CO_YIELD();
    sim_advance(f->time);
    CO_RETURN(OK);
}
CO_END

static void waits_for_a_cpu_are_counted(void **state)
{
    struct busy frames[2];
    struct task tasks[2];

    (void)state;
    sim_advance(MS(1)); /* 0 is no time to look at */
    for (unsigned i = 0; i < 2; i++) {
        frames[i] = (struct busy){.co = {.resume = busy}, .time = MS(1 + i)};
        spawn(&tasks[i], "busy", &frames[i].co);
        assert_int_equal(task_time(&tasks[i]).queued, 0);
    }
    run_ready();
    /* The first waits while the second runs first; the second waits for both its turns. */
    assert_int_equal(task_time(&tasks[0]).queued, MS(2));
    assert_int_equal(task_time(&tasks[1]).queued, MS(1) + MS(1));
    assert_int_equal(task_time(&tasks[1]).ran, MS(4));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_SEEDS(tasks_stay_where_they_may),
        TEST_SEEDS(a_task_begins_where_it_may),
        TEST(waits_for_a_cpu_are_counted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
