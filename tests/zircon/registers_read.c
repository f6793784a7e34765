/*
 * registers_read.c - what threads have put into their registers is read, single steps, watched
 * addresses, and the blocks that a thread has for itself.
 */
#include "tests/zircon/registers.h"

/* A thread that runs `fn`, which comes to spin_address and stays there. */
struct spinning {
    struct ztest_thread t;
    zx_handle_t token;
};

static void read_state(zx_handle_t thread, uint32_t kind, void *to, size_t size)
{
    EXPECT_OK(zx_thread_read_state(thread, kind, to, size));
}

static void write_state(zx_handle_t thread, uint32_t kind, const void *from, size_t size)
{
    EXPECT_OK(zx_thread_write_state(thread, kind, from, size));
}

static uintptr_t pc_of(zx_handle_t thread)
{
    union general_regs regs;

    read_state(thread, ZX_THREAD_STATE_GENERAL_REGS, &regs, machine_registers.size);
    return regs.word[machine_registers.pc];
}

/* Suspended there. */
static void wait_for_spin(struct spinning *s)
{
    s->token = suspend_thread(s->t.handle);
    while (pc_of(s->t.handle) != (uintptr_t)spin_address) {
        resume_thread(s->t.handle, s->token);
        zx_nanosleep(ztest_after(ZTEST_MSEC(1)));
        s->token = suspend_thread(s->t.handle);
    }
}

static int run_until_spin(struct spinning *s, void (*fn)(void *arg), void *arg)
{
    zx_status_t st = ztest_thread_start(&s->t, fn, arg);

    EXPECT_OK(st);
    if (st != ZX_OK)
        return 0;
    wait_for_spin(s);
    return 1;
}

static void end(struct spinning *s)
{
    EXPECT_OK(zx_handle_close(s->token));
    kill_thread(&s->t);
}

CASE(Threads, ReadingGeneralRegisterState)
{
    const struct machine_registers *m = &machine_registers;
    union general_regs set = {0}, got;
    struct spinning s;

    for (unsigned i = m->first; i < m->first + m->words; i++)
        set.word[i] = 0x0102030405060708ull * (i + 1);
    if (!run_until_spin(&s, spin_with_general_regs, &set))
        return;
    read_state(s.t.handle, ZX_THREAD_STATE_GENERAL_REGS, &got, m->size);
    for (unsigned i = m->first; i < m->first + m->words; i++)
        EXPECT_EQ(got.word[i], set.word[i]);
    EXPECT_EQ(got.word[m->pc], (uintptr_t)spin_address);
    end(&s);
}

CASE(Threads, ReadingFpRegisterState)
{
    const struct machine_registers *m = &machine_registers;
    union fp_regs set = {0}, got;
    struct spinning s;

    for (unsigned i = 0; i < m->fp_count; i++)
        set.word[m->fp_first + 2 * i] = i;
    set.word[m->fp_first + 2 * (m->fp_count - 1)] = 0x7ff0000000000001ull; /* no number */
    if (!run_until_spin(&s, spin_with_fp_regs, &set))
        return;
    read_state(s.t.handle, ZX_THREAD_STATE_FP_REGS, &got, m->fp_size);
    for (unsigned i = 0; i < m->fp_count; i++)
        EXPECT_EQ(got.word[m->fp_first + 2 * i], set.word[m->fp_first + 2 * i]);
    end(&s);
}

static zx_x86_64_thread_state_vector_regs_t vector_set, vector_got;

static void fill_vector(zx_x86_64_thread_state_vector_regs_t *regs)
{
    *regs = (zx_x86_64_thread_state_vector_regs_t){.mxcsr = 0x1f80};
    for (unsigned i = 0; i < 16; i++)
        regs->zmm[i].v[0] = i, regs->zmm[i].v[1] = i << 8;
    regs->zmm[15].v[0] = 0x7ff0000000000001ull;
}

