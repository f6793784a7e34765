/*
 * timer_test.c - deadlines, callbacks, and taking either back.
 */
#include "co/co_test.h"

/* --- sleeping --- */

enum { SLEEPERS = 40 };

static unsigned order[SLEEPERS], order_count;

struct sleeper {
    struct co co;
    unsigned number;
    time_ns_t deadline, woken;
    struct sleep_until sleep;
};

static CO_FN(sleeper)
{
    status_t st;

    CO_CALL(st, f->sleep, sleep_until, .deadline = f->deadline);
    f->woken = hal_time_now();
    order[order_count++] = f->number;
    CO_RETURN(st);
}
CO_END

static void sleepers_wake_in_the_order_of_their_deadlines(void **state)
{
    struct sleeper frames[SLEEPERS];
    struct task tasks[SLEEPERS];

    (void)state;
    order_count = 0;
    for (unsigned i = 0; i < SLEEPERS; i++) {
        frames[i] = (struct sleeper){
            .co = {.resume = sleeper}, .number = i, .deadline = MS(1 + (i * 7) % SLEEPERS)};
        spawn(&tasks[i], "sleeper", &frames[i].co);
    }
    run_machine();
    assert_int_equal(order_count, SLEEPERS);
    for (unsigned i = 0; i < SLEEPERS; i++) {
        assert_int_equal(tasks[i].status, OK);
        assert_int_equal(frames[i].woken, frames[i].deadline); /* to the nanosecond */
        assert_int_equal((order[i] * 7) % SLEEPERS, i);
    }
}

static void a_sleep_ends_early_for_each_reason(void **state)
{
    static const unsigned reasons[] = {TASK_KILL, TASK_SIGNAL, TASK_SUSPEND};

    (void)state;
    for (size_t i = 0; i < countof(reasons); i++) {
        struct sleeper frame = {.co = {.resume = sleeper}, .deadline = MS(1000)};
        struct task task;

        order_count = 0;
        spawn(&task, "sleeper", &frame.co);
        run_ready();
        assert_int_equal(executor_next_deadline(), MS(1000));
        task_interrupt(&task, reasons[i]);
        run_ready();
        assert_int_equal(task.status, reasons[i] == TASK_KILL ? ERR_CANCELED : ERR_INTERRUPTED);
        assert_int_equal(executor_next_deadline(), TIME_INFINITE); /* nothing is left behind */
    }
    assert_int_equal(hal_time_now(), 0);
}

static void the_past_does_not_suspend(void **state)
{
    struct sleeper frame = {.co = {.resume = sleeper}};
    struct task task;

    (void)state;
    order_count = 0;
    sim_advance(MS(5));
    frame.deadline = MS(5);
    spawn(&task, "sleeper", &frame.co);
    assert_true(executor_step());
    assert_true(task_done(&task));
    assert_int_equal(task.status, OK);
}

static void infinity_never_comes(void **state)
{
    struct sleeper frame = {.co = {.resume = sleeper}, .deadline = TIME_INFINITE};
    struct task task;

    (void)state;
    order_count = 0;
    spawn(&task, "sleeper", &frame.co);
    run_ready();
    assert_int_equal(executor_next_deadline(), TIME_INFINITE);
    pass(MS(1000000));
    assert_false(task_done(&task));
    task_interrupt(&task, TASK_KILL);
    run_ready();
    assert_int_equal(task.status, ERR_CANCELED);
}

/* --- callbacks --- */

struct alarm {
    struct timer timer;
    time_ns_t period; /* 0: once */
    unsigned calls;
    time_ns_t last;
    bool disarms_itself;
};

static void ring(struct timer *timer)
{
    struct alarm *a = container_of(timer, struct alarm, timer);

    a->calls++;
    a->last = hal_time_now();
    if (a->period)
        timer_arm_callback(timer, ring, a->last + a->period);
    if (a->disarms_itself)
        assert(timer_disarm(timer) == (a->period != 0));
}

static void a_callback_runs_once_at_its_time(void **state)
{
    struct alarm a = {0};

    (void)state;
    timer_arm_callback(&a.timer, ring, MS(3));
    pass(MS(3) - 1);
    assert_int_equal(a.calls, 0);
    pass(1);
    assert_int_equal(a.calls, 1);
    pass(MS(100));
    assert_int_equal(a.calls, 1);
    assert_false(timer_disarm(&a.timer));
}

