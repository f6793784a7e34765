/*
 * memory.h - what the memory calls share.
 */
#pragma once

#include "object/syscall.h"
#include "vm/aspace.h"

/* vmar_map; but a reservation (PROT_NONE, MAP_FIXED) may span the machine's own part of user
 * space: what lies beside that is mapped, and there it is as inaccessible as ever. */
status_t memory_map(struct vmar *vmar, const struct vmar_map_args *args,
                    user_addr_t *at) MUST_USE;

/* Best effort (MAP_POPULATE, mlock): what cannot be had comes by fault. */
void memory_populate(struct aspace *as, user_addr_t base, uint64_t size, unsigned prot);
/* Every page of the range belongs to a mapping. */
bool memory_all_mapped(struct aspace *as, user_addr_t base, uint64_t size);
/* madvise(2)'s MADV_REMOVE: the pages of shared mappings go, and those of the file with them.
 */
status_t memory_remove(struct aspace *as, user_addr_t base, uint64_t size) MUST_USE;

/*
 * RLIMIT_AS, RLIMIT_DATA, vm.max_map_count: may the caller map so many bytes more, with these
 * rights and MAPPING_*? What is mapped from `replaced` on (0: nothing) gives way to them.
 * ERR_NO_MEMORY.
 */
status_t memory_may_map(struct syscall *call, user_addr_t replaced, uint64_t size,
                        unsigned prot, unsigned flags) MUST_USE;
/* RLIMIT_DATA: may the heap have so many bytes, beside the program's data? */
bool memory_may_break(struct syscall *call, uint64_t heap);
/* Private memory that may be written, stacks apart; bytes. */
uint64_t memory_data(struct aspace *as);

/* Bytes in [base, end) that are locked. */
uint64_t memory_locked(struct aspace *as, user_addr_t base, user_addr_t end);
/* RLIMIT_MEMLOCK: may the caller have so many bytes locked? ERR_NOT_PERMITTED: none at all. */
status_t memory_may_lock(struct syscall *call, uint64_t total) MUST_USE;
