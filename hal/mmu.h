/*
 * mmu.h - physical memory by the linear map, and page tables of user address spaces.
 *
 * The caller serialises all calls on one `hal_pt` (vm: aspace.pt_lock, a spinlock). When unmap
 * or a narrowing protect returns, no CPU uses the old translation any more: the shoot-down is
 * inside. Page-table pages come from hal_upcalls->page_alloc, taken only by hal_pt_map.
 */
#pragma once

#include "base/types.h"

/* Rights of a mapping; the user bit is implied. WRITE or EXEC without READ is granted as
 * READ too where the hardware knows no better. */
enum {
    HAL_PROT_READ = 1u << 0,
    HAL_PROT_WRITE = 1u << 1,
    HAL_PROT_EXEC = 1u << 2,
};

/* The target's `struct hal_pt`, HAL_USER_BASE, HAL_USER_END, the part of it that is
 * not the user's (HAL_USER_HOLE_BASE to HAL_USER_HOLE_END; equal: none), HAL_PATCHES_TEXT (1:
 * it wants views of files to execute, vm/text.c), HAL_MEMORY_ZERO (1: memory holds zeroes when
 * it is taken, the first time and after it was given back), and inline
 * `void *hal_phys_to_virt(paddr_t)` and `paddr_t hal_virt_to_phys(const void *)`. */
#include "target/mmu.h"

/*
 * Also the target's: memory that a host backs lazily (libos) is asked for before it is first
 * touched; after hal_memory_give, what was in it is lost. Page aligned; any context, spinlocks
 * may be held. False: the host has no more; the range may not be touched.
 *
 *     bool hal_memory_take(paddr_t pa, uint64_t size);
 *     void hal_memory_give(paddr_t pa, uint64_t size);
 */

/* A fresh user half, empty. ERR_NO_MEMORY; libos also ERR_NO_RESOURCES (no host process). */
status_t hal_pt_init(struct hal_pt *pt) MUST_USE;

/* Frees the tables (not the pages mapped). On no CPU; no thread will run in it again. */
void hal_pt_fini(struct hal_pt *pt);

/*
 * Map `count` pages of physically contiguous memory at `va`, replacing what is there.
 * ERR_NO_MEMORY: some leading part may be mapped; the caller unmaps the range.
 */
status_t hal_pt_map(struct hal_pt *pt, user_addr_t va, paddr_t pa, size_t count,
                    unsigned prot) MUST_USE;

void hal_pt_unmap(struct hal_pt *pt, user_addr_t va, size_t count);

/* Change the rights of those pages of the range that are present. */
void hal_pt_protect(struct hal_pt *pt, user_addr_t va, size_t count, unsigned prot);

/* The page and rights behind `va`. ERR_NOT_FOUND when nothing is mapped. */
status_t hal_pt_query(struct hal_pt *pt, user_addr_t va, paddr_t *pa, unsigned *prot) MUST_USE;

/* Instructions at the page were written through the linear map: make them visible to fetches
 * by user mode (riscv64: fence.i on every CPU before user mode; x86: nothing). */
void hal_icache_sync(void);

/* Code of the kernel's own for user mode (user/vdso), before it is mapped: its system calls may
 * become other ways into the kernel. */
void hal_user_code(void *code, size_t size);
