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
