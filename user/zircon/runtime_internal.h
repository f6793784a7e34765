/*
 * runtime_internal.h - the parts of the runtime, for each other.
 */
#pragma once

#include "user/zircon/runtime.h"

/* Called by start.S; `vdso` is where the vDSO's image begins. */
_Noreturn void runtime_start(zx_handle_t bootstrap, uint64_t vdso);

/* First of all: before it no zx_ call can be made. */
void runtime_relocate(uint64_t vdso);

/* What an ISA's relocation of that type adds to its addend. */
enum relocation { RELOCATE_NOT, RELOCATE_BY_BASE, RELOCATE_BY_SYMBOL };
enum relocation runtime_relocation(uint32_t type);
