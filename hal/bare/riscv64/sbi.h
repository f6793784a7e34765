/*
 * sbi.h - calls to firmware: the Supervisor Binary Interface, version 0.2 and later.
 *
 * Sets of harts are masks of their numbers, so this target knows harts 0..63 only.
 */
#pragma once

#include "base/types.h"

#define HART_LIMIT 64u

/* Interrupt at `ticks` of the time register; UINT64_MAX: none. */
void sbi_set_timer(uint64_t ticks);

void sbi_send_ipi(uint64_t harts);

/* When they return, each of `harts` has done it. `size` 0 with `va` 0: everything. */
void sbi_remote_fence_i(uint64_t harts);
void sbi_remote_sfence_vma(uint64_t harts, uint64_t va, uint64_t size);

/* `hart` begins at physical `start`, paging off, with a0 its number. */
status_t sbi_hart_start(uint64_t hart, paddr_t start) MUST_USE;

/* Returns only where firmware cannot. */
void sbi_shutdown(void);
