/*
 * tlb.h - which address space each CPU is in, and the end of stale translations.
 *
 * A CPU enters an address space when it is about to run user mode in it, and stays in it
 * through system calls and sleep until it enters another: its kernel half is everybody's.
 * Address space numbers (ASIDs) are not used: a change of address space empties the CPU's user
 * translations.
 */
#pragma once

#include "hal/mmu.h"

/* This CPU goes to the address space of `root`. Interrupts are off. */
void tlb_enter(paddr_t root);

/* This CPU goes to no address space. Interrupts are off. */
void tlb_leave(void);

/* No CPU uses what it knew of `count` pages from `va` in `root` any more. TLB_TABLES as count:
 * nor of any page or table below `root`. */
#define TLB_TABLES SIZE_MAX
void tlb_shoot(paddr_t root, user_addr_t va, size_t count);

/* Pages became present: this CPU sees them at once, others at the latest by a needless fault.
 */
void tlb_refresh(paddr_t root, user_addr_t va, size_t count);

/* No CPU is in `root` any more. Interrupts are on. */
void tlb_evict(paddr_t root);
