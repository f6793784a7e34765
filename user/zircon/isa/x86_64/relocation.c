/*
 * relocation.c (x86_64) - the kinds of relocation in a program (System V ABI, AMD64, 4.4).
 */
#include "user/zircon/runtime_internal.h"

enum {
    R_X86_64_64 = 1,
    R_X86_64_COPY = 5,
    R_X86_64_GLOB_DAT = 6,
    R_X86_64_JUMP_SLOT = 7,
    R_X86_64_RELATIVE = 8,
    R_X86_64_DTPMOD64 = 16,
    R_X86_64_DTPOFF64 = 17,
    R_X86_64_TPOFF64 = 18
};

enum relocation runtime_relocation(uint32_t type)
{
    switch (type) {
    case R_X86_64_RELATIVE:
        return RELOCATE_BY_BASE;
    case R_X86_64_64:
    case R_X86_64_GLOB_DAT:
    case R_X86_64_JUMP_SLOT:
        return RELOCATE_BY_SYMBOL;
    case R_X86_64_COPY:
        return RELOCATE_COPY;
    case R_X86_64_DTPMOD64:
        return RELOCATE_TLS_MODULE;
    case R_X86_64_DTPOFF64:
        return RELOCATE_TLS_OFFSET;
    case R_X86_64_TPOFF64:
        return RELOCATE_TLS_POINTER;
    default:
        return RELOCATE_NOT;
    }
}
