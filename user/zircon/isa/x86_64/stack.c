/*
 * stack.c (x86_64) - the stack pointer at a function's beginning.
 */
#include "user/zircon/stack.h"

/* As behind a call, which pushed a return address. */
zx_vaddr_t initial_sp(zx_vaddr_t top)
{
    return (top & ~(zx_vaddr_t)15) - 8;
}
