/*
 * vmar_flags.h - what vmar.flags means to Zircon: the CAN_MAP_* options that a region was
 * made with.
 */
#pragma once

#include "uapi/zircon/syscalls/memory.h"

#define VMAR_FLAGS_ALL \
    (ZX_VM_CAN_MAP_SPECIFIC | ZX_VM_CAN_MAP_READ | ZX_VM_CAN_MAP_WRITE | ZX_VM_CAN_MAP_EXECUTE)

/* The rights of a first handle to such a region. */
static inline zx_rights_t vmar_rights(uint32_t flags)
{
    return ZX_DEFAULT_VMAR_RIGHTS | (flags & ZX_VM_CAN_MAP_READ ? ZX_RIGHT_READ : 0u) |
           (flags & ZX_VM_CAN_MAP_WRITE ? ZX_RIGHT_WRITE : 0u) |
           (flags & ZX_VM_CAN_MAP_EXECUTE ? ZX_RIGHT_EXECUTE : 0u);
}
