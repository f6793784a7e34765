/*
 * relocation.c (x86_64) - the kinds of relocation in a program (System V ABI, AMD64, 4.4).
 */
#include "user/zircon/runtime_internal.h"

enum { R_X86_64_64 = 1, R_X86_64_GLOB_DAT = 6, R_X86_64_JUMP_SLOT = 7, R_X86_64_RELATIVE = 8 };

enum relocation runtime_relocation(uint32_t type)
{
    if (type == R_X86_64_RELATIVE)
        return RELOCATE_BY_BASE;
    return type == R_X86_64_64 || type == R_X86_64_GLOB_DAT || type == R_X86_64_JUMP_SLOT
               ? RELOCATE_BY_SYMBOL
               : RELOCATE_NOT;
}
