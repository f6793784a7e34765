/*
 * job.c - jobs: the tree, its end, and policies.
 */
#include "tests/zircon/ztest.h"
#include "uapi/zircon/syscalls/policy.h"

#define ALONE (ZX_JOB_NO_PROCESSES | ZX_JOB_NO_JOBS)

CHILD(stays)
{
    return zx_object_wait_one(channel, ZX_CHANNEL_PEER_CLOSED, ZX_TIME_INFINITE, NULL) != ZX_OK;
}

/* Ends a child that stays. */
static int64_t child_leave(struct ztest_child *c)
{
    EXPECT_OK(zx_handle_close(c->channel));
    c->channel = ZX_HANDLE_INVALID;
    return ztest_child_join(c);
}

static zx_handle_t new_job(zx_handle_t parent)
{
    zx_handle_t job = ZX_HANDLE_INVALID;

    EXPECT_OK(zx_job_create(parent, 0, &job));
    return job;
}

static zx_info_job_t job_info(zx_handle_t job)
{
    zx_info_job_t info = {0};

    EXPECT_OK(zx_object_get_info(job, ZX_INFO_JOB, &info, sizeof(info), NULL, NULL));
    return info;
}

static int64_t return_code(zx_handle_t process)
{
    zx_info_process_t info = {0};

    EXPECT_OK(zx_object_get_info(process, ZX_INFO_PROCESS, &info, sizeof(info), NULL, NULL));
    EXPECT_TRUE(info.exited);
    return info.return_code;
}

/* The job's signals once it has `wanted`. */
static zx_signals_t await(zx_handle_t job, zx_signals_t wanted)
{
    zx_signals_t seen = 0;

    EXPECT_OK(zx_object_wait_one(job, wanted, ZX_TIME_INFINITE, &seen));
    return seen;
}

static uint64_t children_of(zx_handle_t job, zx_koid_t *first)
{
    uint64_t avail = 0;

    EXPECT_OK(
        zx_object_get_info(job, ZX_INFO_JOB_CHILDREN, first, sizeof(*first), NULL, &avail));
    return avail;
}

CASE(JobTest, BasicTest)
{
    zx_handle_t child = new_job(ztest_job()), grandchild = new_job(child), none;

    EXPECT_FALSE(job_info(child).exited);
    EXPECT_EQ(job_info(child).return_code, 0);
    EXPECT_OK(zx_handle_close(child));
    EXPECT_OK(zx_handle_close(grandchild));
    EXPECT_EQ(zx_job_create(ZX_HANDLE_INVALID, 0, &none), ZX_ERR_BAD_HANDLE);
    EXPECT_EQ(zx_job_create(ztest_job(), 1, &none), ZX_ERR_INVALID_ARGS);
}

CASE(JobTest, CreateTest)
{
    zx_handle_t child = new_job(ztest_job()), process[2], vmar[2];

    EXPECT_OK(zx_process_create(ztest_job(), "p", 1, 0, &process[0], &vmar[0]));
    EXPECT_OK(zx_process_create(child, "p", 1, 0, &process[1], &vmar[1]));
    EXPECT_OK(zx_handle_close(child));
    EXPECT_OK(zx_handle_close_many(process, 2));
    EXPECT_OK(zx_handle_close_many(vmar, 2));
}

CASE(JobTest, CreateMissingRightsTest)
{
    zx_handle_t weak = ztest_without(ztest_job(), ZX_RIGHT_WRITE | ZX_RIGHT_MANAGE_JOB), none;

    EXPECT_EQ(zx_job_create(weak, 0, &none), ZX_ERR_ACCESS_DENIED);
    EXPECT_OK(zx_handle_close(weak));
}

/* Also: the parents know when they have nobody. */
CASE(JobTest, JobSignals)
{
    zx_handle_t job = new_job(ztest_job()), child, process, vmar;

    EXPECT_EQ(await(job, ZX_JOB_NO_JOBS), ALONE);
    child = new_job(job);
    EXPECT_EQ(await(job, ZX_JOB_NO_PROCESSES), ZX_JOB_NO_PROCESSES);
    EXPECT_OK(zx_process_create(job, "p", 1, 0, &process, &vmar));
    EXPECT_EQ(zx_object_wait_one(job, ALONE | ZX_JOB_TERMINATED, 0, NULL), ZX_ERR_TIMED_OUT);
    EXPECT_OK(zx_task_kill(child));
    EXPECT_EQ(await(job, ZX_JOB_NO_JOBS), ZX_JOB_NO_JOBS);
    EXPECT_OK(zx_task_kill(process));
    EXPECT_EQ(await(job, ZX_JOB_NO_PROCESSES), ALONE);
    EXPECT_OK(zx_task_kill(job));
    EXPECT_EQ(await(job, ZX_JOB_TERMINATED), ALONE | ZX_JOB_TERMINATED);
    EXPECT_OK(zx_handle_close(process));
    EXPECT_OK(zx_handle_close(vmar));
    EXPECT_OK(zx_handle_close(child));
    EXPECT_OK(zx_handle_close(job));
}

