/*
 * registers.c - the registers of suspended threads, read and written.
 */
#include "tests/zircon/registers.h"

static void wait_event(void *arg)
{
    zx_handle_t event = *(zx_handle_t *)arg;

    EXPECT_OK(zx_object_wait_one(event, ZX_USER_SIGNAL_0, ZX_TIME_INFINITE, NULL));
    EXPECT_OK(zx_object_signal(event, 0, ZX_USER_SIGNAL_1));
}

static void read_state(zx_handle_t thread, uint32_t kind, void *to, size_t size)
{
    EXPECT_OK(zx_thread_read_state(thread, kind, to, size));
}

static void write_state(zx_handle_t thread, uint32_t kind, const void *from, size_t size)
{
    EXPECT_OK(zx_thread_write_state(thread, kind, from, size));
}

/* The thread runs for a while. */
static zx_handle_t run_on(zx_handle_t thread, zx_handle_t token)
{
    resume_thread(thread, token);
    zx_nanosleep(ztest_after(ZTEST_MSEC(2)));
    return suspend_thread(thread);
}

CASE(Registers, Arguments)
{
    const struct machine_registers *m = &machine_registers;
    union general_regs regs;
    struct ztest_thread t;
    zx_handle_t token, less;

    ASSERT_OK(ztest_thread_start(&t, spin, NULL));
    EXPECT_EQ(zx_thread_read_state(t.handle, ZX_THREAD_STATE_GENERAL_REGS, &regs, m->size),
              ZX_ERR_BAD_STATE);
    token = suspend_thread(t.handle);
    EXPECT_EQ(zx_thread_read_state(t.handle, ZX_THREAD_STATE_GENERAL_REGS, &regs, m->size - 1),
              ZX_ERR_BUFFER_TOO_SMALL);
    EXPECT_EQ(zx_thread_read_state(t.handle, 99, &regs, sizeof(regs)), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_thread_read_state(t.handle, ZX_THREAD_STATE_GENERAL_REGS, NULL, m->size),
              ZX_ERR_INVALID_ARGS);
    less = ztest_without(t.handle, ZX_RIGHT_READ);
    EXPECT_EQ(zx_thread_read_state(less, ZX_THREAD_STATE_GENERAL_REGS, &regs, m->size),
              ZX_ERR_ACCESS_DENIED);
    EXPECT_OK(zx_handle_close(less));
    less = ztest_without(t.handle, ZX_RIGHT_WRITE);
    EXPECT_EQ(zx_thread_write_state(less, ZX_THREAD_STATE_GENERAL_REGS, &regs, m->size),
              ZX_ERR_ACCESS_DENIED);
    EXPECT_OK(zx_handle_close(less));
    EXPECT_OK(zx_handle_close(token));
    kill_thread(&t);
}

/* What is written while the thread is suspended it has when it runs, and is read back. */
CASE(Threads, WritingGeneralRegisterState)
{
    const struct machine_registers *m = &machine_registers;
    union general_regs set, got;
    struct ztest_thread t;
    zx_handle_t token;

    ASSERT_OK(ztest_thread_start(&t, spin, NULL));
    token = suspend_thread(t.handle);
    read_state(t.handle, ZX_THREAD_STATE_GENERAL_REGS, &set, m->size);
    set.word[m->pc] = (uintptr_t)spin_address;
    for (unsigned i = m->first; i < m->first + m->words; i++)
        set.word[i] = 0x0101010101010101ull * (i + 1);
    write_state(t.handle, ZX_THREAD_STATE_GENERAL_REGS, &set, m->size);
    token = run_on(t.handle, token);
    read_state(t.handle, ZX_THREAD_STATE_GENERAL_REGS, &got, m->size);
    for (unsigned i = m->first; i < m->first + m->words; i++)
        EXPECT_EQ(got.word[i], set.word[i]);
    EXPECT_OK(zx_handle_close(token));
    kill_thread(&t);
}

CASE(Threads, WritingFpRegisterState)
{
    const struct machine_registers *m = &machine_registers;
    union fp_regs set, got;
    struct ztest_thread t;
    zx_handle_t token;

    ASSERT_OK(ztest_thread_start(&t, spin, NULL));
    token = suspend_thread(t.handle);
    read_state(t.handle, ZX_THREAD_STATE_FP_REGS, &set, m->fp_size);
    for (unsigned i = 0; i < m->fp_count; i++)
        set.word[m->fp_first + 2 * i] = 0x8000000000000001ull + i;
    write_state(t.handle, ZX_THREAD_STATE_FP_REGS, &set, m->fp_size);
    token = run_on(t.handle, token);
    read_state(t.handle, ZX_THREAD_STATE_FP_REGS, &got, m->fp_size);
    for (unsigned i = 0; i < m->fp_count; i++)
        EXPECT_EQ(got.word[m->fp_first + 2 * i], set.word[m->fp_first + 2 * i]);
    EXPECT_OK(zx_handle_close(token));
    kill_thread(&t);
}

