/*
 * icache.c (riscv64) - riscv_flush_icache(2): a program has written instructions.
 */
#include "hal/mmu.h"
#include "personality/linux/calls.h"

/* Always on every CPU that may run the process: the thread may move before it comes there. */
status_t sys_riscv_flush_icache(struct syscall *call)
{
    enum { FLUSH_LOCAL = 1 };

    if (call->arg[2] & ~(uint64_t)FLUSH_LOCAL)
        return ERR_INVALID_ARGS;
    hal_icache_sync();
    return OK;
}
