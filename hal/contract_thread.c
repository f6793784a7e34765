/*
 * contract_thread.c - user mode: system calls, faults and exceptions, preemption.
 */
#include "base/assert.h"
#include "base/string.h"
#include "hal/contract_internal.h"
#include "hal/time.h"

#define READ  HAL_PROT_READ
#define WRITE HAL_PROT_WRITE
#define EXEC  HAL_PROT_EXEC

/* FP state that no context uses at the moment; each is large enough for any machine. */
static struct fp_area {
    unsigned char state[12288] __attribute__((aligned(HAL_FP_ALIGN)));
} fp_areas[4];
static unsigned fp_areas_used;

void contract_thread_restart(struct contract_thread *t, enum contract_entry entry,
                             uint64_t arg0, uint64_t arg1)
{
    user_regs_start(&t->ctx.regs, USER_CODE + contract_user.entry[entry],
                    USER_DATA + PAGE_SIZE - 64, arg0, arg1);
}

void contract_thread_init(struct contract_thread *t, enum contract_entry entry, uint64_t arg0,
                          uint64_t arg1)
{
    assert(hal_fp_kept_size() <= sizeof(struct fp_area) && fp_areas_used < countof(fp_areas));
    assert(contract_user.size <= PAGE_SIZE);
    *t = (struct contract_thread){.code = contract_page(), .data = contract_page()};
    memcpy(hal_phys_to_virt(t->code), contract_user.text, contract_user.size);
    hal_icache_sync();
    CHECK_EQ(hal_pt_init(&t->pt), OK);
    CHECK_EQ(hal_pt_map(&t->pt, USER_CODE, t->code, 1, READ | EXEC), OK);
    CHECK_EQ(hal_pt_map(&t->pt, USER_DATA, t->data, 1, READ | WRITE), OK);
    hal_context_init(&t->ctx, fp_areas[fp_areas_used++].state);
    contract_thread_restart(t, entry, arg0, arg1);
}

/* The last one initialised goes first. */
void contract_thread_fini(struct contract_thread *t)
{
    hal_context_park();
    hal_context_fini(&t->ctx);
    fp_areas_used--;
    hal_pt_fini(&t->pt);
    contract_page_free(t->data);
    contract_page_free(t->code);
}

void contract_thread_run(struct contract_thread *t)
{
    for (;;) {
        hal_context_run(&t->ctx, &t->pt, &t->trap);
        if (t->trap.kind != HAL_TRAP_INTERRUPT)
            return;
        hal_irq_serve();
    }
}

void contract_expect_value(struct contract_thread *t, uint64_t value)
{
    contract_thread_run(t);
    if (CHECK_EQ(t->trap.kind, HAL_TRAP_SYSCALL)) {
        CHECK_EQ(user_regs_syscall_number(&t->ctx.regs), CALL_VALUE);
        CHECK_EQ(user_regs_arg(&t->ctx.regs, 0), value);
    }
}

static void expect_fault(struct contract_thread *t, user_addr_t addr, unsigned access)
{
    contract_thread_run(t);
    if (CHECK_EQ(t->trap.kind, HAL_TRAP_FAULT)) {
        CHECK_EQ(t->trap.addr, addr);
        CHECK_EQ(t->trap.access, access);
    }
}

/* A word of the page at USER_DATA. */
static uint64_t *data_word(const struct contract_thread *t, unsigned index)
{
    return (uint64_t *)hal_phys_to_virt(t->data) + index;
}

/* --- system calls --- */

static void system_calls(void)
{
    struct contract_thread t;

    contract_thread_init(&t, USER_SYSCALL, 0, 0);
    contract_thread_run(&t);
    CHECK_EQ(t.trap.kind, HAL_TRAP_SYSCALL);
    CHECK_EQ(user_regs_syscall_number(&t.ctx.regs), CALL_SIX);
    for (unsigned i = 0; i < 6; i++)
        CHECK_EQ(user_regs_arg(&t.ctx.regs, i), 11 + i);
    CHECK_EQ(user_regs_sp(&t.ctx.regs), USER_DATA + PAGE_SIZE - 64);
    user_regs_set_result(&t.ctx.regs, 77);
    contract_expect_value(&t, 77);
    user_regs_set_result(&t.ctx.regs, 1ull << 63);
    contract_expect_value(&t, 1ull << 63);
    user_regs_restart_syscall(&t.ctx.regs, CALL_VALUE, 1ull << 63);
    contract_expect_value(&t, 1ull << 63);
    contract_thread_fini(&t);
}

