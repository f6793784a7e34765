/*
 * shim.S (riscv64) - zx_NAME and _zx_NAME of Linux programs: a jump through a table, which shim.c
 * fills in with what the kernel's vDSO has. Not one of them enters the kernel.
 */
.macro  ENTRY name, otherwise
        .text
        .p2align 2
        .globl  _zx_\name
        .type   _zx_\name, @function
_zx_\name:
        lla     t1, 0f
        ld      t1, (t1)
        jr      t1
        .size   _zx_\name, . - _zx_\name
        .weak   zx_\name
        .type   zx_\name, @function
        .set    zx_\name, _zx_\name
        .data
0:      .quad   \otherwise
        .section .rodata
        .asciz  "_zx_\name"
.endm

.macro  CALL name
        ENTRY   \name, not_supported
.endm

.macro  CALL_NORETURN name
        ENTRY   \name, no_way_out
.endm

        .text
not_supported:
        li      a0, -2                  /* ZX_ERR_NOT_SUPPORTED */
        ret
no_way_out:
        unimp

        .data
        .p2align 3
        .globl  shim_table, shim_table_end
        .hidden shim_table, shim_table_end
shim_table:
        .section .rodata
        .globl  shim_names
        .hidden shim_names
shim_names:

#include "user/sdk/shim.inc"

        .data
shim_table_end:

        .section .note.GNU-stack, "", @progbits