static void expect_vector(void)
{
    for (unsigned i = 0; i < 16 * 8; i++)
        EXPECT_EQ(vector_got.zmm[i / 8].v[i % 8], vector_set.zmm[i / 8].v[i % 8]);
    for (unsigned i = 16 * 8; i < 32 * 8; i++)
        EXPECT_EQ(vector_got.zmm[i / 8].v[i % 8], 0);
}

CASE(Threads, ReadingVectorRegisterState)
{
    const size_t size = sizeof(vector_got);
    struct spinning s;

    fill_vector(&vector_set);
    if (!run_until_spin(&s, spin_with_vector_regs, &vector_set))
        return;
    memset(&vector_got, 0xff, size);
    if (machine_registers.vector) {
        read_state(s.t.handle, ZX_THREAD_STATE_VECTOR_REGS, &vector_got, size);
        expect_vector();
    } else {
        EXPECT_EQ(
            zx_thread_read_state(s.t.handle, ZX_THREAD_STATE_VECTOR_REGS, &vector_got, size),
            ZX_ERR_NOT_SUPPORTED);
    }
    end(&s);
}

/* Whatever the machine lacks of what is written is not there to be read; and what is there
 * stays so while the thread runs. */
CASE(Threads, WritingVectorRegisterState_UnsupportedFieldsIgnored)
{
    const size_t size = sizeof(vector_got);
    struct spinning s;

    if (!machine_registers.vector || !run_until_spin(&s, spin_with_vector_regs, &vector_set))
        return;
    fill_vector(&vector_set);
    for (unsigned i = 0; i < 32; i++) {
        for (unsigned j = i < 16 ? 2 : 0; j < 8; j++)
            vector_set.zmm[i].v[j] = ~0ull;
    }
    write_state(s.t.handle, ZX_THREAD_STATE_VECTOR_REGS, &vector_set, size);
    read_state(s.t.handle, ZX_THREAD_STATE_VECTOR_REGS, &vector_set, size);
    for (unsigned i = 0; i < 16; i++) {
        EXPECT_EQ(vector_set.zmm[i].v[1], i << 8);
        EXPECT_EQ(vector_set.zmm[i].v[2], vector_set.zmm[0].v[2]);
        EXPECT_EQ(vector_set.zmm[i].v[7], vector_set.zmm[16].v[7]);
    }
    resume_thread(s.t.handle, s.token);
    wait_for_spin(&s);
    read_state(s.t.handle, ZX_THREAD_STATE_VECTOR_REGS, &vector_got, size);
    for (unsigned i = 0; i < 32 * 8; i++)
        EXPECT_EQ(vector_got.zmm[i / 8].v[i % 8], vector_set.zmm[i / 8].v[i % 8]);
    end(&s);
}

/* Bases that are written are the thread's. Where it may have none at gs, that is refused. */
CASE(Threads, ThreadLocalRegisterState)
{
    const struct machine_registers *m = &machine_registers;
    static uint64_t own, at_gs;
    struct thread_words words = {0};
    union general_regs regs;
    struct spinning s;
    int gs = m->gs != 0;

    own = 0x1234, at_gs = 0x5678;
    if (!run_until_spin(&s, spin_with_vector_regs, &vector_set))
        return;
    read_state(s.t.handle, ZX_THREAD_STATE_GENERAL_REGS, &regs, m->size);
    regs.word[m->own] = (uintptr_t)&own;
    if (gs) {
        regs.word[m->gs] = (uintptr_t)&at_gs;
        if (zx_thread_write_state(s.t.handle, ZX_THREAD_STATE_GENERAL_REGS, &regs, m->size) ==
            ZX_ERR_NOT_SUPPORTED)
            gs = 0, regs.word[m->gs] = 0;
    }
    regs.word[m->pc] = (uintptr_t)swap_thread_words;
    regs.word[m->arg0] = (uintptr_t)&words;
    regs.word[m->arg1] = (uint64_t)gs;
    write_state(s.t.handle, ZX_THREAD_STATE_GENERAL_REGS, &regs, m->size);
    resume_thread(s.t.handle, s.token);
    wait_for_spin(&s);
    EXPECT_EQ(words.own, 0x1234);
    EXPECT_EQ(own, ZTEST_OWN_WORD);
    EXPECT_EQ(words.gs, gs ? 0x5678 : 0);
    EXPECT_EQ(at_gs, gs ? ZTEST_GS_WORD : 0x5678);
    end(&s);
}