CASE(JobTest, KillTest)
{
    zx_handle_t job = new_job(ztest_job()), grandchild = new_job(job), none, none_too;
    struct ztest_child c;

    ASSERT_TRUE(ztest_child_run(&c, job, "stays"));
    EXPECT_OK(zx_task_kill(job));
    EXPECT_EQ(await(c.process, ZX_TASK_TERMINATED), ZX_TASK_TERMINATED);
    EXPECT_EQ(await(job, ZX_JOB_TERMINATED), ALONE | ZX_JOB_TERMINATED);
    EXPECT_TRUE(job_info(job).exited);
    EXPECT_EQ(job_info(job).return_code, ZX_TASK_RETCODE_SYSCALL_KILL);
    EXPECT_TRUE(job_info(grandchild).exited);
    EXPECT_EQ(job_info(grandchild).return_code, ZX_TASK_RETCODE_SYSCALL_KILL);
    EXPECT_EQ(return_code(c.process), ZX_TASK_RETCODE_SYSCALL_KILL);
    EXPECT_EQ(zx_job_create(job, 0, &none), ZX_ERR_BAD_STATE);
    EXPECT_EQ(zx_process_create(job, "p", 1, 0, &none, &none_too), ZX_ERR_BAD_STATE);
    EXPECT_EQ(ztest_child_join(&c), ZX_TASK_RETCODE_SYSCALL_KILL);
    EXPECT_OK(zx_handle_close(grandchild));
    EXPECT_OK(zx_handle_close(job));
}

CASE(JobTest, KillJobNoChildTest)
{
    zx_handle_t job = new_job(ztest_job()), none, none_too;

    EXPECT_OK(zx_task_kill(job));
    EXPECT_EQ(zx_job_create(job, 0, &none), ZX_ERR_BAD_STATE);
    EXPECT_EQ(zx_process_create(job, "p", 1, 0, &none, &none_too), ZX_ERR_BAD_STATE);
    EXPECT_OK(zx_handle_close(job));
}

CASE(JobTest, KillJobRemovesFromTree)
{
    zx_handle_t parent = new_job(ztest_job()), child = new_job(parent);
    zx_koid_t koid = 0;

    EXPECT_EQ(children_of(parent, &koid), 1);
    EXPECT_EQ(koid, ztest_koid(child));
    EXPECT_OK(zx_task_kill(child));
    EXPECT_OK(zx_object_wait_one(child, ZX_JOB_TERMINATED, ZX_TIME_INFINITE, NULL));
    EXPECT_EQ(children_of(parent, &koid), 0);
    EXPECT_OK(zx_handle_close(child));
    EXPECT_OK(zx_handle_close(parent));
}

CASE(JobTest, CloseJobRemovesFromTree)
{
    zx_handle_t parent = new_job(ztest_job()), child = new_job(parent);
    zx_koid_t koid = 0;

    EXPECT_EQ(children_of(parent, &koid), 1);
    EXPECT_EQ(koid, ztest_koid(child));
    EXPECT_OK(zx_handle_close(child));
    EXPECT_EQ(children_of(parent, &koid), 0);
    EXPECT_OK(zx_handle_close(parent));
}

/* When the top one ends all others have. */
CASE(JobTest, KillJobChain)
{
    enum { LENGTH = 5 };
    struct ztest_child c[LENGTH];
    zx_wait_item_t items[LENGTH];
    zx_handle_t jobs[LENGTH];

    for (unsigned i = 0; i < LENGTH; i++) {
        jobs[i] = new_job(i ? jobs[i - 1] : ztest_job());
        ASSERT_TRUE(ztest_child_run(&c[i], jobs[i], "stays"));
        items[i] = (zx_wait_item_t){jobs[i], i ? 0 : ZX_JOB_TERMINATED, 0};
    }
    EXPECT_OK(zx_task_kill(jobs[0]));
    EXPECT_OK(zx_object_wait_many(items, LENGTH, ZX_TIME_INFINITE));
    for (unsigned i = 0; i < LENGTH; i++) {
        EXPECT_EQ(items[i].pending, ALONE | ZX_JOB_TERMINATED);
        EXPECT_EQ(ztest_child_join(&c[i]), ZX_TASK_RETCODE_SYSCALL_KILL);
    }
    EXPECT_OK(zx_handle_close_many(jobs, LENGTH));
}

