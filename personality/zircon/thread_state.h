/*
 * thread_state.h - a thread's registers in Zircon's structs: one implementation a machine.
 */
#pragma once

#include "base/status.h"
#include "hal/context.h"
#include "uapi/zircon/syscalls/debug.h"

/* The largest of them. */
union thread_registers {
    uint64_t word;
    uint32_t step;
    zx_x86_64_thread_state_general_regs_t x86_general;
    zx_x86_64_thread_state_fp_regs_t x86_fp;
    zx_x86_64_thread_state_vector_regs_t x86_vector;
    zx_x86_64_thread_state_debug_regs_t x86_debug;
    zx_riscv64_thread_state_general_regs_t riscv_general;
    zx_riscv64_thread_state_fp_regs_t riscv_fp;
};

/* Its size on this machine. ERR_INVALID_ARGS: no such kind; ERR_NOT_SUPPORTED: not here. */
status_t thread_state_size(uint32_t kind, size_t *size) MUST_USE;

/* The context's thread is stopped, and stays so. `kind` is one that has a size here. */
void thread_state_get(struct hal_context *ctx, uint32_t kind, union thread_registers *out);
/* ERR_INVALID_ARGS, and nothing changed: a value that the machine would refuse; ERR_NO_MEMORY.
 */
status_t thread_state_set(struct hal_context *ctx, uint32_t kind,
                          const union thread_registers *in) MUST_USE;
