/*
 * info_job.c - zx_object_get_info of jobs.
 */
#include "tests/zircon/infocheck.h"

/* A job with two child jobs and three processes. */
static zx_handle_t job, jobs[2], processes[3], vmars[3];

void ztest_setup(void)
{
    ASSERT_OK(zx_job_create(ztest_job(), 0, &job));
    for (unsigned i = 0; i < 2; i++)
        ASSERT_OK(zx_job_create(job, 0, &jobs[i]));
    for (unsigned i = 0; i < 3; i++)
        ASSERT_OK(zx_process_create(job, "child", 5, 0, &processes[i], &vmars[i]));
}

static zx_handle_t family(void)
{
    return job;
}

static const struct topic basic = {ZX_INFO_HANDLE_BASIC, sizeof(zx_info_handle_basic_t), family,
                                   ZX_RIGHT_INSPECT};
static const struct topic children = {ZX_INFO_JOB_CHILDREN, sizeof(zx_koid_t), family,
                                      ZX_RIGHT_ENUMERATE};
static const struct topic processes_of = {ZX_INFO_JOB_PROCESSES, sizeof(zx_koid_t), family,
                                          ZX_RIGHT_ENUMERATE};

CASE(JobGetInfoTest, InfoHandleBasicBadActualgIsInvalidArg)
{
    check_bad_actual(&basic);
}

CASE(JobGetInfoTest, InfoHandleBasicBadAvailIsInvalidArg)
{
    check_bad_avail(&basic);
}

CASE(JobGetInfoTest, InfoHandleBasicInvalidBufferPointerFails)
{
    check_bad_buffer(&basic);
}

CASE(JobGetInfoTest, InfoHandleBasicInvalidHandleFails)
{
    check_invalid_handle(&basic);
}

CASE(JobGetInfoTest, InfoHandleBasicNullActualAndAvailSucceeds)
{
    check_null_both(&basic);
}

CASE(JobGetInfoTest, InfoHandleBasicNullActualSucceeds)
{
    check_null_actual(&basic);
}

CASE(JobGetInfoTest, InfoHandleBasicNullAvailSucceeds)
{
    check_null_avail(&basic);
}

CASE(JobGetInfoTest, InfoHandleBasicOnSelfSuceeds)
{
    check_ok(&basic);
}

CASE(JobGetInfoTest, InfoHandleBasicZeroSizedBufferFails)
{
    check_zero_fails(&basic);
}

CASE(JobGetInfoTest, InfoJobChildrenBadActualgIsInvalidArg)
{
    check_bad_actual(&children);
}

CASE(JobGetInfoTest, InfoJobChildrenBadAvailIsInvalidArg)
{
    check_bad_avail(&children);
}

CASE(JobGetInfoTest, InfoJobChildrenInvalidBufferPointerFails)
{
    check_bad_buffer(&children);
}

CASE(JobGetInfoTest, InfoJobChildrenInvalidHandleFails)
{
    check_invalid_handle(&children);
}

CASE(JobGetInfoTest, InfoJobChildrenNullActualAndAvailSucceeds)
{
    check_null_both(&children);
}

CASE(JobGetInfoTest, InfoJobChildrenNullActualSucceeds)
{
    check_null_actual(&children);
}

CASE(JobGetInfoTest, InfoJobChildrenNullAvailSucceeds)
{
    check_null_avail(&children);
}

CASE(JobGetInfoTest, InfoJobChildrenOnSelfSuceeds)
{
    check_ok(&children);
}

CASE(JobGetInfoTest, InfoJobChildrenPartiallyUnmappedBufferIsInvalidArgs)
{
    check_half_mapped(&children);
}

CASE(JobGetInfoTest, InfoJobChildrenRequiresEnumerateRights)
{
    check_needs(&children);
}

CASE(JobGetInfoTest, InfoJobChildrenSmallBufferIsOk)
{
    check_small_ok(&children);
}

CASE(JobGetInfoTest, InfoJobChildrenThreadHandleIsBadHandle)
{
    check_wrong_thread(&children);
}

CASE(JobGetInfoTest, InfoJobChildrenZeroSizedBufferIsOk)
{
    check_zero_ok(&children);
}

CASE(JobGetInfoTest, InfoJobProcessesBadActualgIsInvalidArg)
{
    check_bad_actual(&processes_of);
}

CASE(JobGetInfoTest, InfoJobProcessesBadAvailIsInvalidArg)
{
    check_bad_avail(&processes_of);
}

CASE(JobGetInfoTest, InfoJobProcessesInvalidBufferPointerFails)
{
    check_bad_buffer(&processes_of);
}

CASE(JobGetInfoTest, InfoJobProcessesInvalidHandleFails)
{
    check_invalid_handle(&processes_of);
}

CASE(JobGetInfoTest, InfoJobProcessesNullActualAndAvailSucceeds)
{
    check_null_both(&processes_of);
}

