/*
 * embedded.S - the files that make the launcher complete.
 */
    .macro image name, file
    .globl image_\name\()_start, image_\name\()_end
    .balign 4096
image_\name\()_start:
    .incbin "\file"
image_\name\()_end:
    .endm

    .section .rodata, "a", @progbits
    image gdb_script, "tools/gdb/zcore.py"
    image libos_kernel, "build/libos/kernel.elf"
    image riscv64_kernel, "build/riscv64/kernel.elf"
    image riscv64_root, "build/riscv64/root.cpio"
    image x86_64_kernel, "build/x86_64/kernel.elf"
    image x86_64_root, "build/x86_64/root.cpio"

    .section .note.GNU-stack, "", @progbits
