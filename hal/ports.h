/*
 * ports.h - I/O ports for user mode, on machines that have any (x86_64).
 */
#pragma once

#include "hal/mmu.h"

#define HAL_PORTS 0x10000u

/*
 * Threads of the address space may use the ports from `first` on, `count` of them, or may not
 * any more; no port is allowed at first. Who runs now learns of more when it next enters user
 * mode, of fewer soon. The caller serialises, as for page tables. ERR_NO_MEMORY;
 * ERR_NOT_SUPPORTED: the machine has no ports.
 */
status_t hal_ports_set(struct hal_pt *pt, unsigned first, unsigned count,
                       bool allowed) MUST_USE;
