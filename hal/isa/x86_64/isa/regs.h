/*
 * regs.h (x86_64) - the general registers of user mode, and what portable code asks of them.
 *
 * Linux system calls: number in rax, arguments in rdi rsi rdx r10 r8 r9, result in rax; rcx and
 * r11 are lost (System V ABI, A.2.1). Zircon's calls use the same registers.
 */
#pragma once

#include "base/types.h"

#define ISA_NAME        "x86_64"
#define ISA_ELF_MACHINE 62   /* EM_X86_64 */
#define ISA_TRAP_BYTE   0xf4 /* hlt */

/* Offsets are known to the assembly of hal/. */
struct user_regs {
    uint64_t rax, rbx, rcx, rdx, rsi, rdi, rbp, rsp;
    uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
    uint64_t rip, rflags;
    uint64_t fs_base, gs_base;
};

/* Addresses that are watched, and how (Intel SDM volume 3, 17.2): DR0 to DR3, DR6, DR7. */
struct debug_regs {
    uint64_t address[4], status, control;
};

#define RFLAGS_USER_DEFAULT 0x202ull /* IF and the bit that is always one */
#define RFLAGS_USER_MASK \
    0x254dd5ull /* what user mode may set: CF PF AF ZF SF TF DF OF NT AC ID.. */

static inline uint64_t user_regs_pc(const struct user_regs *r)
{
    return r->rip;
}

static inline void user_regs_set_pc(struct user_regs *r, uint64_t pc)
{
    r->rip = pc;
}

static inline uint64_t user_regs_sp(const struct user_regs *r)
{
    return r->rsp;
}

static inline uint64_t user_regs_syscall_number(const struct user_regs *r)
{
    return r->rax;
}

/* All that a call may have: Linux's six, and for calls with more (Zircon's: up to 8) r12 and
 * r13. */
static inline void user_regs_args(const struct user_regs *r, uint64_t arg[8])
{
    arg[0] = r->rdi, arg[1] = r->rsi, arg[2] = r->rdx, arg[3] = r->r10;
    arg[4] = r->r8, arg[5] = r->r9, arg[6] = r->r12, arg[7] = r->r13;
}

static inline uint64_t user_regs_arg(const struct user_regs *r, unsigned i)
{
    uint64_t arg[8];

    user_regs_args(r, arg);
    return arg[i];
}

static inline uint64_t user_regs_result(const struct user_regs *r)
{
    return r->rax;
}

static inline void user_regs_set_result(struct user_regs *r, uint64_t value)
{
    r->rax = value;
}

/* Back onto the instruction of a system call that is to be made again; `number` and `arg0` are
 * as at its entry. */
static inline void user_regs_restart_syscall(struct user_regs *r, uint64_t number,
                                             uint64_t arg0)
{
    (void)arg0;
    r->rip -= 2;
    r->rax = number;
}

static inline void user_regs_set_tls(struct user_regs *r, uint64_t value)
{
    r->fs_base = value;
}

/* Where a C function entered with the stack empty finds its stack pointer: as after a call
 * (System V ABI, 3.2.2). `top` is a multiple of 16. */
static inline uint64_t user_initial_sp(uint64_t top)
{
    return top - 8;
}

/* A fresh thread: everything zero but these. */
static inline void user_regs_start(struct user_regs *r, uint64_t pc, uint64_t sp, uint64_t arg0,
                                   uint64_t arg1)
{
    *r = (struct user_regs){
        .rip = pc, .rsp = sp, .rdi = arg0, .rsi = arg1, .rflags = RFLAGS_USER_DEFAULT};
}

/* A child of clone(): sees 0 and, when `sp` is not 0, another stack. */
static inline void user_regs_fork_child(struct user_regs *r, uint64_t sp)
{
    r->rax = 0;
    if (sp)
        r->rsp = sp;
}
