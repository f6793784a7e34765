/*
 * process_test.c - processes: their end, by the last thread or by being killed, and what they
 * give back.
 */
#include "object/task_test.h"

static unsigned rounds; /* of all programs */

static void beat_program(struct sim_user *u)
{
    for (;;) {
        sim_user_spin(u, NS_PER_MS / 10);
        rounds++;
    }
}

static void sleep_program(struct sim_user *u)
{
    SIM_SYSCALL(u, CALL_SLEEP, program_arg(u));
    SIM_SYSCALL(u, CALL_THREAD_EXIT);
}

static void block_program(struct sim_user *u)
{
    SIM_SYSCALL(u, CALL_BLOCK);
}

/* A bit of everything, for ever. */
static void busy_program(struct sim_user *u)
{
    uint64_t salt = program_arg(u);

    for (uint64_t i = salt;; i++) {
        sim_user_store64(u, DATA + (i % DATA_PAGES) * PAGE_SIZE, i);
        SIM_SYSCALL(u, CALL_COPY, PAGED + (i % PAGED_PAGES) * PAGE_SIZE);
        if (i % 3 == 0)
            SIM_SYSCALL(u, CALL_BIG, (uint64_t)hal_time_now() + 5000);
        sim_user_spin(u, 3000);
        rounds++;
    }
}

/* Starts threads as fast as it can. */
static void spawn_program(struct sim_user *u)
{
    uint64_t deadline = program_arg(u);

    for (;;) {
        SIM_SYSCALL(u, CALL_THREAD, 1, deadline);
        sim_user_spin(u, 10000);
        rounds++;
    }
}

enum { BEAT, SLEEP, BLOCK, BUSY, SPAWN };

static const struct sim_text text[] = {
    [BEAT] = SIM_TEXT(beat_program),   [SLEEP] = SIM_TEXT(sleep_program),
    [BLOCK] = SIM_TEXT(block_program), [BUSY] = SIM_TEXT(busy_program),
    [SPAWN] = SIM_TEXT(spawn_program),
};

static struct process *prepare(void)
{
    test_text = text;
    test_text_size = sizeof(text);
    rounds = 0;
    return new_process(job_root());
}

static void a_process_ends_with_its_last_thread(void **state)
{
    struct process *p = prepare();

    (void)state;
    assert_int_equal(p->state, PROCESS_INITIAL);
    for (unsigned i = 1; i <= 3; i++)
        run_thread(p, SLEEP, (uint64_t)MS(i));
    assert_int_equal(p->state, PROCESS_RUNNING);
    assert_int_equal(p->thread_count, 3);
    for (unsigned i = 1; i <= 3; i++) {
        assert_int_equal(seen.ended, 0);
        sim_advance(MS(1) + 20);
        while (executor_step())
            continue;
        sim_advance(20); /* its clearing up */
        while (executor_step())
            continue;
        assert_int_equal(p->thread_count, 3 - i);
    }
    assert_int_equal(seen.ended, 1);
    assert_int_equal(p->state, PROCESS_DEAD);
    assert_int_equal(p->return_code, 0);
    assert_null(process_aspace(p));
    assert_int_equal(vmo_count(), 0); /* its memory is gone, though we hold the process */
    object_put(&p->object);
}

struct at_time {
    struct timer timer;
    struct process *process;
    int64_t code;
};

static void kill_process(struct timer *timer)
{
    struct at_time *a = container_of(timer, struct at_time, timer);

    process_kill(a->process, a->code);
}

static void the_first_killers_code_counts(void **state)
{
    struct process *p = prepare();
    struct at_time first = {.process = p, .code = 11}, second = {.process = p, .code = 12};

    (void)state;
    run_thread(p, BEAT, 0);
    run_thread(p, BLOCK, 0);
    timer_arm_callback(&first.timer, kill_process, MS(3));
    timer_arm_callback(&second.timer, kill_process, MS(3) + 1);
    run_machine();
    assert_int_equal(p->return_code, 11);
    assert_int_equal(seen.return_code, 11);
    assert_int_equal(seen.ended, 1);
    assert_int_equal(seen.exitings, 2);
    process_kill(p, 13);
    assert_int_equal(p->return_code, 11);
    assert_int_equal(object_signals(&p->object), ZX_TASK_TERMINATED);
    object_put(&p->object);
}

