/*
 * policy.c - policies of jobs: setting them, and what they forbid.
 */
#include "uapi/zircon/syscalls/policy.h"
#include "tests/zircon/ztest.h"

static zx_handle_t new_job(zx_handle_t parent)
{
    zx_handle_t job = ZX_HANDLE_INVALID;

    EXPECT_OK(zx_job_create(parent, 0, &job));
    return job;
}

static zx_status_t set_slack(zx_handle_t job, uint32_t options, zx_duration_t slack,
                             uint32_t mode, uint32_t count)
{
    zx_policy_timer_slack_t policy[2] = {{slack, mode, 0}, {slack, mode, 0}};

    return zx_job_set_policy(job, options, ZX_JOB_POL_TIMER_SLACK, policy, count);
}

static zx_status_t set_basic(zx_handle_t job, uint32_t options, uint32_t condition,
                             uint32_t action, uint32_t flags)
{
    zx_policy_basic_v2_t policy = {condition, action, flags};

    return zx_job_set_policy(job, options, ZX_JOB_POL_BASIC_V2, &policy, 1);
}

CASE(JobTest, PolicyInvalidTopicTest)
{
    zx_handle_t job = new_job(ztest_job());
    uint32_t policy = 0;

    EXPECT_EQ(zx_job_set_policy(job, ZX_JOB_POL_RELATIVE, 2, &policy, 1), ZX_ERR_INVALID_ARGS);
    EXPECT_OK(zx_handle_close(job));
}

CASE(JobTest, PolicyBasicOverrideAllowTest)
{
    zx_handle_t job = new_job(ztest_job()), child;

    EXPECT_OK(set_basic(job, ZX_JOB_POL_ABSOLUTE, ZX_POL_BAD_HANDLE, ZX_POL_ACTION_DENY,
                        ZX_POL_OVERRIDE_ALLOW));
    child = new_job(job);
    EXPECT_OK(set_basic(child, ZX_JOB_POL_ABSOLUTE, ZX_POL_BAD_HANDLE, ZX_POL_ACTION_ALLOW,
                        ZX_POL_OVERRIDE_DENY));
    EXPECT_OK(zx_handle_close(child));
    EXPECT_OK(zx_handle_close(job));
}

CASE(JobTest, PolicyBasicOverrideDenyTest)
{
    zx_handle_t job = new_job(ztest_job()), child;

    EXPECT_OK(set_basic(job, ZX_JOB_POL_ABSOLUTE, ZX_POL_BAD_HANDLE, ZX_POL_ACTION_DENY,
                        ZX_POL_OVERRIDE_DENY));
    child = new_job(job);
    EXPECT_EQ(set_basic(child, ZX_JOB_POL_ABSOLUTE, ZX_POL_BAD_HANDLE, ZX_POL_ACTION_ALLOW,
                        ZX_POL_OVERRIDE_DENY),
              ZX_ERR_ALREADY_EXISTS);
    EXPECT_OK(set_basic(child, ZX_JOB_POL_RELATIVE, ZX_POL_BAD_HANDLE, ZX_POL_ACTION_ALLOW,
                        ZX_POL_OVERRIDE_DENY));
    EXPECT_OK(zx_handle_close(child));
    EXPECT_OK(zx_handle_close(job));
}

CASE(JobTest, PolicyTimerSlackInvalidOptionsTest)
{
    zx_handle_t job = new_job(ztest_job());

    EXPECT_EQ(set_slack(job, ZX_JOB_POL_ABSOLUTE, ZTEST_MSEC(10), ZX_TIMER_SLACK_LATE, 1),
              ZX_ERR_INVALID_ARGS);
    EXPECT_OK(set_slack(job, ZX_JOB_POL_RELATIVE, ZTEST_MSEC(10), ZX_TIMER_SLACK_LATE, 1));
    EXPECT_OK(zx_handle_close(job));
}

