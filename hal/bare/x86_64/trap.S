/*
 * trap.S - into user mode and out of it, and the entry of traps in the kernel.
 *
 * GS: in the kernel its base is the CPU's block, in user mode the user's; each crossing swaps.
 * Interrupts are off in all of this file. What can still come (NMI, machine check, double fault)
 * has a stack of its own and never returns, so it may come at any instruction.
 */
#include "hal/bare/x86_64/layout.h"
#include "hal/bare/x86_64/registers.h"

/* The registers of user mode but rax, rsp, rip and rflags. */
.macro SAVE_REGS at
    movq %rbx, REGS_RBX(\at)
    movq %rcx, REGS_RCX(\at)
    movq %rdx, REGS_RDX(\at)
    movq %rsi, REGS_RSI(\at)
    movq %rdi, REGS_RDI(\at)
    movq %rbp, REGS_RBP(\at)
    movq %r8, REGS_R8(\at)
    movq %r9, REGS_R9(\at)
    movq %r10, REGS_R10(\at)
    movq %r11, REGS_R11(\at)
    movq %r12, REGS_R12(\at)
    movq %r13, REGS_R13(\at)
    movq %r14, REGS_R14(\at)
    movq %r15, REGS_R15(\at)
.endm

/* From (%rdi): all but rdi, rsp, rip and rflags. */
.macro LOAD_REGS
    movq REGS_RAX(%rdi), %rax
    movq REGS_RBX(%rdi), %rbx
    movq REGS_RCX(%rdi), %rcx
    movq REGS_RDX(%rdi), %rdx
    movq REGS_RSI(%rdi), %rsi
    movq REGS_RBP(%rdi), %rbp
    movq REGS_R8(%rdi), %r8
    movq REGS_R9(%rdi), %r9
    movq REGS_R10(%rdi), %r10
    movq REGS_R11(%rdi), %r11
    movq REGS_R12(%rdi), %r12
    movq REGS_R13(%rdi), %r13
    movq REGS_R14(%rdi), %r14
    movq REGS_R15(%rdi), %r15
.endm

    .text
/*
 * void user_enter(struct user_regs *regs): returns when user mode traps, with `regs` complete
 * but for the segment bases and the reason in the CPU's trap_vector and trap_error. regs->rip is
 * canonical: both ways out would fault in the kernel on one that is not.
 */
    .globl user_enter
user_enter:
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    movq %rsp, %gs:CPU_KERNEL_RSP
    movq %rdi, %gs:CPU_REGS
    swapgs

    /* SYSRET loads rip from rcx and rflags from r11: right after a system call that changed
     * neither. It takes no RF, and with TF the trap would come too early. */
    movq REGS_RIP(%rdi), %rcx
    movq REGS_RFLAGS(%rdi), %r11
    cmpq REGS_RCX(%rdi), %rcx
    jne 1f
    cmpq REGS_R11(%rdi), %r11
    jne 1f
    testl $(RFLAGS_TF | RFLAGS_RF), %r11d
    jnz 1f
    LOAD_REGS
    movq REGS_RSP(%rdi), %rsp
    movq REGS_RDI(%rdi), %rdi
    sysretq

1:  pushq $SELECTOR_USER_DATA
    pushq REGS_RSP(%rdi)
    pushq %r11
    pushq $SELECTOR_USER_CODE
    pushq %rcx
    LOAD_REGS
    movq REGS_RDI(%rdi), %rdi
    iretq

    .globl syscall_entry
syscall_entry: /* rcx: rip, r11: rflags; flags masked by MSR_FMASK; the stack is the user's */
    swapgs
    movq %rsp, %gs:CPU_USER_RSP
    movq %gs:CPU_REGS, %rsp
    movq %rax, REGS_RAX(%rsp)
    SAVE_REGS %rsp
    movq %rcx, REGS_RIP(%rsp)
    movq %r11, REGS_RFLAGS(%rsp)
    movq %gs:CPU_USER_RSP, %rax
    movq %rax, REGS_RSP(%rsp)
    movq $VECTOR_SYSCALL, %gs:CPU_TRAP_VECTOR
user_exit:
    movq %gs:CPU_KERNEL_RSP, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret

/* From the stubs: vector, error code, rip, cs, rflags, rsp, ss. */
trap_common:
    testb $3, 24(%rsp)
    jz trap_in_kernel
    swapgs
    pushq %rax
    movq %gs:CPU_REGS, %rax
    SAVE_REGS %rax
    popq REGS_RAX(%rax)
    popq %gs:CPU_TRAP_VECTOR
    popq %gs:CPU_TRAP_ERROR
    popq REGS_RIP(%rax)
    addq $8, %rsp
    popq REGS_RFLAGS(%rax)
    popq REGS_RSP(%rax)
    pushq $2 /* clears DF, and AC, which would let the kernel past SMAP */
    popfq
    jmp user_exit

/* A struct kernel_frame (interrupt.h) on the stack. */
.macro PUSH_FRAME
    pushq %rax
    pushq %rbx
    pushq %rcx
    pushq %rdx
    pushq %rsi
    pushq %rdi
    pushq %rbp
    pushq %r8
    pushq %r9
    pushq %r10
    pushq %r11
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    cld
    movq %rsp, %rdi
    pushq 136(%rdi) /* as if the interrupted function had called: backtraces go on there */
    pushq %rbp
    movq %rsp, %rbp
.endm

trap_in_kernel:
    PUSH_FRAME
    call kernel_trap
    addq $16, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %r11
    popq %r10
    popq %r9
    popq %r8
    popq %rbp
    popq %rdi
    popq %rsi
    popq %rdx
    popq %rcx
    popq %rbx
    popq %rax
    addq $16, %rsp
    iretq

/* On the fatal stack, from anywhere: GS may be the user's. Above the frame is the CPU's block. */
trap_fatal:
    PUSH_FRAME
    movq 176(%rdi), %rax
    movq %rax, %rdx
    shrq $32, %rdx
    movl $MSR_GS_BASE, %ecx
    wrmsr
    call kernel_fatal
    ud2

/* One stub each vector, 16 bytes apart. */
    .balign 16
    .globl trap_stubs
trap_stubs:
    .set vector, 0
    .rept 256
    .balign 16
    .if !(vector == VECTOR_DF || (vector >= 10 && vector <= 14) || vector == 17 || vector == 21)
    pushq $0 /* the CPU pushes no error code */
    .endif
    pushq $vector
    .if vector == VECTOR_NMI || vector == VECTOR_DF || vector == VECTOR_MC
    jmp trap_fatal
    .else
    jmp trap_common
    .endif
    .set vector, vector + 1
    .endr
