/*
 * restricted.c - restricted mode: what a thread comes back from, with which registers; and what
 * exceptions, suspension and kills do in it.
 */
#include "tests/zircon/restricted.h"

static uint64_t own_word, gs_word;

/* Every register has a value of its own. */
static void fill(union restricted_words *state, const char *pc)
{
    const struct restricted_machine *m = &restricted_machine;

    memset(state, 0, sizeof(*state));
    for (unsigned i = 0; i < m->count; i++)
        state->word[m->first + i] = 0x0101010101010101ull * (i + 1);
    state->word[m->pc] = (uintptr_t)pc;
    state->word[m->own] = (uintptr_t)&own_word;
}

static void write_restricted(const union restricted_words *state)
{
    EXPECT_OK(zx_restricted_write_state(state, restricted_machine.size));
}

static void read_restricted(union restricted_words *state)
{
    memset(state, 0x55, sizeof(*state));
    EXPECT_OK(zx_restricted_read_state(state, restricted_machine.size));
}

/* There and back. */
static zx_status_t go(void)
{
    uint64_t reason = 99;
    zx_status_t st = restricted_run(&reason, zx_restricted_enter);

    EXPECT_EQ(reason, st == ZX_OK ? 0 : 99);
    return st;
}

/* `got` is `set`, one more in each register, at the address behind the call. */
static void expect_bumped(const union restricted_words *set, const union restricted_words *got)
{
    const struct restricted_machine *m = &restricted_machine;

    for (unsigned i = m->first; i < m->first + m->count; i++)
        EXPECT_EQ(got->word[i], m->lost >> i & 1 ? 0 : set->word[i] + 1);
    EXPECT_EQ(got->word[m->pc], (uintptr_t)restricted_bumped);
}

static void bump(const char *pc, int gs)
{
    const struct restricted_machine *m = &restricted_machine;
    union restricted_words set, got;

    fill(&set, pc);
    if (gs)
        set.word[m->gs] = (uintptr_t)&gs_word;
    own_word = gs_word = 0;
    write_restricted(&set);
    ASSERT_OK(go());
    read_restricted(&got);
    expect_bumped(&set, &got);
    EXPECT_NE(own_word, 0);
    EXPECT_EQ(gs_word != 0, gs);
    if (gs)
        EXPECT_EQ(got.word[m->gs], set.word[m->gs]);
}

/* Is there a machine with a base for programs there? */
static int has_gs(void)
{
    union restricted_words state;
    zx_status_t st;

    if (!restricted_machine.gs)
        return 0;
    fill(&state, restricted_call);
    state.word[restricted_machine.gs] = (uintptr_t)&gs_word;
    write_restricted(&state);
    st = go();
    EXPECT_TRUE(st == ZX_OK || st == ZX_ERR_NOT_SUPPORTED);
    return st == ZX_OK;
}

CASE(RestrictedMode, Basic)
{
    for (unsigned i = 0; i < 5; i++)
        bump(restricted_bump, 0);
    if (has_gs())
        bump(restricted_bump_gs, 1);
}

/* A state stays as it is until the next time; other calls are as ever between. */
CASE(RestrictedMode, Bench)
{
    const struct restricted_machine *m = &restricted_machine;
    union restricted_words state;

    fill(&state, restricted_call);
    for (unsigned i = 0; i < 1000; i++) {
        state.word[m->number] = i;
        write_restricted(&state);
        ASSERT_OK(go());
        ASSERT_EQ(zx_syscall_test_2(1, (int)i), 1 + (int)i);
        read_restricted(&state);
        ASSERT_EQ(state.word[m->number], RESTRICTED_CALL_NUMBER);
        ASSERT_EQ(state.word[m->pc], (uintptr_t)restricted_called);
        state.word[m->pc] = (uintptr_t)restricted_call;
    }
}

static void expect_bad(unsigned word, uint64_t value)
{
    union restricted_words state;

    fill(&state, restricted_call);
    state.word[word] = value;
    write_restricted(&state);
    EXPECT_EQ(go(), ZX_ERR_BAD_STATE);
}

CASE(RestrictedMode, InvalidState)
{
    const struct restricted_machine *m = &restricted_machine;

    expect_bad(m->pc, ~0ull);
    if (m->flags) {
        expect_bad(m->flags, 1ull << 31);
        expect_bad(m->flags, 1ull << 9);
        expect_bad(m->own, 1ull << 63);
        expect_bad(m->gs, 1ull << 63);
    }
}

CASE(RestrictedMode, InvalidArgs)
{
    const size_t sizes[] = {0, restricted_machine.size - 1, restricted_machine.size + 1};
    union restricted_words state;

    EXPECT_EQ(zx_restricted_enter(0, (uintptr_t)-1, 0), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_restricted_enter(~0u, 0, 0), ZX_ERR_INVALID_ARGS);
    fill(&state, restricted_call);
    for (unsigned i = 0; i < 3; i++) {
        EXPECT_EQ(zx_restricted_read_state(&state, sizes[i]), ZX_ERR_INVALID_ARGS);
        EXPECT_EQ(zx_restricted_write_state(&state, sizes[i]), ZX_ERR_INVALID_ARGS);
    }
    EXPECT_EQ(zx_restricted_read_state(NULL, restricted_machine.size), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_restricted_write_state(NULL, restricted_machine.size), ZX_ERR_INVALID_ARGS);
}

