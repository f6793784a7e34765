/*
 * profile.c - profiles.
 */
#include "uapi/zircon/syscalls/profile.h"
#include "tests/zircon/ztest.h"
#include "uapi/zircon/syscalls/object.h"

/* Creates one and closes it; `handle` is what it is asked of. */
static zx_status_t try_create(zx_handle_t handle, uint32_t options,
                              const zx_profile_info_t *info)
{
    zx_handle_t profile;
    zx_status_t st = zx_profile_create(handle, options, info, &profile);

    if (st == ZX_OK)
        EXPECT_OK(zx_handle_close(profile));
    return st;
}

static zx_profile_info_t with_priority(int32_t priority)
{
    return (zx_profile_info_t){.flags = ZX_PROFILE_INFO_FLAG_PRIORITY, .priority = priority};
}

static zx_status_t try_priority(int32_t priority)
{
    zx_profile_info_t info = with_priority(priority);

    return try_create(ztest_job(), 0, &info);
}

static zx_status_t try_deadline(zx_duration_t capacity, zx_duration_t deadline,
                                zx_duration_t period)
{
    zx_profile_info_t info = {.flags = ZX_PROFILE_INFO_FLAG_DEADLINE,
                              .deadline_params = {capacity, deadline, period}};

    return try_create(ztest_job(), 0, &info);
}

CASE(SchedulerProfileTest, CreateProfileWithDefaultPriorityIsOk)
{
    EXPECT_OK(try_priority(ZX_PRIORITY_DEFAULT));
}

CASE(SchedulerProfileTest, CreateProfileWithLowestPriorityIsOk)
{
    EXPECT_OK(try_priority(ZX_PRIORITY_LOWEST));
}

CASE(SchedulerProfileTest, CreateProfileWithLowPriorityIsOk)
{
    EXPECT_OK(try_priority(ZX_PRIORITY_LOW));
}

CASE(SchedulerProfileTest, CreateProfileWithHihgPriorityIsOk)
{
    EXPECT_OK(try_priority(ZX_PRIORITY_HIGH));
}

CASE(SchedulerProfileTest, CreateProfileWithHighestPriorityIsOk)
{
    EXPECT_OK(try_priority(ZX_PRIORITY_HIGHEST));
}

CASE(SchedulerProfileTest, CreateProfileWithPriorityExceedingHighestIsInvalidArgs)
{
    EXPECT_EQ(try_priority(ZX_PRIORITY_HIGHEST + 1), ZX_ERR_INVALID_ARGS);
}

CASE(SchedulerProfileTest, CreateProfileWithPriorityBelowLowestIsInvalidArgs)
{
    EXPECT_EQ(try_priority(ZX_PRIORITY_LOWEST - 1), ZX_ERR_INVALID_ARGS);
}

CASE(SchedulerProfileTest, CreateProfileOnNonRootJobIsAccessDenied)
{
    zx_profile_info_t info = with_priority(ZX_PRIORITY_DEFAULT);
    zx_handle_t job;

    ASSERT_OK(zx_job_create(ztest_job(), 0, &job));
    EXPECT_EQ(try_create(job, 0, &info), ZX_ERR_ACCESS_DENIED);
    EXPECT_OK(zx_handle_close(job));
}

CASE(SchedulerProfileTest, CreateProfileWithNonZeroOptionsIsInvalidArgs)
{
    zx_profile_info_t info = with_priority(ZX_PRIORITY_DEFAULT);

    EXPECT_EQ(try_create(ztest_job(), 1, &info), ZX_ERR_INVALID_ARGS);
}

CASE(SchedulerProfileTest, CreateProfileWithDeadlineIsOk)
{
    EXPECT_OK(try_deadline(ZTEST_MSEC(2), ZTEST_MSEC(10), ZTEST_MSEC(10)));
}

CASE(SchedulerProfileTest, CreateProfileWithDeadlineBelowCapacityIsInvalidArgs)
{
    EXPECT_EQ(try_deadline(ZTEST_MSEC(10), ZTEST_MSEC(5), ZTEST_MSEC(20)), ZX_ERR_INVALID_ARGS);
}

CASE(SchedulerProfileTest, CreateProfileWithPeriodBelowDeadlineIsInvalidArgs)
{
    EXPECT_EQ(try_deadline(ZTEST_MSEC(5), ZTEST_MSEC(20), ZTEST_MSEC(10)), ZX_ERR_INVALID_ARGS);
}

CASE(SchedulerProfileTest, CreateProfileWithZeroCapacityIsInvalidArgs)
{
    EXPECT_EQ(try_deadline(0, ZTEST_MSEC(20), ZTEST_MSEC(20)), ZX_ERR_INVALID_ARGS);
}

CASE(SchedulerProfileTest, SetThreadPriorityIsOk)
{
    const int32_t priorities[] = {ZX_PRIORITY_LOWEST, ZX_PRIORITY_HIGH, ZX_PRIORITY_DEFAULT};

    for (unsigned i = 0; i < 3; i++) {
        zx_profile_info_t info = with_priority(priorities[i]);
        zx_handle_t profile;

        ASSERT_OK(zx_profile_create(ztest_job(), 0, &info, &profile));
        EXPECT_OK(zx_object_set_profile(startup_handle(PA_THREAD_SELF), profile, 0));
        EXPECT_OK(zx_handle_close(profile));
    }
}

