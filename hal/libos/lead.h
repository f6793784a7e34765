/*
 * lead.h - the instructions before a system call that a jump may replace.
 *
 * Where instructions begin cannot be told backwards. It is known where the guest can be seen to
 * execute one: behind a `call` that has left its return address on the stack, and where that
 * call leads; from there all are decoded in a row. Failing that, a move of a constant into a
 * register is believed if the register holds that very constant.
 */
#pragma once

#include "hal/context.h"
#include "hal/libos/stub.h"

/* The shortest lead of the call that has just come from before regs->rip: its first instruction
 * has JUMP_SIZE bytes at least. `size` 0: none is certain. */
struct displaced find_lead(struct hal_pt *pt, const struct user_regs *regs);
