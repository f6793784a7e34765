/*
 * user.c - runs the programs of user.h, each context's on a stack of its own.
 */
#include "hal/sim/user_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/list.h"
#include "base/status.h"
#include "hal/sim/sim_internal.h"

/* Program counters of a program that has begun, from its record on. */
#define PC_INSIDE  16u /* at an instruction */
#define PC_SYSCALL 18u /* behind a system call: restarting one goes back by 2 */

#define SPIN_STEP 1000 /* ns between two looks for interrupts */

struct sim_user {
    struct list link;        /* of all */
    struct fiber *fiber;     /* the programs' stack */
    struct fiber *kernel;    /* who entered, for the way back */
    struct hal_context *ctx; /* these three are the arguments of the present entry */
    struct hal_pt *pt;
    struct hal_trap *trap;
    user_addr_t base; /* record of the innermost program */
    bool forked;      /* it began behind a system call */
    bool left;        /* it has made its last system call */
};

static struct list users = {&users, &users};

struct user_regs *sim_user_regs(struct sim_user *u)
{
    return &u->ctx->regs;
}

bool sim_user_forked(const struct sim_user *u)
{
    return u->forked;
}

void *sim_user_fp(struct sim_user *u)
{
    assert(sim.here->fp_owner == u->ctx);
    return sim.here->fp;
}

/* --- traps --- */

/* To the kernel; returns when it enters the context again, on whatever CPU, with the registers
 * and the address space that it then has. */
static void yield(struct sim_user *u, struct hal_trap trap)
{
    *u->trap = trap;
    sim_switch_fiber(u->kernel);
}

/* The memory at `addr`, in the kernel's eyes; NULL where access must fault. */
static void *translate(struct sim_user *u, user_addr_t addr, unsigned access)
{
    paddr_t pa;
    unsigned prot;

    if (hal_pt_query(u->pt, ROUND_DOWN(addr, PAGE_SIZE), &pa, &prot) != OK || !(prot & access))
        return NULL;
    return (char *)hal_phys_to_virt(pa) + (addr & PAGE_MASK);
}

static struct hal_trap fault_at(user_addr_t addr, unsigned access)
{
    return (struct hal_trap){.kind = HAL_TRAP_FAULT, .addr = addr, .access = access};
}

static struct hal_trap exception_of(enum hal_exception exception)
{
    return (struct hal_trap){.kind = HAL_TRAP_EXCEPTION, .exception = exception};
}

/* One attempt to run what the pc points at: a trap, or a program to its end. */
static void run_program(struct sim_user *u)
{
    user_addr_t pc = u->ctx->regs.rip, outer = u->base;
    const struct sim_text *text = translate(u, ROUND_DOWN(pc, sizeof(*text)), HAL_PROT_EXEC);
    sim_program *program;

    if (!text) {
        yield(u, fault_at(pc, HAL_PROT_EXEC));
        return;
    }
    if (text->magic != SIM_TEXT_MAGIC) {
        yield(u, exception_of(HAL_EXC_ILLEGAL));
        return;
    }
    program = text->program;
    u->base = ROUND_DOWN(pc, sizeof(*text));
    u->forked = pc != u->base;
    u->ctx->regs.rip = u->base + PC_INSIDE;
    program(u);
    while (!u->left) /* off the end */
        sim_user_raise(u, HAL_EXC_ILLEGAL);
    u->left = false;
    u->base = outer;
}

static bool is_inside(const struct sim_user *u)
{
    user_addr_t pc = u->ctx->regs.rip;

    return pc == u->base + PC_INSIDE || pc == u->base + PC_SYSCALL;
}

/* Trap with the pc at `offset` of the program; then whatever the kernel wants run instead. */
static void trap(struct sim_user *u, unsigned offset, struct hal_trap trap)
{
    u->ctx->regs.rip = u->base + offset;
    yield(u, trap);
    while (!is_inside(u))
        run_program(u);
}

static void take_interrupts(struct sim_user *u)
{
    sim_point();
    while (atomic_load(&sim.here->cpu.pending))
        trap(u, PC_INSIDE, (struct hal_trap){.kind = HAL_TRAP_INTERRUPT});
}

