/*
 * exception.c - exception channels of threads, processes, jobs and debuggers.
 */
#include <stdatomic.h>

#include "tests/zircon/stopped.h"
#include "uapi/zircon/syscalls/policy.h"

static zx_handle_t channel_of(zx_handle_t task, uint32_t options)
{
    zx_handle_t channel = ZX_HANDLE_INVALID;

    EXPECT_OK(zx_task_create_exception_channel(task, options, &channel));
    return channel;
}

static void touch_nothing(void *arg)
{
    *(volatile int *)arg = 1;
}

static void undefined(void *arg)
{
    (void)arg;
    undefined_instruction();
}

static void do_nothing(void *arg)
{
    (void)arg;
}

CHILD(waits_and_faults)
{
    if (zx_object_wait_one(channel, ZX_USER_SIGNAL_0, ZX_TIME_INFINITE, NULL) != ZX_OK)
        return 1;
    touch_nothing(NULL);
    return 2;
}

CHILD(ends_a_thread)
{
    struct ztest_thread t;

    zx_object_wait_one(channel, ZX_USER_SIGNAL_0, ZX_TIME_INFINITE, NULL);
    if (ztest_thread_start(&t, do_nothing, NULL) != ZX_OK)
        return 1;
    ztest_thread_join(&t);
    return 3;
}

static void let_go(struct ztest_child *c)
{
    EXPECT_OK(zx_object_signal_peer(c->channel, 0, ZX_USER_SIGNAL_0));
}

CASE(Exceptions, ChannelArguments)
{
    const zx_rights_t need[] = {ZX_RIGHT_INSPECT, ZX_RIGHT_DUPLICATE, ZX_RIGHT_TRANSFER,
                                ZX_RIGHT_MANAGE_THREAD, ZX_RIGHT_ENUMERATE};
    zx_handle_t channel, other = ZX_HANDLE_INVALID, less, event;

    EXPECT_EQ(zx_task_create_exception_channel(ztest_process(), 2, &other),
              ZX_ERR_INVALID_ARGS);
    for (unsigned i = 0; i < 5; i++) {
        if (need[i] == ZX_RIGHT_DUPLICATE)
            continue;
        less = ztest_without(ztest_process(), need[i]);
        EXPECT_EQ(zx_task_create_exception_channel(less, 0, &other), ZX_ERR_ACCESS_DENIED);
        EXPECT_OK(zx_handle_close(less));
    }
    channel = channel_of(ztest_process(), 0);
    EXPECT_EQ(ztest_rights(channel), ZX_RIGHT_TRANSFER | ZX_RIGHT_WAIT | ZX_RIGHT_READ);
    EXPECT_EQ(zx_task_create_exception_channel(ztest_process(), 0, &other),
              ZX_ERR_ALREADY_BOUND);
    EXPECT_OK(zx_handle_close(channel));
    channel = channel_of(ztest_process(), 0);
    EXPECT_OK(zx_handle_close(channel));
    ASSERT_OK(zx_event_create(0, &event));
    EXPECT_EQ(zx_task_create_exception_channel(event, 0, &other), ZX_ERR_ACCESS_DENIED);
    EXPECT_OK(zx_handle_close(event));
}

