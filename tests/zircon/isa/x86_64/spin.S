/*
 * spin.S (x86_64) - see registers.h. The general registers are in the order of Zircon's struct;
 * the FP registers begin at byte 32 of theirs, each in 16 bytes.
 */
#include "user/vdso/isa/x86_64/number.inc"

        .text
        .globl  spin_text, spin_text_end
        .globl  spin_address
        .globl  spin_with_general_regs
        .globl  spin_with_fp_regs
        .globl  spin_with_vector_regs
spin_text:
spin_with_general_regs:
        mov     0(%rdi), %rax
        mov     8(%rdi), %rbx
        mov     16(%rdi), %rcx
        mov     24(%rdi), %rdx
        mov     32(%rdi), %rsi
        mov     48(%rdi), %rbp
        mov     56(%rdi), %rsp
        mov     64(%rdi), %r8
        mov     72(%rdi), %r9
        mov     80(%rdi), %r10
        mov     88(%rdi), %r11
        mov     96(%rdi), %r12
        mov     104(%rdi), %r13
        mov     112(%rdi), %r14
        mov     120(%rdi), %r15
        mov     40(%rdi), %rdi
spin_address:
        jmp     spin_address

spin_with_fp_regs:
        .irp    i, 0, 1, 2, 3, 4, 5, 6, 7
        movq    32 + 16 * \i(%rdi), %mm\i
        .endr
        jmp     spin_address

spin_with_vector_regs:
        .irp    i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
        movdqu  64 * \i(%rdi), %xmm\i
        .endr
        jmp     spin_address

/* The words at the beginnings of the thread's own blocks into (rdi), and others there instead;
 * rsi: whether there is a block at gs. */
        .globl  swap_thread_words
swap_thread_words:
        mov     %fs:0, %rax
        mov     %rax, 0(%rdi)
        movl    $0x12345678, %fs:0
        test    %rsi, %rsi
        jz      spin_address
        mov     %gs:0, %rax
        mov     %rax, 8(%rdi)
        movl    $0x7890abcd, %gs:0
        jmp     spin_address
spin_text_end:

        .globl  raw_call
raw_call:
        mov     %rdi, %rax
        xor     %edi, %edi
        syscall
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
        mov     $1, %eax
        ret
say_two:
        mov     $2, %eax
        ret
say_end:

        .globl  undefined_instruction
undefined_instruction:
        ud2

        .section .note.GNU-stack, "", @progbits
