/* start.S (riscv64) - a program's first instructions: bootstrap handle in a0, vDSO in a1. */
        .text
        .globl  _start
        .hidden runtime_start
_start:
        .option push
        .option norelax
        lla     gp, __global_pointer$
        .option pop
        li      s0, 0
        andi    sp, sp, -16
        call    runtime_start
        unimp

        .section .note.GNU-stack, "", @progbits