/* What the handler of a thread learns, and that the thread can be put right. */
CASE(Exceptions, AThreadsHandlerSeesTheFault)
{
    zx_exception_report_t report;
    zx_info_thread_t info;
    struct ztest_thread t;
    zx_handle_t start, channel, exception, thread, process;
    uint32_t state = 9;

    start = channel_of(ztest_process(), ZX_EXCEPTION_CHANNEL_DEBUGGER);
    ASSERT_OK(ztest_thread_start(&t, touch_nothing, NULL));
    exception = take_exception(start, ZX_EXCP_THREAD_STARTING);
    channel = channel_of(t.handle, 0);
    EXPECT_EQ(
        zx_task_create_exception_channel(t.handle, ZX_EXCEPTION_CHANNEL_DEBUGGER, &thread),
        ZX_ERR_INVALID_ARGS);
    EXPECT_OK(zx_handle_close(exception));
    EXPECT_OK(zx_handle_close(start));

    exception = take_exception(channel, ZX_EXCP_FATAL_PAGE_FAULT);
    EXPECT_EQ(thread_state(t.handle), ZX_THREAD_STATE_BLOCKED_EXCEPTION);
    EXPECT_OK(zx_object_get_info(t.handle, ZX_INFO_THREAD, &info, sizeof(info), NULL, NULL));
    EXPECT_EQ(info.wait_exception_channel_type, ZX_EXCEPTION_CHANNEL_TYPE_THREAD);
    EXPECT_OK(zx_object_get_info(t.handle, ZX_INFO_THREAD_EXCEPTION_REPORT, &report,
                                 sizeof(report), NULL, NULL));
    EXPECT_EQ(report.header.size, sizeof(report));
    EXPECT_EQ(report.header.type, ZX_EXCP_FATAL_PAGE_FAULT);
    EXPECT_OK(zx_exception_get_thread(exception, &thread));
    EXPECT_EQ(ztest_koid(thread), ztest_koid(t.handle));
    EXPECT_EQ(zx_exception_get_process(exception, &process), ZX_ERR_ACCESS_DENIED);
    EXPECT_OK(zx_object_get_property(exception, ZX_PROP_EXCEPTION_STATE, &state, 4));
    EXPECT_EQ(state, ZX_EXCEPTION_STATE_TRY_NEXT);
    state = 3;
    EXPECT_EQ(zx_object_set_property(exception, ZX_PROP_EXCEPTION_STATE, &state, 4),
              ZX_ERR_INVALID_ARGS);
    state = ZX_EXCEPTION_STRATEGY_SECOND_CHANCE;
    EXPECT_EQ(zx_object_set_property(exception, ZX_PROP_EXCEPTION_STRATEGY, &state, 4),
              ZX_ERR_BAD_STATE);
    end_exception(exception, ZX_EXCEPTION_STATE_THREAD_EXIT);
    wait_signal(t.handle, ZX_THREAD_TERMINATED);
    EXPECT_EQ(zx_object_get_info(t.handle, ZX_INFO_THREAD_EXCEPTION_REPORT, &report,
                                 sizeof(report), NULL, NULL),
              ZX_ERR_BAD_STATE);
    wait_signal(channel, ZX_CHANNEL_PEER_CLOSED);
    EXPECT_EQ(zx_task_create_exception_channel(t.handle, 0, &process), ZX_ERR_BAD_STATE);
    EXPECT_OK(zx_handle_close(thread));
    EXPECT_OK(zx_handle_close(channel));
    ztest_thread_join(&t);
}

/* A handled exception is raised again by the same instruction, until it is put right. */
CASE(Exceptions, HandledMeansTryAgain)
{
    struct ztest_thread t;
    zx_handle_t channel = channel_of(ztest_process(), 0);

    ASSERT_OK(ztest_thread_start(&t, undefined, NULL));
    for (unsigned i = 0; i < 3; i++)
        end_exception(take_exception(channel, ZX_EXCP_UNDEFINED_INSTRUCTION),
                      ZX_EXCEPTION_STATE_HANDLED);
    end_exception(take_exception(channel, ZX_EXCP_UNDEFINED_INSTRUCTION),
                  ZX_EXCEPTION_STATE_THREAD_EXIT);
    ztest_thread_join(&t);
    EXPECT_OK(zx_handle_close(channel));
}

