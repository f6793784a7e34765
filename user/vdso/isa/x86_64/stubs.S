/*
 * stubs.S (x86_64) - an entry point of the vDSO for each line of the call table that has a number.
 *
 * The kernel takes its number in eax and arguments in rdi rsi rdx r10 r8 r9 r12 r13 (isa/regs.h);
 * C passes the fourth in rcx, and the last two on the stack. The library OS puts a jump to the
 * kernel in the place of a `syscall` and the room behind it (hal/libos/vdso.c).
 */

#include "user/vdso/isa/x86_64/number.inc"

        .text

/* Hidden vdso_NAME for the vDSO's own code, _zx_NAME and weak zx_NAME for programs. */
.macro  BEGIN name
        .p2align 4
        .hidden vdso_\name
        .globl  vdso_\name
        .type   vdso_\name, @function
vdso_\name:
.endm

.macro  END name
        .size   vdso_\name, . - vdso_\name
.endm

.macro  EXPORT name
        .globl  _zx_\name
        .type   _zx_\name, @function
        .set    _zx_\name, vdso_\name
        .weak   zx_\name
        .type   zx_\name, @function
        .set    zx_\name, vdso_\name
.endm

.macro  ENTER
        syscall
        jmp     1f
        .fill   18, 1, 0xcc
1:
.endm

.macro  STUB_INTERNAL name, number
        BEGIN   \name
        NUMBER  \number
        ENTER
        ret
        END     \name
.endm

/* Seven or eight arguments. */
.macro  STUB_INTERNAL_WIDE name, number
        BEGIN   \name
        push    %r12
        push    %r13
        mov     24(%rsp), %r12
        mov     32(%rsp), %r13
        NUMBER  \number
        ENTER
        pop     %r13
        pop     %r12
        ret
        END     \name
.endm

.macro  STUB name, number
        STUB_INTERNAL \name, \number
        EXPORT  \name
.endm

/* What comes back from there has failed, and has nowhere to go. */
.macro  STUB_NORETURN name, number
        BEGIN   \name
        NUMBER  \number
        ENTER
        ud2
        END     \name
        EXPORT  \name
.endm

.macro  STUB_WIDE name, number
        STUB_INTERNAL_WIDE \name, \number
        EXPORT  \name
.endm

#include "user/vdso/stubs.inc"

        .section .note.GNU-stack, "", @progbits
