/* start.S (x86_64) - a program's first instructions: bootstrap handle in rdi, vDSO in rsi. */
        .text
        .globl  _start
        .hidden runtime_start
_start:
        xor     %ebp, %ebp
        and     $-16, %rsp
        call    runtime_start
        ud2

        .section .note.GNU-stack, "", @progbits
