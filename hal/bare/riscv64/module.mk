module           := hal/bare/riscv64
sources-riscv64  := entry trap_entry fp_regs layout boot kernel_map machine cpu sbi trap \
                    context fp mmu tlb clock plic serial power backtrace bits probe
foreign-includes := device-tree-compiler/libfdt
foreign-bare     := device-tree-compiler/libfdt/fdt device-tree-compiler/libfdt/fdt_ro
