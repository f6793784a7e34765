/* userboot_image.S (x86_64) - the program that user/userboot builds, inside the kernel's read-only data. */
        .section .rodata, "a"
        .p2align 12
        .globl  userboot_image
userboot_image:
        .incbin "build/user/x86_64/userboot"
        .globl  userboot_image_end
userboot_image_end:

        .section .note.GNU-stack, "", @progbits
