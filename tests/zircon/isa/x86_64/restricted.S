/*
 * restricted.S (x86_64) - see tests/zircon/restricted.h. The stack is the context.
 */
        .text
        .globl  restricted_run
restricted_run:
        push    %rbx
        push    %rbp
        push    %r12
        push    %r13
        push    %r14
        push    %r15
        push    %rdi
        mov     %rsi, %rax
        xor     %edi, %edi
        lea     vector(%rip), %rsi
        mov     %rsp, %rdx
        call    *%rax
        pop     %rdi
        jmp     1f
vector:
        mov     %rdi, %rsp
        pop     %rdi
        mov     %rsi, (%rdi)
        xor     %eax, %eax
1:
        pop     %r15
        pop     %r14
        pop     %r13
        pop     %r12
        pop     %rbp
        pop     %rbx
        ret

        .globl  restricted_bump, restricted_bump_gs, restricted_bumped
restricted_bump_gs:
        mov     %r11, %gs:0
restricted_bump:
        mov     %rsi, %fs:0
        .irp    r, rax, rbx, rcx, rdx, rsi, rdi, rbp, rsp, r8, r9, r10, r11, r12, r13, r14, r15
        inc     %\r
        .endr
        syscall
restricted_bumped:
        ud2

        .globl  restricted_call, restricted_called
restricted_call:
        mov     $99, %eax
        syscall
restricted_called:
        ud2

        .section .note.GNU-stack, "", @progbits
