/* thread.S (x86_64) - where a thread begins. */
        .text

/* A thread's first instructions: calls the function in rdi, which does not return, with rsi. */
        .globl  runtime_thread_entry
        .hidden runtime_thread_entry
runtime_thread_entry:
        xor     %ebp, %ebp
        and     $-16, %rsp
        mov     %rdi, %rax
        mov     %rsi, %rdi
        call    *%rax
        ud2

        .section .note.GNU-stack, "", @progbits
