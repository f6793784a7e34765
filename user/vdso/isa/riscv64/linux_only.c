/*
 * linux_only.c (riscv64) - what the vDSO of no other instruction set has.
 */
#include <stddef.h>

#include "system_call.h"
#include "user/vdso/linux.h"

int __vdso_flush_icache(const void *start, const void *end, unsigned long flags)
{
    return (int)system_call(NR_riscv_flush_icache, start, end, (const void *)flags);
}
