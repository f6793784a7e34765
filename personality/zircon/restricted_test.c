/*
 * restricted_test.c - restricted mode: a call that comes from the vDSO itself, the end of a
 * thread that is there, and a lack of memory.
 */
#include "personality/zircon/zircon_test.h"

#include "personality/zircon/restricted.h"

#define STATE (DATA + 0x100)
#define EVENT (DATA + 0x10)

enum { INSIDE = 1, VECTOR = 2, CONTEXT = 0x1234, SIZE = sizeof(zx_x86_64_restricted_state_t) };

static user_addr_t vdso;
static sim_program *inside; /* what runs in restricted mode */

static void enter(struct sim_user *u)
{
    zx_x86_64_restricted_state_t state = {.ip = text_pc(vdso, INSIDE), .rbx = 7};

    sim_user_store(u, STATE, &state, SIZE);
    EXPECT(ZX(restricted_write_state, STATE, SIZE), ZX_OK);
    (void)ZX(restricted_enter, 0, text_pc(vdso, VECTOR), CONTEXT);
    sim_user_raise(u, HAL_EXC_ILLEGAL); /* not reached */
    __builtin_unreachable();
}

static _Noreturn void end(struct sim_user *u, uint64_t code)
{
    ZX(process_exit, code);
    sim_user_raise(u, HAL_EXC_ILLEGAL); /* not reached */
    __builtin_unreachable();
}

/* Text 0. */
static void begins(struct sim_user *u)
{
    vdso = sim_user_regs(u)->rsi;
    EXPECT(ZX(event_create, 0, EVENT), ZX_OK);
    enter(u);
}

static void run_inside(struct sim_user *u)
{
    inside(u);
}

static void closes_the_event(struct sim_user *u)
{
    EXPECT(sim_user_regs(u)->rbx, 7);
    ZX(handle_close, load32(u, EVENT));
    EXPECT(0, 1); /* not reached */
}

/* The call has done nothing, here it does. */
static void is_back(struct sim_user *u)
{
    zx_x86_64_restricted_state_t state;

    EXPECT(sim_user_regs(u)->rdi, CONTEXT);
    EXPECT(sim_user_regs(u)->rsi, 0);
    EXPECT(ZX(restricted_read_state, STATE, SIZE), ZX_OK);
    sim_user_load(u, STATE, &state, SIZE);
    EXPECT(state.rbx, 7);
    EXPECT(state.rdi, load32(u, EVENT));
    EXPECT(state.rax, ZIRCON_NR_handle_close | SYSCALL_ZIRCON_TAG);
    EXPECT(ZX(handle_close, load32(u, EVENT)), ZX_OK);
    end(u, 5);
}

static int64_t run_restricted(sim_program *program)
{
    uint64_t live = slab_live_objects();
    int64_t code;

    inside = program;
    set_text(INSIDE, run_inside);
    set_text(VECTOR, is_back);
    code = run(begins);
    frame_drain();
    assert_int_equal(slab_live_objects(), live);
    return code;
}

static void test_a_call_brings_it_back(void **state)
{
    (void)state;
    assert_int_equal(run_restricted(closes_the_event), 5);
}

static void faults(struct sim_user *u)
{
    store32(u, BAD, 1);
}

static void test_a_fault_is_the_death_of_the_process(void **state)
{
    (void)state;
    assert_int_equal(run_restricted(faults), ZX_TASK_RETCODE_EXCEPTION_KILL);
}

static void is_killed(struct sim_user *u)
{
    process_kill(process, -9);
    store32(u, BAD, 1); /* not reached: it looks for interrupts first */
}

static void test_a_kill_finds_it(void **state)
{
    (void)state;
    assert_int_equal(run_restricted(is_killed), -9);
}

static void poor(struct sim_user *u)
{
    vdso = sim_user_regs(u)->rsi;
    EXPECT(ZX(restricted_enter, 1, 0, 0), ZX_ERR_INVALID_ARGS);
    store32(u, STATE, 0);
    inject_failure_at(1);
    EXPECT(ZX(restricted_read_state, STATE, SIZE), ZX_ERR_NO_MEMORY);
    inject_failure_at(1);
    EXPECT(ZX(restricted_write_state, STATE, SIZE), ZX_ERR_NO_MEMORY);
    inject_failure_at(1);
    EXPECT(ZX(restricted_enter, 0, text_pc(vdso, VECTOR), 0), ZX_ERR_NO_MEMORY);
    inject_failure_at(0);
    EXPECT(ZX(restricted_read_state, STATE, SIZE), ZX_OK);
    end(u, 0);
}

static void test_no_memory(void **state)
{
    (void)state;
    assert_int_equal(run(poor), 0);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup_zircon, teardown_zircon)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_call_brings_it_back),
        TEST(test_a_fault_is_the_death_of_the_process),
        TEST(test_a_kill_finds_it),
        TEST(test_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
