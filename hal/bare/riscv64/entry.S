/*
 * entry.S - the first instructions of each CPU: from firmware's physical world into the linear
 * map.
 *
 * OpenSBI enters here with paging and interrupts off, first on the boot hart, then on each that
 * hal_cpu_start_others asks for. There is one entry for both, and the first to come is the
 * boot hart: OpenSBI 1.1 may start a hart in the middle of the request, at the boot hart's
 * address and with its arguments. Code before enter_linear returns runs at physical addresses:
 * pc-relative only.
 */
#include "hal/bare/riscv64/csr.h"
#include "hal/bare/riscv64/offsets.h"

#define LINEAR_BASE 0xffffffc000000000
#define PTE_RWX     0xcf /* valid, read, write, execute, accessed, dirty */

    .section .text.entry, "ax"

/* a0: hart; a1, for the boot hart: physical address of the device tree. */
    .globl entry
entry:
    csrw sie, zero
    lla t0, boot_hart_came
    li t1, 1
    amoswap.w.aqrl t1, t1, (t0)
    bnez t1, entry_other
    mv s1, a0
    mv s2, a1
    lla t0, kernel_bss
    lla t1, kernel_bss_end
1:  bgeu t0, t1, 2f
    sd zero, 0(t0)
    addi t0, t0, 8
    j 1b
2:  lla a0, boot_root
    call enter_linear
    lla tp, cpus
    lla sp, cpu_areas
    li t0, CPU_AREA_SIZE - CPU_AREA_FAULT_STACK
    add sp, sp, t0
    mv a0, s1
    mv a1, s2
    li s0, 0 /* backtraces end here */
    call boot_main

entry_other:
    lla t0, cpu_of_hart
    slli t1, a0, 3
    add t0, t0, t1
    ld s1, 0(t0)
    lla a0, kernel_root
    call enter_linear
    mv tp, s1
    ld sp, CPU_KERNEL_SP(tp)
    li s0, 0
    call cpu_secondary

/*
 * Return to the caller's place in the linear map, under the root table at physical a0. That
 * table maps nothing at physical addresses, so the fetch behind the switch faults, and the trap
 * vector is where we want to be.
 */
enter_linear:
    li t0, LINEAR_BASE
    add ra, ra, t0
    lla t1, 1f
    add t1, t1, t0
    csrw stvec, t1
    srli a0, a0, 12
    li t1, SATP_SV39
    or a0, a0, t1
    sfence.vma
    csrw satp, a0
    .balign 4
1:  sfence.vma
    lla t1, 2f
    csrw stvec, t1
    ret
    .balign 4
2:  wfi /* a trap before cpu_begin: there is nobody to tell */
    j 2b

/* Not in .bss, which the boot hart clears. */
    .data
    .balign 4
boot_hart_came:
    .word 0

/* The linear map's first 4 GiB, all rights, until kernel_map.c has made the real one. */
    .section .rodata
    .balign 4096
boot_root:
    .zero 256 * 8
    .quad (0 << 28) | PTE_RWX
    .quad (1 << 28) | PTE_RWX
    .quad (2 << 28) | PTE_RWX
    .quad (3 << 28) | PTE_RWX
    .zero 252 * 8
