/*
 * layout.c - proves that offsets.h says what the structs are.
 */
#include "hal/bare/riscv64/cpu_internal.h"
#include "hal/bare/riscv64/fp_internal.h"
#include "hal/bare/riscv64/trap_internal.h"

_Static_assert(offsetof(struct cpu, kernel_sp) == CPU_KERNEL_SP, "offsets.h");
_Static_assert(offsetof(struct cpu, fault_sp) == CPU_FAULT_SP, "offsets.h");

_Static_assert(offsetof(struct hal_context, regs) == 0, "offsets.h");
_Static_assert(offsetof(struct hal_context, priv.cpu) == CONTEXT_CPU, "offsets.h");

_Static_assert(offsetof(struct trap_frame, caller_fp) == FRAME_REGS, "offsets.h");
_Static_assert(sizeof(struct trap_frame) == FRAME_SIZE, "offsets.h");

_Static_assert(offsetof(struct fp_state, fcsr) == 256, "fp_regs.S");

_Static_assert(CPU_AREA_SIZE == 1 << CPU_AREA_SHIFT, "offsets.h");
