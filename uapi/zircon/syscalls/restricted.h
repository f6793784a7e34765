/*
 * restricted.h - the registers of a thread in restricted mode, as zx_restricted_write_state and
 * zx_restricted_read_state have them (zircon/syscalls-next.h of 2022; riscv64: of 2023).
 */
#pragma once

#include "uapi/zircon/syscalls/debug.h"

typedef struct zx_x86_64_restricted_state {
    uint64_t rdi, rsi, rbp, rbx, rdx, rcx, rax, rsp;
    uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
    uint64_t ip, flags; /* CF PF AF ZF SF TF DF OF NT AC ID, and no others */
    uint64_t fs_base, gs_base;
} zx_x86_64_restricted_state_t;

typedef zx_riscv64_thread_state_general_regs_t zx_riscv64_restricted_state_t;
