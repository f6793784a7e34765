/*
 * memory.h - options of the VMO and VMAR calls (zircon/types.h).
 */
#pragma once

#include "uapi/zircon/types.h"

/* zx_vmo_create. */
#define ZX_VMO_RESIZABLE (1u << 1)

/* zx_vmo_create_child. */
#define ZX_VMO_CHILD_SNAPSHOT                   (1u << 0)
#define ZX_VMO_CHILD_RESIZABLE                  (1u << 2)
#define ZX_VMO_CHILD_SLICE                      (1u << 3)
#define ZX_VMO_CHILD_SNAPSHOT_AT_LEAST_ON_WRITE (1u << 4)
#define ZX_VMO_CHILD_NO_WRITE                   (1u << 5)

/* Mapping and region options. */
#define ZX_VM_PERM_READ             (1u << 0)
#define ZX_VM_PERM_WRITE            (1u << 1)
#define ZX_VM_PERM_EXECUTE          (1u << 2)
#define ZX_VM_COMPACT               (1u << 3)
#define ZX_VM_SPECIFIC              (1u << 4)
#define ZX_VM_SPECIFIC_OVERWRITE    (1u << 5)
#define ZX_VM_CAN_MAP_SPECIFIC      (1u << 6)
#define ZX_VM_CAN_MAP_READ          (1u << 7)
#define ZX_VM_CAN_MAP_WRITE         (1u << 8)
#define ZX_VM_CAN_MAP_EXECUTE       (1u << 9)
#define ZX_VM_MAP_RANGE             (1u << 10)
#define ZX_VM_REQUIRE_NON_RESIZABLE (1u << 11)
#define ZX_VM_ALLOW_FAULTS          (1u << 12)
#define ZX_VM_OFFSET_IS_UPPER_LIMIT (1u << 13)

/* The log2 of the alignment of a place the kernel chooses; 0: a page. */
#define ZX_VM_ALIGN_BASE 24u
#define ZX_VM_ALIGN_MASK (31u << ZX_VM_ALIGN_BASE)
