/*
 * context.c - user mode as a function call, and what its traps mean.
 */
#include "hal/context.h"

#include "hal/bare/common/irq.h"
#include "hal/bare/x86_64/boot.h"
#include "hal/bare/x86_64/cpu.h"
#include "hal/bare/x86_64/fp.h"
#include "hal/bare/x86_64/instructions.h"
#include "hal/bare/x86_64/interrupt.h"
#include "hal/bare/x86_64/ports.h"
#include "isa/canonical.h"

/* Error code of a page fault (SDM volume 3, 4.7). */
#define FAULT_WRITE (1u << 1)
#define FAULT_FETCH (1u << 4)

void user_enter(struct user_regs *regs); /* trap.S */

/* Without FSGSBASE the old bases are always overwritten: user mode may have changed them by
 * loading a selector. With it, GS is swapped so that the user's base is at hand. */
static void bases_load(const struct user_regs *regs)
{
    uint64_t fs = canonical(regs->fs_base), gs = canonical(regs->gs_base);

    if (cpu_features.fsgsbase) {
        __asm__ volatile("wrfsbase %0" : : "r"(fs));
        __asm__ volatile("swapgs; wrgsbase %0; swapgs" : : "r"(gs) : "memory");
    } else {
        msr_write(MSR_FS_BASE, fs);
        msr_write(MSR_KERNEL_GS_BASE, gs);
    }
}

/* Without FSGSBASE user mode cannot set them, so they are as bases_load had them. */
static void bases_save(struct user_regs *regs)
{
    if (!cpu_features.fsgsbase)
        return;
    __asm__ volatile("rdfsbase %0" : "=r"(regs->fs_base));
    __asm__ volatile("swapgs; rdgsbase %0; swapgs" : "=r"(regs->gs_base) : : "memory");
}

/* The bit of the new address space is set before its tables can be walked, that of the old one
 * cleared after the last walk: shootdown.c. */
static void space_enter(struct cpu *cpu, struct hal_pt *pt)
{
    struct hal_pt *old = cpu->pt;
    unsigned bit = 1u << cpu->hal.id;

    if (old == pt)
        return;
    atomic_fetch_or_explicit(&pt->active, bit, memory_order_seq_cst);
    cpu->pt = pt;
    cr3_write(pt->root);
    if (old)
        atomic_fetch_and_explicit(&old->active, ~bit, memory_order_release);
}

/* DR6 as it is when nothing has been watched or stepped. */
#define DR6_CLEAR 0xffff0ff0ull

/* The kernel touches watched memory unseen: they are on in user mode only. */
static void debug_load(const struct debug_regs *regs)
{
    __asm__ volatile("mov %0, %%dr0" : : "r"(regs->address[0]));
    __asm__ volatile("mov %0, %%dr1" : : "r"(regs->address[1]));
    __asm__ volatile("mov %0, %%dr2" : : "r"(regs->address[2]));
    __asm__ volatile("mov %0, %%dr3" : : "r"(regs->address[3]));
    __asm__ volatile("mov %0, %%dr6" : : "r"(DR6_CLEAR));
    __asm__ volatile("mov %0, %%dr7" : : "r"(regs->control));
}

static void debug_save(struct debug_regs *regs)
{
    uint64_t status;

    __asm__ volatile("mov %%dr6, %0" : "=r"(status));
    __asm__ volatile("mov %0, %%dr7" : : "r"(0ull));
    if (status != DR6_CLEAR)
        regs->status = status;
}

static enum hal_exception exception_of(unsigned vector)
{
    switch (vector) {
    case VECTOR_DE:
        return HAL_EXC_DIVIDE;
    case VECTOR_DB:
        return HAL_EXC_STEP;
    case VECTOR_BP:
        return HAL_EXC_BREAKPOINT;
    case VECTOR_UD:
        return HAL_EXC_ILLEGAL;
    case VECTOR_NP:
    case VECTOR_SS:
        return HAL_EXC_BUS;
    case VECTOR_MF:
    case VECTOR_XM:
        return HAL_EXC_FP;
    case VECTOR_AC:
        return HAL_EXC_ALIGNMENT;
    default:
        return HAL_EXC_PROTECTION;
    }
}

static unsigned fault_access(uint64_t error)
{
    if (error & FAULT_FETCH)
        return HAL_PROT_EXEC;
    return error & FAULT_WRITE ? HAL_PROT_WRITE : HAL_PROT_READ;
}

/* Interrupts are off: CR2 is still this fault's. */
static void trap_decode(struct cpu *cpu, struct hal_trap *trap)
{
    unsigned vector = (unsigned)cpu->trap_vector;

    *trap = (struct hal_trap){.kind = HAL_TRAP_EXCEPTION};
    if (vector == VECTOR_SYSCALL) {
        trap->kind = HAL_TRAP_SYSCALL;
    } else if (vector >= 32) {
        trap->kind = HAL_TRAP_INTERRUPT;
        interrupt_note(cpu, vector);
    } else {
        trap->code = (uint64_t)vector << 32 | cpu->trap_error;
        trap->exception = exception_of(vector);
        if (vector == VECTOR_PF) {
            trap->kind = HAL_TRAP_FAULT;
            trap->addr = cr2_read();
            trap->access = fault_access(cpu->trap_error);
        }
    }
}

static void run(struct cpu *cpu, struct hal_context *ctx, struct hal_pt *pt)
{
    ctx->regs.rflags = (ctx->regs.rflags & RFLAGS_USER_MASK) | RFLAGS_USER_DEFAULT;
    space_enter(cpu, pt);
    fp_load(cpu, ctx);
    ports_load(cpu, pt);
    bases_load(&ctx->regs);
    if (ctx->priv.debug.control)
        debug_load(&ctx->priv.debug);
    user_enter(&ctx->regs);
    if (ctx->priv.debug.control)
        debug_save(&ctx->priv.debug);
    bases_save(&ctx->regs);
}

/*
 * From the look at `pending` to user mode interrupts are off: one that comes meanwhile is taken
 * on the first user instruction and returns from here as any other.
 */
static void run_once(struct hal_context *ctx, struct hal_pt *pt, struct hal_trap *trap)
{
    struct cpu *cpu;

    interrupts_off();
    cpu = cpu_local();
    if (hal_irq_pending()) {
        *trap = (struct hal_trap){.kind = HAL_TRAP_INTERRUPT};
    } else if (!is_canonical(ctx->regs.rip)) {
        *trap = (struct hal_trap){.kind = HAL_TRAP_EXCEPTION,
                                  .exception = HAL_EXC_PROTECTION,
                                  .code = (uint64_t)VECTOR_GP << 32};
    } else {
        run(cpu, ctx, pt);
        trap_decode(cpu, trap);
    }
    interrupts_on();
}

void hal_context_run(struct hal_context *ctx, struct hal_pt *pt, struct hal_trap *trap)
{
    do
        run_once(ctx, pt, trap);
    while (trap->kind == HAL_TRAP_SYSCALL && irq_call_is_over(ctx));
}
