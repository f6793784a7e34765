/*
 * kill_test.c - jobs that are killed: a tree with a thousand processes, whose threads all wait;
 * and one whose processes are being made and started.
 */
#include "personality/zircon/zircon_test.h"

enum { PROCESSES = 1000, JOBS = 100, FANOUT = 3 };

static struct job *jobs[JOBS];
static struct process *processes[PROCESSES];
static struct thread *threads[PROCESSES];

/* For an event that nobody signals. */
static void blocked(struct sim_user *u)
{
    ZX(event_create, 0, DATA);
    ZX(object_wait_one, load32(u, DATA), ZX_USER_SIGNAL_0, (uint64_t)ZX_TIME_INFINITE, 0);
    sim_user_raise(u, HAL_EXC_ILLEGAL); /* not reached: the process has ended */
    __builtin_unreachable();
}

static void grow(void)
{
    for (unsigned i = 0; i < JOBS; i++)
        assert_int_equal(job_create(i ? jobs[(i - 1) / FANOUT] : job_root(), &jobs[i]), OK);
    for (unsigned i = 0; i < PROCESSES; i++) {
        assert_int_equal(
            process_create(jobs[i % JOBS], "blocked", PROCESS_CALLS_ZIRCON, &process), OK);
        map_data();
        processes[i] = process;
        threads[i] = start_thread();
    }
    settle();
}

static void a_tree_of_a_thousand_processes_ends(void **state)
{
    (void)state;
    set_text(0, blocked);
    grow();
    for (unsigned i = 0; i < PROCESSES; i++)
        assert_int_equal(threads[i]->state, THREAD_RUNNING);
    job_kill(jobs[0], -1);
    run_to_end();
    for (unsigned i = 0; i < PROCESSES; i++) {
        assert_int_equal(processes[i]->state, PROCESS_DEAD);
        assert_int_equal(processes[i]->return_code, -1);
        object_put(&threads[i]->object);
        object_put(&processes[i]->object);
    }
    for (unsigned i = 0; i < JOBS; i++)
        object_put(&jobs[i]->object);
}

/* --- a kill that comes while processes are made and started --- */

enum { SEEDS = 150, STEPS = 8 };

static struct job *job;
static unsigned made, started;

/* A process with a thread that is not started; none any more once the job is dead. */
static void make_one(void)
{
    struct process *p;
    user_addr_t vdso;
    status_t st = process_create(job, "blocked", PROCESS_CALLS_ZIRCON, &p);

    if (st != OK) {
        assert_int_equal(st, ERR_BAD_STATE);
        return;
    }
    if (vdso_map(p, &vdso) == OK) {
        assert_int_equal(thread_create(p, "main", &zircon_personality, &threads[made]), OK);
        user_regs_start(&threads[made]->context.regs, text_pc(vdso, 0), 0, 0, vdso);
        made++;
    }
    object_put(&p->object);
}

static void start_one(void)
{
    status_t st;

    if (started == made)
        return;
    st = thread_start(threads[started++]);
    assert_true(st == OK || st == ERR_BAD_STATE);
}

static void kill_all(void)
{
    if (sim_random(STEPS) == 0)
        job_kill(job, -1);
}

static void waits_without_memory(struct sim_user *u)
{
    ZX(nanosleep, (uint64_t)ZX_TIME_INFINITE);
    sim_user_raise(u, HAL_EXC_ILLEGAL);
    __builtin_unreachable();
}

static void a_kill_finds_what_is_being_started(void **state)
{
    static void (*const acts[])(void) = {make_one, start_one, kill_all};

    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        boot_seed(seed);
        start_zircon();
        set_text(0, waits_without_memory);
        made = started = 0;
        assert_int_equal(job_create(job_root(), &job), OK);
        run_actors(acts, countof(acts), STEPS);
        job_kill(job, -1);
        assert_int_equal(sim_run(executor_run), SIM_IDLE);
        for (unsigned i = 0; i < made; i++) {
            assert_int_not_equal(threads[i]->state, THREAD_RUNNING);
            assert_int_equal(threads[i]->process->state, PROCESS_DEAD);
            object_put(&threads[i]->object);
        }
        object_put(&job->object);
        teardown_zircon(state);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_tree_of_a_thousand_processes_ends, setup_zircon,
                                        teardown_zircon),
        cmocka_unit_test(a_kill_finds_what_is_being_started),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
