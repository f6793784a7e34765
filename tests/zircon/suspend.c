/*
 * suspend.c - threads: started, suspended, resumed, killed.
 */
#include <stdatomic.h>

#include "tests/zircon/stopped.h"

static void sleep_until(void *arg)
{
    zx_nanosleep(*(zx_time_t *)arg);
}

static void sleep_for_ever(void *arg)
{
    (void)arg;
    for (;;)
        zx_nanosleep(ZX_TIME_INFINITE);
}

/* Waits for signal 0 of the event and raises signal 1. */
static void wait_event(void *arg)
{
    zx_handle_t event = *(zx_handle_t *)arg;

    EXPECT_OK(zx_object_wait_one(event, ZX_USER_SIGNAL_0, ZX_TIME_INFINITE, NULL));
    EXPECT_OK(zx_object_signal(event, 0, ZX_USER_SIGNAL_1));
}

static void store_one(void *arg)
{
    for (;;)
        atomic_store((atomic_int *)arg, 1);
}

static void wait_for_one(atomic_int *value)
{
    while (atomic_load(value) != 1)
        zx_nanosleep(0);
}

CASE(Threads, Basics)
{
    zx_time_t deadline = ztest_after(ZTEST_MSEC(10));
    struct ztest_thread t;

    ASSERT_OK(ztest_thread_start(&t, sleep_until, &deadline));
    ztest_thread_join(&t);
}

CASE(Threads, InvalidRights)
{
    zx_handle_t copy, thread = ZX_HANDLE_INVALID;

    ASSERT_OK(zx_handle_duplicate(ztest_process(), ZX_RIGHT_DESTROY, &copy));
    EXPECT_EQ(zx_thread_create(copy, "t", 1, 0, &thread), ZX_ERR_ACCESS_DENIED);
    EXPECT_EQ(thread, ZX_HANDLE_INVALID);
    EXPECT_OK(zx_handle_close(copy));
}

CASE(Threads, EmptyNameSucceeds)
{
    char name[ZX_MAX_NAME_LEN] = "something";
    zx_handle_t thread;

    ASSERT_OK(zx_thread_create(ztest_process(), "", 0, 0, &thread));
    EXPECT_OK(zx_object_get_property(thread, ZX_PROP_NAME, name, sizeof(name)));
    EXPECT_EQ(strlen(name), 0);
    EXPECT_OK(zx_handle_close(thread));
}

CASE(Threads, LongNameSucceeds)
{
    static const char text[] = "0123456789012345678901234567890123456789";
    char name[ZX_MAX_NAME_LEN], cut[ZX_MAX_NAME_LEN] = {0};
    zx_handle_t thread;

    memcpy(cut, text, sizeof(cut) - 1);
    ASSERT_OK(zx_thread_create(ztest_process(), text, sizeof(text) - 1, 0, &thread));
    EXPECT_OK(zx_object_get_property(thread, ZX_PROP_NAME, name, sizeof(name)));
    EXPECT_EQ(strcmp(name, cut), 0);
    EXPECT_OK(zx_handle_close(thread));
}

CASE(Threads, ThreadStartOnInitialThread)
{
    zx_handle_t process, vmar, thread;

    ASSERT_OK(zx_process_create(ztest_job(), "p", 1, 0, &process, &vmar));
    ASSERT_OK(zx_thread_create(process, "t", 1, 0, &thread));
    EXPECT_EQ(zx_thread_start(thread, 1, 1, 1, 1), ZX_ERR_BAD_STATE);
    EXPECT_OK(zx_handle_close(thread));
    EXPECT_OK(zx_handle_close(vmar));
    EXPECT_OK(zx_handle_close(process));
}

CASE(Threads, ThreadStartWithZeroInstructionPointer)
{
    zx_info_process_t info;
    zx_handle_t process, vmar, thread;

    ASSERT_OK(zx_process_create(ztest_job(), "p", 1, 0, &process, &vmar));
    ASSERT_OK(zx_thread_create(process, "t", 1, 0, &thread));
    EXPECT_OK(zx_process_start(process, thread, 0, 0, thread, 0));
    wait_signal(process, ZX_TASK_TERMINATED);
    EXPECT_OK(zx_object_get_info(process, ZX_INFO_PROCESS, &info, sizeof(info), NULL, NULL));
    EXPECT_EQ(info.return_code, ZX_TASK_RETCODE_EXCEPTION_KILL);
    EXPECT_OK(zx_handle_close(vmar));
    EXPECT_OK(zx_handle_close(process));
}

