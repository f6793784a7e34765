/*
 * resource.h - resources (zircon/syscalls/resource.h of June 2020).
 */
#pragma once

#include "uapi/zircon/types.h"

#define ZX_RSRC_KIND_MMIO       0u
#define ZX_RSRC_KIND_IRQ        1u
#define ZX_RSRC_KIND_IOPORT     2u
#define ZX_RSRC_KIND_HYPERVISOR 3u
#define ZX_RSRC_KIND_ROOT       4u
#define ZX_RSRC_KIND_VMEX       5u
#define ZX_RSRC_KIND_SMC        6u
#define ZX_RSRC_KIND_COUNT      7u

#define ZX_RSRC_FLAG_EXCLUSIVE 0x00010000u

/* The two parts of zx_resource_create's options. */
#define ZX_RSRC_EXTRACT_KIND(options)  ((options)&0x0000ffffu)
#define ZX_RSRC_EXTRACT_FLAGS(options) ((options)&0xffff0000u)

typedef struct zx_info_resource {
    uint32_t kind, flags;
    uint64_t base, size;
    char name[ZX_MAX_NAME_LEN];
} zx_info_resource_t;