/* Debugger, process, the debugger again, the job; then nobody is left. */
CASE(Exceptions, OrderOfHandlers)
{
    const uint32_t second = ZX_EXCEPTION_STRATEGY_SECOND_CHANCE;
    zx_handle_t job, jobs, debugger, process, exception;
    struct ztest_child c;

    ASSERT_OK(zx_job_create(ztest_job(), 0, &job));
    jobs = channel_of(job, 0);
    ASSERT_TRUE(ztest_child_run(&c, job, "waits_and_faults"));
    wait_signal(c.thread, ZX_THREAD_RUNNING);
    process = channel_of(c.process, 0);
    debugger = channel_of(c.process, ZX_EXCEPTION_CHANNEL_DEBUGGER);
    let_go(&c);

    exception = take_exception(debugger, ZX_EXCP_FATAL_PAGE_FAULT);
    if (exception == ZX_HANDLE_INVALID)
        return;
    EXPECT_OK(zx_object_set_property(exception, ZX_PROP_EXCEPTION_STRATEGY, &second, 4));
    EXPECT_OK(zx_handle_close(exception));
    EXPECT_OK(zx_handle_close(take_exception(process, ZX_EXCP_FATAL_PAGE_FAULT)));
    EXPECT_OK(zx_handle_close(take_exception(debugger, ZX_EXCP_FATAL_PAGE_FAULT)));
    EXPECT_OK(zx_handle_close(take_exception(jobs, ZX_EXCP_FATAL_PAGE_FAULT)));
    EXPECT_EQ(ztest_child_join(&c), ZX_TASK_RETCODE_EXCEPTION_KILL);
    EXPECT_OK(zx_handle_close(jobs));
    EXPECT_OK(zx_handle_close(debugger));
    EXPECT_OK(zx_handle_close(process));
    EXPECT_OK(zx_handle_close(job));
}

CASE(Exceptions, JobDebuggersSeeProcessesStart)
{
    zx_handle_t job, debugger, exception, thread, process;
    struct ztest_child c;

    ASSERT_OK(zx_job_create(ztest_job(), 0, &job));
    debugger = channel_of(job, ZX_EXCEPTION_CHANNEL_DEBUGGER);
    ASSERT_TRUE(ztest_child_run(&c, job, "waits_and_faults"));
    exception = take_exception(debugger, ZX_EXCP_PROCESS_STARTING);
    EXPECT_OK(zx_exception_get_process(exception, &process));
    EXPECT_EQ(ztest_koid(process), ztest_koid(c.process));
    EXPECT_OK(zx_exception_get_thread(exception, &thread));
    EXPECT_EQ(ztest_koid(thread), ztest_koid(c.thread));
    EXPECT_EQ(thread_state(thread), ZX_THREAD_STATE_BLOCKED_EXCEPTION);
    EXPECT_OK(zx_handle_close(thread));
    EXPECT_OK(zx_handle_close(process));
    EXPECT_OK(zx_handle_close(exception));
    let_go(&c);
    EXPECT_EQ(ztest_child_join(&c), ZX_TASK_RETCODE_EXCEPTION_KILL);
    EXPECT_OK(zx_handle_close(debugger));
    EXPECT_OK(zx_handle_close(job));
}

CASE(Exceptions, DebuggersSeeThreadsComeAndGo)
{
    struct ztest_child c;
    zx_handle_t debugger;

    ASSERT_OK(ztest_child_create(&c, ztest_job(), "ends_a_thread"));
    debugger = channel_of(c.process, ZX_EXCEPTION_CHANNEL_DEBUGGER);
    ASSERT_OK(ztest_child_start(&c));
    EXPECT_OK(zx_handle_close(take_exception(debugger, ZX_EXCP_THREAD_STARTING)));
    let_go(&c);
    EXPECT_OK(zx_handle_close(take_exception(debugger, ZX_EXCP_THREAD_STARTING)));
    EXPECT_OK(zx_handle_close(take_exception(debugger, ZX_EXCP_THREAD_EXITING)));
    EXPECT_OK(zx_handle_close(take_exception(debugger, ZX_EXCP_THREAD_EXITING)));
    EXPECT_EQ(ztest_child_join(&c), 3);
    EXPECT_OK(zx_handle_close(debugger));
}

/* The channel goes with the message in it: the next handler is asked. */
CASE(Exceptions, ClosedWithAnExceptionInside)
{
    zx_handle_t job, jobs, process;
    struct ztest_child c;

    ASSERT_OK(zx_job_create(ztest_job(), 0, &job));
    jobs = channel_of(job, 0);
    ASSERT_TRUE(ztest_child_run(&c, job, "waits_and_faults"));
    process = channel_of(c.process, 0);
    let_go(&c);
    wait_signal(process, ZX_CHANNEL_READABLE);
    EXPECT_OK(zx_handle_close(process));
    EXPECT_OK(zx_handle_close(take_exception(jobs, ZX_EXCP_FATAL_PAGE_FAULT)));
    EXPECT_EQ(ztest_child_join(&c), ZX_TASK_RETCODE_EXCEPTION_KILL);
    EXPECT_OK(zx_handle_close(jobs));
    EXPECT_OK(zx_handle_close(job));
}

