/*
 * canonical.h - addresses of 48 bits (SDM volume 1, 3.3.7.1): a base or rip that is not the
 * extension of its bit 47 faults in the kernel when it is loaded.
 */
#pragma once

#include "base/types.h"

static inline uint64_t canonical(uint64_t address)
{
    return (uint64_t)((int64_t)(address << 16) >> 16);
}

static inline bool is_canonical(uint64_t address)
{
    return address == canonical(address);
}
