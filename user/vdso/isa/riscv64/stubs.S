/*
 * stubs.S (riscv64) - an entry point of the vDSO for each line of the call table that has a number.
 *
 * The kernel takes its number in a7 and arguments in a0 to a6 and t0 (isa/regs.h); C passes the
 * eighth in a7.
 */

#include "user/vdso/isa/riscv64/number.inc"

        .text

/* Hidden vdso_NAME for the vDSO's own code, _zx_NAME and weak zx_NAME for programs. */
.macro  STUB_INTERNAL name, number, end=ret
        .p2align 2
        .hidden vdso_\name
        .globl  vdso_\name
        .type   vdso_\name, @function
vdso_\name:
        NUMBER  \number
        ecall
        \end
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

.macro  STUB name, number
        STUB_INTERNAL \name, \number
        EXPORT  \name
.endm

/* What comes back from there has failed, and has nowhere to go. */
.macro  STUB_NORETURN name, number
        STUB_INTERNAL \name, \number, unimp
        EXPORT  \name
.endm

#define STUB_WIDE STUB
#define STUB_INTERNAL_WIDE STUB_INTERNAL

#include "user/vdso/stubs.inc"

        .section .note.GNU-stack, "", @progbits