CASE(Exceptions, KilledInAnException)
{
    zx_handle_t process, exception;
    struct ztest_child c;

    ASSERT_TRUE(ztest_child_run(&c, ztest_job(), "waits_and_faults"));
    process = channel_of(c.process, 0);
    let_go(&c);
    exception = take_exception(process, ZX_EXCP_FATAL_PAGE_FAULT);
    EXPECT_OK(zx_task_kill(c.process));
    EXPECT_EQ(ztest_child_join(&c), ZX_TASK_RETCODE_SYSCALL_KILL);
    end_exception(exception, ZX_EXCEPTION_STATE_HANDLED);
    EXPECT_OK(zx_handle_close(process));
}

/* Exceptions and suspensions are apart: both have to end. */
CASE(Threads, SuspendMultiple)
{
    zx_handle_t channel = channel_of(ztest_process(), 0), exception, one, two;
    zx_info_thread_t info;
    struct ztest_thread t;

    ASSERT_OK(ztest_thread_start(&t, undefined, NULL));
    exception = take_exception(channel, ZX_EXCP_UNDEFINED_INSTRUCTION);
    wait_state(t.handle, ZX_THREAD_STATE_BLOCKED_EXCEPTION);
    EXPECT_OK(zx_object_get_info(t.handle, ZX_INFO_THREAD, &info, sizeof(info), NULL, NULL));
    EXPECT_EQ(info.wait_exception_channel_type, ZX_EXCEPTION_CHANNEL_TYPE_PROCESS);
    one = suspend(t.handle);
    two = suspend(t.handle);
    EXPECT_OK(zx_handle_close(one));
    EXPECT_EQ(thread_state(t.handle), ZX_THREAD_STATE_BLOCKED_EXCEPTION);
    end_exception(exception, ZX_EXCEPTION_STATE_HANDLED);
    wait_signal(t.handle, ZX_THREAD_SUSPENDED);
    EXPECT_EQ(thread_state(t.handle), ZX_THREAD_STATE_SUSPENDED);
    EXPECT_OK(zx_handle_close(two));
    exception = take_exception(channel, ZX_EXCP_UNDEFINED_INSTRUCTION);
    EXPECT_OK(zx_task_kill(t.handle));
    ztest_thread_join(&t);
    EXPECT_OK(zx_handle_close(exception));
    EXPECT_OK(zx_handle_close(channel));
}

CHILD(faults)
{
    (void)channel;
    touch_nothing(NULL);
    return 1;
}

CHILD(makes_an_event)
{
    zx_handle_t event;

    (void)channel;
    return zx_event_create(0, &event);
}

/* The call would be refused, but there is no coming back from it. */
CASE(DefaultExceptionHandlerTest, UnhandledPolicyException)
{
    const zx_policy_basic_v2_t policy = {ZX_POL_NEW_EVENT, ZX_POL_ACTION_DENY_EXCEPTION,
                                         ZX_POL_OVERRIDE_DENY};
    struct ztest_child c;
    zx_handle_t job;

    ASSERT_OK(zx_job_create(ztest_job(), 0, &job));
    EXPECT_OK(zx_job_set_policy(job, ZX_JOB_POL_ABSOLUTE, ZX_JOB_POL_BASIC_V2, &policy, 1));
    ASSERT_TRUE(ztest_child_run(&c, job, "makes_an_event"));
    EXPECT_EQ(ztest_child_join(&c), ZX_TASK_RETCODE_EXCEPTION_KILL);
    EXPECT_OK(zx_handle_close(job));
}

CASE(DefaultExceptionHandlerTest, UnhandledHardwareException)
{
    struct ztest_child c;

    ASSERT_TRUE(ztest_child_run(&c, ztest_job(), "faults"));
    EXPECT_EQ(ztest_child_join(&c), ZX_TASK_RETCODE_EXCEPTION_KILL);
}
