/* context.c - hal_context_run: user mode as a function call. */
#include "hal/context.h"

#include "hal/libos/carrier.h"
#include "hal/libos/fp.h"
#include "hal/libos/patch.h"
#include "hal/libos/pt.h"
#include "hal/libos/signal.h"
#include "hal/libos/space.h"
#include "hal/libos/stub.h"
#include "hal/libos/upcalls.h"
#include "isa/canonical.h"

/* The user's %fs is the guest's own; the kernel never uses it. */
static void load_fs_base(struct carrier *c, uint64_t base)
{
    if (c->fs_base != base)
        __asm__ volatile("wrfsbase %0" : : "r"(base));
}

static uint64_t read_fs_base(void)
{
    uint64_t base;

    __asm__ volatile("rdfsbase %0" : "=r"(base));
    return base;
}

/* What user mode needs beside its general registers, in the space that is current here. */
static void prepare(struct carrier *c, struct hal_context *ctx, struct hal_pt *pt)
{
    if (atomic_load_explicit(&pt->dirty, memory_order_relaxed))
        pt_apply(pt);
    fp_load(c, ctx);
    load_fs_base(c, ctx->regs.fs_base);
}

static void save_fs_base(struct hal_context *ctx)
{
    carrier_self()->fs_base = ctx->regs.fs_base = read_fs_base();
}

static bool call_is_over(struct hal_context *ctx)
{
    return hal_upcalls->syscall && hal_upcalls->syscall(ctx);
}

/* The call may have changed the address space, or handed the CPU to and fro, and then this is
 * another carrier's thread. */
int user_call(struct user_regs *regs)
{
    struct hal_context *ctx = container_of(regs, struct hal_context, regs);
    struct carrier *c = carrier_self();
    struct cpu *cpu = cpu_self();

    cpu->patched++;
    save_fs_base(ctx);
    if (!call_is_over(ctx))
        return LEFT_BY_CALL;
    if (c != carrier_self() || cpu->space != cpu->pt->space || !is_canonical(regs->rip) ||
        !cpu->fp_spare)
        return LEFT_AGAIN;
    prepare(c, ctx, cpu->pt);
    return STAY_IN_USER;
}

/* A signal ended user mode. False: it was nothing that the caller has to know; go on. */
static bool signal_trap(struct hal_context *ctx, struct hal_pt *pt, struct hal_trap *trap)
{
    signal_decode(&carrier_self()->signal, &ctx->regs, trap);
    if (trap->kind == HAL_TRAP_FAULT)
        return !pt_resolve(pt, trap->addr, trap->access);
    if (trap->kind == HAL_TRAP_SYSCALL) {
        cpu_self()->dispatched++;
        patch_call_site(pt, &ctx->regs);
        return !call_is_over(ctx);
    }
    if (trap->kind == HAL_TRAP_EXCEPTION && trap->exception == HAL_EXC_BREAKPOINT &&
        patch_owns_breakpoint(pt, ctx->regs.rip - 1)) {
        ctx->regs.rip--;
        return false;
    }
    /* The instructions of a stub are steps that the guest does not know of. */
    if (trap->kind == HAL_TRAP_EXCEPTION && trap->exception == HAL_EXC_STEP &&
        stub_is_at(pt, ctx->regs.rip))
        return false;
    return true;
}

/* User mode was left by a call, a signal or for what is pending: is that a trap? */
static bool left_by_trap(int left, struct hal_context *ctx, struct hal_pt *pt,
                         struct hal_trap *trap)
{
    switch (left) {
    case LEFT_AGAIN:
        return false;
    case LEFT_BY_CALL:
        trap->kind = HAL_TRAP_SYSCALL;
        return true;
    case LEFT_PENDING:
        save_fs_base(ctx);
        trap->kind = HAL_TRAP_INTERRUPT;
        return true;
    default:
        save_fs_base(ctx);
        return signal_trap(ctx, pt, trap);
    }
}

void hal_context_run(struct hal_context *ctx, struct hal_pt *pt, struct hal_trap *trap)
{
    struct cpu *cpu = cpu_self();

    do {
        trap->kind = HAL_TRAP_INTERRUPT;
        if (!is_canonical(ctx->regs.rip)) {
            *trap =
                (struct hal_trap){.kind = HAL_TRAP_EXCEPTION, .exception = HAL_EXC_PROTECTION};
            return;
        }
        if (__builtin_expect(!pt->space || cpu->space != pt->space, 0) && !space_enter(cpu, pt))
            return;
        if (!fp_ready(cpu))
            return;
        cpu->pt = pt;
        prepare(carrier_self(), ctx, pt);
    } while (!left_by_trap(user_enter(&ctx->regs), ctx, pt, trap));
}
