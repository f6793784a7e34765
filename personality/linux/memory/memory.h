/*
 * memory.h - what the memory calls share.
 */
#pragma once

#include "object/syscall.h"
#include "vm/aspace.h"

/* Best effort (MAP_POPULATE, mlock): what cannot be had comes by fault. */
void memory_populate(struct aspace *as, user_addr_t base, uint64_t size, unsigned prot);
/* Every page of the range belongs to a mapping. */
bool memory_all_mapped(struct aspace *as, user_addr_t base, uint64_t size);
/* madvise(2)'s MADV_REMOVE: the pages of shared mappings go, and those of the file with them.
 */
status_t memory_remove(struct aspace *as, user_addr_t base, uint64_t size) MUST_USE;

/* Bytes in [base, end) that are locked. */
uint64_t memory_locked(struct aspace *as, user_addr_t base, user_addr_t end);
/* RLIMIT_MEMLOCK: may the caller have so many bytes locked? ERR_NOT_PERMITTED: none at all. */
status_t memory_may_lock(struct syscall *call, uint64_t total) MUST_USE;
