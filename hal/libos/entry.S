/*
 * entry.S - the doors: from the launcher, into user mode and back, between stacks and threads.
 *
 * Offsets of struct user_regs: rax 0 rbx 8 rcx 16 rdx 24 rsi 32 rdi 40 rbp 48 rsp 56 r8 64 ..
 * r15 120 rip 128 rflags 136. Offsets from %gs: struct carrier.
 */
#include "hal/libos/layout.h"

#define GS_CPU       %gs:8
#define GS_REGS      %gs:16
#define GS_KERNEL_SP %gs:24
#define GS_USER_RIP  %gs:32
#define GS_USER_SP   %gs:40
#define IRET_FRAME   48
#define GS_IRET_RIP  %gs:48
#define GS_IRET_CS   %gs:56
#define GS_IRET_FLAGS %gs:64
#define GS_IRET_SP   %gs:72
#define GS_IRET_SS   %gs:80
#define USER_CS      0x33 /* of 64-bit programs on the host */
#define USER_SS      0x2b
#define CPU_PENDING  8

/* Flags that kernel code must not run with, and that only iret restores: TF DF NT AC ID. */
#define FLAGS_SPECIAL 0x244500
#define FLAGS_KERNEL  0x2

        .macro function name
        .globl  \name
        .hidden \name
        .type   \name, @function
\name:
        .endm

        .macro push_saved
        push    %rbx
        push    %rbp
        push    %r12
        push    %r13
        push    %r14
        push    %r15
        .endm

        .macro pop_saved
        pop     %r15
        pop     %r14
        pop     %r13
        pop     %r12
        pop     %rbp
        pop     %rbx
        .endm

        /* All from struct user_regs but rsp, rip and flags; rdi points at it. */
        .macro load_user
        mov     0(%rdi), %rax
        mov     8(%rdi), %rbx
        mov     16(%rdi), %rcx
        mov     24(%rdi), %rdx
        mov     32(%rdi), %rsi
        mov     48(%rdi), %rbp
        mov     64(%rdi), %r8
        mov     72(%rdi), %r9
        mov     80(%rdi), %r10
        mov     88(%rdi), %r11
        mov     96(%rdi), %r12
        mov     104(%rdi), %r13
        mov     112(%rdi), %r14
        mov     120(%rdi), %r15
        mov     40(%rdi), %rdi
        .endm

        .section .text.entry, "ax"
/*
 * The one address that patched programs know, so the first of the image: the system call entry.
 * rax: number, rcx: where to return, everything else as at the `syscall`. The user's stack is
 * not touched: it may have a red zone.
 */
function user_entry
        mov     %rsp, GS_USER_SP
        mov     GS_REGS, %rsp           /* signals use their own stack, never this */
        mov     %rax, 0(%rsp)
        mov     %rbx, 8(%rsp)
        mov     %rcx, 16(%rsp)
        mov     %rdx, 24(%rsp)
        mov     %rsi, 32(%rsp)
        mov     %rdi, 40(%rsp)
        mov     %rbp, 48(%rsp)
        mov     GS_USER_SP, %rax
        mov     %rax, 56(%rsp)
        mov     %r8, 64(%rsp)
        mov     %r9, 72(%rsp)
        mov     %r10, 80(%rsp)
        mov     %r12, 96(%rsp)
        mov     %r13, 104(%rsp)
        mov     %r14, 112(%rsp)
        mov     %r15, 120(%rsp)
        mov     %rcx, 128(%rsp)
        mov     %rsp, %rbx
        mov     GS_KERNEL_SP, %rsp
        pushfq
        pop     %r11
        mov     %r11, 88(%rbx)          /* as the instruction does */
        mov     %r11, 136(%rbx)
        test    $FLAGS_SPECIAL, %r11d
        jnz     1f
user_entry_saved:
        mov     %rbx, %rdi
        sub     $8, %rsp
        call    user_call
        add     $8, %rsp
        test    %eax, %eax
        js      user_restart            /* STAY_IN_USER */
        pop_saved
        ret
1:      push    $FLAGS_KERNEL
        popfq
        jmp     user_entry_saved

