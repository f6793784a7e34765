/*
 * exception_test.c - suspensions and exceptions against kills, closes and each other, under
 * many schedules; and the end of a large job.
 */
#include "object/task_test.h"

#include "object/channel.h"
#include "object/suspend_token.h"

enum { SEEDS = 150, STEPS = 10 };

/* --- programs --- */

static void beat_program(struct sim_user *u)
{
    for (;;)
        sim_user_spin(u, NS_PER_MS / 10);
}

static void block_program(struct sim_user *u)
{
    for (;;)
        SIM_SYSCALL(u, CALL_BLOCK);
}

static void fault_program(struct sim_user *u)
{
    for (;;)
        sim_user_raise(u, HAL_EXC_ILLEGAL);
}

enum { BEAT, BLOCK, FAULT };
static const struct sim_text programs[] = {
    [BEAT] = SIM_TEXT(beat_program),
    [BLOCK] = SIM_TEXT(block_program),
    [FAULT] = SIM_TEXT(fault_program),
};

/* --- what is done to them --- */

static struct process *process;
static struct thread *threads[2];
static struct handle tokens[3], channel;
static struct object
    *end; /* of the channel: a call has its own reference beside the handle's */
static unsigned handled;

static void boot_seed(uint64_t seed)
{
    test_text = programs;
    test_text_size = sizeof(programs);
    boot_tasks(&(struct sim_config){.cpus = 2 + seed % 3, .seed = seed, .switch_one_in = 6});
    handled = 0;
}

static void start(unsigned first, unsigned second)
{
    process = new_process(job_root());
    assert_int_equal(start_thread(process, first, 0, &threads[0]), OK);
    assert_int_equal(start_thread(process, second, 0, &threads[1]), OK);
}

/* The token is given back, or there is none and one is taken. */
static void toggle(struct handle *token, struct object *task)
{
    struct object *obj;
    status_t st;

    if (token->obj) {
        handle_drop(token);
        return;
    }
    st = suspend_token_create(task, &obj);
    assert_true(st == OK || st == ERR_BAD_STATE);
    if (st != OK)
        return;
    *token = handle_make(obj, 0);
    object_put(obj);
}

static void toggle_process(void)
{
    toggle(&tokens[0], &process->object);
}

static void toggle_first(void)
{
    toggle(&tokens[1], &threads[0]->object);
}

static void toggle_second(void)
{
    toggle(&tokens[2], &threads[1]->object);
}

static void kill_at_last(void)
{
    static unsigned steps;

    if (++steps % STEPS == 0)
        process_kill(process, 7);
}

/* The handler: one exception, if there is one. */
static void handle_one(void)
{
    uint32_t size = sizeof(zx_exception_info_t), count = 1;
    struct message *m;

    if (!end || channel_read(end, CHANNEL_KEEP, &size, &count, &m) != OK)
        return;
    assert_int_equal(size, sizeof(zx_exception_info_t));
    assert_int_equal(
        exception_set_state(exception_of(m->handles[0].obj), ZX_EXCEPTION_STATE_HANDLED), OK);
    handled++;
    message_free(m);
}

static void close_at_last(void)
{
    static unsigned steps;

    if (++steps % STEPS == 0)
        handle_drop(&channel);
}

static void bind(struct exceptionate *e)
{
    assert_int_equal(exceptionate_bind(e, ZX_DEFAULT_PROCESS_RIGHTS, &end), OK);
    channel = handle_make(end, 0);
}

/* --- a task that does one thing several times, letting others go first --- */

struct actor {
    struct co co;
    void (*act)(void);
    unsigned done;
    struct sleep_until sleep;
    struct task task;
};

static CO_FN(actor)
{
    status_t st UNUSED;

    for (f->done = 0; f->done < STEPS; f->done++) {
        f->act();
        CO_CALL(st, f->sleep, sleep_until, .deadline = hal_time_now() + NS_PER_MS / 20);
    }
    CO_RETURN(OK);
}
CO_END

static void run_actors(void (*const acts[])(void), unsigned count)
{
    static struct actor actors[4];

    for (unsigned i = 0; i < count; i++) {
        actors[i] = (struct actor){.co = {.resume = actor}, .act = acts[i]};
        task_spawn(&actors[i].task, "actor", &actors[i].co, TASK_PRIORITY_DEFAULT, NULL, NULL);
    }
    run_machine();
}

static void finish(int64_t code)
{
    for (unsigned i = 0; i < countof(tokens); i++)
        handle_drop(&tokens[i]);
    handle_drop(&channel);
    object_put(end);
    end = NULL;
    assert_int_equal(process->state, PROCESS_DEAD);
    assert_int_equal(process->return_code, code);
    for (unsigned i = 0; i < countof(threads); i++) {
        assert_int_equal(object_signals(&threads[i]->object), ZX_TASK_TERMINATED);
        object_put(&threads[i]->object);
    }
    object_put(&process->object);
    all_is_given_back();
}