/* Counts down with the user program, which calls with each result. */
static bool count_down(struct hal_context *ctx)
{
    uint64_t value = user_regs_arg(&ctx->regs, 0);

    if (value)
        user_regs_set_result(&ctx->regs, value - 1);
    return value != 0;
}

static void calls_end_in_the_upcall(void)
{
    struct contract_thread t;

    contract_thread_init(&t, USER_READ, USER_DATA, 0);
    *data_word(&t, 0) = 1000;
    contract_syscall = count_down;
    contract_expect_value(&t, 0);
    contract_syscall = NULL;
    contract_thread_fini(&t);
}

static bool call_kicks(struct hal_context *ctx)
{
    user_regs_set_result(&ctx->regs, 5);
    hal_cpu_kick(hal_cpu_id());
    while (!hal_irq_pending())
        hal_cpu_relax(0);
    return true;
}

static void what_a_call_makes_pending_comes_first(void)
{
    struct contract_thread t;

    contract_thread_init(&t, USER_READ, USER_DATA, 0);
    contract_syscall = call_kicks;
    do {
        hal_context_run(&t.ctx, &t.pt, &t.trap);
        hal_irq_serve();
    } while (user_regs_result(&t.ctx.regs) != 5);
    CHECK_EQ(t.trap.kind, HAL_TRAP_INTERRUPT);
    contract_syscall = NULL;
    contract_expect_value(&t, 5);
    contract_thread_fini(&t);
}

static void thread_pointer(void)
{
    struct contract_thread t;

    contract_thread_init(&t, USER_TLS, 0, 0);
    *data_word(&t, 8) = 0x1e5;
    user_regs_set_tls(&t.ctx.regs, USER_DATA + 8 * sizeof(uint64_t));
    contract_expect_value(&t, 0x1e5);
    contract_thread_fini(&t);
}

static void user_memory_is_the_linear_map_s(void)
{
    struct contract_thread t;

    contract_thread_init(&t, USER_READ, USER_DATA, 0);
    *data_word(&t, 0) = 0x5eed;
    contract_expect_value(&t, 0x5eed);
    contract_thread_restart(&t, USER_WRITE, USER_DATA + 8, 0xfeed);
    contract_expect_value(&t, 0xfeed);
    CHECK_EQ(*data_word(&t, 1), 0xfeed);
    contract_thread_fini(&t);
}

/* Two address spaces, the same address, entered in turn. */
static void address_spaces_are_apart(void)
{
    struct contract_thread a, b;

    contract_thread_init(&a, USER_READ, USER_DATA, 0);
    contract_thread_init(&b, USER_READ, USER_DATA, 0);
    for (unsigned i = 0; i < 3; i++) {
        *data_word(&a, 0) = 100 + i;
        *data_word(&b, 0) = 200 + i;
        contract_thread_restart(&a, USER_READ, USER_DATA, 0);
        contract_expect_value(&a, 100 + i);
        hal_context_park();
        contract_thread_restart(&b, USER_READ, USER_DATA, 0);
        contract_expect_value(&b, 200 + i);
        hal_context_park();
    }
    contract_thread_fini(&b);
    contract_thread_fini(&a);
}

static void spinning_is_preempted(void)
{
    struct contract_thread t;
    unsigned calls = contract_timer_calls();
    time_ns_t deadline = hal_time_now() + 5 * NS_PER_MS;

    contract_thread_init(&t, USER_SPIN, 0, 0);
    hal_timer_set(deadline);
    while (contract_timer_calls() == calls) {
        hal_context_run(&t.ctx, &t.pt, &t.trap);
        if (!CHECK_EQ(t.trap.kind, HAL_TRAP_INTERRUPT))
            break;
        hal_irq_serve();
    }
    CHECK(hal_time_now() >= deadline);
    CHECK(hal_time_now() < deadline + LATE);
    contract_thread_fini(&t);
}

static void what_is_pending_comes_first(void)
{
    struct contract_thread t;

    contract_thread_init(&t, USER_SYSCALL, 0, 0);
    hal_cpu_kick(hal_cpu_id());
    while (!hal_irq_pending())
        hal_cpu_relax(0);
    hal_context_run(&t.ctx, &t.pt, &t.trap);
    CHECK_EQ(t.trap.kind, HAL_TRAP_INTERRUPT);
    hal_irq_serve();
    contract_thread_run(&t);
    CHECK_EQ(user_regs_syscall_number(&t.ctx.regs), CALL_SIX);
    contract_thread_fini(&t);
}