CASE(JobTest, PolicyTimerSlackInvalidCountTest)
{
    zx_handle_t job = new_job(ztest_job());

    EXPECT_EQ(set_slack(job, ZX_JOB_POL_RELATIVE, ZTEST_MSEC(10), ZX_TIMER_SLACK_LATE, 0),
              ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(set_slack(job, ZX_JOB_POL_RELATIVE, ZTEST_MSEC(10), ZX_TIMER_SLACK_LATE, 2),
              ZX_ERR_INVALID_ARGS);
    EXPECT_OK(set_slack(job, ZX_JOB_POL_RELATIVE, ZTEST_MSEC(10), ZX_TIMER_SLACK_LATE, 1));
    EXPECT_OK(zx_handle_close(job));
}

CASE(JobTest, PolicyTimerSlackInvalidPolicyTest)
{
    zx_handle_t job = new_job(ztest_job());

    EXPECT_EQ(zx_job_set_policy(job, ZX_JOB_POL_RELATIVE, ZX_JOB_POL_TIMER_SLACK, NULL, 1),
              ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(set_slack(job, ZX_JOB_POL_RELATIVE, -ZTEST_MSEC(10), ZX_TIMER_SLACK_LATE, 1),
              ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(set_slack(job, ZX_JOB_POL_RELATIVE, ZTEST_MSEC(10), 3, 1), ZX_ERR_INVALID_ARGS);
    EXPECT_OK(set_slack(job, ZX_JOB_POL_RELATIVE, ZTEST_MSEC(10), ZX_TIMER_SLACK_LATE, 1));
    EXPECT_OK(zx_handle_close(job));
}

CASE(JobTest, PolicyTimerSlackNonEmptyTest)
{
    zx_handle_t job = new_job(ztest_job()), child = new_job(job);

    EXPECT_EQ(set_slack(job, ZX_JOB_POL_RELATIVE, ZTEST_MSEC(10), ZX_TIMER_SLACK_LATE, 1),
              ZX_ERR_BAD_STATE);
    EXPECT_OK(zx_handle_close(child));
    EXPECT_OK(set_slack(job, ZX_JOB_POL_RELATIVE, ZTEST_MSEC(10), ZX_TIMER_SLACK_LATE, 1));
    EXPECT_OK(zx_handle_close(job));
}

CASE(JobTest, PolicyTimerSlackValid)
{
    zx_handle_t job = new_job(ztest_job());

    for (uint32_t mode = ZX_TIMER_SLACK_CENTER; mode <= ZX_TIMER_SLACK_LATE; mode++)
        EXPECT_OK(set_slack(job, ZX_JOB_POL_RELATIVE, ZTEST_MSEC(10), mode, 1));
    EXPECT_OK(set_slack(job, ZX_JOB_POL_RELATIVE, ZTEST_MSEC(10000), ZX_TIMER_SLACK_LATE, 1));
    EXPECT_OK(set_slack(job, ZX_JOB_POL_RELATIVE, 5000, ZX_TIMER_SLACK_CENTER, 1));
    EXPECT_OK(zx_handle_close(job));
}

CASE(JobPolicy, RefusesWhatItDoesNotKnow)
{
    zx_handle_t job = new_job(ztest_job()), weak = ztest_without(job, ZX_RIGHT_SET_POLICY);
    zx_policy_basic_v2_t many[ZX_POL_MAX + 1] = {{0, 0, 0}};

    EXPECT_EQ(set_basic(job, ZX_JOB_POL_RELATIVE, ZX_POL_NEW_VMO, ZX_POL_ACTION_MAX, 0),
              ZX_ERR_NOT_SUPPORTED);
    EXPECT_EQ(set_basic(job, ZX_JOB_POL_RELATIVE, ZX_POL_MAX, ZX_POL_ACTION_DENY, 0),
              ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(set_basic(job, 2, ZX_POL_NEW_VMO, ZX_POL_ACTION_DENY, 0), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_job_set_policy(job, 0, ZX_JOB_POL_BASIC_V2, many, ZX_POL_MAX + 1),
              ZX_ERR_OUT_OF_RANGE);
    EXPECT_EQ(set_basic(weak, 0, ZX_POL_NEW_VMO, ZX_POL_ACTION_DENY, 0), ZX_ERR_ACCESS_DENIED);
    EXPECT_OK(zx_handle_close(weak));
    EXPECT_OK(zx_handle_close(job));
}

/* Its value: the calls that were allowed, a bit each. */
CHILD(makes_things)
{
    zx_handle_t a, b;
    int64_t done = 0;

    (void)channel;
    done |= zx_event_create(0, &a) == ZX_OK ? 1 : 0;
    done |= zx_eventpair_create(0, &a, &b) == ZX_OK ? 2 : 0;
    done |= zx_channel_create(0, &a, &b) == ZX_OK ? 4 : 0;
    done |= zx_port_create(0, &a) == ZX_OK ? 8 : 0;
    done |= zx_socket_create(0, &a, &b) == ZX_OK ? 16 : 0;
    done |= zx_fifo_create(1, 8, 0, &a, &b) == ZX_OK ? 32 : 0;
    done |= zx_timer_create(0, ZX_CLOCK_MONOTONIC, &a) == ZX_OK ? 64 : 0;
    return (int)done;
}

static int64_t things_made_in(zx_handle_t job)
{
    struct ztest_child c;

    return ztest_child_run(&c, job, "makes_things") ? ztest_child_join(&c) : -1;
}

CASE(JobPolicy, DeniesAndAllows)
{
    const zx_policy_basic_v1_t policy[] = {
        {ZX_POL_NEW_EVENT, ZX_POL_ACTION_DENY},
        {ZX_POL_NEW_CHANNEL, ZX_POL_ACTION_DENY},
        {ZX_POL_NEW_PORT, ZX_POL_ACTION_ALLOW},
    };
    zx_handle_t job = new_job(ztest_job()), child;

    EXPECT_EQ(things_made_in(job), 127);
    EXPECT_OK(zx_job_set_policy(job, ZX_JOB_POL_ABSOLUTE, ZX_JOB_POL_BASIC_V1, policy, 3));
    EXPECT_EQ(things_made_in(job), 127 & ~5);
    child = new_job(job);
    EXPECT_EQ(things_made_in(child), 127 & ~5);
    EXPECT_OK(zx_handle_close(child));
    EXPECT_OK(zx_handle_close(job));
}

CASE(JobPolicy, KillsTheProcess)
{
    zx_handle_t job = new_job(ztest_job());

    EXPECT_OK(set_basic(job, ZX_JOB_POL_ABSOLUTE, ZX_POL_NEW_PORT, ZX_POL_ACTION_KILL, 0));
    EXPECT_EQ(things_made_in(job), ZX_TASK_RETCODE_POLICY_KILL);
    EXPECT_OK(zx_handle_close(job));
}

CASE(JobPolicy, AnyNewObjectButOne)
{
    const zx_policy_basic_v2_t policy[] = {
        {ZX_POL_NEW_ANY, ZX_POL_ACTION_DENY, ZX_POL_OVERRIDE_DENY},
        {ZX_POL_NEW_CHANNEL, ZX_POL_ACTION_ALLOW, ZX_POL_OVERRIDE_DENY},
        {ZX_POL_NEW_VMO, ZX_POL_ACTION_ALLOW, ZX_POL_OVERRIDE_DENY},
    };
    zx_handle_t job = new_job(ztest_job());

    EXPECT_OK(zx_job_set_policy(job, ZX_JOB_POL_ABSOLUTE, ZX_JOB_POL_BASIC_V2, policy, 3));
    EXPECT_EQ(things_made_in(job), 4);
    EXPECT_OK(zx_handle_close(job));
}
