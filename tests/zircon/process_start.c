/*
 * process_start.c - processes that have just been made: what they begin with, and what is told
 * of them.
 */
#include "tests/zircon/registers.h"

/* Echoes one message, makes an event for it, and ends when the other side asks for it. */
CHILD(echoes)
{
    zx_handle_t event;
    char text[16];
    uint32_t size, count;

    if (zx_object_wait_one(channel, ZX_CHANNEL_READABLE, ZX_TIME_INFINITE, NULL) != ZX_OK ||
        zx_channel_read(channel, 0, text, NULL, sizeof(text), 0, &size, &count) != ZX_OK ||
        zx_event_create(0, &event) != ZX_OK ||
        zx_channel_write(channel, 0, text, size, &event, 1) != ZX_OK)
        return 1;
    zx_object_wait_one(channel, ZX_USER_SIGNAL_0, ZX_TIME_INFINITE, NULL);
    return 0;
}

CASE(ProcessTest, MiniProcessSanity)
{
    zx_handle_t event = ZX_HANDLE_INVALID;
    struct ztest_child c;
    char text[16];
    uint32_t size, count;

    ASSERT_TRUE(ztest_child_run(&c, ztest_job(), "echoes"));
    EXPECT_OK(zx_channel_write(c.channel, 0, "echo", 5, NULL, 0));
    wait_signal(c.channel, ZX_CHANNEL_READABLE);
    EXPECT_OK(zx_channel_read(c.channel, 0, text, &event, sizeof(text), 1, &size, &count));
    EXPECT_EQ(size, 5);
    EXPECT_EQ(strcmp(text, "echo"), 0);
    EXPECT_OK(zx_object_signal(event, 0, ZX_EVENT_SIGNALED));
    EXPECT_OK(zx_handle_close(event));
    EXPECT_OK(zx_object_signal_peer(c.channel, 0, ZX_USER_SIGNAL_0));
    wait_signal(c.channel, ZX_CHANNEL_PEER_CLOSED);
    EXPECT_EQ(ztest_child_join(&c), 0);
}

/* Where the vDSO's image begins to run is zx_process_exit: a process without a handle and
 * without a program can end itself. */
CASE(ProcessTest, ProcessStartNoHandle)
{
    struct ztest_child c;

    ASSERT_OK(ztest_child_create(&c, ztest_job(), "none"));
    ASSERT_OK(zx_process_start(c.process, c.thread, c.vdso.entry, c.stack + ZTEST_STACK - 8,
                               ZX_HANDLE_INVALID, 0));
    EXPECT_EQ(ztest_child_join(&c), 0);
}

/* A fault with the flag set that lets the kernel of some machines past a guard; the kernel
 * then looks at user memory. */
CHILD(waits)
{
    return zx_object_wait_one(channel, ZX_USER_SIGNAL_0, ZX_TIME_INFINITE, NULL);
}

CASE(Threads, X86AcFlagUserCopy)
{
    const struct machine_registers *m = &machine_registers;
    union general_regs regs;
    struct ztest_child c;
    zx_handle_t token;

    if (!m->gs) /* not an x86 machine */
        return;
    ASSERT_TRUE(ztest_child_run(&c, ztest_job(), "waits"));
    wait_state(c.thread, ZX_THREAD_STATE_BLOCKED_WAIT_ONE);
    token = suspend_thread(c.thread);
    EXPECT_OK(zx_thread_read_state(c.thread, ZX_THREAD_STATE_GENERAL_REGS, &regs, m->size));
    regs.x86_64.rflags |= 1u << 18;
    regs.x86_64.rip = 0;
    EXPECT_OK(zx_thread_write_state(c.thread, ZX_THREAD_STATE_GENERAL_REGS, &regs, m->size));
    EXPECT_OK(zx_handle_close(token));
    EXPECT_EQ(ztest_child_join(&c), ZX_TASK_RETCODE_EXCEPTION_KILL);
}

/* --- what is told of a process --- */

CASE(ProcessTest, GetRuntimeNoPermission)
{
    zx_handle_t process, vmar, less;
    zx_info_task_runtime_t info;

    ASSERT_OK(zx_process_create(ztest_job(), "p", 1, 0, &process, &vmar));
    EXPECT_OK(
        zx_object_get_info(process, ZX_INFO_TASK_RUNTIME, &info, sizeof(info), NULL, NULL));
    EXPECT_EQ(info.cpu_time, 0);
    less = ztest_without(process, ZX_RIGHT_INSPECT);
    EXPECT_EQ(zx_object_get_info(less, ZX_INFO_TASK_RUNTIME, &info, sizeof(info), NULL, NULL),
              ZX_ERR_ACCESS_DENIED);
    EXPECT_OK(zx_handle_close(less));
    EXPECT_OK(zx_handle_close(vmar));
    EXPECT_OK(zx_handle_close(process));
}

