/*
 * relocation.c (riscv64) - the kinds of relocation in a program (RISC-V psABI, 8.4).
 */
#include "user/zircon/runtime_internal.h"

enum { R_RISCV_64 = 2, R_RISCV_RELATIVE = 3, R_RISCV_JUMP_SLOT = 5 };

enum relocation runtime_relocation(uint32_t type)
{
    if (type == R_RISCV_RELATIVE)
        return RELOCATE_BY_BASE;
    return type == R_RISCV_64 || type == R_RISCV_JUMP_SLOT ? RELOCATE_BY_SYMBOL : RELOCATE_NOT;
}