CASE(JobGetInfoTest, InfoJobProcessesNullActualSucceeds)
{
    check_null_actual(&processes_of);
}

CASE(JobGetInfoTest, InfoJobProcessesNullAvailSucceeds)
{
    check_null_avail(&processes_of);
}

CASE(JobGetInfoTest, InfoJobProcessesOnSelfSuceeds)
{
    check_ok(&processes_of);
}

CASE(JobGetInfoTest, InfoJobProcessesPartiallyUnmappedBufferIsInvalidArgs)
{
    check_half_mapped(&processes_of);
}

CASE(JobGetInfoTest, InfoJobProcessesProcessbHandleIsBadHandle)
{
    check_wrong_process(&processes_of);
}

CASE(JobGetInfoTest, InfoJobProcessesRequiresEnumerateRights)
{
    check_needs(&processes_of);
}

CASE(JobGetInfoTest, InfoJobProcessesSmallBufferIsOk)
{
    check_small_ok(&processes_of);
}

CASE(JobGetInfoTest, InfoJobProcessesThreadHandleIsBadHandle)
{
    check_wrong_thread(&processes_of);
}

CASE(JobGetInfoTest, InfoJobProcessesZeroSizedBufferIsOk)
{
    check_zero_ok(&processes_of);
}

CASE(JobGetInfoTest, InfoJobChildrenJobHandleIsBadHandle)
{
    check_wrong_process(&children);
}

/* Each koid told is a child's; there are no others. */
static void check_children(uint32_t number, const zx_handle_t *members, uint64_t count)
{
    zx_koid_t koids[8];
    uint64_t actual, avail;
    zx_handle_t child;

    ASSERT_OK(zx_object_get_info(job, number, koids, sizeof(koids), &actual, &avail));
    ASSERT_EQ(actual, count);
    EXPECT_EQ(avail, count);
    for (uint64_t i = 0; i < count; i++) {
        EXPECT_EQ(koids[i], ztest_koid(members[i]));
        ASSERT_OK(zx_object_get_child(job, koids[i], ZX_RIGHT_SAME_RIGHTS, &child));
        EXPECT_EQ(ztest_koid(child), koids[i]);
        EXPECT_EQ(ztest_rights(child), ztest_rights(job));
        EXPECT_OK(zx_handle_close(child));
    }
}

CASE(JobGetInfoTest, InfoJobChildJobsGetChild)
{
    check_children(ZX_INFO_JOB_CHILDREN, jobs, 2);
}

CASE(JobGetInfoTest, InfoJobProcessesGetChild)
{
    check_children(ZX_INFO_JOB_PROCESSES, processes, 3);
}

CASE(ObjectChildTest, InvalidHandleReturnsBadHandle)
{
    zx_koid_t koid = ztest_koid(ztest_process());
    zx_handle_t child = ZX_HANDLE_INVALID;

    EXPECT_EQ(zx_object_get_child(ZX_HANDLE_INVALID, koid, ZX_RIGHT_SAME_RIGHTS, &child),
              ZX_ERR_BAD_HANDLE);
    EXPECT_EQ(child, ZX_HANDLE_INVALID);
}

CASE(ObjectChild, ItsRightsAreAmongTheParents)
{
    zx_handle_t weak = ztest_without(job, ZX_RIGHT_DESTROY), child;
    zx_koid_t koid = ztest_koid(processes[0]);

    EXPECT_EQ(zx_object_get_child(weak, koid, ZX_RIGHT_DESTROY, &child), ZX_ERR_ACCESS_DENIED);
    ASSERT_OK(zx_object_get_child(weak, koid, ZX_RIGHT_INSPECT, &child));
    EXPECT_EQ(ztest_rights(child), ZX_RIGHT_INSPECT);
    EXPECT_OK(zx_handle_close(child));
    EXPECT_OK(zx_handle_close(weak));
    weak = ztest_without(job, ZX_RIGHT_ENUMERATE);
    EXPECT_EQ(zx_object_get_child(weak, koid, ZX_RIGHT_SAME_RIGHTS, &child),
              ZX_ERR_ACCESS_DENIED);
    EXPECT_OK(zx_handle_close(weak));
}

CASE(ObjectChild, OfAnotherParentIsNotFound)
{
    zx_handle_t child;

    EXPECT_EQ(
        zx_object_get_child(job, ztest_koid(ztest_process()), ZX_RIGHT_SAME_RIGHTS, &child),
        ZX_ERR_NOT_FOUND);
    EXPECT_EQ(zx_object_get_child(processes[0], ztest_koid(self_thread()), ZX_RIGHT_SAME_RIGHTS,
                                  &child),
              ZX_ERR_NOT_FOUND);
    ASSERT_OK(zx_object_get_child(ztest_process(), ztest_koid(self_thread()),
                                  ZX_RIGHT_SAME_RIGHTS, &child));
    EXPECT_OK(zx_handle_close(child));
}
