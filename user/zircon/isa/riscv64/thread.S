/* thread.S (riscv64) - where a thread begins. */
        .text

/* A thread's first instructions: calls the function in a0, which does not return, with a1. */
        .globl  runtime_thread_entry
        .hidden runtime_thread_entry
runtime_thread_entry:
        .option push
        .option norelax
        lla     gp, __global_pointer$
        .option pop
        li      fp, 0
        andi    sp, sp, -16
        mv      t0, a0
        mv      a0, a1
        jalr    t0
        unimp

        .section .note.GNU-stack, "", @progbits