CASE(Threads, NonstartedThread)
{
    zx_handle_t thread;

    ASSERT_OK(zx_thread_create(ztest_process(), "t", 1, 0, &thread));
    EXPECT_OK(zx_task_kill(thread));
    EXPECT_OK(zx_task_kill(thread));
    EXPECT_OK(zx_handle_close(thread));
}

CASE(Threads, ResumeSuspended)
{
    struct ztest_thread t;
    zx_handle_t event, token;

    ASSERT_OK(zx_event_create(0, &event));
    ASSERT_OK(ztest_thread_start(&t, wait_event, &event));
    wait_state(t.handle, ZX_THREAD_STATE_BLOCKED_WAIT_ONE);
    EXPECT_OK(zx_handle_close(suspend(t.handle)));
    wait_state(t.handle, ZX_THREAD_STATE_BLOCKED_WAIT_ONE);
    token = suspend_thread(t.handle);
    EXPECT_EQ(thread_state(t.handle), ZX_THREAD_STATE_SUSPENDED);
    resume_thread(t.handle, token);
    wait_state(t.handle, ZX_THREAD_STATE_BLOCKED_WAIT_ONE);

    token = suspend_thread(t.handle);
    EXPECT_OK(zx_object_signal(event, 0, ZX_USER_SIGNAL_0));
    EXPECT_EQ(zx_object_wait_one(event, ZX_USER_SIGNAL_1, ztest_after(ZTEST_MSEC(10)), NULL),
              ZX_ERR_TIMED_OUT);
    EXPECT_OK(zx_handle_close(token));
    wait_signal(event, ZX_USER_SIGNAL_1);
    ztest_thread_join(&t);
    EXPECT_OK(zx_handle_close(event));
}

CASE(Threads, SuspendSleeping)
{
    zx_time_t deadline = ztest_after(ZTEST_MSEC(200));
    struct ztest_thread t;
    zx_handle_t token;

    ASSERT_OK(ztest_thread_start(&t, sleep_until, &deadline));
    wait_state(t.handle, ZX_THREAD_STATE_BLOCKED_SLEEPING);
    token = suspend_thread(t.handle);
    EXPECT_OK(zx_handle_close(token));
    ztest_thread_join(&t);
    EXPECT_GE(zx_clock_get_monotonic(), deadline);
}

struct call_arg {
    zx_handle_t channel;
    zx_status_t status;
};

static void call_channel(void *arg)
{
    struct call_arg *a = arg;
    char request[] = "abcdefghi", reply[sizeof(request)];
    uint32_t bytes, handles;
    const zx_channel_call_args_t args = {.wr_bytes = request,
                                         .wr_num_bytes = 9,
                                         .rd_bytes = reply,
                                         .rd_num_bytes = sizeof(reply)};

    a->status = zx_channel_call(a->channel, 0, ZX_TIME_INFINITE, &args, &bytes, &handles);
    if (a->status == ZX_OK && (bytes != 9 || reply[8] != 'j'))
        a->status = ZX_ERR_BAD_STATE;
}

CASE(Threads, SuspendChannelCall)
{
    struct call_arg arg = {.status = ZX_ERR_INTERNAL};
    struct ztest_thread t;
    zx_handle_t ours, token;
    uint32_t bytes, handles;
    char message[9];

    ASSERT_OK(zx_channel_create(0, &arg.channel, &ours));
    ASSERT_OK(ztest_thread_start(&t, call_channel, &arg));
    wait_signal(ours, ZX_CHANNEL_READABLE);
    token = suspend_thread(t.handle);
    ASSERT_OK(zx_channel_read(ours, 0, message, NULL, sizeof(message), 0, &bytes, &handles));
    EXPECT_EQ(bytes, sizeof(message));
    message[8] = 'j';
    EXPECT_OK(zx_channel_write(ours, 0, message, sizeof(message), NULL, 0));
    EXPECT_EQ(zx_object_wait_one(arg.channel, ZX_CHANNEL_READABLE, 0, NULL), ZX_ERR_TIMED_OUT);
    EXPECT_EQ(
        zx_channel_read(arg.channel, 0, message, NULL, sizeof(message), 0, &bytes, &handles),
        ZX_ERR_SHOULD_WAIT);
    EXPECT_OK(zx_handle_close(token));
    ztest_thread_join(&t);
    EXPECT_OK(arg.status);
    EXPECT_OK(zx_handle_close(ours));
    EXPECT_OK(zx_handle_close(arg.channel));
}

