/*
 * context.c - user mode as a function call.
 *
 * Nothing is lost between the look at the pending word and sret: interrupts are off in between,
 * and one that comes then is taken by the first instruction of user mode.
 */
#include "hal/context.h"

#include "hal/bare/common/irq.h"
#include "hal/bare/riscv64/cpu_internal.h"
#include "hal/bare/riscv64/fp_internal.h"
#include "hal/bare/riscv64/tlb.h"
#include "hal/bare/riscv64/trap_internal.h"

/* Interrupts are off, and what came in the meantime is noted. `value` goes with `cause`. */
static uint64_t run_until_trap(struct hal_context *ctx, uint64_t *value)
{
    uint64_t cause;

    fp_prepare(ctx);
    do {
        context_enter(ctx);
        cause = csr_read(scause);
    } while (cause == EXC_ILLEGAL && fp_load(ctx));
    tlb_user_end();
    *value = csr_read(stval);
    if (cause & SCAUSE_INTERRUPT)
        trap_note(cause & ~SCAUSE_INTERRUPT);
    return cause;
}

static void run_once(struct hal_context *ctx, struct hal_pt *pt, struct hal_trap *trap)
{
    uint64_t cause = SCAUSE_INTERRUPT, value = 0;

    hal_preempt_disable();
    interrupts_off();
    if (!hal_irq_pending()) {
        tlb_user_begin(pt->root);
        cause = run_until_trap(ctx, &value);
    }
    interrupts_on();
    hal_preempt_enable();
    trap_decode(cause, value, ctx, trap);
}

void hal_context_run(struct hal_context *ctx, struct hal_pt *pt, struct hal_trap *trap)
{
    do
        run_once(ctx, pt, trap);
    while (trap->kind == HAL_TRAP_SYSCALL && irq_call_is_over(ctx));
}