/* --- the races --- */

static void test_kill_against_suspend(void **state)
{
    static void (*const acts[])(void) = {toggle_process, toggle_first, toggle_second,
                                         kill_at_last};

    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        boot_seed(seed);
        start(BEAT, BLOCK);
        run_actors(acts, countof(acts));
        finish(7);
    }
}

/* A thread in an exception that is killed, suspended and handled. */
static void test_kill_against_exception(void **state)
{
    static void (*const acts[])(void) = {handle_one, toggle_first, toggle_process,
                                         kill_at_last};

    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        boot_seed(seed);
        start(FAULT, FAULT);
        bind(&process->exceptions);
        run_actors(acts, countof(acts));
        assert_int_not_equal(handled, 0);
        finish(7);
    }
}

/* With the handler goes what it has not read: nobody is left, and the process ends of it. */
static void test_close_against_exception(void **state)
{
    static void (*const acts[])(void) = {handle_one, close_at_last};

    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        boot_seed(seed);
        start(FAULT, FAULT);
        bind(&process->exceptions);
        run_actors(acts, countof(acts));
        finish(exception_code);
    }
}

/* A suspended thread stops, and a wait that it is in begins again. */
static void test_suspended_threads_stand_still(void **state)
{
    struct object *token;
    struct handle h;

    (void)state;
    boot_seed(1);
    process = new_process(job_root());
    assert_int_equal(start_thread(process, BLOCK, 0, &threads[0]), OK);
    assert_int_equal(start_thread(process, BLOCK, 0, &threads[1]), OK);
    assert_int_equal(suspend_token_create(&process->object, &token), OK);
    h = handle_make(token, 0);
    object_put(token);
    run_machine();
    assert_int_equal(object_signals(&threads[0]->object), ZX_THREAD_SUSPENDED);
    assert_int_equal(object_signals(&threads[1]->object), ZX_THREAD_SUSPENDED);
    handle_drop(&h);
    run_machine();
    assert_int_equal(object_signals(&threads[0]->object), ZX_THREAD_RUNNING);
    process_kill(process, 7);
    run_machine();
    finish(7);
}

static void test_no_memory(void **state)
{
    struct object *obj;

    (void)state;
    boot_seed(2);
    start(BLOCK, BLOCK);
    inject_failure_at(1);
    assert_int_equal(suspend_token_create(&process->object, &obj), ERR_NO_MEMORY);
    inject_failure_at(1);
    assert_int_equal(exceptionate_bind(&process->exceptions, 0, &obj), ERR_NO_MEMORY);
    inject_failure_at(2);
    assert_int_equal(exceptionate_bind(&process->exceptions, 0, &obj), ERR_NO_MEMORY);
    inject_failure_at(0);
    assert_false(exceptions_bound());
    process_kill(process, 7);
    run_machine();
    assert_int_equal(exceptionate_bind(&process->exceptions, 0, &obj), ERR_BAD_STATE);
    assert_false(exceptions_bound());
    finish(7);
}

/* --- a large job --- */

enum { JOBS = 20, PROCESSES = 1000 };

static void test_a_job_of_a_thousand_processes(void **state)
{
    struct job *jobs[JOBS];

    (void)state;
    boot_seed(3);
    for (unsigned i = 0; i < JOBS; i++)
        assert_int_equal(job_create(i ? jobs[(i - 1) / 2] : job_root(), &jobs[i]), OK);
    for (unsigned i = 0; i < PROCESSES; i++) {
        process = new_process(jobs[i % JOBS]);
        run_thread(process, BLOCK, 0);
        object_put(&process->object);
    }
    run_machine();
    assert_int_equal(process_count(), PROCESSES);
    job_kill(jobs[0], 7);
    run_machine();
    assert_int_equal(process_count(), 0);
    assert_int_equal(seen.ended, PROCESSES);
    for (unsigned i = JOBS; i-- > 0;) {
        assert_int_equal(object_signals(&jobs[i]->object) & ZX_JOB_NO_PROCESSES,
                         ZX_JOB_NO_PROCESSES);
        object_put(&jobs[i]->object);
    }
    all_is_given_back();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_SEEDS(test_kill_against_suspend),
        TEST_SEEDS(test_kill_against_exception),
        TEST_SEEDS(test_close_against_exception),
        TEST_SEEDS(test_suspended_threads_stand_still),
        TEST_SEEDS(test_no_memory),
        TEST_SEEDS(test_a_job_of_a_thousand_processes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