/* There is an answer also when there is nothing to map into any more. */
CASE(ProcessTest, ForbidDestroyRootVmar)
{
    zx_handle_t process, vmar;
    size_t actual, avail;
    zx_info_maps_t maps;
    zx_status_t st;

    ASSERT_OK(zx_process_create(ztest_job(), "p", 1, 0, &process, &vmar));
    st = zx_vmar_destroy(vmar);
    EXPECT_TRUE(st == ZX_OK || st == ZX_ERR_NOT_SUPPORTED);
    EXPECT_OK(zx_object_get_info(process, ZX_INFO_PROCESS_MAPS, &maps, sizeof(maps), &actual,
                                 &avail));
    EXPECT_OK(zx_handle_close(vmar));
    EXPECT_OK(zx_handle_close(process));
}

/* As where the calls of debuggers are not enabled. */
CASE(ProcessTest, ProcessHwTraceContextIdProperty)
{
    const uint32_t property = ZX_PROP_PROCESS_HW_TRACE_CONTEXT_ID;
    struct ztest_child c;
    uintptr_t value = 0;

    ASSERT_OK(ztest_child_create(&c, ztest_job(), "waits"));
    EXPECT_EQ(zx_object_get_property(c.process, property, &value, sizeof(value)),
              ZX_ERR_NOT_SUPPORTED);
    ASSERT_OK(ztest_child_start(&c));
    EXPECT_EQ(zx_object_get_property(c.process, property, &value, sizeof(value)),
              ZX_ERR_NOT_SUPPORTED);
    EXPECT_EQ(zx_object_set_property(c.process, property, &value, sizeof(value)),
              ZX_ERR_INVALID_ARGS);
    EXPECT_OK(zx_object_signal_peer(c.channel, 0, ZX_USER_SIGNAL_0));
    EXPECT_EQ(ztest_child_join(&c), 0);
}

/* Waits on itself by a port and takes that back, again and again. */
CHILD(waits_on_itself)
{
    zx_handle_t port;

    (void)channel;
    if (zx_port_create(0, &port) != ZX_OK)
        return 1;
    for (;;) {
        if (zx_object_wait_async(ztest_process(), port, 0, ZX_TASK_TERMINATED, 0) != ZX_OK ||
            zx_port_cancel(port, ztest_process(), 0) != ZX_OK)
            return 2;
    }
}

/* What takes the locks of a process's handles and of the process, in either order. */
CASE(ProcessTest, ProcessWaitAsyncCancelSelf)
{
    struct ztest_child c;
    size_t actual, avail;
    zx_info_vmo_t vmo;

    ASSERT_TRUE(ztest_child_run(&c, ztest_job(), "waits_on_itself"));
    for (unsigned i = 0; i < 2000; i++)
        EXPECT_OK(zx_object_get_info(c.process, ZX_INFO_PROCESS_VMOS, &vmo, sizeof(vmo),
                                     &actual, &avail));
    EXPECT_OK(zx_task_kill(c.process));
    EXPECT_EQ(ztest_child_join(&c), ZX_TASK_RETCODE_SYSCALL_KILL);
}

/* --- what is no call --- */

static const uint64_t no_calls[] = {4000, 0x80000000, 0xff00ff0000000000, 0xff00ff0000000010};

static int make_no_call(unsigned which)
{
    raw_call(no_calls[which]);
    return 0;
}

CHILD(no_call_0)
{
    (void)channel;
    return make_no_call(0);
}

CHILD(no_call_1)
{
    (void)channel;
    return make_no_call(1);
}

CHILD(no_call_2)
{
    (void)channel;
    return make_no_call(2);
}

CHILD(no_call_3)
{
    (void)channel;
    return make_no_call(3);
}

CASE(BadAccessTest, SyscallNumTest)
{
    static const char *const names[] = {"no_call_0", "no_call_1", "no_call_2", "no_call_3"};
    struct ztest_child c;

    for (unsigned i = 0; i < 4; i++) {
        ASSERT_TRUE(ztest_child_run(&c, ztest_job(), names[i]));
        EXPECT_EQ(ztest_child_join(&c), ZX_TASK_RETCODE_EXCEPTION_KILL);
    }
}
