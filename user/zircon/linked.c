/*
 * linked.c - in the place of relocate.c: a program whose dynamic linker has done it.
 */
#include "user/zircon/runtime_internal.h"

void runtime_relocate(uint64_t vdso)
{
    (void)vdso;
}
