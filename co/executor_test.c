/*
 * executor_test.c - who runs next, and where: priorities, turns, slices, stealing, lost wakes.
 */
#include "co/co_test.h"

/* --- one CPU --- */

static unsigned order[64], order_count;

struct turn {
    struct co co;
    unsigned number, rounds;
};

static CO_FN(turn)
{
    for (;;) {
        order[order_count++] = f->number;
        if (!--f->rounds)
            CO_RETURN(OK);
        CO_YIELD();
    }
}
CO_END

static void equals_take_turns(void **state)
{
    struct turn frames[3];
    struct task tasks[3];

    (void)state;
    order_count = 0;
    for (unsigned i = 0; i < 3; i++) {
        frames[i] = (struct turn){.co = {.resume = turn}, .number = i, .rounds = 4};
        spawn(&tasks[i], "turn", &frames[i].co);
    }
    run_ready();
    assert_int_equal(order_count, 12);
    for (unsigned i = 0; i < 12; i++)
        assert_int_equal(order[i], i % 3);
}

static void the_higher_priority_runs_first(void **state)
{
    static const uint8_t priorities[] = {3, 31, 0, 16, 30};
    static const unsigned want[] = {1, 1, 4, 4, 3, 3, 0, 0, 2, 2};
    struct turn frames[countof(priorities)];
    struct task tasks[countof(priorities)];

    (void)state;
    order_count = 0;
    for (unsigned i = 0; i < countof(priorities); i++) {
        frames[i] = (struct turn){.co = {.resume = turn}, .number = i, .rounds = 2};
        task_spawn(&tasks[i], "turn", &frames[i].co, priorities[i], NULL, NULL);
    }
    run_ready();
    assert_int_equal(order_count, countof(want));
    for (unsigned i = 0; i < countof(want); i++)
        assert_int_equal(order[i], want[i]);
}

enum { OTHERS_MOST = 9 };

/* What a running task would be told if it asked whether to yield. */
struct asker {
    struct co co;
    struct task *urgent; /* woken by the asker itself; NULL: none */
    bool at_once, after_slice, after_least;
};

static CO_FN(asker)
{
    if (f->urgent)
        task_wake(f->urgent);
    f->at_once = executor_should_yield(task);
    sim_advance(MS(EXECUTOR_SLICE_MS));
    executor_interrupted();
    f->after_slice = executor_should_yield(task);
    CO_YIELD();
    sim_advance(MS(EXECUTOR_SLICE_LEAST_MS));
    executor_interrupted();
    f->after_least = executor_should_yield(task);
    CO_RETURN(OK);
}
CO_END

static void a_lone_task_keeps_the_cpu(void **state)
{
    struct asker frame = {.co = {.resume = asker}};
    struct task task;

    (void)state;
    spawn(&task, "asker", &frame.co);
    run_ready();
    assert_false(frame.at_once);
    assert_false(frame.after_slice);
    assert_false(executor_has_ready());
}

/* The asker runs while `count` other tasks of `priority` are ready. */
static struct asker ask_beside(unsigned count, uint8_t priority)
{
    struct asker frame = {.co = {.resume = asker}};
    struct turn others[OTHERS_MOST];
    struct task task, other_tasks[OTHERS_MOST];

    order_count = 0;
    spawn(&task, "asker", &frame.co);
    for (unsigned i = 0; i < count; i++) {
        others[i] = (struct turn){.co = {.resume = turn}, .rounds = 2};
        task_spawn(&other_tasks[i], "other", &others[i].co, priority, NULL, NULL);
    }
    run_ready();
    return frame;
}

static void an_equal_waits_for_the_end_of_the_slice(void **state)
{
    struct asker equal = ask_beside(1, TASK_PRIORITY_DEFAULT);

    (void)state;
    assert_false(equal.at_once);
    assert_true(equal.after_slice);
    assert_false(equal.after_least);
}

static void of_many_each_has_a_short_slice(void **state)
{
    struct asker equal = ask_beside(OTHERS_MOST, TASK_PRIORITY_DEFAULT);

    (void)state;
    assert_false(equal.at_once);
    assert_true(equal.after_least);
}

static void a_lower_one_waits_for_ever(void **state)
{
    struct asker lower = ask_beside(1, TASK_PRIORITY_DEFAULT - 1);

    (void)state;
    assert_false(lower.at_once);
    assert_false(lower.after_slice);
}

struct parked {
    struct co co;
    unsigned *runs;
};

static CO_FN(parked)
{
    CO_SUSPEND();
    ++*f->runs;
    CO_RETURN(OK);
}
CO_END

static void a_higher_one_wants_the_cpu_at_once(void **state)
{
    unsigned runs = 0;
    struct parked urgent = {.co = {.resume = parked}, .runs = &runs};
    struct asker frame = {.co = {.resume = asker}};
    struct task urgent_task, task;

    (void)state;
    task_spawn(&urgent_task, "urgent", &urgent.co, 31, NULL, NULL);
    run_ready();
    frame.urgent = &urgent_task;
    spawn(&task, "asker", &frame.co);
    run_ready();
    assert_true(frame.at_once);
    assert_int_equal(runs, 1);
}

/* --- many CPUs --- */

enum { WORKERS = 16 };

struct worker {
    struct co co;
    unsigned rounds;
    uint32_t cpus; /* where it has been */
};

static CO_FN(worker)
{
    while (f->rounds--) {
        f->cpus |= 1u << hal_cpu_id();
        CO_YIELD();
    }
    CO_RETURN(OK);
}
CO_END

