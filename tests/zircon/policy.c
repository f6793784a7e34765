/*
 * policy.c - policies of jobs: setting them, and what they forbid.
 */
#include "uapi/zircon/syscalls/policy.h"
#include "tests/zircon/ztest.h"
#include "uapi/zircon/syscalls/memory.h"

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

/* Its value: which of its calls was answered as without a policy last. */
CHILD(uses_bad_handles)
{
    zx_handle_t bad = channel ^ 0x10000, out;

    if (zx_object_get_info(bad, ZX_INFO_HANDLE_VALID, NULL, 0, NULL, NULL) != ZX_ERR_BAD_HANDLE)
        return 1; /* that is a question */
    if (zx_handle_duplicate(bad, ZX_RIGHT_SAME_RIGHTS, &out) != ZX_ERR_BAD_HANDLE)
        return 2;
    return zx_port_cancel(ztest_process(), channel, 0) == ZX_ERR_WRONG_TYPE ? 4 : 3;
}

CHILD(asks_whether_handles_are_bad)
{
    return zx_object_get_info(channel ^ 0x10000, ZX_INFO_HANDLE_VALID, NULL, 0, NULL, NULL) ==
                   ZX_ERR_BAD_HANDLE
               ? 5
               : 1;
}

/* What becomes of a child of that name in a job with that policy. */
static int64_t child_under(uint32_t condition, uint32_t action, const char *name)
{
    zx_handle_t job = new_job(ztest_job());
    struct ztest_child c;
    int64_t code = -1;

    EXPECT_OK(set_basic(job, ZX_JOB_POL_ABSOLUTE, condition, action, 0));
    if (ztest_child_run(&c, job, name))
        code = ztest_child_join(&c);
    EXPECT_OK(zx_handle_close(job));
    return code;
}

CASE(JobPolicy, BadHandlesAndWrongObjects)
{
    static const uint32_t conditions[] = {ZX_POL_BAD_HANDLE, ZX_POL_WRONG_OBJECT};

    for (unsigned i = 0; i < 2; i++) {
        EXPECT_EQ(child_under(conditions[i], ZX_POL_ACTION_ALLOW, "uses_bad_handles"), 4);
        EXPECT_EQ(child_under(conditions[i], ZX_POL_ACTION_DENY, "uses_bad_handles"), 4);
        EXPECT_EQ(child_under(conditions[i], ZX_POL_ACTION_KILL, "uses_bad_handles"),
                  ZX_TASK_RETCODE_POLICY_KILL);
        EXPECT_EQ(child_under(conditions[i], ZX_POL_ACTION_DENY_EXCEPTION, "uses_bad_handles"),
                  ZX_TASK_RETCODE_EXCEPTION_KILL);
        EXPECT_EQ(
            child_under(conditions[i], ZX_POL_ACTION_KILL, "asks_whether_handles_are_bad"), 5);
    }
}

/* Its value: a bit each for a mapping made to be written and executed, one turned into it, and
 * a clone. */
CHILD(maps_to_write_and_execute)
{
    const uint32_t rwx = ZX_VM_PERM_READ | ZX_VM_PERM_WRITE | ZX_VM_PERM_EXECUTE;
    zx_handle_t vmo, child;
    zx_vaddr_t addr;
    int done = 0;

    (void)channel;
    if (zx_vmo_create(PAGE, 0, &vmo) != ZX_OK ||
        zx_vmo_replace_as_executable(vmo, ZX_HANDLE_INVALID, &vmo) != ZX_OK ||
        zx_vmar_map(ztest_root_vmar(), rwx & ~ZX_VM_PERM_WRITE, 0, vmo, 0, PAGE, &addr) !=
            ZX_OK)
        return -1;
    done |= zx_vmar_protect(ztest_root_vmar(), rwx, addr, PAGE) == ZX_OK ? 1 : 0;
    done |= zx_vmar_map(ztest_root_vmar(), rwx, 0, vmo, 0, PAGE, &addr) == ZX_OK ? 2 : 0;
    done |= zx_vmo_create_child(vmo, ZX_VMO_CHILD_SNAPSHOT, 0, PAGE, &child) == ZX_OK ? 4 : 0;
    return done;
}

CASE(JobPolicy, WriteAndExecute)
{
    static const char name[] = "maps_to_write_and_execute";

    EXPECT_EQ(child_under(ZX_POL_VMAR_WX, ZX_POL_ACTION_ALLOW, name), 7);
    EXPECT_EQ(child_under(ZX_POL_VMAR_WX, ZX_POL_ACTION_DENY, name), 4);
    EXPECT_EQ(child_under(ZX_POL_VMAR_WX, ZX_POL_ACTION_KILL, name),
              ZX_TASK_RETCODE_POLICY_KILL);
    EXPECT_EQ(child_under(ZX_POL_VMAR_WX, ZX_POL_ACTION_DENY_EXCEPTION, name),
              ZX_TASK_RETCODE_EXCEPTION_KILL);
}

/* Of the VMO that it is sent. */
CHILD(makes_a_clone)
{
    zx_handle_t vmo, child;

    if (zx_channel_read(channel, 0, NULL, &vmo, 0, 1, NULL, NULL) != ZX_OK)
        return 1;
    return zx_vmo_create_child(vmo, ZX_VMO_CHILD_SNAPSHOT, 0, PAGE, &child) ==
                   ZX_ERR_ACCESS_DENIED
               ? 2
               : 3;
}

CASE(JobPolicy, ACloneIsANewVmo)
{
    zx_handle_t job = new_job(ztest_job()), vmo;
    struct ztest_child c;

    EXPECT_OK(set_basic(job, ZX_JOB_POL_ABSOLUTE, ZX_POL_NEW_VMO, ZX_POL_ACTION_DENY, 0));
    ASSERT_OK(zx_vmo_create(PAGE, 0, &vmo));
    ASSERT_OK(ztest_child_create(&c, job, "makes_a_clone"));
    EXPECT_OK(zx_channel_write(c.channel, 0, NULL, 0, &vmo, 1));
    EXPECT_OK(ztest_child_start(&c));
    EXPECT_EQ(ztest_child_join(&c), 2);
    EXPECT_OK(zx_handle_close(job));
}