static void a_disarmed_callback_does_not_run(void **state)
{
    struct alarm a = {0};

    (void)state;
    timer_arm_callback(&a.timer, ring, MS(3));
    assert_true(timer_disarm(&a.timer));
    assert_false(timer_disarm(&a.timer));
    pass(MS(10));
    assert_int_equal(a.calls, 0);

    /* Due, but not yet served. */
    timer_arm_callback(&a.timer, ring, MS(20));
    sim_advance(MS(20));
    assert_true(timer_disarm(&a.timer));
    run_ready();
    assert_int_equal(a.calls, 0);
}

static void a_late_callback_never_runs_inside_its_arming(void **state)
{
    struct alarm a = {0};

    (void)state;
    sim_advance(MS(9));
    timer_arm_callback(&a.timer, ring, MS(1));
    assert_int_equal(a.calls, 0);
    pass(1);
    assert_int_equal(a.calls, 1);
}

static void a_callback_may_arm_and_disarm_itself(void **state)
{
    struct alarm periodic = {.period = MS(2)},
                 final = {.period = MS(2), .disarms_itself = true},
                 once = {.disarms_itself = true};

    (void)state;
    timer_arm_callback(&periodic.timer, ring, MS(2));
    timer_arm_callback(&final.timer, ring, MS(2));
    timer_arm_callback(&once.timer, ring, MS(2));
    for (unsigned i = 0; i < 10; i++)
        pass(MS(2));
    assert_int_equal(periodic.calls, 10);
    assert_int_equal(periodic.last, MS(20));
    assert_int_equal(final.calls, 1);
    assert_int_equal(once.calls, 1);
    assert_true(timer_disarm(&periodic.timer));
}

/* --- two CPUs --- */

/* Its callback is slow; whoever has disarmed it may throw the memory away. */
struct shared_alarm {
    struct timer timer;
    bool inside, over, gone;
};

static void ring_slowly(struct timer *timer)
{
    struct shared_alarm *a = container_of(timer, struct shared_alarm, timer);

    a->inside = true;
    for (unsigned i = 0; i < 20; i++) {
        sim_point();
        assert(!a->gone);
    }
    a->inside = false;
    a->over = true;
}

struct disarmer {
    struct co co;
    struct shared_alarm *alarm;
    unsigned rounds; /* through the ready lists before it disarms */
    bool unfired;
};

static CO_FN(disarmer)
{
    timer_arm_callback(&f->alarm->timer, ring_slowly, hal_time_now() + 100);
    while (f->rounds--) {
        CO_YIELD();
        sim_advance(10);
    }
    f->unfired = timer_disarm(&f->alarm->timer);
    f->alarm->gone = true;
    assert(!f->alarm->inside && f->unfired == !f->alarm->over);
    CO_RETURN(OK);
}
CO_END

struct idler {
    struct co co;
    unsigned rounds;
};

static CO_FN(idler)
{
    while (f->rounds--)
        CO_YIELD();
    CO_RETURN(OK);
}
CO_END

static void disarming_waits_for_a_running_callback(void **state)
{
    unsigned fired = 0, unfired = 0, elsewhere = 0;

    (void)state;
    for (uint64_t seed = 0; seed < 400; seed++) {
        struct shared_alarm alarm = {0};
        struct disarmer frame = {
            .co = {.resume = disarmer}, .alarm = &alarm, .rounds = 5 + seed % 10};
        struct idler idle[3];
        struct task task, others[countof(idle)];

        boot(&(struct sim_config){.cpus = 3, .seed = seed, .switch_one_in = 4});
        spawn(&task, "disarmer", &frame.co);
        for (size_t i = 0; i < countof(idle); i++) {
            idle[i] = (struct idler){.co = {.resume = idler}, .rounds = 30};
            spawn(&others[i], "idler", &idle[i].co);
        }
        run_machine();
        assert_true(alarm.gone);
        fired += alarm.over;
        unfired += !alarm.over;
        elsewhere += alarm.timer.cpu != task.cpu;
        teardown(NULL);
    }
    assert_true(fired > 0 && unfired > 0 && elsewhere > 0); /* the seeds find each case */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(sleepers_wake_in_the_order_of_their_deadlines),
        TEST(a_sleep_ends_early_for_each_reason),
        TEST(the_past_does_not_suspend),
        TEST(infinity_never_comes),
        TEST(a_callback_runs_once_at_its_time),
        TEST(a_disarmed_callback_does_not_run),
        TEST(a_late_callback_never_runs_inside_its_arming),
        TEST(a_callback_may_arm_and_disarm_itself),
        TEST_SEEDS(disarming_waits_for_a_running_callback),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