static void idle_cpus_steal(void **state)
{
    uint64_t steals = 0;

    (void)state;
    for (uint64_t seed = 0; seed < 100; seed++) {
        unsigned cpus = 2 + seed % 3;
        struct worker frames[WORKERS];
        struct task tasks[WORKERS];
        uint32_t seen = 0;

        boot(&(struct sim_config){.cpus = cpus, .seed = seed, .switch_one_in = 16});
        for (unsigned i = 0; i < WORKERS; i++) {
            frames[i] = (struct worker){.co = {.resume = worker}, .rounds = 20};
            spawn(&tasks[i], "worker", &frames[i].co);
        }
        run_machine();
        for (unsigned i = 0; i < WORKERS; i++) {
            assert_true(task_done(&tasks[i]));
            seen |= frames[i].cpus;
        }
        assert_int_equal(seen, (1u << cpus) - 1); /* all of them helped */
        for (unsigned cpu = 0; cpu < cpus; cpu++) {
            struct executor_stats s;

            executor_stats_read(cpu, &s);
            steals += s.steals;
        }
        teardown(NULL);
    }
    assert_true(steals > 100);
}

/*
 * A token goes round a ring of tasks: each waits for its own queue and wakes the next. A wake
 * that is lost stops the ring for ever, and the machine goes idle with tasks left.
 */
enum { RING = 5, LAPS = 30 };

struct station {
    struct wait_queue queue;
    atomic_uint tokens;
};

static struct station stations[RING];

struct runner {
    struct co co;
    unsigned number, laps;
    struct waiter waiter;
};

static bool take_token(struct station *s)
{
    unsigned one = 1;

    return atomic_compare_exchange_strong(&s->tokens, &one, 0);
}

static void pass_token(struct station *s)
{
    atomic_store(&s->tokens, 1);
    wait_queue_wake(&s->queue, 1);
}

static CO_FN(runner)
{
    while (f->laps < LAPS) {
        wait_queue_arm(&stations[f->number].queue, &f->waiter, task);
        if (!take_token(&stations[f->number])) {
            CO_BLOCK_UNTIL(waiter_fired(&f->waiter));
            wait_queue_disarm(&stations[f->number].queue, &f->waiter);
            continue;
        }
        wait_queue_disarm(&stations[f->number].queue, &f->waiter);
        f->laps++;
        pass_token(&stations[(f->number + 1) % RING]);
    }
    CO_RETURN(OK);
}
CO_END

static void no_wake_is_lost_under_many_seeds(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 300; seed++) {
        struct runner frames[RING];
        struct task tasks[RING];

        boot(&(struct sim_config){.cpus = 1 + seed % 4, .seed = seed, .switch_one_in = 3});
        for (unsigned i = 0; i < RING; i++) {
            wait_queue_init(&stations[i].queue);
            atomic_store(&stations[i].tokens, i == 0);
            frames[i] = (struct runner){.co = {.resume = runner}, .number = i};
            spawn(&tasks[i], "runner", &frames[i].co);
        }
        run_machine();
        for (unsigned i = 0; i < RING; i++)
            assert_int_equal(frames[i].laps, LAPS);
        teardown(NULL);
    }
}

/* Interrupts that race with the end of what they interrupt: no task is run twice or lost. */
struct target {
    struct co co;
    unsigned signals;
};

static CO_FN(target)
{
    for (;;) {
        CO_WAIT_UNTIL(false);
        if (task_killed(task))
            CO_RETURN(OK);
        f->signals++;
        task_clear(task, TASK_SIGNAL);
    }
}
CO_END

struct sender {
    struct co co;
    struct task *to;
    unsigned rounds;
};

static CO_FN(sender)
{
    while (f->rounds--) {
        task_interrupt(f->to, TASK_SIGNAL);
        CO_YIELD();
    }
    task_interrupt(f->to, TASK_KILL);
    CO_RETURN(OK);
}
CO_END

static void interrupts_reach_a_task_wherever_it_is(void **state)
{
    unsigned signals = 0;

    (void)state;
    for (uint64_t seed = 0; seed < 300; seed++) {
        struct target frame = {.co = {.resume = target}};
        struct sender senders[3];
        struct task task, tasks[3];

        boot(&(struct sim_config){.cpus = 4, .seed = seed, .switch_one_in = 3});
        spawn(&task, "target", &frame.co);
        for (unsigned i = 0; i < 3; i++) {
            senders[i] =
                (struct sender){.co = {.resume = sender}, .to = &task, .rounds = 5 + i * 5};
            spawn(&tasks[i], "sender", &senders[i].co);
        }
        run_machine();
        assert_true(task_done(&task));
        assert_true(frame.signals <= 30);
        signals += frame.signals;
        teardown(NULL);
    }
    assert_true(signals > 300);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(equals_take_turns),
        TEST(the_higher_priority_runs_first),
        TEST(a_lone_task_keeps_the_cpu),
        TEST(an_equal_waits_for_the_end_of_the_slice),
        TEST(of_many_each_has_a_short_slice),
        TEST(a_lower_one_waits_for_ever),
        TEST(a_higher_one_wants_the_cpu_at_once),
        TEST_SEEDS(idle_cpus_steal),
        TEST_SEEDS(no_wake_is_lost_under_many_seeds),
        TEST_SEEDS(interrupts_reach_a_task_wherever_it_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
