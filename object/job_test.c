/*
 * job_test.c - jobs: membership, their signals, and being killed whole.
 */
#include "object/task_test.h"

static void beat_program(struct sim_user *u)
{
    for (;;)
        sim_user_spin(u, NS_PER_MS);
}

static const struct sim_text text[] = {SIM_TEXT(beat_program)};

static struct job *new_job(struct job *parent)
{
    struct job *job;

    assert_int_equal(job_create(parent, &job), OK);
    return job;
}

static void signals_tell_whether_a_job_has_members(void **state)
{
    struct job *job = new_job(job_root()), *child;
    struct process *p;

    (void)state;
    test_text_size = 0;
    assert_int_equal(object_signals(&job->object), ZX_JOB_NO_JOBS | ZX_JOB_NO_PROCESSES);
    child = new_job(job);
    assert_int_equal(object_signals(&job->object), ZX_JOB_NO_PROCESSES);
    p = new_process(job);
    assert_int_equal(object_signals(&job->object), 0);
    object_put(&child->object);
    assert_int_equal(object_signals(&job->object), ZX_JOB_NO_JOBS);
    process_kill(p, 1);
    assert_int_equal(object_signals(&job->object), ZX_JOB_NO_JOBS | ZX_JOB_NO_PROCESSES);
    object_put(&p->object);
    object_put(&job->object);
}

static void a_dead_job_takes_no_members(void **state)
{
    struct job *job = new_job(job_root()), *child;
    struct process *p;

    (void)state;
    job_kill(job, 1);
    assert_int_equal(job_create(job, &child), ERR_BAD_STATE);
    assert_int_equal(process_create(job, "late", 0, &p), ERR_BAD_STATE);
    object_put(&job->object);
}

static void a_member_keeps_its_job(void **state)
{
    struct job *job = new_job(job_root()), *child = new_job(job);

    (void)state;
    object_put(&job->object);
    assert_ptr_equal(child->parent, job);
    assert_int_equal(object_count(), objects_at_boot + 2);
    object_put(&child->object);
    assert_int_equal(object_count(), objects_at_boot);
}

enum { DEPTH = 4, TREE_PROCESSES = 2 * DEPTH };

/* A chain of jobs, each with a process that runs and one that was never started. */
static void make_tree(struct job *jobs[DEPTH], struct process *processes[TREE_PROCESSES])
{
    test_text = text;
    test_text_size = sizeof(text);
    for (unsigned i = 0; i < DEPTH; i++) {
        jobs[i] = new_job(i ? jobs[i - 1] : job_root());
        processes[2 * i] = new_process(jobs[i]);
        run_thread(processes[2 * i], 0, 0);
        processes[2 * i + 1] = new_process(jobs[i]);
    }
}

/* First a part of the tree is killed; long after, we look who is dead, and kill the rest. */
struct killing {
    struct timer first, second;
    struct job *part, *whole;
    struct process **processes;
    unsigned dead; /* bit i: process i, after the first */
};

static unsigned dead_processes(struct process **processes)
{
    unsigned dead = 0;

    for (unsigned i = 0; i < TREE_PROCESSES; i++)
        if (processes[i]->state == PROCESS_DEAD && processes[i]->return_code == -7)
            dead |= 1u << i;
    return dead;
}

static void kill_part(struct timer *timer)
{
    job_kill(container_of(timer, struct killing, first)->part, -7);
}

static void kill_whole(struct timer *timer)
{
    struct killing *k = container_of(timer, struct killing, second);

    k->dead = dead_processes(k->processes);
    job_kill(k->whole, -7);
}

static void killing_a_job_kills_all_below_it(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 60; seed++) {
        struct job *jobs[DEPTH];
        struct process *processes[TREE_PROCESSES];
        struct killing k = {.processes = processes};
        unsigned at = seed % DEPTH, all = (1u << TREE_PROCESSES) - 1;

        boot_tasks(
            &(struct sim_config){.cpus = 1 + seed % 4, .seed = seed, .switch_one_in = 10});
        make_tree(jobs, processes);
        k.part = jobs[at];
        k.whole = jobs[0];
        timer_arm_callback(&k.first, kill_part, MS(2));
        timer_arm_callback(&k.second, kill_whole, MS(150)); /* each has had its slice */
        run_machine();
        assert_int_equal(k.dead, all & ~((1u << 2 * at) - 1));
        assert_int_equal(dead_processes(processes), all);
        for (unsigned i = 0; i < DEPTH; i++)
            object_put(&jobs[i]->object);
        for (unsigned i = 0; i < TREE_PROCESSES; i++)
            object_put(&processes[i]->object);
        all_is_given_back();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(signals_tell_whether_a_job_has_members),
        TEST(a_dead_job_takes_no_members),
        TEST(a_member_keeps_its_job),
        TEST_SEEDS(killing_a_job_kills_all_below_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
