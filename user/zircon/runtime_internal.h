/*
 * runtime_internal.h - the parts of the runtime, for each other.
 */
#pragma once

#include "user/zircon/runtime.h"

/* Called by start.S; `vdso` is where the vDSO's image begins; `linked` is told by the dynamic
 * linker of programs that have one. */
struct linked;
_Noreturn void runtime_start(zx_handle_t bootstrap, uint64_t vdso, const struct linked *linked);

/* First of all: before it no zx_ call can be made. 0: the dynamic linker has done it. */
int runtime_relocate(uint64_t vdso);

/* What an ISA's relocation of that type adds to its addend. COPY is of a
 * library's variable that the program has in its place. The last three are of thread-local
 * symbols: where the module's variables are, from the thread pointer; the offset among them;
 * both together. */
enum relocation {
    RELOCATE_NOT,
    RELOCATE_BY_BASE,
    RELOCATE_BY_SYMBOL,
    RELOCATE_COPY,
    RELOCATE_TLS_MODULE,
    RELOCATE_TLS_OFFSET,
    RELOCATE_TLS_POINTER
};
enum relocation runtime_relocation(uint32_t type);
