/*
 * fp_moves.S - vector registers to and from memory, one component of XSAVE each; rdi points at
 * the component. Registers and offsets: Intel SDM 1, 13.4 and 13.5.
 */
#define MXCSR 24 /* both from the start of the area */
#define XMM   160

        .macro function name
        .globl  \name
        .hidden \name
        .type   \name, @function
\name:
        .endm

        .text
/* Of the area itself: MXCSR, XMM0 to XMM15. */
function fp_store_sse
        stmxcsr MXCSR(%rdi)
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
        movaps  %xmm\n, XMM + 16 * \n(%rdi)
        .endr
        ret

function fp_fetch_sse
        ldmxcsr MXCSR(%rdi)
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
        movaps  XMM + 16 * \n(%rdi), %xmm\n
        .endr
        ret

/* K0 to K7 */
function fp_store_masks
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7
        kmovq   %k\n, 8 * \n(%rdi)
        .endr
        ret

function fp_fetch_masks
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7
        kmovq   8 * \n(%rdi), %k\n
        .endr
        ret

/* ZMM16 to ZMM31 */
function fp_store_high_zmm
        .irp    n, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
        vmovdqa64 %zmm\n, 64 * (\n - 16)(%rdi)
        .endr
        ret

function fp_fetch_high_zmm
        .irp    n, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
        vmovdqa64 64 * (\n - 16)(%rdi), %zmm\n
        .endr
        ret

        .section .note.GNU-stack, "", @progbits