static void check_killed_by_critical(zx_handle_t job)
{
    EXPECT_EQ(await(job, ZX_JOB_TERMINATED), ALONE | ZX_JOB_TERMINATED);
    EXPECT_EQ(job_info(job).return_code, ZX_TASK_RETCODE_CRITICAL_PROCESS_KILL);
}

CASE(JobTest, OneCriticalProcessKillsOneJob)
{
    zx_handle_t job = new_job(ztest_job());
    struct ztest_child c;

    ASSERT_TRUE(ztest_child_run(&c, job, "stays"));
    EXPECT_OK(zx_job_set_critical(job, 0, c.process));
    EXPECT_OK(zx_task_kill(c.process));
    check_killed_by_critical(job);
    EXPECT_EQ(ztest_child_join(&c), ZX_TASK_RETCODE_SYSCALL_KILL);
    EXPECT_OK(zx_handle_close(job));
}

CASE(JobTest, ManyCriticalProcessesKillOneJob)
{
    zx_handle_t job = new_job(ztest_job());
    struct ztest_child c[2];

    for (unsigned i = 0; i < 2; i++) {
        ASSERT_TRUE(ztest_child_run(&c[i], job, "stays"));
        EXPECT_OK(zx_job_set_critical(job, 0, c[i].process));
    }
    EXPECT_OK(zx_task_kill(c[0].process));
    check_killed_by_critical(job);
    EXPECT_EQ(ztest_child_join(&c[0]), ZX_TASK_RETCODE_SYSCALL_KILL);
    EXPECT_EQ(ztest_child_join(&c[1]), ZX_TASK_RETCODE_CRITICAL_PROCESS_KILL);
    EXPECT_OK(zx_handle_close(job));
}

CASE(JobTest, OneCriticalProcessKillsJobTree)
{
    zx_handle_t jobs[2];
    struct ztest_child c[2];

    jobs[0] = new_job(ztest_job());
    jobs[1] = new_job(jobs[0]);
    for (unsigned i = 0; i < 2; i++)
        ASSERT_TRUE(ztest_child_run(&c[i], jobs[i], "stays"));
    EXPECT_OK(zx_job_set_critical(jobs[0], 0, c[1].process));
    EXPECT_EQ(zx_job_set_critical(jobs[1], 0, c[0].process), ZX_ERR_INVALID_ARGS);
    EXPECT_OK(zx_task_kill(c[1].process));
    for (unsigned i = 0; i < 2; i++)
        check_killed_by_critical(jobs[i]);
    EXPECT_EQ(ztest_child_join(&c[0]), ZX_TASK_RETCODE_CRITICAL_PROCESS_KILL);
    EXPECT_EQ(ztest_child_join(&c[1]), ZX_TASK_RETCODE_SYSCALL_KILL);
    EXPECT_OK(zx_handle_close_many(jobs, 2));
}

CASE(JobTest, OneCriticalProcessKillsOneJobIfRetcodeNonzero)
{
    zx_handle_t job = new_job(ztest_job());
    struct ztest_child c;

    ASSERT_TRUE(ztest_child_run(&c, job, "stays"));
    EXPECT_OK(zx_job_set_critical(job, ZX_JOB_CRITICAL_PROCESS_RETCODE_NONZERO, c.process));
    EXPECT_EQ(child_leave(&c), 0);
    EXPECT_EQ(await(job, ZX_JOB_NO_PROCESSES), ALONE);
    ASSERT_TRUE(ztest_child_run(&c, job, "stays"));
    EXPECT_OK(zx_job_set_critical(job, ZX_JOB_CRITICAL_PROCESS_RETCODE_NONZERO, c.process));
    EXPECT_OK(zx_task_kill(c.process));
    check_killed_by_critical(job);
    EXPECT_EQ(ztest_child_join(&c), ZX_TASK_RETCODE_SYSCALL_KILL);
    EXPECT_OK(zx_handle_close(job));
}

