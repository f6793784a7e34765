/*
 * switch.S - void fiber_switch_stack(void **save_sp, void *load_sp): what a C call must keep is
 * kept on the stack that is left. mk/target-sim.mk makes this an x86_64 host.
 */
    .text
    .globl  fiber_switch_stack
    .type   fiber_switch_stack, @function
fiber_switch_stack:
    push    %rbp
    push    %rbx
    push    %r12
    push    %r13
    push    %r14
    push    %r15
    mov     %rsp, (%rdi)
    mov     %rsi, %rsp
    pop     %r15
    pop     %r14
    pop     %r13
    pop     %r12
    pop     %rbx
    pop     %rbp
    ret
    .size   fiber_switch_stack, . - fiber_switch_stack

    .section .note.GNU-stack, "", @progbits