/* Code in restricted mode jumps into the vDSO: what it wants closed stays open. */
CASE(RestrictedMode, CallsOfTheVdsoDoNothing)
{
    const struct restricted_machine *m = &restricted_machine;
    static uint64_t stack[64];
    union restricted_words state;
    zx_handle_t event;

    ASSERT_OK(zx_event_create(0, &event));
    for (unsigned i = 0; i < 5; i++) {
        fill(&state, (const char *)zx_handle_close);
        state.word[m->arg0] = event;
        state.word[m->sp] = (uintptr_t)&stack[62];
        write_restricted(&state);
        ASSERT_OK(go());
        read_restricted(&state);
        EXPECT_EQ(state.word[m->arg0], event);
        EXPECT_NE(ztest_koid(event), 0);
    }
    EXPECT_OK(zx_handle_close(event));
}

/* --- other threads --- */

/* A thread that goes through restricted mode once. */
struct runner {
    struct ztest_thread t;
    union restricted_words state; /* before, and after */
    union restricted_words first; /* what it found */
};

static void run(void *arg)
{
    struct runner *r = arg;

    read_restricted(&r->first);
    write_restricted(&r->state);
    EXPECT_OK(go());
    read_restricted(&r->state);
}

static uintptr_t general_pc(zx_handle_t thread, union general_regs *regs)
{
    EXPECT_OK(zx_thread_read_state(thread, ZX_THREAD_STATE_GENERAL_REGS, regs,
                                   machine_registers.size));
    return regs->word[machine_registers.pc];
}

static void set_pc(zx_handle_t thread, union general_regs *regs, const char *pc)
{
    regs->word[machine_registers.pc] = (uintptr_t)pc;
    EXPECT_OK(zx_thread_write_state(thread, ZX_THREAD_STATE_GENERAL_REGS, regs,
                                    machine_registers.size));
}

/* Suspended at spin_address; the token. */
static zx_handle_t start_spinning(struct runner *r, union general_regs *regs)
{
    zx_handle_t token;

    fill(&r->state, spin_address);
    EXPECT_OK(ztest_thread_start(&r->t, run, r));
    token = suspend_thread(r->t.handle);
    while (general_pc(r->t.handle, regs) != (uintptr_t)spin_address) {
        resume_thread(r->t.handle, token);
        zx_nanosleep(ztest_after(ZTEST_MSEC(1)));
        token = suspend_thread(r->t.handle);
    }
    return token;
}

CASE(RestrictedMode, EachThreadHasItsState)
{
    static struct runner r;
    union restricted_words state;

    fill(&state, restricted_bump);
    write_restricted(&state);
    fill(&r.state, restricted_call);
    ASSERT_OK(ztest_thread_start(&r.t, run, &r));
    ztest_thread_join(&r.t);
    for (unsigned i = 0; i < restricted_machine.size / sizeof(uint64_t); i++)
        EXPECT_EQ(r.first.word[i], 0);
    EXPECT_EQ(r.state.word[restricted_machine.pc], (uintptr_t)restricted_called);
    read_restricted(&state);
    EXPECT_EQ(state.word[restricted_machine.pc], (uintptr_t)restricted_bump);
}

/* A suspended thread shows the registers it runs on, and they can be written. */
CASE(RestrictedMode, SuspendedThere)
{
    static struct runner r;
    union restricted_words state;
    union general_regs regs;
    zx_handle_t token = start_spinning(&r, &regs);

    fill(&state, spin_address);
    EXPECT_EQ(regs.word[machine_registers.arg0], state.word[restricted_machine.arg0]);
    EXPECT_EQ(regs.word[machine_registers.own], (uintptr_t)&own_word);
    regs.word[machine_registers.arg0] = 0x4321;
    set_pc(r.t.handle, &regs, restricted_call);
    EXPECT_OK(zx_handle_close(token));
    ztest_thread_join(&r.t);
    EXPECT_EQ(r.state.word[restricted_machine.arg0], 0x4321);
    EXPECT_EQ(r.state.word[restricted_machine.pc], (uintptr_t)restricted_called);
}

CASE(RestrictedMode, KilledThere)
{
    static struct runner r;
    union general_regs regs;
    zx_handle_t token = start_spinning(&r, &regs);

    resume_thread(r.t.handle, token);
    kill_thread(&r.t);
}

/* An exception goes to its channel, and the thread stays in restricted mode. */
CASE(RestrictedMode, ExceptionThere)
{
    static struct runner r;
    union general_regs regs;
    zx_handle_t channel, exception, token = start_spinning(&r, &regs);

    ASSERT_OK(zx_task_create_exception_channel(r.t.handle, 0, &channel));
    set_pc(r.t.handle, &regs, restricted_called);
    EXPECT_OK(zx_handle_close(token));
    exception = take_exception(channel, ZX_EXCP_UNDEFINED_INSTRUCTION);
    EXPECT_EQ(general_pc(r.t.handle, &regs), (uintptr_t)restricted_called);
    set_pc(r.t.handle, &regs, restricted_call);
    end_exception(exception, ZX_EXCEPTION_STATE_HANDLED);
    ztest_thread_join(&r.t);
    EXPECT_EQ(r.state.word[restricted_machine.pc], (uintptr_t)restricted_called);
    EXPECT_OK(zx_handle_close(channel));
}
