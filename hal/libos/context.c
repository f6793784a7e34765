/* context.c - hal_context_run: user mode as a function call. */
#include "hal/context.h"

#include "hal/libos/carrier.h"
#include "hal/libos/fp.h"
#include "hal/libos/patch.h"
#include "hal/libos/pt.h"
#include "hal/libos/signal.h"
#include "hal/libos/space.h"

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

/* Enter user mode once in the space that is current here. */
static int run_once(struct hal_context *ctx, struct hal_pt *pt)
{
    struct carrier *c = carrier_self();
    int left;

    if (atomic_load_explicit(&pt->dirty, memory_order_relaxed))
        pt_apply(pt);
    fp_load(ctx);
    load_fs_base(c, ctx->regs.fs_base);
    left = user_enter(&ctx->regs);
    c->fs_base = ctx->regs.fs_base = read_fs_base();
    return left;
}

/* A signal ended user mode. False: a host fault that was none of the guest's; go on. */
static bool signal_trap(struct hal_context *ctx, struct hal_pt *pt, struct hal_trap *trap)
{
    signal_decode(&carrier_self()->signal, &ctx->regs, trap);
    if (trap->kind == HAL_TRAP_FAULT)
        return !pt_resolve(pt, trap->addr, trap->access);
    if (trap->kind == HAL_TRAP_SYSCALL) {
        cpu_self()->dispatched++;
        patch_call_site(pt, &ctx->regs);
    }
    if (trap->kind == HAL_TRAP_EXCEPTION && trap->exception == HAL_EXC_BREAKPOINT &&
        patch_owns_breakpoint(pt, ctx->regs.rip - 1)) {
        ctx->regs.rip--;
        return false;
    }
    return true;
}

/* Where the processor refuses to jump: the fault would be found in our code. */
static bool is_canonical(uint64_t address)
{
    return (uint64_t)((int64_t)(address << 16) >> 16) == address;
}

void hal_context_run(struct hal_context *ctx, struct hal_pt *pt, struct hal_trap *trap)
{
    struct cpu *cpu = cpu_self();

    if (!is_canonical(ctx->regs.rip)) {
        *trap = (struct hal_trap){.kind = HAL_TRAP_EXCEPTION, .exception = HAL_EXC_PROTECTION};
        return;
    }
    trap->kind = HAL_TRAP_INTERRUPT;
    if (__builtin_expect(!pt->space || cpu->space != pt->space, 0) && !space_enter(cpu, pt))
        return;
    for (;;) {
        switch (run_once(ctx, pt)) {
        case LEFT_BY_CALL:
            cpu->patched++;
            trap->kind = HAL_TRAP_SYSCALL;
            return;
        case LEFT_PENDING:
            trap->kind = HAL_TRAP_INTERRUPT;
            return;
        default:
            if (signal_trap(ctx, pt, trap))
                return;
        }
    }
}
