/*
 * restricted.S (riscv64) - see tests/zircon/restricted.h. The stack is the context.
 */
        .text
        .globl  restricted_run
restricted_run:
        addi    sp, sp, -112
        .set    at, 0
        .irp    r, s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, ra, a0
        sd      \r, at(sp)
        .set    at, at + 8
        .endr
        mv      t1, a1
        li      a0, 0
        lla     a1, vector
        mv      a2, sp
        jalr    t1
        j       1f
vector:
        mv      sp, a0
        ld      t0, 104(sp)
        sd      a1, (t0)
        li      a0, 0
1:
        .set    at, 0
        .irp    r, s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, ra
        ld      \r, at(sp)
        .set    at, at + 8
        .endr
        addi    sp, sp, 112
        ret

        .globl  restricted_bump, restricted_bump_gs, restricted_bumped
restricted_bump_gs:
restricted_bump:
        sd      a1, 0(tp)
        .irp    r, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
        addi    x\r, x\r, 1
        .endr
        ecall
restricted_bumped:
        unimp

        .globl  restricted_call, restricted_called
restricted_call:
        li      a7, 99
        ecall
restricted_called:
        unimp

        .section .note.GNU-stack, "", @progbits