/* One packet from the first port to the second, its key changed. */
static void pass_packet(void *arg)
{
    zx_handle_t *port = arg;
    zx_port_packet_t packet;

    EXPECT_OK(zx_port_wait(port[0], ZX_TIME_INFINITE, &packet));
    packet.key += 5;
    EXPECT_OK(zx_port_queue(port[1], &packet));
}

CASE(Threads, SuspendPortCall)
{
    zx_port_packet_t packet = {.key = 100, .type = ZX_PKT_TYPE_USER};
    struct ztest_thread t;
    zx_handle_t port[2], token;

    ASSERT_OK(zx_port_create(0, &port[0]));
    ASSERT_OK(zx_port_create(0, &port[1]));
    ASSERT_OK(ztest_thread_start(&t, pass_packet, port));
    wait_state(t.handle, ZX_THREAD_STATE_BLOCKED_PORT);
    token = suspend_thread(t.handle);
    EXPECT_OK(zx_port_queue(port[0], &packet));
    packet.key = 300;
    EXPECT_OK(zx_port_queue(port[0], &packet));
    EXPECT_EQ(zx_port_wait(port[1], ztest_after(ZTEST_MSEC(10)), &packet), ZX_ERR_TIMED_OUT);
    EXPECT_OK(zx_handle_close(token));
    EXPECT_OK(zx_port_wait(port[1], ZX_TIME_INFINITE, &packet));
    EXPECT_EQ(packet.key, 105);
    EXPECT_OK(zx_port_wait(port[0], ZX_TIME_INFINITE, &packet));
    EXPECT_EQ(packet.key, 300);
    ztest_thread_join(&t);
    EXPECT_OK(zx_handle_close(port[0]));
    EXPECT_OK(zx_handle_close(port[1]));
}

CASE(Threads, SuspendStopsThread)
{
    atomic_int value = 0;
    struct ztest_thread t;
    zx_handle_t token;

    ASSERT_OK(ztest_thread_start(&t, store_one, &value));
    wait_for_one(&value);
    token = suspend_thread(t.handle);
    atomic_store(&value, 2);
    zx_nanosleep(ztest_after(ZTEST_MSEC(10)));
    EXPECT_EQ(atomic_load(&value), 2);
    EXPECT_OK(zx_handle_close(token));
    wait_for_one(&value);
    kill_thread(&t);
}

struct self_arg {
    struct ztest_thread thread;
    zx_handle_t started;
    zx_status_t status;
};

static void suspend_self(void *arg)
{
    struct self_arg *a = arg;
    zx_handle_t token;

    wait_signal(a->started, ZX_EVENT_SIGNALED);
    a->status = zx_task_suspend(a->thread.handle, &token);
}

CASE(Threads, SuspendSelf)
{
    struct self_arg arg = {.status = ZX_OK};

    ASSERT_OK(zx_event_create(0, &arg.started));
    ASSERT_OK(ztest_thread_start(&arg.thread, suspend_self, &arg));
    EXPECT_OK(zx_object_signal(arg.started, 0, ZX_EVENT_SIGNALED));
    ztest_thread_join(&arg.thread);
    EXPECT_EQ(arg.status, ZX_ERR_NOT_SUPPORTED);
    EXPECT_OK(zx_handle_close(arg.started));
}

CASE(Thread, SuspendAfterDeath)
{
    zx_handle_t token = ZX_HANDLE_INVALID;
    struct ztest_thread t;

    ASSERT_OK(ztest_thread_start(&t, sleep_for_ever, NULL));
    EXPECT_OK(zx_task_kill(t.handle));
    EXPECT_EQ(zx_task_suspend(t.handle, &token), ZX_ERR_BAD_STATE);
    EXPECT_EQ(token, ZX_HANDLE_INVALID);
    ztest_thread_join(&t);
}

CASE(Threads, KillSuspendedThread)
{
    atomic_int value = 0;
    struct ztest_thread t;
    zx_handle_t token, channel;

    ASSERT_OK(ztest_thread_start(&t, store_one, &value));
    wait_for_one(&value);
    token = suspend_thread(t.handle);
    ASSERT_OK(zx_task_create_exception_channel(ztest_process(), ZX_EXCEPTION_CHANNEL_DEBUGGER,
                                               &channel));
    atomic_store(&value, 100);
    EXPECT_OK(zx_task_kill(t.handle));
    wait_signal(t.handle, ZX_THREAD_TERMINATED);
    EXPECT_EQ(atomic_load(&value), 100);
    EXPECT_OK(zx_handle_close(take_exception(channel, ZX_EXCP_THREAD_EXITING)));
    EXPECT_OK(zx_handle_close(token));
    EXPECT_OK(zx_handle_close(channel));
    ztest_thread_join(&t);
}

