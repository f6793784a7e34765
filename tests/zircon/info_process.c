/*
 * info_process.c - zx_object_get_info of processes: what holds for every topic.
 */
#include "tests/zircon/infocheck.h"

/* Lives until the other end of its channel is closed. */
CHILD(stays)
{
    return zx_object_wait_one(channel, ZX_CHANNEL_PEER_CLOSED, ZX_TIME_INFINITE, NULL) != ZX_OK;
}

/* A process that runs, with mappings of ours. */
static struct ztest_child child;

void ztest_setup(void)
{
    ASSERT_TRUE(ztest_child_run(&child, ztest_job(), "stays"));
}

static zx_handle_t other(void)
{
    return child.process;
}

static const struct topic basic = {ZX_INFO_HANDLE_BASIC, sizeof(zx_info_handle_basic_t), other,
                                   ZX_RIGHT_INSPECT};
static const struct topic maps = {ZX_INFO_PROCESS_MAPS, sizeof(zx_info_maps_t), other,
                                  ZX_RIGHT_INSPECT};
static const struct topic self_maps = {ZX_INFO_PROCESS_MAPS, sizeof(zx_info_maps_t),
                                       ztest_process, ZX_RIGHT_INSPECT};
static const struct topic vmos = {ZX_INFO_PROCESS_VMOS, sizeof(zx_info_vmo_t), other,
                                  ZX_RIGHT_INSPECT};
static const struct topic self_vmos = {ZX_INFO_PROCESS_VMOS, sizeof(zx_info_vmo_t),
                                       ztest_process, ZX_RIGHT_INSPECT};
static const struct topic threads = {ZX_INFO_PROCESS_THREADS, sizeof(zx_koid_t), other,
                                     ZX_RIGHT_ENUMERATE};
static const struct topic self_threads = {ZX_INFO_PROCESS_THREADS, sizeof(zx_koid_t),
                                          ztest_process, ZX_RIGHT_ENUMERATE};
static const struct topic process = {ZX_INFO_PROCESS, sizeof(zx_info_process_t), other,
                                     ZX_RIGHT_INSPECT};
static const struct topic self_process = {ZX_INFO_PROCESS, sizeof(zx_info_process_t),
                                          ztest_process, ZX_RIGHT_INSPECT};
static const struct topic table = {ZX_INFO_HANDLE_TABLE, sizeof(zx_info_handle_extended_t),
                                   other, ZX_RIGHT_INSPECT};

CASE(ProcessGetInfoTest, InfoHandleBasicBadActualgIsInvalidArg)
{
    check_bad_actual(&basic);
}

CASE(ProcessGetInfoTest, InfoHandleBasicBadAvailIsInvalidArg)
{
    check_bad_avail(&basic);
}

CASE(ProcessGetInfoTest, InfoHandleBasicInvalidBufferPointerFails)
{
    check_bad_buffer(&basic);
}

CASE(ProcessGetInfoTest, InfoHandleBasicInvalidHandleFails)
{
    check_invalid_handle(&basic);
}

CASE(ProcessGetInfoTest, InfoHandleBasicNullActualAndAvailSucceeds)
{
    check_null_both(&basic);
}

CASE(ProcessGetInfoTest, InfoHandleBasicNullActualSucceeds)
{
    check_null_actual(&basic);
}

CASE(ProcessGetInfoTest, InfoHandleBasicNullAvailSucceeds)
{
    check_null_avail(&basic);
}

CASE(ProcessGetInfoTest, InfoHandleBasicOnSelfSuceeds)
{
    check_ok(&basic);
}

CASE(ProcessGetInfoTest, InfoHandleBasicZeroSizedFails)
{
    check_zero_fails(&basic);
}

CASE(ProcessGetInfoTest, InfoProcessBadActualgIsInvalidArg)
{
    check_bad_actual(&process);
}

CASE(ProcessGetInfoTest, InfoProcessBadAvailIsInvalidArg)
{
    check_bad_avail(&process);
}

CASE(ProcessGetInfoTest, InfoProcessHandleTableInvalidBufferPointerFails)
{
    check_bad_buffer(&table);
}

CASE(ProcessGetInfoTest, InfoProcessHandleTableInvalidHandleFails)
{
    check_invalid_handle(&table);
}

CASE(ProcessGetInfoTest, InfoProcessHandleTableNullActualAvailSuceeds)
{
    check_null_both(&table);
}

CASE(ProcessGetInfoTest, InfoProcessHandleTableNullAvailSuceeds)
{
    check_null_avail(&table);
}

CASE(ProcessGetInfoTest, InfoProcessInvalidBufferPointerFails)
{
    check_bad_buffer(&process);
}

CASE(ProcessGetInfoTest, InfoProcessInvalidHandleFails)
{
    check_invalid_handle(&process);
}

CASE(ProcessGetInfoTest, InfoProcessJobHandleIsBadHandle)
{
    check_wrong_job(&process);
}

CASE(ProcessGetInfoTest, InfoProcessMapsBadActualgIsInvalidArg)
{
    check_bad_actual(&maps);
}

CASE(ProcessGetInfoTest, InfoProcessMapsBadAvailIsInvalidArg)
{
    check_bad_avail(&maps);
}

CASE(ProcessGetInfoTest, InfoProcessMapsInvalidBufferPointerFails)
{
    check_bad_buffer(&maps);
}

CASE(ProcessGetInfoTest, InfoProcessMapsInvalidHandleFails)
{
    check_invalid_handle(&maps);
}

