/*
 * regs.h (riscv64) - the general registers of user mode, and what portable code asks of them.
 *
 * System calls: number in a7, arguments in a0..a5 (Zircon: a0..a6 and t0), result in a0 (RISC-V
 * Linux ABI).
 */
#pragma once

#include "base/types.h"

#define ISA_NAME        "riscv64"
#define ISA_ELF_MACHINE 243  /* EM_RISCV */
#define ISA_TRAP_BYTE   0x00 /* defined to be illegal */

/* x[0] is the pc, x[1] ra, x[2] sp, x[3] gp, x[4] tp, x[10] a0 ... x[17] a7: the order of
 * Linux's user_regs_struct. Offsets are known to the assembly of hal/. */
struct user_regs {
    uint64_t x[32];
};

enum {
    REG_PC = 0,
    REG_RA = 1,
    REG_SP = 2,
    REG_GP = 3,
    REG_TP = 4,
    REG_T0 = 5,
    REG_A0 = 10,
    REG_A7 = 17
};

static inline uint64_t user_regs_pc(const struct user_regs *r)
{
    return r->x[REG_PC];
}

static inline void user_regs_set_pc(struct user_regs *r, uint64_t pc)
{
    r->x[REG_PC] = pc;
}

static inline uint64_t user_regs_sp(const struct user_regs *r)
{
    return r->x[REG_SP];
}

static inline uint64_t user_regs_syscall_number(const struct user_regs *r)
{
    return r->x[REG_A7];
}

/* All that a call may have: Linux's six, and for calls with more (Zircon's: up to 8) a6 and t0.
 */
static inline void user_regs_args(const struct user_regs *r, uint64_t arg[8])
{
    for (unsigned i = 0; i < 7; i++)
        arg[i] = r->x[REG_A0 + i];
    arg[7] = r->x[REG_T0];
}

static inline uint64_t user_regs_arg(const struct user_regs *r, unsigned i)
{
    uint64_t arg[8];

    user_regs_args(r, arg);
    return arg[i];
}

static inline uint64_t user_regs_result(const struct user_regs *r)
{
    return r->x[REG_A0];
}

static inline void user_regs_set_result(struct user_regs *r, uint64_t value)
{
    r->x[REG_A0] = value;
}

/* Back onto the ecall of a system call that is to be made again. */
static inline void user_regs_restart_syscall(struct user_regs *r, uint64_t number,
                                             uint64_t arg0)
{
    r->x[REG_PC] -= 4;
    r->x[REG_A7] = number;
    r->x[REG_A0] = arg0;
}

static inline void user_regs_set_tls(struct user_regs *r, uint64_t value)
{
    r->x[REG_TP] = value;
}

/* Where a C function entered with the stack empty finds its stack pointer: 16-byte aligned
 * (RISC-V calling convention). `top` is a multiple of 16. */
static inline uint64_t user_initial_sp(uint64_t top)
{
    return top;
}

static inline void user_regs_start(struct user_regs *r, uint64_t pc, uint64_t sp, uint64_t arg0,
                                   uint64_t arg1)
{
    *r = (struct user_regs){0};
    r->x[REG_PC] = pc;
    r->x[REG_SP] = sp;
    r->x[REG_A0] = arg0;
    r->x[REG_A0 + 1] = arg1;
}

static inline void user_regs_fork_child(struct user_regs *r, uint64_t sp)
{
    r->x[REG_A0] = 0;
    if (sp)
        r->x[REG_SP] = sp;
}