static zx_x86_64_thread_state_vector_regs_t vector_set, vector_got;

static void fill_vector(zx_x86_64_thread_state_vector_regs_t *regs)
{
    *regs = (zx_x86_64_thread_state_vector_regs_t){.mxcsr = 0x1f80};
    for (unsigned i = 0; i < 16; i++)
        regs->zmm[i].v[0] = i + 1, regs->zmm[i].v[1] = ~0ull - i;
}

CASE(Threads, WritingVectorRegisterState)
{
    const size_t size = sizeof(vector_set);
    struct ztest_thread t;
    zx_handle_t token;

    ASSERT_OK(ztest_thread_start(&t, spin, NULL));
    token = suspend_thread(t.handle);
    if (!machine_registers.vector) {
        EXPECT_EQ(
            zx_thread_read_state(t.handle, ZX_THREAD_STATE_VECTOR_REGS, &vector_got, size),
            ZX_ERR_NOT_SUPPORTED);
    } else {
        fill_vector(&vector_set);
        write_state(t.handle, ZX_THREAD_STATE_VECTOR_REGS, &vector_set, size);
        token = run_on(t.handle, token);
        read_state(t.handle, ZX_THREAD_STATE_VECTOR_REGS, &vector_got, size);
        for (unsigned i = 0; i < 32 * 8; i++)
            EXPECT_EQ(vector_got.zmm[i / 8].v[i % 8], vector_set.zmm[i / 8].v[i % 8]);
        EXPECT_EQ(vector_got.mxcsr, vector_set.mxcsr);
    }
    EXPECT_OK(zx_handle_close(token));
    kill_thread(&t);
}

CASE(Threads, WriteThreadStateWithInvalidMxcsrIsInvalidArgs)
{
    const size_t size = sizeof(vector_set);
    struct ztest_thread t;
    zx_handle_t token;

    if (!machine_registers.vector)
        return;
    ASSERT_OK(ztest_thread_start(&t, spin, NULL));
    token = suspend_thread(t.handle);
    read_state(t.handle, ZX_THREAD_STATE_VECTOR_REGS, &vector_got, size);
    fill_vector(&vector_set);
    vector_set.mxcsr = ~0u;
    EXPECT_EQ(zx_thread_write_state(t.handle, ZX_THREAD_STATE_VECTOR_REGS, &vector_set, size),
              ZX_ERR_INVALID_ARGS);
    read_state(t.handle, ZX_THREAD_STATE_VECTOR_REGS, &vector_set, size);
    EXPECT_EQ(vector_set.zmm[0].v[0], vector_got.zmm[0].v[0]);
    EXPECT_EQ(vector_set.mxcsr, vector_got.mxcsr);
    EXPECT_OK(zx_handle_close(token));
    kill_thread(&t);
}

static void refuse_places(zx_handle_t thread)
{
    static const uint64_t bad[] = {1ull << 47, 0xffffff8000000000ull};
    const struct machine_registers *m = &machine_registers;
    union general_regs regs, changed;

    read_state(thread, ZX_THREAD_STATE_GENERAL_REGS, &regs, m->size);
    for (unsigned i = 0; i < 2; i++) {
        changed = regs;
        changed.word[m->pc] = bad[i];
        EXPECT_EQ(
            zx_thread_write_state(thread, ZX_THREAD_STATE_GENERAL_REGS, &changed, m->size),
            ZX_ERR_INVALID_ARGS);
    }
    write_state(thread, ZX_THREAD_STATE_GENERAL_REGS, &regs, m->size);
}

CASE(Threads, NoncanonicalRipAddressSyscall)
{
    struct ztest_thread t;
    zx_handle_t event, token;

    ASSERT_OK(zx_event_create(0, &event));
    ASSERT_OK(ztest_thread_start(&t, wait_event, &event));
    wait_state(t.handle, ZX_THREAD_STATE_BLOCKED_WAIT_ONE);
    token = suspend_thread(t.handle);
    refuse_places(t.handle);
    EXPECT_OK(zx_handle_close(token));
    EXPECT_OK(zx_object_signal(event, 0, ZX_USER_SIGNAL_0));
    wait_signal(event, ZX_USER_SIGNAL_1);
    ztest_thread_join(&t);
    EXPECT_OK(zx_handle_close(event));
}

CASE(Threads, NoncanonicalRipAddressIRETQ)
{
    struct ztest_thread t;
    zx_handle_t token;

    ASSERT_OK(ztest_thread_start(&t, spin, NULL));
    token = suspend_thread(t.handle);
    refuse_places(t.handle);
    token = run_on(t.handle, token);
    EXPECT_OK(zx_handle_close(token));
    kill_thread(&t);
}