CASE(ProcessGetInfoTest, InfoProcessMapsJobHandleIsBadHandle)
{
    check_wrong_job(&maps);
}

CASE(ProcessGetInfoTest, InfoProcessMapsNullActualAndAvailSucceeds)
{
    check_null_both(&maps);
}

CASE(ProcessGetInfoTest, InfoProcessMapsNullActualSucceeds)
{
    check_null_actual(&maps);
}

CASE(ProcessGetInfoTest, InfoProcessMapsNullAvailSucceeds)
{
    check_null_avail(&maps);
}

CASE(ProcessGetInfoTest, InfoProcessMapsOnSelfFails)
{
    check_ok(&self_maps);
}

CASE(ProcessGetInfoTest, InfoProcessMapsPartiallyUnmappedBufferIsInvalidArgs)
{
    check_half_mapped(&maps);
}

CASE(ProcessGetInfoTest, InfoProcessMapsRequiresInspectRights)
{
    check_needs(&maps);
}

CASE(ProcessGetInfoTest, InfoProcessMapsSmallBufferIsOk)
{
    check_small_ok(&maps);
}

CASE(ProcessGetInfoTest, InfoProcessMapsThreadHandleIsBadHandle)
{
    check_wrong_thread(&maps);
}

CASE(ProcessGetInfoTest, InfoProcessMapsZeroSizedBufferIsOk)
{
    check_zero_ok(&maps);
}

CASE(ProcessGetInfoTest, InfoProcessNullActualAndAvailSucceeds)
{
    check_null_both(&process);
}

CASE(ProcessGetInfoTest, InfoProcessNullActualSucceeds)
{
    check_null_actual(&process);
}

CASE(ProcessGetInfoTest, InfoProcessNullAvailSucceeds)
{
    check_null_avail(&process);
}

CASE(ProcessGetInfoTest, InfoProcessOnSelfSuceeds)
{
    check_ok(&self_process);
}

CASE(ProcessGetInfoTest, InfoProcessThreadHandleIsBadHandle)
{
    check_wrong_thread(&process);
}

CASE(ProcessGetInfoTest, InfoProcessThreadsBadActualgIsInvalidArg)
{
    check_bad_actual(&threads);
}

CASE(ProcessGetInfoTest, InfoProcessThreadsBadAvailIsInvalidArg)
{
    check_bad_avail(&threads);
}

CASE(ProcessGetInfoTest, InfoProcessThreadsInvalidBufferPointerFails)
{
    check_bad_buffer(&threads);
}

CASE(ProcessGetInfoTest, InfoProcessThreadsInvalidHandleFails)
{
    check_invalid_handle(&threads);
}

CASE(ProcessGetInfoTest, InfoProcessThreadsNullActualAndAvailSucceeds)
{
    check_null_both(&threads);
}

CASE(ProcessGetInfoTest, InfoProcessThreadsNullActualSucceeds)
{
    check_null_actual(&threads);
}

CASE(ProcessGetInfoTest, InfoProcessThreadsNullAvailSucceeds)
{
    check_null_avail(&threads);
}

CASE(ProcessGetInfoTest, InfoProcessThreadsSelfSuceeds)
{
    check_ok(&self_threads);
}

CASE(ProcessGetInfoTest, InfoProcessThreadsZeroSizedBufferSucceeds)
{
    check_zero_ok(&threads);
}

CASE(ProcessGetInfoTest, InfoProcessVmosBadActualgIsInvalidArg)
{
    check_bad_actual(&vmos);
}

CASE(ProcessGetInfoTest, InfoProcessVmosBadAvailIsInvalidArg)
{
    check_bad_avail(&vmos);
}

CASE(ProcessGetInfoTest, InfoProcessVmosInvalidBufferPointerFails)
{
    check_bad_buffer(&vmos);
}

CASE(ProcessGetInfoTest, InfoProcessVmosInvalidHandleFails)
{
    check_invalid_handle(&vmos);
}

CASE(ProcessGetInfoTest, InfoProcessVmosJobHandleIsBadHandle)
{
    check_wrong_job(&vmos);
}

CASE(ProcessGetInfoTest, InfoProcessVmosNullActualAndAvailSucceeds)
{
    check_null_both(&vmos);
}

CASE(ProcessGetInfoTest, InfoProcessVmosNullActualSucceeds)
{
    check_null_actual(&vmos);
}

CASE(ProcessGetInfoTest, InfoProcessVmosNullAvailSucceeds)
{
    check_null_avail(&vmos);
}

CASE(ProcessGetInfoTest, InfoProcessVmosOnSelfFails)
{
    check_ok(&self_vmos);
}

CASE(ProcessGetInfoTest, InfoProcessVmosPartiallyUnmappedBufferIsInvalidArgs)
{
    check_half_mapped(&vmos);
}

CASE(ProcessGetInfoTest, InfoProcessVmosRequiresInspectRights)
{
    check_needs(&vmos);
}

CASE(ProcessGetInfoTest, InfoProcessVmosSmallBufferIsOk)
{
    check_small_ok(&vmos);
}

CASE(ProcessGetInfoTest, InfoProcessVmosThreadHandleIsBadHandle)
{
    check_wrong_thread(&vmos);
}

CASE(ProcessGetInfoTest, InfoProcessVmosZeroSizedBufferIsOk)
{
    check_zero_ok(&vmos);
}

CASE(ProcessGetInfoTest, InfoProcessZeroSizedBufferFails)
{
    check_zero_fails(&process);
}
