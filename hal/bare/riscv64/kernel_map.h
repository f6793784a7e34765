/*
 * kernel_map.h - the kernel's half of every address space: the linear map (target/mmu.h).
 */
#pragma once

#include "hal/boot.h"

/* The root with no user half. Before kernel_map_init its tables are not there. */
paddr_t kernel_root_phys(void);

/* Copy the kernel's half into a fresh root. It never changes after kernel_map_init. */
void kernel_map_share(paddr_t root);

/* On the boot CPU: make the tables, of memory taken from `info`, and go over to them. `end` is
 * the end of physical memory. */
void kernel_map_init(struct hal_boot_info *info, paddr_t end);
