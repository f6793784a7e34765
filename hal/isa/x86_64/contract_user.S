/*
 * contract_user.S (x86_64) - the user program of hal/contract_user.h.
 */
#define CALL_SIX   0x1234
#define CALL_VALUE 0x1235

    .section .rodata
    .balign 16
text:
call_six:
    mov     $11, %edi
    mov     $12, %esi
    mov     $13, %edx
    mov     $14, %r10d
    mov     $15, %r8d
    mov     $16, %r9d
    mov     $CALL_SIX, %eax
    syscall
    mov     %rax, %rdi
value:                          /* CALL_VALUE of rdi, and again of its result */
    mov     $CALL_VALUE, %eax
    syscall
    mov     %rax, %rdi
    jmp     value
read:
    mov     (%rdi), %rdi
    jmp     value
write:
    mov     %rsi, (%rdi)
    mov     %rsi, %rdi
    jmp     value
jump:
    jmp     *%rdi
illegal:
    ud2
breakpoint:
    int3
    jmp     value
spin:
    jmp     spin
watch:
    mov     (%rdi), %rax
    jmp     watch
fp:
    movq    %rdi, %xmm7
1:
    movq    %xmm7, %rdi
    mov     $CALL_VALUE, %eax
    syscall
    jmp     1b
tls:
    mov     %fs:0, %rdi
    jmp     value
text_end:

    .section .data.rel.ro, "aw"
    .balign 8
    .globl  contract_user
    .type   contract_user, @object
contract_user:
    .quad   text
    .quad   text_end - text
    .quad   call_six - text
    .quad   read - text
    .quad   write - text
    .quad   jump - text
    .quad   illegal - text
    .quad   breakpoint - text
    .quad   spin - text
    .quad   watch - text
    .quad   fp - text
    .quad   tls - text
    .size   contract_user, . - contract_user

    .section .note.GNU-stack, "", @progbits
