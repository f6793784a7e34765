/*
 * system_event.c - events of the whole system, which the root job gives.
 */
#include "tests/zircon/ztest.h"
#include "uapi/zircon/syscalls/system.h"

static void check_event(uint32_t kind)
{
    zx_handle_t event, job;

    EXPECT_EQ(zx_system_get_event(ZX_HANDLE_INVALID, kind, &event), ZX_ERR_BAD_HANDLE);
    EXPECT_EQ(zx_system_get_event(ztest_process(), kind, &event), ZX_ERR_WRONG_TYPE);
    ASSERT_OK(zx_job_create(ztest_job(), 0, &job));
    EXPECT_EQ(zx_system_get_event(job, kind, &event), ZX_ERR_ACCESS_DENIED);
    EXPECT_OK(zx_handle_close(job));
    EXPECT_EQ(zx_system_get_event(ztest_job(), ~0u, &event), ZX_ERR_INVALID_ARGS);
    ASSERT_OK(zx_system_get_event(ztest_job(), kind, &event));
    EXPECT_NE(ztest_koid(event), 0);
    EXPECT_EQ(ztest_rights(event), ZX_DEFAULT_SYSTEM_EVENT_RIGHTS);
    EXPECT_OK(zx_handle_close(event));
}

static void check_no_signal(uint32_t kind)
{
    zx_handle_t event;

    ASSERT_OK(zx_system_get_event(ztest_job(), kind, &event));
    EXPECT_EQ(zx_object_signal(event, 0, 1), ZX_ERR_ACCESS_DENIED);
    EXPECT_OK(zx_handle_close(event));
}

CASE(SystemEvent, RetrieveOom)
{
    check_event(ZX_SYSTEM_EVENT_OUT_OF_MEMORY);
}

CASE(SystemEvent, CannotSignalOomFromUserspace)
{
    check_no_signal(ZX_SYSTEM_EVENT_OUT_OF_MEMORY);
}

CASE(SystemEvent, RetrieveMempressureCritical)
{
    check_event(ZX_SYSTEM_EVENT_MEMORY_PRESSURE_CRITICAL);
}

CASE(SystemEvent, CannotSignalMempressureCriticalFromUserspace)
{
    check_no_signal(ZX_SYSTEM_EVENT_MEMORY_PRESSURE_CRITICAL);
}

CASE(SystemEvent, RetreiveMempressureWarning)
{
    check_event(ZX_SYSTEM_EVENT_MEMORY_PRESSURE_WARNING);
}

CASE(SystemEvent, CannotSignalMempressureWarningFromUserspace)
{
    check_no_signal(ZX_SYSTEM_EVENT_MEMORY_PRESSURE_WARNING);
}

CASE(SystemEvent, RetrieveMempressureNormal)
{
    check_event(ZX_SYSTEM_EVENT_MEMORY_PRESSURE_NORMAL);
}

CASE(SystemEvent, CannotSignalMempressureNormalFromUserspace)
{
    check_no_signal(ZX_SYSTEM_EVENT_MEMORY_PRESSURE_NORMAL);
}

CASE(SystemEvent, ExactlyOneMemoryEventSignaled)
{
    zx_wait_item_t items[4];
    int signaled = 0;

    for (uint32_t i = 0; i < 4; i++) {
        items[i] = (zx_wait_item_t){.waitfor = ZX_EVENT_SIGNALED};
        ASSERT_OK(zx_system_get_event(ztest_job(), i + 1, &items[i].handle));
    }
    EXPECT_OK(zx_object_wait_many(items, 4, ZX_TIME_INFINITE));
    for (unsigned i = 0; i < 4; i++) {
        signaled += items[i].pending != 0;
        EXPECT_OK(zx_handle_close(items[i].handle));
    }
    EXPECT_EQ(signaled, 1);
}
