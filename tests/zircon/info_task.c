/*
 * info_task.c - zx_object_get_info about the memory and the time of tasks.
 */
#include "tests/zircon/infocheck.h"

static const struct topic stats = {ZX_INFO_TASK_STATS, sizeof(zx_info_task_stats_t),
                                   ztest_process, ZX_RIGHT_INSPECT};

CASE(TaskGetInfoTest, InfoTaskStatsBadActualgIsInvalidArg)
{
    check_bad_actual(&stats);
}

CASE(TaskGetInfoTest, InfoTaskStatsBadAvailIsInvalidArg)
{
    check_bad_avail(&stats);
}

CASE(TaskGetInfoTest, InfoTaskStatsInvalidBufferPointerFails)
{
    check_bad_buffer(&stats);
}

CASE(TaskGetInfoTest, InfoTaskStatsInvalidHandleFails)
{
    check_invalid_handle(&stats);
}

CASE(TaskGetInfoTest, InfoTaskStatsJobHandleIsBadHandle)
{
    check_wrong_job(&stats);
}

CASE(TaskGetInfoTest, InfoTaskStatsNullActualAndAvailSucceeds)
{
    check_null_both(&stats);
}

CASE(TaskGetInfoTest, InfoTaskStatsNullActualSucceeds)
{
    check_null_actual(&stats);
}

CASE(TaskGetInfoTest, InfoTaskStatsNullAvailSucceeds)
{
    check_null_avail(&stats);
}

CASE(TaskGetInfoTest, InfoTaskStatsThreadHandleIsBadHandle)
{
    check_wrong_thread(&stats);
}

CASE(TaskGetInfoTest, InfoTaskStatsZeroSizedBufferIsTooSmall)
{
    check_zero_fails(&stats);
}

/* Lives until the other end of its channel is closed. */
CHILD(stays)
{
    return zx_object_wait_one(channel, ZX_CHANNEL_PEER_CLOSED, ZX_TIME_INFINITE, NULL) != ZX_OK;
}

CASE(TaskGetInfoTest, InfoStatsUnstartedSuceeds)
{
    zx_handle_t process, vmar;
    zx_info_task_stats_t info;

    ASSERT_OK(zx_process_create(ztest_job(), "unstarted", 9, 0, &process, &vmar));
    EXPECT_OK(zx_object_get_info(process, ZX_INFO_TASK_STATS, &info, sizeof(info), NULL, NULL));
    EXPECT_EQ(info.mem_mapped_bytes, 0);
    EXPECT_OK(zx_handle_close(process));
    EXPECT_OK(zx_handle_close(vmar));
}

/* The vDSO is shared with the child. */
CASE(TaskGetInfoTest, InfoStatsSmokeTest)
{
    zx_info_task_stats_t info;
    struct ztest_child c;

    ASSERT_TRUE(ztest_child_run(&c, ztest_job(), "stays"));
    ASSERT_OK(zx_object_get_info(ztest_process(), ZX_INFO_TASK_STATS, &info, sizeof(info), NULL,
                                 NULL));
    EXPECT_GT(info.mem_private_bytes, 0);
    EXPECT_GT(info.mem_shared_bytes, 0);
    EXPECT_GE(info.mem_mapped_bytes, info.mem_private_bytes + info.mem_shared_bytes);
    EXPECT_GT(info.mem_scaled_shared_bytes, 0);
    EXPECT_GT(info.mem_shared_bytes, info.mem_scaled_shared_bytes);
    EXPECT_OK(zx_handle_close(c.channel));
    c.channel = ZX_HANDLE_INVALID;
    EXPECT_EQ(ztest_child_join(&c), 0);
}

CASE(TaskGetInfoTest, InfoTaskRuntimeWrongType)
{
    zx_info_task_runtime_t info;
    zx_handle_t event;

    ASSERT_OK(zx_event_create(0, &event));
    EXPECT_EQ(zx_object_get_info(event, ZX_INFO_TASK_RUNTIME, &info, sizeof(info), NULL, NULL),
              ZX_ERR_WRONG_TYPE);
    EXPECT_OK(zx_handle_close(event));
}

CASE(TaskGetInfoTest, InfoTaskRuntimeInvalidHandle)
{
    zx_info_task_runtime_t info;

    EXPECT_EQ(zx_object_get_info(ZX_HANDLE_INVALID, ZX_INFO_TASK_RUNTIME, &info, sizeof(info),
                                 NULL, NULL),
              ZX_ERR_BAD_HANDLE);
}

static zx_duration_t cpu_time(zx_handle_t task)
{
    zx_info_task_runtime_t info = {0};

    EXPECT_OK(zx_object_get_info(task, ZX_INFO_TASK_RUNTIME, &info, sizeof(info), NULL, NULL));
    return info.cpu_time;
}

/* A thread's time is its process's, and that is its job's, also when they are gone. */
CASE(TaskRuntime, IsPartOfTheParents)
{
    struct ztest_child c;
    zx_duration_t ran;
    zx_handle_t job;

    ASSERT_OK(zx_job_create(ztest_job(), 0, &job));
    EXPECT_EQ(cpu_time(job), 0);
    ASSERT_TRUE(ztest_child_run(&c, job, "stays"));
    EXPECT_OK(zx_handle_close(c.channel));
    c.channel = ZX_HANDLE_INVALID;
    ASSERT_OK(zx_object_wait_one(c.process, ZX_TASK_TERMINATED, ZX_TIME_INFINITE, NULL));
    ran = cpu_time(c.thread);
    EXPECT_GT(ran, 0);
    EXPECT_EQ(cpu_time(c.process), ran);
    EXPECT_EQ(cpu_time(job), ran);
    EXPECT_EQ(ztest_child_join(&c), 0);
    EXPECT_EQ(cpu_time(job), ran);
    EXPECT_OK(zx_handle_close(job));
}
