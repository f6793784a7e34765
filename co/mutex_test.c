/*
 * mutex_test.c - wait queues, and the mutex that is built on one.
 */
#include "co/mutex.h"

#include "co/co_test.h"

/* --- wait queues --- */

struct queue_wait {
    struct co co;
    struct wait_queue *queue;
    struct waiter waiter;
};

static CO_FN(queue_wait)
{
    wait_queue_arm(f->queue, &f->waiter, task);
    CO_WAIT_UNTIL(waiter_fired(&f->waiter));
    wait_queue_disarm(f->queue, &f->waiter);
    wait_queue_disarm(f->queue, &f->waiter); /* idempotent */
    CO_RETURN(waiter_fired(&f->waiter) ? OK : task_interrupted_status(task));
}
CO_END

enum { WAITERS = 5 };

struct queue_of_waiters {
    struct wait_queue queue;
    struct queue_wait frames[WAITERS];
    struct task tasks[WAITERS];
};

static void start_waiters(struct queue_of_waiters *q)
{
    wait_queue_init(&q->queue);
    for (unsigned i = 0; i < WAITERS; i++) {
        q->frames[i] = (struct queue_wait){.co = {.resume = queue_wait}, .queue = &q->queue};
        spawn(&q->tasks[i], "waiter", &q->frames[i].co);
    }
    run_ready();
}

/* Bit i: waiter i is done. */
static unsigned done_mask(const struct queue_of_waiters *q)
{
    unsigned mask = 0;

    for (unsigned i = 0; i < WAITERS; i++)
        mask |= (unsigned)task_done(&q->tasks[i]) << i;
    return mask;
}

static void the_oldest_waiters_are_woken_first(void **state)
{
    struct queue_of_waiters q;

    (void)state;
    start_waiters(&q);
    assert_int_equal(done_mask(&q), 0);
    assert_int_equal(wait_queue_wake(&q.queue, 0), 0);
    assert_int_equal(wait_queue_wake(&q.queue, 2), 2);
    run_ready();
    assert_int_equal(done_mask(&q), 0x03);
    assert_int_equal(wait_queue_wake(&q.queue, 1), 1);
    run_ready();
    assert_int_equal(done_mask(&q), 0x07);
    assert_int_equal(wait_queue_wake(&q.queue, UINT32_MAX), 2);
    run_ready();
    assert_int_equal(done_mask(&q), 0x1f);
    assert_int_equal(wait_queue_wake(&q.queue, UINT32_MAX), 0);
}

static void an_interrupted_waiter_leaves_the_queue(void **state)
{
    struct queue_of_waiters q;

    (void)state;
    start_waiters(&q);
    task_interrupt(&q.tasks[1], TASK_SIGNAL);
    task_interrupt(&q.tasks[3], TASK_KILL);
    run_ready();
    assert_int_equal(q.tasks[1].status, ERR_INTERRUPTED);
    assert_int_equal(q.tasks[3].status, ERR_CANCELED);
    assert_int_equal(wait_queue_wake(&q.queue, UINT32_MAX), 3);
    run_ready();
    assert_int_equal(done_mask(&q), 0x1f);
}

/* --- the mutex --- */

struct holder {
    struct co co;
    struct mutex *mutex;
    unsigned number;
    time_ns_t hold; /* how long it keeps it */
    struct mutex_lock lock;
    struct sleep_until sleep;
};

static unsigned order[8], order_count;

static CO_FN(holder)
{
    status_t st;

    CO_CALL(st, f->lock, mutex_lock, .mutex = f->mutex);
    if (st != OK)
        CO_RETURN(st);
    order[order_count++] = f->number;
    CO_CALL(st, f->sleep, sleep_until, .deadline = hal_time_now() + f->hold);
    mutex_unlock(f->mutex, task);
    CO_RETURN(OK);
}
CO_END

enum { HOLDERS = 4 };

struct contest {
    struct mutex mutex;
    struct holder frames[HOLDERS];
    struct task tasks[HOLDERS];
};

static void start_contest(struct contest *c)
{
    order_count = 0;
    mutex_init(&c->mutex);
    for (unsigned i = 0; i < HOLDERS; i++) {
        c->frames[i] = (struct holder){
            .co = {.resume = holder}, .mutex = &c->mutex, .number = i, .hold = MS(1)};
        spawn(&c->tasks[i], "holder", &c->frames[i].co);
    }
    run_ready();
}

static void a_mutex_is_handed_over_in_order_of_arrival(void **state)
{
    struct contest c;

    (void)state;
    start_contest(&c);
    for (unsigned i = 0; i < HOLDERS; i++) {
        assert_int_equal(order_count, i + 1);
        assert_int_equal(order[i], i);
        assert_ptr_equal(c.mutex.owner, &c.tasks[i]);
        pass(MS(1));
    }
    assert_null(c.mutex.owner);
}

