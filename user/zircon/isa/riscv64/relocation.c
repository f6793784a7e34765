/*
 * relocation.c (riscv64) - the kinds of relocation in a program (RISC-V psABI, 8.4).
 */
#include "user/zircon/runtime_internal.h"

enum {
    R_RISCV_64 = 2,
    R_RISCV_RELATIVE = 3,
    R_RISCV_COPY = 4,
    R_RISCV_JUMP_SLOT = 5,
    R_RISCV_TLS_DTPMOD64 = 7,
    R_RISCV_TLS_DTPREL64 = 9,
    R_RISCV_TLS_TPREL64 = 11
};

enum relocation runtime_relocation(uint32_t type)
{
    switch (type) {
    case R_RISCV_RELATIVE:
        return RELOCATE_BY_BASE;
    case R_RISCV_64:
    case R_RISCV_JUMP_SLOT:
        return RELOCATE_BY_SYMBOL;
    case R_RISCV_COPY:
        return RELOCATE_COPY;
    case R_RISCV_TLS_DTPMOD64:
        return RELOCATE_TLS_MODULE;
    case R_RISCV_TLS_DTPREL64:
        return RELOCATE_TLS_OFFSET;
    case R_RISCV_TLS_TPREL64:
        return RELOCATE_TLS_POINTER;
    default:
        return RELOCATE_NOT;
    }
}