/* A thread that is made, and started at `fn` only later. */
static zx_handle_t make_thread(void)
{
    zx_handle_t thread = ZX_HANDLE_INVALID;

    EXPECT_OK(zx_thread_create(ztest_process(), "t", 1, 0, &thread));
    return thread;
}

CASE(Threads, StartSuspendedThread)
{
    static char stack[4096] __attribute__((aligned(16)));
    zx_handle_t thread = make_thread(), token = suspend(thread);
    atomic_int value = 0;

    ASSERT_OK(zx_thread_start(thread, (zx_vaddr_t)store_one, (zx_vaddr_t)(stack + 4000),
                              (uintptr_t)&value, 0));
    wait_signal(thread, ZX_THREAD_SUSPENDED);
    EXPECT_EQ(atomic_load(&value), 0);
    resume_thread(thread, token);
    wait_for_one(&value);
    EXPECT_OK(zx_task_kill(thread));
    wait_signal(thread, ZX_THREAD_TERMINATED);
    EXPECT_OK(zx_handle_close(thread));
}

CASE(Threads, StartSuspendedAndResumedThread)
{
    static char stack[4096] __attribute__((aligned(16)));
    zx_handle_t thread = make_thread();
    atomic_int value = 0;

    EXPECT_OK(zx_handle_close(suspend(thread)));
    ASSERT_OK(zx_thread_start(thread, (zx_vaddr_t)store_one, (zx_vaddr_t)(stack + 4000),
                              (uintptr_t)&value, 0));
    wait_signal(thread, ZX_THREAD_RUNNING);
    wait_for_one(&value);
    EXPECT_OK(zx_task_kill(thread));
    wait_signal(thread, ZX_THREAD_TERMINATED);
    EXPECT_OK(zx_handle_close(thread));
}

static void expect_packet(zx_handle_t port, zx_handle_t thread, zx_signals_t want,
                          zx_signals_t seen)
{
    zx_port_packet_t packet = {0};

    EXPECT_OK(zx_object_wait_async(thread, port, 0, want, 0));
    EXPECT_OK(zx_port_wait(port, ZX_TIME_INFINITE, &packet));
    EXPECT_EQ(packet.signal.observed & (ZX_THREAD_RUNNING | ZX_THREAD_SUSPENDED), seen);
}

static void check_packets(void)
{
    const zx_signals_t both = ZX_THREAD_RUNNING | ZX_THREAD_SUSPENDED;
    struct ztest_thread t;
    zx_handle_t event, port, token;

    ASSERT_OK(zx_event_create(0, &event));
    ASSERT_OK(zx_port_create(0, &port));
    ASSERT_OK(ztest_thread_start(&t, wait_event, &event));
    expect_packet(port, t.handle, both, ZX_THREAD_RUNNING);
    token = suspend_thread(t.handle);
    EXPECT_EQ(thread_state(t.handle), ZX_THREAD_STATE_SUSPENDED);
    resume_thread(t.handle, token);
    expect_packet(port, t.handle, both, ZX_THREAD_RUNNING);
    wait_state(t.handle, ZX_THREAD_STATE_BLOCKED_WAIT_ONE);
    token = suspend(t.handle);
    expect_packet(port, t.handle, ZX_THREAD_SUSPENDED, ZX_THREAD_SUSPENDED);
    EXPECT_OK(zx_handle_close(token));
    expect_packet(port, t.handle, ZX_THREAD_RUNNING, ZX_THREAD_RUNNING);
    EXPECT_OK(zx_object_signal(event, 0, ZX_USER_SIGNAL_0));
    wait_signal(event, ZX_USER_SIGNAL_1);
    ztest_thread_join(&t);
    EXPECT_OK(zx_handle_close(port));
    EXPECT_OK(zx_handle_close(event));
}

CASE(Threads, SuspendSingleWaitAsyncSignalDelivery)
{
    check_packets();
}

/* Zircon's own case of this name has come to do the same. */
CASE(Threads, SuspendRepeatingWaitAsyncSignalDelivery)
{
    check_packets();
}
