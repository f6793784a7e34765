/*
 * boot.h - what the boot path hands from file to file, on the boot CPU, before kernel_main.
 */
#pragma once

#include "hal/boot.h"

/* Bounds of the image, from kernel.ld: text, then read-only data, then data and bss. */
extern char kernel_start[], kernel_text_end[], kernel_rodata_end[], kernel_end[];

/* Read the PVH start info: memory, initramfs, RSDP. Uses the boot tables' first 4 GiB. */
void start_info_read(paddr_t start_info, struct hal_boot_info *info, paddr_t *rsdp,
                     paddr_t *memory_end);

/* The kernel's own page tables and the CPU stacks, out of `info`'s regions; entered at once. */
void kmap_init(struct hal_boot_info *info, paddr_t memory_end);
/* Their top table; user roots share its upper half. */
paddr_t kmap_root(void);

/* smp.c: where entry.S finds tables and stack of the CPU that is being started. */
extern uint64_t starting_root;
extern uintptr_t starting_stack;

/* entry.S */
_Noreturn void stack_enter(uintptr_t top, void (*entry)(void));
/* Called by entry.S. */
_Noreturn void boot_main(paddr_t start_info);
_Noreturn void other_main(void);
