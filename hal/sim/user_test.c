/*
 * user_test.c - programs of the simulated machine beyond what the contract test uses.
 */
#include "hal/sim/user.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/status.h"
#include "hal/irq.h"
#include "hal/sim/sim.h"

static int teardown(void **state)
{
    (void)state;
    sim_teardown();
    return 0;
}

/* --- a small kernel --- */

static paddr_t next_page;

static status_t page_alloc(paddr_t *out)
{
    *out = next_page;
    next_page += PAGE_SIZE;
    return OK;
}

static void page_free(paddr_t page)
{
    (void)page;
}

static const struct hal_upcalls upcalls = {.page_alloc = page_alloc, .page_free = page_free};

#define CODE 0x10000ull
#define DATA 0x20000ull

static struct {
    struct hal_pt pt;
    struct hal_context ctx, child;
    struct hal_trap trap;
    unsigned char fp[2][1024] __attribute__((aligned(HAL_FP_ALIGN)));
} user;

static void handler_program(struct sim_user *u)
{
    SIM_SYSCALL(u, 200);
    sim_user_leave(u, 201);
}

static void main_program(struct sim_user *u)
{
    uint64_t pid = sim_user_forked(u) ? 0 : SIM_SYSCALL(u, 100);

    SIM_SYSCALL(u, 101, pid);
    sim_user_store64(u, DATA + PAGE_SIZE - 4, 0x1122334455667788);
    SIM_SYSCALL(u, 102, sim_user_load64(u, DATA + PAGE_SIZE - 4));
}

static const struct sim_text programs[] = {SIM_TEXT(main_program), SIM_TEXT(handler_program)};

static void start_user(void)
{
    paddr_t code, data;

    sim_setup(&(struct sim_config){.cpus = 2});
    hal_upcalls_register(&upcalls);
    next_page = SIM_RAM_BASE;
    memset(&user, 0, sizeof(user));
    assert_int_equal(page_alloc(&code), OK);
    assert_int_equal(page_alloc(&data), OK);
    memcpy(hal_phys_to_virt(code), programs, sizeof(programs));
    assert_int_equal(hal_pt_init(&user.pt), OK);
    assert_int_equal(hal_pt_map(&user.pt, CODE, code, 1, HAL_PROT_EXEC), OK);
    assert_int_equal(hal_pt_map(&user.pt, DATA, data, 1, HAL_PROT_WRITE), OK);
    hal_context_init(&user.ctx, user.fp[0]);
    hal_context_init(&user.child, user.fp[1]);
    user_regs_start(&user.ctx.regs, CODE, 0, 0, 0);
}

/* `ctx` traps with system call `number`; its first argument. */
static uint64_t expect_syscall(struct hal_context *ctx, uint64_t number)
{
    hal_context_run(ctx, &user.pt, &user.trap);
    assert_int_equal(user.trap.kind, HAL_TRAP_SYSCALL);
    assert_int_equal(user_regs_syscall_number(&ctx->regs), number);
    return user_regs_arg(&ctx->regs, 0);
}

static void programs_fork(void **state)
{
    (void)state;
    start_user();
    expect_syscall(&user.ctx, 100);
    assert_int_equal(hal_context_copy(&user.child, &user.ctx), OK);
    user_regs_fork_child(&user.child.regs, 0);
    user_regs_set_result(&user.ctx.regs, 33);
    assert_int_equal(expect_syscall(&user.child, 101), 0);
    assert_int_equal(expect_syscall(&user.ctx, 101), 33);
    hal_context_fini(&user.child);
    hal_context_fini(&user.ctx);
}

static void handlers_run_on_top(void **state)
{
    struct user_regs saved;

    (void)state;
    start_user();
    expect_syscall(&user.ctx, 100);
    user_regs_set_result(&user.ctx.regs, 55);
    saved = user.ctx.regs;
    user.ctx.regs.rip = CODE + sizeof(struct sim_text);
    expect_syscall(&user.ctx, 200);
    expect_syscall(&user.ctx, 201);
    user.ctx.regs = saved;
    assert_int_equal(expect_syscall(&user.ctx, 101), 55);
}

static void accesses_fault_page_by_page(void **state)
{
    paddr_t page;

    (void)state;
    start_user();
    expect_syscall(&user.ctx, 100);
    expect_syscall(&user.ctx, 101);
    hal_context_run(&user.ctx, &user.pt, &user.trap);
    assert_int_equal(user.trap.kind, HAL_TRAP_FAULT);
    assert_int_equal(user.trap.addr, DATA + PAGE_SIZE);
    assert_int_equal(user.trap.access, HAL_PROT_WRITE);
    assert_int_equal(page_alloc(&page), OK);
    assert_int_equal(hal_pt_map(&user.pt, DATA + PAGE_SIZE, page, 1, HAL_PROT_WRITE), OK);
    assert_int_equal(expect_syscall(&user.ctx, 102), 0x1122334455667788);
    hal_context_run(&user.ctx, &user.pt, &user.trap); /* off its end */
    assert_int_equal(user.trap.exception, HAL_EXC_ILLEGAL);
}

static void forgetting_to_park_is_noticed(void **state)
{
    (void)state;
    start_user();
    expect_syscall(&user.ctx, 100);
    sim_become(1);
    assert_true(SIM_PANICS(expect_syscall(&user.ctx, 101)));
    sim_become(0);
    hal_context_park();
    sim_become(1);
    expect_syscall(&user.ctx, 101);
    sim_become(0);
}

#define TEST(name) cmocka_unit_test_teardown(name, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(programs_fork),
        TEST(handlers_run_on_top),
        TEST(accesses_fault_page_by_page),
        TEST(forgetting_to_park_is_noticed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
