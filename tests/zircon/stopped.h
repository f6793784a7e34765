/*
 * stopped.h - what the cases about stopped threads share: threads that run without end,
 * suspending and waiting for a state, exceptions from channels.
 */
#pragma once

#include "tests/zircon/ztest.h"
#include "uapi/zircon/syscalls/debug.h"
#include "uapi/zircon/syscalls/exception.h"
#include "uapi/zircon/syscalls/object.h"
#include "uapi/zircon/syscalls/port.h"

/* Executes what is no instruction (isa/ISA/spin.S). */
void undefined_instruction(void);

static inline uint32_t thread_state(zx_handle_t thread)
{
    zx_info_thread_t info = {.state = 99};

    EXPECT_OK(zx_object_get_info(thread, ZX_INFO_THREAD, &info, sizeof(info), NULL, NULL));
    return info.state;
}

static inline void wait_state(zx_handle_t thread, uint32_t state)
{
    while (thread_state(thread) != state)
        zx_nanosleep(ztest_after(ZTEST_MSEC(1)));
}

/* Until it waits for anything. */
static inline void wait_blocked(zx_handle_t thread)
{
    while ((thread_state(thread) & 0xff) != ZX_THREAD_STATE_BLOCKED)
        zx_nanosleep(ztest_after(ZTEST_MSEC(1)));
}

static inline void wait_signal(zx_handle_t handle, zx_signals_t signals)
{
    EXPECT_OK(zx_object_wait_one(handle, signals, ZX_TIME_INFINITE, NULL));
}

static inline zx_handle_t suspend(zx_handle_t task)
{
    zx_handle_t token = ZX_HANDLE_INVALID;

    EXPECT_OK(zx_task_suspend(task, &token));
    return token;
}

static inline zx_handle_t suspend_thread(zx_handle_t thread)
{
    zx_handle_t token = suspend(thread);

    wait_signal(thread, ZX_THREAD_SUSPENDED);
    return token;
}

static inline void resume_thread(zx_handle_t thread, zx_handle_t token)
{
    EXPECT_OK(zx_handle_close(token));
    wait_signal(thread, ZX_THREAD_RUNNING);
}

static inline void kill_thread(struct ztest_thread *t)
{
    EXPECT_OK(zx_task_kill(t->handle));
    ztest_thread_join(t);
}

/* Nothing but a jump to itself: it can run anywhere. */
static inline void spin(void *arg)
{
    (void)arg;
    for (;;)
        __asm__ volatile("");
}

/* The next exception of the channel, which is of this type; 0, and a failure, if it is not. */
static inline zx_handle_t take_exception(zx_handle_t channel, uint32_t type)
{
    zx_exception_info_t info = {0};
    zx_handle_t exception = ZX_HANDLE_INVALID;
    uint32_t bytes, handles;

    wait_signal(channel, ZX_CHANNEL_READABLE);
    EXPECT_OK(
        zx_channel_read(channel, 0, &info, &exception, sizeof(info), 1, &bytes, &handles));
    EXPECT_EQ(info.type, type);
    return exception;
}

static inline void end_exception(zx_handle_t exception, uint32_t state)
{
    EXPECT_OK(
        zx_object_set_property(exception, ZX_PROP_EXCEPTION_STATE, &state, sizeof(state)));
    EXPECT_OK(zx_handle_close(exception));
}