/* --- what programs do --- */

void sim_user_raise(struct sim_user *u, enum hal_exception exception)
{
    take_interrupts(u);
    trap(u, PC_INSIDE, exception_of(exception));
}

uint64_t sim_user_syscall(struct sim_user *u, uint64_t number, const uint64_t args[6])
{
    struct user_regs *r = &u->ctx->regs;

    take_interrupts(u);
    r = &u->ctx->regs;
    r->rax = number;
    r->rdi = args[0];
    r->rsi = args[1];
    r->rdx = args[2];
    r->r10 = args[3];
    r->r8 = args[4];
    r->r9 = args[5];
    do
        trap(u, PC_SYSCALL, (struct hal_trap){.kind = HAL_TRAP_SYSCALL});
    while (u->ctx->regs.rip == u->base + PC_INSIDE); /* set back: once more */
    return u->ctx->regs.rax;
}

void sim_user_leave(struct sim_user *u, uint64_t number)
{
    take_interrupts(u);
    u->ctx->regs.rax = number;
    u->ctx->regs.rip = u->base + PC_SYSCALL;
    yield(u, (struct hal_trap){.kind = HAL_TRAP_SYSCALL});
    u->left = true;
}

/* One piece, within a page. */
static void *reach(struct sim_user *u, user_addr_t addr, unsigned access)
{
    void *memory;

    take_interrupts(u);
    while (!(memory = translate(u, addr, access)))
        trap(u, PC_INSIDE, fault_at(addr, access));
    return memory;
}

static size_t piece(user_addr_t addr, size_t size)
{
    return MIN(size, PAGE_SIZE - (addr & PAGE_MASK));
}

void sim_user_load(struct sim_user *u, user_addr_t from, void *to, size_t size)
{
    for (size_t n; size; size -= n, from += n, to = (char *)to + n) {
        n = piece(from, size);
        memcpy(to, reach(u, from, HAL_PROT_READ), n);
    }
}

void sim_user_store(struct sim_user *u, user_addr_t to, const void *from, size_t size)
{
    for (size_t n; size; size -= n, to += n, from = (const char *)from + n) {
        n = piece(to, size);
        memcpy(reach(u, to, HAL_PROT_WRITE), from, n);
    }
}

uint64_t sim_user_load64(struct sim_user *u, user_addr_t from)
{
    uint64_t value;

    sim_user_load(u, from, &value, sizeof(value));
    return value;
}

void sim_user_store64(struct sim_user *u, user_addr_t to, uint64_t value)
{
    sim_user_store(u, to, &value, sizeof(value));
}

void sim_user_call(struct sim_user *u, user_addr_t pc)
{
    take_interrupts(u);
    u->ctx->regs.rip = pc;
    while (!is_inside(u))
        run_program(u);
}

void sim_user_spin(struct sim_user *u, time_ns_t time)
{
    for (; time > 0; time -= SPIN_STEP) {
        sim_advance(MIN(time, SPIN_STEP));
        sim_give_way(); /* or a loop that only spins would keep the host thread */
        take_interrupts(u);
    }
}

/* --- for hal_context_run --- */

static void user_main(void *arg)
{
    for (;;)
        run_program(arg);
}

struct sim_user *sim_user_create(void)
{
    struct sim_user *u = calloc(1, sizeof(*u));

    assert(u);
    u->fiber = fiber_create(user_main, u);
    list_init(&u->link);
    list_push_back(&users, &u->link);
    return u;
}

void sim_user_destroy(struct sim_user *u)
{
    if (!u)
        return;
    list_remove(&u->link);
    fiber_destroy(u->fiber);
    free(u);
}

void sim_user_enter(struct sim_user *u, struct hal_context *ctx, struct hal_pt *pt,
                    struct hal_trap *trap)
{
    u->ctx = ctx;
    u->pt = pt;
    u->trap = trap;
    u->kernel = sim.here->current;
    sim_switch_fiber(u->fiber);
}

void sim_user_teardown(void)
{
    while (!list_empty(&users))
        sim_user_destroy(container_of(users.next, struct sim_user, link));
}
