/* vdso_image.S (x86_64) - the vDSO that user/vdso builds, inside the kernel's read-only data. */
        .section .rodata, "a"
        .p2align 12
        .globl  vdso_image
vdso_image:
        .incbin "build/user/x86_64/vdso.so"
        .globl  vdso_image_end
vdso_image_end:

        .section .note.GNU-stack, "", @progbits
