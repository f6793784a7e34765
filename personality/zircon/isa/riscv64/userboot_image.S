/* userboot_image.S (riscv64) - the program that user/userboot builds, inside the kernel's read-only data. */
        .section .rodata, "a"
        .p2align 12
        .globl  userboot_image
userboot_image:
        .incbin "build/user/riscv64/userboot"
        .globl  userboot_image_end
userboot_image_end:

        .section .note.GNU-stack, "", @progbits