/* --- what debuggers use: not all machines have it --- */

static zx_status_t write_step(zx_handle_t thread, uint32_t step, size_t size)
{
    return zx_thread_write_state(thread, ZX_THREAD_STATE_SINGLE_STEP, &step, size);
}

CASE(Threads, WritingSingleStepState)
{
    struct spinning s;
    uint32_t step = 9;

    if (!run_until_spin(&s, spin_with_vector_regs, &vector_set))
        return;
    if (write_step(s.t.handle, 0, sizeof(step)) == ZX_ERR_NOT_SUPPORTED) {
        EXPECT_EQ(
            zx_thread_read_state(s.t.handle, ZX_THREAD_STATE_SINGLE_STEP, &step, sizeof(step)),
            ZX_ERR_NOT_SUPPORTED);
        end(&s);
        return;
    }
    EXPECT_OK(write_step(s.t.handle, 1, sizeof(step)));
    read_state(s.t.handle, ZX_THREAD_STATE_SINGLE_STEP, &step, sizeof(step));
    EXPECT_EQ(step, 1);
    EXPECT_EQ(write_step(s.t.handle, 2, sizeof(step)), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(write_step(s.t.handle, UINT32_MAX, sizeof(step)), ZX_ERR_INVALID_ARGS);
    EXPECT_OK(write_step(s.t.handle, 0, sizeof(step)));
    EXPECT_EQ(write_step(s.t.handle, 0, sizeof(step) - 1), ZX_ERR_BUFFER_TOO_SMALL);
    end(&s);
}

/* A step is an exception after one instruction, here one that leads to itself. */
CASE(Registers, AStepIsAnException)
{
    zx_handle_t channel, exception;
    struct spinning s;

    if (!run_until_spin(&s, spin_with_vector_regs, &vector_set))
        return;
    EXPECT_OK(zx_task_create_exception_channel(s.t.handle, 0, &channel));
    if (write_step(s.t.handle, 1, sizeof(uint32_t)) == ZX_OK) {
        EXPECT_OK(zx_handle_close(s.token));
        exception = take_exception(channel, ZX_EXCP_HW_BREAKPOINT);
        EXPECT_EQ(pc_of(s.t.handle), (uintptr_t)spin_address);
        EXPECT_OK(write_step(s.t.handle, 0, sizeof(uint32_t)));
        end_exception(exception, ZX_EXCEPTION_STATE_HANDLED);
        s.token = suspend_thread(s.t.handle);
    }
    EXPECT_OK(zx_handle_close(channel));
    end(&s);
}

#define DR6_ONES 0xffff0ff0ull
#define DR7_ONES 0x700ull

static zx_status_t write_debug(zx_handle_t thread,
                               const zx_x86_64_thread_state_debug_regs_t *regs)
{
    return zx_thread_write_state(thread, ZX_THREAD_STATE_DEBUG_REGS, regs, sizeof(*regs));
}

static void expect_debug(zx_handle_t thread, const zx_x86_64_thread_state_debug_regs_t *want)
{
    zx_x86_64_thread_state_debug_regs_t got;

    read_state(thread, ZX_THREAD_STATE_DEBUG_REGS, &got, sizeof(got));
    for (unsigned i = 0; i < 4; i++)
        EXPECT_EQ(got.dr[i], want->dr[i]);
    EXPECT_EQ(got.dr6, want->dr6);
    EXPECT_EQ(got.dr7, want->dr7);
}

/* False, and the thread is ended: the machine has no such registers for it. */
static int can_watch(struct spinning *s)
{
    zx_x86_64_thread_state_debug_regs_t none = {0};

    if (write_debug(s->t.handle, &none) == ZX_OK)
        return 1;
    EXPECT_EQ(write_debug(s->t.handle, &none), ZX_ERR_NOT_SUPPORTED);
    EXPECT_EQ(
        zx_thread_read_state(s->t.handle, ZX_THREAD_STATE_DEBUG_REGS, &none, sizeof(none)),
        ZX_ERR_NOT_SUPPORTED);
    end(s);
    return 0;
}

CASE(Threads, WriteReadDebugRegisterState)
{
    const uintptr_t base = (uintptr_t)can_watch;
    const zx_x86_64_thread_state_debug_regs_t set = {.dr = {base, base + 0x4000, base + 0x8000},
                                                     .dr7 = 0x33};
    const zx_x86_64_thread_state_debug_regs_t want = {
        .dr = {base, base + 0x4000, base + 0x8000}, .dr6 = DR6_ONES, .dr7 = 0x33 | DR7_ONES};
    struct spinning s;

    if (!run_until_spin(&s, spin_with_vector_regs, &vector_set) || !can_watch(&s))
        return;
    EXPECT_OK(write_debug(s.t.handle, &set));
    resume_thread(s.t.handle, s.token);
    s.token = suspend_thread(s.t.handle);
    expect_debug(s.t.handle, &want);
    end(&s);
}

CASE(Threads, DebugRegistersValidation)
{
    const zx_x86_64_thread_state_debug_regs_t low = {.dr = {0, 1}},
                                              high = {.dr = {0, 0, 0xffff00000000}},
                                              all = {.dr6 = ~DR6_ONES, .dr7 = ~DR7_ONES},
                                              want = {.dr6 = DR6_ONES, .dr7 = 0xffff07ff};
    struct spinning s;

    if (!run_until_spin(&s, spin_with_vector_regs, &vector_set) || !can_watch(&s))
        return;
    expect_debug(s.t.handle,
                 &(zx_x86_64_thread_state_debug_regs_t){.dr6 = DR6_ONES, .dr7 = DR7_ONES});
    EXPECT_EQ(write_debug(s.t.handle, &low), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(write_debug(s.t.handle, &high), ZX_ERR_INVALID_ARGS);
    EXPECT_OK(write_debug(s.t.handle, &all));
    expect_debug(s.t.handle, &want);
    EXPECT_OK(write_debug(s.t.handle, &(zx_x86_64_thread_state_debug_regs_t){0}));
    end(&s);
}

static volatile uint64_t watched;

static void store_watched(void *arg)
{
    (void)arg;
    for (;;)
        watched++;
}

/* A store to a watched address is an exception; the status tells which address it was. */
CASE(Registers, AWatchedAddressIsAnException)
{
    zx_x86_64_thread_state_debug_regs_t regs = {.dr = {0, (uintptr_t)&watched},
                                                .dr7 = 1u << 2 | 1u << 20 | 2u << 22};
    zx_handle_t channel, exception;
    struct spinning s;

    ASSERT_OK(ztest_thread_start(&s.t, store_watched, NULL));
    s.token = suspend_thread(s.t.handle);
    if (!can_watch(&s))
        return;
    EXPECT_OK(zx_task_create_exception_channel(s.t.handle, 0, &channel));
    EXPECT_OK(write_debug(s.t.handle, &regs));
    EXPECT_OK(zx_handle_close(s.token));
    exception = take_exception(channel, ZX_EXCP_HW_BREAKPOINT);
    read_state(s.t.handle, ZX_THREAD_STATE_DEBUG_REGS, &regs, sizeof(regs));
    EXPECT_EQ(regs.dr6 & 0xf, 2);
    regs.dr7 = 0;
    EXPECT_OK(write_debug(s.t.handle, &regs));
    end_exception(exception, ZX_EXCEPTION_STATE_HANDLED);
    s.token = suspend_thread(s.t.handle);
    EXPECT_OK(zx_handle_close(channel));
    end(&s);
}
