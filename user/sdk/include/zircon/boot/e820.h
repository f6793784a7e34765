/*
 * e820.h - the memory map of a PC's firmware, in the ZBI item E820_TABLE.
 */
#pragma once

#include <stdint.h>

#include "user/sdk/include/zircon/compiler.h"

#define E820_RAM      1
#define E820_RESERVED 2
#define E820_ACPI     3
#define E820_NVS      4
#define E820_UNUSABLE 5

typedef struct e820entry {
    uint64_t addr, size;
    uint32_t type;
} __PACKED e820entry_t;
