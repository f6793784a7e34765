/*
 * restricted.h - restricted mode: a thread runs on other registers until it makes a call, which
 * does nothing but bring it back (zx_restricted_enter of early 2022).
 *
 * A thread that is there may use no call table, thread.calls is 0: so the dispatcher finds that
 * of restricted_calls.c for each of its calls, and others pay nothing. Faults, exceptions,
 * suspension and kills are as in normal mode; what they show of its registers are those that it
 * runs on. FP registers are the same in both modes.
 */
#pragma once

#include "hal/context.h"
#include "uapi/zircon/syscalls/restricted.h"

/* The machine's. */
union restricted_state {
    zx_x86_64_restricted_state_t x86_64;
    zx_riscv64_restricted_state_t riscv64;
};

/* Of a thread that has made one of the calls; it goes with the thread. */
struct restricted {
    union restricted_state state;
    struct user_regs normal; /* in restricted mode: what it comes back to */
};

void restricted_init(void);

/* --- one implementation a machine --- */

extern const size_t restricted_state_size;

/* ERR_BAD_STATE: not for user mode, or the machine refuses it; ERR_NOT_SUPPORTED: a base of gs
 * where threads have none. */
status_t restricted_check(const union restricted_state *state) MUST_USE;
/* The state has been checked. */
void restricted_load(struct user_regs *regs, const union restricted_state *state);
/* Registers behind the instruction of a call. */
void restricted_store(union restricted_state *state, const struct user_regs *regs);
/* What a thread comes back to that has these: all is zero but the arguments and the thread's
 * own bases. */
void restricted_return(struct user_regs *normal, const struct user_regs *regs,
                       user_addr_t vector, uint64_t context);
