/*
 * debug.h - the registers of a thread, as zx_thread_read_state and zx_thread_write_state have
 * them (zircon/syscalls/debug.h of June 2020; riscv64: of 2023).
 */
#pragma once

#include "uapi/zircon/types.h"

typedef uint32_t zx_thread_state_topic_t;

#define ZX_THREAD_STATE_GENERAL_REGS 0u
#define ZX_THREAD_STATE_FP_REGS      1u
#define ZX_THREAD_STATE_VECTOR_REGS  2u
#define ZX_THREAD_STATE_DEBUG_REGS   4u
#define ZX_THREAD_STATE_SINGLE_STEP  5u
#define ZX_THREAD_X86_REGISTER_FS    6u
#define ZX_THREAD_X86_REGISTER_GS    7u

typedef uint32_t zx_thread_state_single_step_t; /* 0 or 1 */

typedef struct zx_x86_64_thread_state_general_regs {
    uint64_t rax, rbx, rcx, rdx, rsi, rdi, rbp, rsp;
    uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
    uint64_t rip, rflags, fs_base, gs_base;
} zx_x86_64_thread_state_general_regs_t;

/* x87 and MMX. */
typedef struct zx_x86_64_thread_state_fp_regs {
    uint16_t fcw, fsw;
    uint8_t ftw, reserved;
    uint16_t fop;
    uint64_t fip, fdp;
    uint8_t padding[8];
    struct {
        uint64_t low, high;
    } st[8] __attribute__((aligned(16)));
} zx_x86_64_thread_state_fp_regs_t;

/* What the machine lacks of it reads as zero and is ignored when written. */
typedef struct zx_x86_64_thread_state_vector_regs {
    struct {
        uint64_t v[8];
    } zmm[32];
    uint64_t opmask[8];
    uint32_t mxcsr;
    uint8_t padding[4];
} zx_x86_64_thread_state_vector_regs_t;

/* Which user addresses are watched. The status is not written; bits of either that have no
 * meaning are as the machine has them. */
typedef struct zx_x86_64_thread_state_debug_regs {
    uint64_t dr[4];
    uint64_t dr6, dr7;
} zx_x86_64_thread_state_debug_regs_t;

typedef struct zx_riscv64_thread_state_general_regs {
    uint64_t pc, ra, sp, gp, tp, t0, t1, t2, s0, s1;
    uint64_t a0, a1, a2, a3, a4, a5, a6, a7;
    uint64_t s2, s3, s4, s5, s6, s7, s8, s9, s10, s11;
    uint64_t t3, t4, t5, t6;
} zx_riscv64_thread_state_general_regs_t;

typedef struct zx_riscv64_thread_state_fp_regs {
    struct {
        uint64_t low, high;
    } q[32] __attribute__((aligned(16)));
    uint32_t fcsr;
    uint8_t padding[12];
} zx_riscv64_thread_state_fp_regs_t;
