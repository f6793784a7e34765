/*
 * stack.h - what a new thread of another process finds in its stack pointer.
 */
#pragma once

#include "uapi/zircon/types.h"

/* `top` is the end of its stack. As the ABI of the instruction set has it at a function's
 * beginning. */
zx_vaddr_t initial_sp(zx_vaddr_t top);
