/*
 * spin.S (riscv64) - see registers.h. The general registers are in the order of Zircon's struct;
 * each FP register has 16 bytes.
 */
#include "user/vdso/isa/riscv64/number.inc"

        .text
        .globl  spin_text, spin_text_end
        .globl  spin_address
        .globl  spin_with_general_regs
        .globl  spin_with_fp_regs
        .globl  spin_with_vector_regs
spin_text:
spin_with_general_regs:
        .set    at, 8
        .irp    r, ra, sp, gp, tp, t0, t1, t2, s0, s1
        ld      \r, at(a0)
        .set    at, at + 8
        .endr
        .set    at, 88
        .irp    r, a1, a2, a3, a4, a5, a6, a7, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, t3, t4, t5, t6
        ld      \r, at(a0)
        .set    at, at + 8
        .endr
        ld      a0, 80(a0)
spin_address:
        j       spin_address

spin_with_fp_regs:
        .set    at, 0
        .irp    r, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
        fld     f\r, at(a0)
        .set    at, at + 16
        .endr
        j       spin_address

/* There are none. */
spin_with_vector_regs:
        j       spin_address

/* The word at the beginning of the thread's own block into (a0), and another there instead. */
        .globl  swap_thread_words
swap_thread_words:
        ld      t0, 0(tp)
        sd      t0, 0(a0)
        li      t0, 0x12345678
        sw      t0, 0(tp)
        j       spin_address
spin_text_end:

        .globl  raw_call
raw_call:
        mv      a7, a0
        li      a0, 0
        ecall
        ret

/* How the vDSO's hidden stub of channel_call_finish begins, whose number in personality/zircon/syscalls.tbl is 9:
 * channel_internal.c finds it by this text, and fails when the number is another. */
        .globl  finish_stub, finish_stub_end
finish_stub:
        NUMBER  9
finish_stub_end:

/* Functions of the same size that say who they are. */
        .globl  say_one, say_two, say_end
say_one:
        li      a0, 1
        ret
say_two:
        li      a0, 2
        ret
say_end:

        .globl  undefined_instruction
undefined_instruction:
        unimp

        .section .note.GNU-stack, "", @progbits
