/*
 * info_thread.c - zx_object_get_info of threads.
 */
#include "tests/zircon/infocheck.h"
#include "uapi/zircon/syscalls/exception.h"

static const struct topic basic = {ZX_INFO_HANDLE_BASIC, sizeof(zx_info_handle_basic_t),
                                   self_thread, ZX_RIGHT_INSPECT};
static const struct topic count = {ZX_INFO_HANDLE_COUNT, sizeof(uint32_t), self_thread,
                                   ZX_RIGHT_INSPECT};
static const struct topic stats = {ZX_INFO_THREAD_STATS, sizeof(zx_info_thread_stats_t),
                                   self_thread, ZX_RIGHT_INSPECT};
static const struct topic thread = {ZX_INFO_THREAD, sizeof(zx_info_thread_t), self_thread,
                                    ZX_RIGHT_INSPECT};

CASE(ThreadGetInfoTest, InfoHandleBasicBadActualgIsInvalidArg)
{
    check_bad_actual(&basic);
}

CASE(ThreadGetInfoTest, InfoHandleBasicBadAvailIsInvalidArg)
{
    check_bad_avail(&basic);
}

CASE(ThreadGetInfoTest, InfoHandleBasicInvalidBufferPointerFails)
{
    check_bad_buffer(&basic);
}

CASE(ThreadGetInfoTest, InfoHandleBasicInvalidHandleFails)
{
    check_invalid_handle(&basic);
}

CASE(ThreadGetInfoTest, InfoHandleBasicNullActualAndAvailSucceeds)
{
    check_null_both(&basic);
}

CASE(ThreadGetInfoTest, InfoHandleBasicNullActualSucceeds)
{
    check_null_actual(&basic);
}

CASE(ThreadGetInfoTest, InfoHandleBasicNullAvailSucceeds)
{
    check_null_avail(&basic);
}

CASE(ThreadGetInfoTest, InfoHandleBasicOnSelfSuceeds)
{
    check_ok(&basic);
}

CASE(ThreadGetInfoTest, InfoHandleBasicZeroSizedBufferFails)
{
    check_zero_fails(&basic);
}

CASE(ThreadGetInfoTest, InfoHandleCountBadActualgIsInvalidArg)
{
    check_bad_actual(&count);
}

CASE(ThreadGetInfoTest, InfoHandleCountBadAvailIsInvalidArg)
{
    check_bad_avail(&count);
}

CASE(ThreadGetInfoTest, InfoHandleCountInvalidBufferPointerFails)
{
    check_bad_buffer(&count);
}

CASE(ThreadGetInfoTest, InfoHandleCountInvalidHandleFails)
{
    check_invalid_handle(&count);
}

CASE(ThreadGetInfoTest, InfoHandleCountNullActualAndAvailSucceeds)
{
    check_null_both(&count);
}

CASE(ThreadGetInfoTest, InfoHandleCountNullActualSucceeds)
{
    check_null_actual(&count);
}

CASE(ThreadGetInfoTest, InfoHandleCountNullAvailSucceeds)
{
    check_null_avail(&count);
}

CASE(ThreadGetInfoTest, InfoHandleCountOnSelfSuceeds)
{
    check_ok(&count);
}

CASE(ThreadGetInfoTest, InfoHandleCountZeroSizedBufferFails)
{
    check_zero_fails(&count);
}

CASE(ThreadGetInfoTest, InfoThreadBadActualgIsInvalidArg)
{
    check_bad_actual(&thread);
}

CASE(ThreadGetInfoTest, InfoThreadBadAvailIsInvalidArg)
{
    check_bad_avail(&thread);
}

CASE(ThreadGetInfoTest, InfoThreadInvalidBufferPointerFails)
{
    check_bad_buffer(&thread);
}

CASE(ThreadGetInfoTest, InfoThreadInvalidHandleFails)
{
    check_invalid_handle(&thread);
}

CASE(ThreadGetInfoTest, InfoThreadJobHandleIsBadHandle)
{
    check_wrong_job(&thread);
}

CASE(ThreadGetInfoTest, InfoThreadNullActualAndAvailSucceeds)
{
    check_null_both(&thread);
}

CASE(ThreadGetInfoTest, InfoThreadNullActualSucceeds)
{
    check_null_actual(&thread);
}

CASE(ThreadGetInfoTest, InfoThreadNullAvailSucceeds)
{
    check_null_avail(&thread);
}

CASE(ThreadGetInfoTest, InfoThreadOnSelfSuceeds)
{
    check_ok(&thread);
}

CASE(ThreadGetInfoTest, InfoThreadProcessHandleIsBadHandle)
{
    check_wrong_process(&thread);
}

CASE(ThreadGetInfoTest, InfoThreadStatsBadActualgIsInvalidArg)
{
    check_bad_actual(&stats);
}

CASE(ThreadGetInfoTest, InfoThreadStatsBadAvailIsInvalidArg)
{
    check_bad_avail(&stats);
}

CASE(ThreadGetInfoTest, InfoThreadStatsInvalidBufferPointerFails)
{
    check_bad_buffer(&stats);
}

CASE(ThreadGetInfoTest, InfoThreadStatsInvalidHandleFails)
{
    check_invalid_handle(&stats);
}

CASE(ThreadGetInfoTest, InfoThreadStatsJobHandleIsBadHandle)
{
    check_wrong_job(&stats);
}

CASE(ThreadGetInfoTest, InfoThreadStatsNullActualAndAvailSucceeds)
{
    check_null_both(&stats);
}

CASE(ThreadGetInfoTest, InfoThreadStatsNullActualSucceeds)
{
    check_null_actual(&stats);
}

CASE(ThreadGetInfoTest, InfoThreadStatsNullAvailSucceeds)
{
    check_null_avail(&stats);
}

CASE(ThreadGetInfoTest, InfoThreadStatsOnSelfSuceeds)
{
    check_ok(&stats);
}

CASE(ThreadGetInfoTest, InfoThreadStatsProcessHandleIsBadHandle)
{
    check_wrong_process(&stats);
}

CASE(ThreadGetInfoTest, InfoThreadStatsZeroSizedBufferFails)
{
    check_zero_fails(&stats);
}

CASE(ThreadGetInfoTest, InfoThreadZeroSizedBufferFails)
{
    check_zero_fails(&thread);
}

CASE(ThreadGetInfoTest, InfoThreadExceptionReportInvalidHandleFails)
{
    static const struct topic report = {ZX_INFO_THREAD_EXCEPTION_REPORT,
                                        sizeof(zx_exception_report_t), self_thread,
                                        ZX_RIGHT_INSPECT};

    check_invalid_handle(&report);
}