void contract_test_user(void)
{
    CHECK_RUN(system_calls);
    CHECK_RUN(calls_end_in_the_upcall);
    CHECK_RUN(what_a_call_makes_pending_comes_first);
    CHECK_RUN(thread_pointer);
    CHECK_RUN(user_memory_is_the_linear_map_s);
    CHECK_RUN(address_spaces_are_apart);
    CHECK_RUN(spinning_is_preempted);
    CHECK_RUN(what_is_pending_comes_first);
}

/* --- faults --- */

static void missing_pages_fault(void)
{
    struct contract_thread t;

    contract_thread_init(&t, USER_READ, USER_FAR + 16, 0);
    expect_fault(&t, USER_FAR + 16, READ);
    expect_fault(&t, USER_FAR + 16, READ); /* and again: nothing has changed */
    CHECK_EQ(hal_pt_map(&t.pt, USER_FAR, t.data, 1, READ), OK);
    *data_word(&t, 2) = 42;
    contract_expect_value(&t, 42); /* the access is made again */

    contract_thread_restart(&t, USER_WRITE, 0, 1);
    expect_fault(&t, 0, WRITE);
    contract_thread_restart(&t, USER_READ, 0, 0);
    expect_fault(&t, 0, READ);
    contract_thread_restart(&t, USER_JUMP, 0, 0);
    expect_fault(&t, 0, EXEC);
    contract_thread_restart(&t, USER_JUMP, USER_FAR + 0x100000, 0);
    expect_fault(&t, USER_FAR + 0x100000, EXEC);
    contract_thread_fini(&t);
}

static void rights_are_kept(void)
{
    struct contract_thread t;

    contract_thread_init(&t, USER_WRITE, USER_CODE, 1);
    expect_fault(&t, USER_CODE, WRITE);
    contract_thread_restart(&t, USER_JUMP, USER_DATA, 0);
    expect_fault(&t, USER_DATA, EXEC);
    contract_thread_restart(&t, USER_WRITE, USER_DATA, 5);
    contract_expect_value(&t, 5);
    hal_pt_protect(&t.pt, USER_DATA, 1, READ);
    contract_thread_restart(&t, USER_WRITE, USER_DATA, 6);
    expect_fault(&t, USER_DATA, WRITE); /* a narrowing protect holds at once */
    hal_pt_protect(&t.pt, USER_DATA, 1, READ | WRITE);
    contract_expect_value(&t, 6);
    hal_pt_unmap(&t.pt, USER_DATA, 1);
    contract_thread_restart(&t, USER_READ, USER_DATA, 0);
    expect_fault(&t, USER_DATA, READ);
    contract_thread_fini(&t);
}

static void replacing_a_page_is_seen(void)
{
    struct contract_thread t;
    paddr_t other = contract_page();

    contract_thread_init(&t, USER_READ, USER_DATA, 0);
    *data_word(&t, 0) = 1;
    *(uint64_t *)hal_phys_to_virt(other) = 2;
    contract_expect_value(&t, 1);
    CHECK_EQ(hal_pt_map(&t.pt, USER_DATA, other, 1, READ), OK);
    contract_thread_restart(&t, USER_READ, USER_DATA, 0);
    contract_expect_value(&t, 2);
    contract_thread_fini(&t);
    contract_page_free(other);
}

static void expect_exception(struct contract_thread *t, enum hal_exception exception)
{
    contract_thread_run(t);
    CHECK_EQ(t->trap.kind, HAL_TRAP_EXCEPTION);
    CHECK_EQ(t->trap.exception, exception);
}

static void exceptions(void)
{
    struct contract_thread t;

    contract_thread_init(&t, USER_ILLEGAL, 0, 0);
    expect_exception(&t, HAL_EXC_ILLEGAL);
    expect_exception(&t, HAL_EXC_ILLEGAL); /* the pc has not moved */
    contract_thread_restart(&t, USER_BREAKPOINT, 0, 0);
    expect_exception(&t, HAL_EXC_BREAKPOINT);
    contract_thread_fini(&t);
}

void contract_test_faults(void)
{
    CHECK_RUN(missing_pages_fault);
    CHECK_RUN(rights_are_kept);
    CHECK_RUN(replacing_a_page_is_seen);
    CHECK_RUN(exceptions);
}
