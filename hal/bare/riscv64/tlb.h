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

/* This CPU goes to user mode in the address space of `root`, and comes back. Interrupts are
 * off. */
void tlb_user_begin(paddr_t root);
void tlb_user_end(void);

/* This CPU goes to no address space. Interrupts are off. */
void tlb_leave(void);

/* As a number of pages: everything, tables included. */
#define TLB_ALL SIZE_MAX

/* No user mode in `root` sees what was at `count` pages from `va` any more. */
void tlb_shoot(paddr_t root, user_addr_t va, size_t count);

/* Pages became present: this CPU sees them at once, others at the latest by a needless fault.
 */
void tlb_refresh(paddr_t root, user_addr_t va, size_t count);

/* Nor does the hardware of any CPU walk tables that were in `root` and are no more. */
void tlb_settle(paddr_t root);

/* No CPU is in `root` any more. Interrupts are on. */
void tlb_evict(paddr_t root);
