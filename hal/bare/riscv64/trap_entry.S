/*
 * trap_entry.S - the way into user mode, and the one trap vector.
 *
 * sscratch tells where a trap comes from: in user mode it holds the struct hal_context, in
 * kernel mode 0. Interrupts stay off from a trap until C turns them on.
 */
#include "hal/bare/riscv64/csr.h"
#include "hal/bare/riscv64/offsets.h"

/* OP register, its place: x3 and x5 to x31, the registers that need no care. */
.macro each_other op, base
    \op x3, 24(\base)
    \op x5, 40(\base)
    \op x6, 48(\base)
    \op x7, 56(\base)
    \op x8, 64(\base)
    \op x9, 72(\base)
    \op x10, 80(\base)
    \op x11, 88(\base)
    \op x12, 96(\base)
    \op x13, 104(\base)
    \op x14, 112(\base)
    \op x15, 120(\base)
    \op x16, 128(\base)
    \op x17, 136(\base)
    \op x18, 144(\base)
    \op x19, 152(\base)
    \op x20, 160(\base)
    \op x21, 168(\base)
    \op x22, 176(\base)
    \op x23, 184(\base)
    \op x24, 192(\base)
    \op x25, 200(\base)
    \op x26, 208(\base)
    \op x27, 216(\base)
    \op x28, 224(\base)
    \op x29, 232(\base)
    \op x30, 240(\base)
    \op x31, 248(\base)
.endm

/* The registers that a C function leaves as they were. */
.macro each_preserved op
    \op ra, 0(sp)
    \op s0, 8(sp)
    \op s1, 16(sp)
    \op s2, 24(sp)
    \op s3, 32(sp)
    \op s4, 40(sp)
    \op s5, 48(sp)
    \op s6, 56(sp)
    \op s7, 64(sp)
    \op s8, 72(sp)
    \op s9, 80(sp)
    \op s10, 88(sp)
    \op s11, 96(sp)
.endm

/* The registers that a C function may change. */
.macro each_scratch op
    \op ra, 0(sp)
    \op t0, 8(sp)
    \op t1, 16(sp)
    \op t2, 24(sp)
    \op a0, 32(sp)
    \op a1, 40(sp)
    \op a2, 48(sp)
    \op a3, 56(sp)
    \op a4, 64(sp)
    \op a5, 72(sp)
    \op a6, 80(sp)
    \op a7, 88(sp)
    \op t3, 96(sp)
    \op t4, 104(sp)
    \op t5, 112(sp)
    \op t6, 120(sp)
.endm

    .text

/* void context_enter(struct hal_context *ctx): returns from the trap that ends user mode.
 * Called with interrupts off; the FP unit is as C left it. */
    .globl context_enter
context_enter:
    addi sp, sp, -112
    each_preserved sd
    sd sp, CPU_KERNEL_SP(tp)
    sd tp, CONTEXT_CPU(a0)
    csrw sscratch, a0
    ld t0, 0(a0)
    csrw sepc, t0
    li t0, SSTATUS_SPP
    csrc sstatus, t0
    li t0, SSTATUS_SPIE
    csrs sstatus, t0
    mv x31, a0
    ld x1, 8(x31)
    ld x2, 16(x31)
    ld x4, 32(x31)
    each_other ld, x31
    sret

    .balign 4
    .globl trap_entry
trap_entry:
    csrrw sp, sscratch, sp
    beqz sp, from_kernel

    /* From user mode: sp is the context, sscratch the user's sp. */
    sd x1, 8(sp)
    sd x4, 32(sp)
    each_other sd, sp
    csrrw t0, sscratch, zero
    sd t0, 16(sp)
    csrr t0, sepc
    sd t0, 0(sp)
    ld tp, CONTEXT_CPU(sp)
    ld sp, CPU_KERNEL_SP(tp)
    each_preserved ld
    addi sp, sp, 112
    ret

from_kernel:
    csrrw sp, sscratch, t0 /* sp as it was; t0 waits in sscratch */
    csrr t0, scause
    bgez t0, kernel_fault

    /* An interrupt notes itself, and the kernel goes on. */
    csrrw t0, sscratch, zero
    addi sp, sp, -128
    each_scratch sd
    csrr a0, scause
    slli a0, a0, 1
    srli a0, a0, 1
    call trap_note
    each_scratch ld
    addi sp, sp, 128
    sret

/* The stack may be what is broken: go to another one. The frame (struct trap_frame) ends like
 * that of a C function called from the fault, so that a backtrace walks through it. */
kernel_fault:
    ld t0, CPU_FAULT_SP(tp)
    addi t0, t0, -FRAME_SIZE
    sd sp, 16(t0)
    mv sp, t0
    csrrw t0, sscratch, zero
    sd x1, 8(sp)
    sd x4, 32(sp)
    each_other sd, sp
    csrr t0, sepc
    sd t0, 0(sp)
    sd s0, FRAME_REGS(sp)
    sd t0, FRAME_REGS + 8(sp)
    addi s0, sp, FRAME_SIZE
    mv a0, sp
    call trap_kernel_fault
