/*
 * threads.c - threads: what is told of them, and that no handle keeps them.
 */
#include "tests/zircon/stopped.h"

static void wait_event(void *arg)
{
    zx_handle_t event = *(zx_handle_t *)arg;

    EXPECT_OK(zx_object_wait_one(event, ZX_USER_SIGNAL_0, ZX_TIME_INFINITE, NULL));
    EXPECT_OK(zx_object_signal(event, 0, ZX_USER_SIGNAL_1));
}

static void return_at_once(void *arg)
{
    (void)arg;
}

/* A thread without a handle goes on. */
CASE(Threads, Detach)
{
    struct ztest_thread t;
    zx_handle_t event;

    ASSERT_OK(zx_event_create(0, &event));
    ASSERT_OK(ztest_thread_start(&t, wait_event, &event));
    EXPECT_OK(zx_handle_close(t.handle));
    EXPECT_OK(zx_object_signal(event, 0, ZX_USER_SIGNAL_0));
    wait_signal(event, ZX_USER_SIGNAL_1);
    EXPECT_OK(zx_handle_close(event));
}

CASE(Threads, InfoTaskStatsFails)
{
    zx_info_task_stats_t info;
    struct ztest_thread t;

    ASSERT_OK(ztest_thread_start(&t, return_at_once, NULL));
    wait_signal(t.handle, ZX_THREAD_TERMINATED);
    EXPECT_EQ(zx_object_get_info(t.handle, ZX_INFO_TASK_STATS, &info, sizeof(info), NULL, NULL),
              ZX_ERR_WRONG_TYPE);
    ztest_thread_join(&t);
}

static zx_status_t stats_of(zx_handle_t thread, zx_info_thread_stats_t *info)
{
    return zx_object_get_info(thread, ZX_INFO_THREAD_STATS, info, sizeof(*info), NULL, NULL);
}

CASE(Threads, InfoThreadStatsFails)
{
    zx_info_thread_stats_t info;
    struct ztest_thread t;

    ASSERT_OK(ztest_thread_start(&t, return_at_once, NULL));
    wait_signal(t.handle, ZX_THREAD_TERMINATED);
    EXPECT_EQ(stats_of(t.handle, &info), ZX_ERR_BAD_STATE);
    ztest_thread_join(&t);
}

CASE(Threads, GetLastScheduledCpu)
{
    zx_info_thread_stats_t info;
    struct ztest_thread t;
    zx_handle_t thread, event;

    ASSERT_OK(zx_thread_create(ztest_process(), "t", 1, 0, &thread));
    EXPECT_OK(stats_of(thread, &info));
    EXPECT_EQ(info.last_scheduled_cpu, UINT32_MAX);
    EXPECT_EQ(info.total_runtime, 0);
    EXPECT_OK(zx_handle_close(thread));

    ASSERT_OK(zx_event_create(0, &event));
    ASSERT_OK(ztest_thread_start(&t, wait_event, &event));
    wait_state(t.handle, ZX_THREAD_STATE_BLOCKED_WAIT_ONE);
    EXPECT_OK(stats_of(t.handle, &info));
    EXPECT_LT(info.last_scheduled_cpu, 512);
    EXPECT_GT(info.total_runtime, 0);
    EXPECT_OK(zx_object_signal(event, 0, ZX_USER_SIGNAL_0));
    ztest_thread_join(&t);
    EXPECT_OK(zx_handle_close(event));
}

/* The CPUs that there are, from 0 on. */
CASE(Threads, GetAffinity)
{
    zx_info_thread_t info;
    zx_handle_t thread;
    unsigned count = 0;

    ASSERT_OK(zx_thread_create(ztest_process(), "t", 1, 0, &thread));
    ASSERT_OK(zx_object_get_info(thread, ZX_INFO_THREAD, &info, sizeof(info), NULL, NULL));
    while (info.cpu_affinity_mask[count / 64] >> count % 64 & 1)
        count++;
    EXPECT_GE(count, 1);
    for (unsigned i = 0; i < sizeof(info.cpu_affinity_mask) * 8; i++)
        EXPECT_EQ(info.cpu_affinity_mask[i / 64] >> i % 64 & 1, i < count);
    EXPECT_OK(zx_handle_close(thread));
}

CASE(Thread, Yield)
{
    EXPECT_OK(zx_thread_legacy_yield(0));
    EXPECT_EQ(zx_thread_legacy_yield(1), ZX_ERR_INVALID_ARGS);
}

static void tell_and_wait(void *arg)
{
    zx_handle_t event = *(zx_handle_t *)arg;

    EXPECT_OK(zx_object_signal(event, 0, ZX_USER_SIGNAL_0));
    EXPECT_OK(zx_object_wait_one(event, ZX_USER_SIGNAL_1, ZX_TIME_INFINITE, NULL));
}

CASE(Threads, GetInfoRuntime)
{
    zx_info_task_runtime_t info;
    struct ztest_thread t;
    zx_handle_t thread, event;

    ASSERT_OK(zx_thread_create(ztest_process(), "t", 1, 0, &thread));
    EXPECT_EQ(ztest_runtime(thread).cpu_time, 0);
    EXPECT_EQ(ztest_runtime(thread).queue_time, 0);
    EXPECT_OK(zx_handle_close(thread));

    ASSERT_OK(zx_event_create(0, &event));
    ASSERT_OK(ztest_thread_start(&t, tell_and_wait, &event));
    wait_signal(event, ZX_USER_SIGNAL_0);
    EXPECT_GT(ztest_runtime(t.handle).cpu_time, 0);
    EXPECT_GT(ztest_runtime(t.handle).queue_time, 0);
    EXPECT_OK(zx_object_signal(event, 0, ZX_USER_SIGNAL_1));
    wait_signal(t.handle, ZX_THREAD_TERMINATED);
    EXPECT_GT(ztest_runtime(t.handle).cpu_time, 0);
    EXPECT_GT(ztest_runtime(t.handle).queue_time, 0);

    thread = ztest_without(t.handle, ZX_RIGHT_INSPECT);
    EXPECT_EQ(zx_object_get_info(thread, ZX_INFO_TASK_RUNTIME, &info, sizeof(info), NULL, NULL),
              ZX_ERR_ACCESS_DENIED);
    EXPECT_OK(zx_handle_close(thread));
    ztest_thread_join(&t);
    EXPECT_OK(zx_handle_close(event));
}
