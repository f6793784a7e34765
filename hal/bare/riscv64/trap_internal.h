/*
 * trap_internal.h - between the trap vector (trap_entry.S) and C.
 */
#pragma once

#include "hal/context.h"

/* A fault of the kernel itself. The last two words make it a C function's frame. */
struct trap_frame {
    uint64_t x[32]; /* as in struct user_regs */
    uint64_t caller_fp, caller_pc;
};

/* trap_entry.S: the vector, and user mode until its next trap, which leaves interrupts off. */
void trap_entry(void);
void context_enter(struct hal_context *ctx);

/* Note the interrupt `number` in this CPU's pending word. Interrupts are off. */
void trap_note(uint64_t number);

/* Report and stop. */
_Noreturn void trap_kernel_fault(const struct trap_frame *frame);

/* What user mode did: scause and stval, in portable words. A system call's pc moves on. */
void trap_decode(uint64_t cause, uint64_t value, struct hal_context *ctx,
                 struct hal_trap *trap);