CASE(JobTest, CriticalProcessNotInAncestor)
{
    zx_handle_t job = new_job(ztest_job());
    struct ztest_child c;

    ASSERT_TRUE(ztest_child_run(&c, ztest_job(), "stays"));
    EXPECT_EQ(zx_job_set_critical(job, 0, c.process), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(child_leave(&c), 0);
    EXPECT_OK(zx_handle_close(job));
}

CASE(JobTest, CriticalProcessAlreadySet)
{
    zx_handle_t job = new_job(ztest_job());
    struct ztest_child c;

    ASSERT_TRUE(ztest_child_run(&c, job, "stays"));
    EXPECT_EQ(zx_job_set_critical(job, 2, c.process), ZX_ERR_INVALID_ARGS);
    EXPECT_OK(zx_job_set_critical(job, 0, c.process));
    EXPECT_EQ(zx_job_set_critical(job, 0, c.process), ZX_ERR_ALREADY_BOUND);
    EXPECT_OK(zx_task_kill(c.process));
    check_killed_by_critical(job);
    EXPECT_EQ(ztest_child_join(&c), ZX_TASK_RETCODE_SYSCALL_KILL);
    EXPECT_OK(zx_handle_close(job));
}

CASE(JobTest, SetJobOomKillBit)
{
    uint64_t bit = 1;

    EXPECT_OK(zx_object_set_property(ztest_job(), ZX_PROP_JOB_KILL_ON_OOM, &bit, sizeof(bit)));
    EXPECT_TRUE(job_info(ztest_job()).kill_on_oom);
    bit = 0;
    EXPECT_OK(zx_object_set_property(ztest_job(), ZX_PROP_JOB_KILL_ON_OOM, &bit, sizeof(bit)));
    EXPECT_FALSE(job_info(ztest_job()).kill_on_oom);
    bit = 2;
    EXPECT_EQ(zx_object_set_property(ztest_job(), ZX_PROP_JOB_KILL_ON_OOM, &bit, sizeof(bit)),
              ZX_ERR_INVALID_ARGS);
}

CASE(JobTest, WaitTest)
{
    zx_handle_t job = new_job(ztest_job());
    struct ztest_child c;

    ASSERT_TRUE(ztest_child_run(&c, job, "stays"));
    EXPECT_EQ(await(job, ZX_JOB_NO_JOBS), ZX_JOB_NO_JOBS);
    EXPECT_OK(zx_task_kill(c.process));
    EXPECT_EQ(await(job, ZX_JOB_NO_PROCESSES), ALONE);
    EXPECT_EQ(ztest_child_join(&c), ZX_TASK_RETCODE_SYSCALL_KILL);
    EXPECT_OK(zx_handle_close(job));
}

CASE(JobTest, InfoTaskStatsFails)
{
    zx_info_task_stats_t info;

    EXPECT_NE(
        zx_object_get_info(ztest_job(), ZX_INFO_TASK_STATS, &info, sizeof(info), NULL, NULL),
        ZX_OK);
}

CASE(JobTest, MaxHeightSmoke)
{
    enum { ENOUGH = 128 };
    zx_handle_t jobs[ENOUGH], parent = ztest_job(), process, vmar;
    unsigned count = 0;

    while (count < ENOUGH && zx_job_create(parent, 0, &jobs[count]) == ZX_OK)
        parent = jobs[count++];
    ASSERT_GT(ENOUGH, count);
    EXPECT_EQ(zx_job_create(parent, 0, &process), ZX_ERR_OUT_OF_RANGE);
    EXPECT_OK(zx_process_create(parent, "p", 1, 0, &process, &vmar));
    EXPECT_OK(zx_handle_close(process));
    EXPECT_OK(zx_handle_close(vmar));
    EXPECT_OK(zx_handle_close_many(jobs, count));
}

/* What its processes had stays when they are gone. */
CASE(JobTest, GetRuntimeTest)
{
    zx_handle_t job = new_job(ztest_job());
    zx_info_task_runtime_t info = ztest_runtime(job), last;
    struct ztest_child c;

    EXPECT_EQ(info.cpu_time, 0);
    EXPECT_EQ(info.queue_time, 0);
    ASSERT_TRUE(ztest_child_run(&c, job, "stays"));
    do
        info = ztest_runtime(job);
    while (info.cpu_time <= 0 || info.queue_time <= 0);
    EXPECT_OK(zx_task_kill(job));
    EXPECT_EQ(ztest_child_join(&c), ZX_TASK_RETCODE_SYSCALL_KILL);
    last = ztest_runtime(job);
    EXPECT_GE(last.cpu_time, info.cpu_time);
    EXPECT_GE(last.queue_time, info.queue_time);
    info = ztest_runtime(job);
    EXPECT_EQ(info.cpu_time, last.cpu_time);
    EXPECT_EQ(info.queue_time, last.queue_time);
    EXPECT_OK(zx_handle_close(job));
}