static void a_process_without_threads_dies_at_once(void **state)
{
    struct process *p = prepare();
    struct thread *t;

    (void)state;
    assert_int_equal(new_thread(p, BEAT, 0, &t), OK);
    process_kill(p, 4);
    assert_int_equal(p->state, PROCESS_DEAD);
    assert_int_equal(t->state, THREAD_DEAD);
    assert_null(process_aspace(p));
    assert_int_equal(thread_start(t), ERR_BAD_STATE);
    object_put(&t->object);
    object_put(&p->object);
}

static void an_address_space_can_be_replaced(void **state)
{
    struct process *p = prepare();
    struct aspace *old = process_aspace(p), *new;

    (void)state;
    assert_int_equal(aspace_create(&new), OK);
    process_set_aspace(p, new);
    assert_int_equal(vmo_count(), 3); /* `old` is still ours */
    aspace_put(old);
    assert_int_equal(vmo_count(), 0);
    old = process_aspace(p);
    assert_ptr_equal(old, new);
    aspace_put(old);
    object_put(&p->object);
}

/* Each allocation in turn fails: a status, and nothing is left behind. */
static void no_memory_is_no_process(void **state)
{
    struct process *p = NULL;
    struct thread *t = NULL;
    status_t st = ERR_NO_MEMORY;

    (void)state;
    for (unsigned nth = 1; st != OK; nth++) {
        assert_int_equal(process_count(), 0);
        inject_failure_at(nth);
        st = process_create(job_root(), "poor", 0, &p);
        assert_true(st == OK || st == ERR_NO_MEMORY);
    }
    st = ERR_NO_MEMORY;
    for (unsigned nth = 1; st != OK; nth++) {
        assert_true(list_empty(&p->threads));
        inject_failure_at(nth);
        st = thread_create(p, "poor", &test_personality, &t);
        assert_true(st == OK || st == ERR_NO_MEMORY);
    }
    inject_failure_at(0);
    object_put(&t->object);
    object_put(&p->object);
}

/* --- many CPUs, many seeds --- */

enum { THREADS = 5, KILLERS = 2 };

static void a_process_is_killed_whatever_it_does(void **state)
{
    unsigned all_rounds = 0;

    (void)state;
    for (uint64_t seed = 0; seed < 120; seed++) {
        struct at_time killers[KILLERS] = {0};
        struct process *p;

        boot_tasks(
            &(struct sim_config){.cpus = 1 + seed % 4, .seed = seed, .switch_one_in = 30});
        p = prepare();
        for (unsigned i = 0; i < THREADS; i++)
            run_thread(p, BUSY - i % 2 * (seed % 3), i); /* with BLOCK or SLEEP among them */
        for (unsigned i = 0; i < KILLERS; i++) {
            killers[i].process = p;
            killers[i].code = 20 + (int64_t)i;
            timer_arm_callback(&killers[i].timer, kill_process,
                               1000 + (time_ns_t)sim_random(400000));
        }
        run_machine();
        assert_int_equal(p->state, PROCESS_DEAD);
        assert_in_range(p->return_code, 20, 20 + KILLERS - 1);
        assert_int_equal(seen.ended, 1);
        assert_int_equal(seen.freed, THREADS);
        all_rounds += rounds;
        object_put(&p->object);
        all_is_given_back();
    }
    assert_true(all_rounds > 1000); /* they did get somewhere first */
}

static void threads_that_are_being_started_die_too(void **state)
{
    unsigned started = 0;

    (void)state;
    for (uint64_t seed = 0; seed < 120; seed++) {
        struct at_time killer = {0};
        struct process *p;

        boot_tasks(
            &(struct sim_config){.cpus = 1 + seed % 4, .seed = seed, .switch_one_in = 10});
        p = prepare();
        run_thread(p, SPAWN, (uint64_t)MS(1000));
        run_thread(p, SPAWN, (uint64_t)MS(1000));
        killer = (struct at_time){.process = p, .code = 1};
        timer_arm_callback(&killer.timer, kill_process, 1000 + (time_ns_t)sim_random(200000));
        run_machine();
        assert_int_equal(p->state, PROCESS_DEAD);
        assert_true(seen.end < MS(500)); /* nobody slept on */
        started += seen.freed;
        object_put(&p->object);
        all_is_given_back();
    }
    assert_true(started > 500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_process_ends_with_its_last_thread),
        TEST(the_first_killers_code_counts),
        TEST(a_process_without_threads_dies_at_once),
        TEST(an_address_space_can_be_replaced),
        TEST(no_memory_is_no_process),
        TEST_SEEDS(a_process_is_killed_whatever_it_does),
        TEST_SEEDS(threads_that_are_being_started_die_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