CASE(ProfileTest, CreateProfileWithDefaultInitializedProfileInfoIsError)
{
    zx_profile_info_t info = {0};

    EXPECT_EQ(try_create(ztest_job(), 0, &info), ZX_ERR_INVALID_ARGS);
}

CASE(ProfileTest, CreateProfileWithMutuallyExclusiveFlagsIsInvalidArgs)
{
    zx_profile_info_t info = with_priority(ZX_PRIORITY_DEFAULT);

    info.flags |= ZX_PROFILE_INFO_FLAG_DEADLINE;
    EXPECT_EQ(try_create(ztest_job(), 0, &info), ZX_ERR_INVALID_ARGS);
}

CASE(ProfileTest, CreateProfileWithNoProfileInfoIsInvalidArgs)
{
    EXPECT_EQ(try_create(ztest_job(), 0, NULL), ZX_ERR_INVALID_ARGS);
}

CASE(ProfileTest, CreateProfileWithInvalidHandleIsBadHandle)
{
    EXPECT_EQ(try_create(ZX_HANDLE_INVALID, 0, NULL), ZX_ERR_BAD_HANDLE);
}

CASE(ProfileTest, CreateProfileWithNullProfileIsInvalidArgs)
{
    zx_profile_info_t info = with_priority(ZX_PRIORITY_DEFAULT);

    EXPECT_EQ(zx_profile_create(ztest_job(), 0, &info, NULL), ZX_ERR_INVALID_ARGS);
}

CASE(CpuMaskProfile, EmptyMaskIsValid)
{
    zx_profile_info_t info = {.flags = ZX_PROFILE_INFO_FLAG_CPU_MASK};

    EXPECT_OK(try_create(ztest_job(), 0, &info));
}

CASE(CpuMaskProfile, OfCpusThatThereAre)
{
    zx_profile_info_t info = {.flags = ZX_PROFILE_INFO_FLAG_CPU_MASK,
                              .cpu_affinity_mask = {1ull << zx_system_get_num_cpus()}};

    EXPECT_EQ(try_create(ztest_job(), 0, &info), ZX_ERR_INVALID_ARGS);
    info.cpu_affinity_mask[0] = 1;
    EXPECT_OK(try_create(ztest_job(), 0, &info));
    info.cpu_affinity_mask[7] = 1;
    EXPECT_EQ(try_create(ztest_job(), 0, &info), ZX_ERR_INVALID_ARGS);
}

static void apply_mask(uint64_t mask)
{
    zx_profile_info_t info = {.flags = ZX_PROFILE_INFO_FLAG_CPU_MASK,
                              .cpu_affinity_mask = {mask}};
    zx_handle_t profile;

    ASSERT_OK(zx_profile_create(ztest_job(), 0, &info, &profile));
    EXPECT_OK(zx_object_set_profile(startup_handle(PA_THREAD_SELF), profile, 0));
    EXPECT_OK(zx_handle_close(profile));
}

CASE(CpuMaskProfile, ApplyProfile)
{
    zx_handle_t self = startup_handle(PA_THREAD_SELF);
    zx_info_thread_stats_t stats;
    zx_info_thread_t info;

    for (unsigned cpu = 0; cpu < zx_system_get_num_cpus(); cpu++) {
        apply_mask(1ull << cpu);
        EXPECT_OK(zx_object_get_info(self, ZX_INFO_THREAD, &info, sizeof(info), NULL, NULL));
        EXPECT_EQ(info.cpu_affinity_mask[0], 1ull << cpu);
        EXPECT_OK(
            zx_object_get_info(self, ZX_INFO_THREAD_STATS, &stats, sizeof(stats), NULL, NULL));
        EXPECT_EQ(stats.last_scheduled_cpu, cpu);
    }
    apply_mask(0);
    EXPECT_OK(zx_object_get_info(self, ZX_INFO_THREAD, &info, sizeof(info), NULL, NULL));
    EXPECT_EQ(info.cpu_affinity_mask[0], (1ull << zx_system_get_num_cpus()) - 1);
}

CASE(Profile, NeedsAThreadThatRuns)
{
    zx_profile_info_t info = with_priority(ZX_PRIORITY_LOW);
    zx_handle_t profile, thread;

    ASSERT_OK(zx_profile_create(ztest_job(), 0, &info, &profile));
    ASSERT_OK(zx_thread_create(ztest_process(), "t", 1, 0, &thread));
    EXPECT_EQ(zx_object_set_profile(thread, profile, 0), ZX_ERR_BAD_STATE);
    EXPECT_EQ(zx_object_set_profile(thread, thread, 0), ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(zx_object_set_profile(ztest_process(), profile, 0), ZX_ERR_WRONG_TYPE);
    EXPECT_OK(zx_handle_close(thread));
    EXPECT_OK(zx_handle_close(profile));
}
