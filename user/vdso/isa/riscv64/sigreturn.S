/*
 * sigreturn.S (riscv64) - where signal handlers return to: programs bring no restorer. It is the
 * image's entry point, so that the kernel finds it; unwinders know the two instructions.
 */
        .text
        .p2align 2 /* or libgcc would not know it */
        .globl  __vdso_rt_sigreturn
        .type   __vdso_rt_sigreturn, @function
__vdso_rt_sigreturn:
        .option norvc
        li      a7, 139 /* rt_sigreturn */
        ecall
        .size   __vdso_rt_sigreturn, . - __vdso_rt_sigreturn

        .section .note.GNU-stack, "", @progbits