static void nobody_overtakes_the_one_it_was_handed_to(void **state)
{
    struct contest c;
    struct task late = {0};

    (void)state;
    start_contest(&c);
    sim_advance(MS(1));
    assert_true(executor_step()); /* the owner lets go; the next one has not run yet */
    assert_int_equal(order_count, 1);
    assert_ptr_equal(c.mutex.owner, &c.tasks[1]);
    assert_false(mutex_try_lock(&c.mutex, &late));
    run_ready();
    for (unsigned i = 1; i < HOLDERS; i++)
        pass(MS(1));
    assert_int_equal(order_count, HOLDERS);
    assert_true(mutex_try_lock(&c.mutex, &late));
    mutex_unlock(&c.mutex, &late);
}

static void a_killed_waiter_stands_back(void **state)
{
    struct contest c;

    (void)state;
    start_contest(&c);
    task_interrupt(&c.tasks[1], TASK_SIGNAL); /* not a reason to give up */
    run_ready();
    assert_false(task_done(&c.tasks[1]));
    task_interrupt(&c.tasks[2], TASK_KILL);
    run_ready();
    assert_int_equal(c.tasks[2].status, ERR_CANCELED);
    for (unsigned i = 0; i < HOLDERS; i++)
        pass(MS(1));
    assert_int_equal(order_count, 3);
    assert_int_equal(order[1], 1);
    assert_int_equal(order[2], 3);
}

static void what_was_handed_over_is_owned_killed_or_not(void **state)
{
    struct contest c;

    (void)state;
    start_contest(&c);
    sim_advance(MS(1));
    assert_true(executor_step()); /* the owner lets go */
    assert_ptr_equal(c.mutex.owner, &c.tasks[1]);
    task_interrupt(&c.tasks[1], TASK_KILL);
    run_ready();
    assert_int_equal(c.tasks[1].status, OK);
    for (unsigned i = 0; i < HOLDERS; i++)
        pass(MS(1));
    assert_int_equal(order_count, HOLDERS);
    assert_null(c.mutex.owner);
}

static void only_the_owner_unlocks(void **state)
{
    struct mutex m;
    struct task a = {0}, b = {0};

    (void)state;
    mutex_init(&m);
    assert_true(mutex_try_lock(&m, &a));
    assert_false(mutex_try_lock(&m, &a)); /* not recursive */
    assert_true(SIM_PANICS(mutex_unlock(&m, &b)));
}

/* --- many CPUs --- */

enum { ROUNDS = 12, RIVALS = 6 };

static struct mutex shared;
static unsigned inside, entries, killed;

struct rival {
    struct co co;
    unsigned round;
    struct mutex_lock lock;
};

static CO_FN(rival)
{
    status_t st;

    while (f->round++ < ROUNDS) {
        CO_CALL(st, f->lock, mutex_lock, .mutex = &shared);
        if (st != OK) {
            killed++;
            CO_RETURN(st);
        }
        assert(++inside == 1);
        CO_YIELD();
        sim_point();
        assert(--inside == 0);
        entries++;
        mutex_unlock(&shared, task);
    }
    CO_RETURN(OK);
}
CO_END

struct killer {
    struct co co;
    struct task *victim;
    unsigned delay;
};

static CO_FN(killer)
{
    while (f->delay--)
        CO_YIELD();
    task_interrupt(f->victim, TASK_KILL);
    CO_RETURN(OK);
}
CO_END

static void rivals_exclude_each_other_under_many_seeds(void **state)
{
    (void)state;
    killed = 0;
    for (uint64_t seed = 0; seed < 200; seed++) {
        struct rival frames[RIVALS];
        struct killer killer_frame = {.co = {.resume = killer}, .delay = (unsigned)seed % 40};
        struct task tasks[RIVALS], killer_task;
        unsigned killed_before = killed;

        boot(&(struct sim_config){.cpus = 2 + seed % 3, .seed = seed, .switch_one_in = 8});
        mutex_init(&shared);
        inside = entries = 0;
        for (unsigned i = 0; i < RIVALS; i++) {
            frames[i] = (struct rival){.co = {.resume = rival}};
            spawn(&tasks[i], "rival", &frames[i].co);
        }
        killer_frame.victim = &tasks[seed % RIVALS];
        spawn(&killer_task, "killer", &killer_frame.co);
        run_machine();
        assert_null(shared.owner);
        if (killed == killed_before)
            assert_int_equal(entries, ROUNDS * RIVALS);
        else
            assert_true(entries >= ROUNDS * (RIVALS - 1));
        teardown(NULL);
    }
    assert_true(killed > 20); /* the seeds find it waiting often enough */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_oldest_waiters_are_woken_first),
        TEST(an_interrupted_waiter_leaves_the_queue),
        TEST(a_mutex_is_handed_over_in_order_of_arrival),
        TEST(nobody_overtakes_the_one_it_was_handed_to),
        TEST(a_killed_waiter_stands_back),
        TEST(what_was_handed_over_is_owned_killed_or_not),
        TEST(only_the_owner_unlocks),
        TEST_SEEDS(rivals_exclude_each_other_under_many_seeds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
