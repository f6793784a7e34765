/* vdso_image.S (x86_64) - the Linux vDSO that user/vdso builds, in the kernel's read-only data. */
        .section .rodata, "a"
        .p2align 12
        .globl  linux_vdso_image
linux_vdso_image:
        .incbin "build/user/x86_64/linux-vdso.so"
        .globl  linux_vdso_image_end
linux_vdso_image_end:

        .section .note.GNU-stack, "", @progbits