/* The same with the registers saved, by the handler of a single-step trap at user_entry. */
function user_entry_stepped
        mov     GS_REGS, %rbx
        mov     GS_KERNEL_SP, %rsp
        jmp     user_entry_saved

        .text
/* The launcher jumps here: rdi = boot information. */
function _start
        movabs  $LIBOS_CARRIER_BASE + LIBOS_CARRIER_STACK, %rsp
        xor     %ebp, %ebp
        call    boot_template
        ud2

/*
 * int user_enter(struct user_regs *): into user mode; returns LEFT_* when it is left.
 *
 * From user_restart to user_restart_end nothing is changed that cannot be done again: a kick
 * that arrives there sends us back to user_restart, where the pending word is looked at. So no
 * kick is lost between that look and user mode.
 */
function user_enter
        push_saved
        mov     %rsp, GS_KERNEL_SP
        mov     %rdi, GS_REGS
function user_restart
        mov     GS_REGS, %rdi
        mov     GS_KERNEL_SP, %rsp
        mov     GS_CPU, %rax
        cmpl    $0, CPU_PENDING(%rax)
        jne     user_pending
        mov     128(%rdi), %rax
        mov     136(%rdi), %rcx
        mov     %rax, GS_USER_RIP
        /* Back from a system call, flags but for the special ones need not be restored: code
         * around a `syscall` cannot tell. Anything else has rcx or r11 that differ. A trap flag
         * traps behind the first instruction of user mode: so does iret restore it. */
        cmp     %rax, 16(%rdi)
        jne     1f
        cmp     %rcx, 88(%rdi)
        jne     1f
        test    $FLAGS_SPECIAL, %ecx
        jnz     1f
        mov     56(%rdi), %rsp
        load_user
        jmp     *GS_USER_RIP
1:      mov     %rax, GS_IRET_RIP
        movq    $USER_CS, GS_IRET_CS
        mov     %rcx, GS_IRET_FLAGS
        mov     56(%rdi), %rax
        mov     %rax, GS_IRET_SP
        movq    $USER_SS, GS_IRET_SS
        load_user
        mov     %gs:0, %rsp
        add     $IRET_FRAME, %rsp
        iretq
function user_restart_end

user_pending:
        mov     $1, %eax                /* LEFT_PENDING */
        pop_saved
        ret

/* A kick found user mode: the signal's return comes here, registers already saved. */
function user_leave_kicked
        mov     GS_KERNEL_SP, %rsp
        jmp     user_pending

/* A signal handler has saved the registers: leave its stack without returning from it. */
function user_leave_by_signal
        mov     GS_KERNEL_SP, %rsp
        mov     $2, %eax                /* LEFT_BY_SIGNAL */
        pop_saved
        ret

/* void stack_hand_over(uintptr_t *sp, struct carrier *from, struct carrier *to): publish this
 * stack and go on in carrier_leave(from, to) at the top of the carrier's own stack. */
function stack_hand_over
        push_saved
        mov     %rsp, (%rdi)
        mov     %rsi, %rdi
        mov     %rdx, %rsi
        lea     LIBOS_CARRIER_STACK(%rdi), %rsp
        xor     %ebp, %ebp
        call    carrier_leave
        ud2

function stack_take_over
        mov     %rdi, %rsp
        pop_saved
        ret

/* void stack_call(uintptr_t stack_top, void (*entry)(void)) */
function stack_call
        mov     %rdi, %rsp
        xor     %ebp, %ebp
        call    *%rsi
        ud2

/* long thread_clone(flags, stack, run, arg): the child calls run(arg) on `stack`. The host
 * keeps rdx and r9 over the call and looks at neither. */
function thread_clone
        mov     %rcx, %r9
        mov     $56, %eax               /* clone */
        syscall
        test    %rax, %rax
        jz      1f
        ret
1:      xor     %ebp, %ebp
        mov     %r9, %rdi
        call    *%rdx
        ud2

/* Signal handlers begin here, with the flags of whatever was interrupted. */
function signal_entry
        push    $FLAGS_KERNEL
        popfq
        jmp     signal_handle
function signal_return
        mov     $15, %eax               /* rt_sigreturn */
        syscall
        ud2
