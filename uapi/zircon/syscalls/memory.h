/*
 * memory.h - options of the VMO and VMAR calls (zircon/types.h).
 */
#pragma once

#include "uapi/zircon/types.h"

/* zx_vmo_create. */
#define ZX_VMO_RESIZABLE   (1u << 1)
#define ZX_VMO_DISCARDABLE (1u << 2)
#define ZX_VMO_TRAP_DIRTY  (1u << 3) /* of a pager's only */

/* zx_vmo_create_child. */
#define ZX_VMO_CHILD_SNAPSHOT                   (1u << 0)
#define ZX_VMO_CHILD_RESIZABLE                  (1u << 2)
#define ZX_VMO_CHILD_SLICE                      (1u << 3)
#define ZX_VMO_CHILD_SNAPSHOT_AT_LEAST_ON_WRITE (1u << 4)
#define ZX_VMO_CHILD_NO_WRITE                   (1u << 5)

/* zx_vmo_op_range. */
#define ZX_VMO_OP_COMMIT                 1u
#define ZX_VMO_OP_DECOMMIT               2u
#define ZX_VMO_OP_LOCK                   3u
#define ZX_VMO_OP_UNLOCK                 4u
#define ZX_VMO_OP_CACHE_SYNC             6u
#define ZX_VMO_OP_CACHE_INVALIDATE       7u
#define ZX_VMO_OP_CACHE_CLEAN            8u
#define ZX_VMO_OP_CACHE_CLEAN_INVALIDATE 9u
#define ZX_VMO_OP_ZERO                   10u
#define ZX_VMO_OP_TRY_LOCK               11u

/* Of ZX_VMO_OP_LOCK: what is locked, and what of it was discarded. */
typedef struct zx_vmo_lock_state {
    uint64_t offset;
    uint64_t size;
    uint64_t discarded_offset;
    uint64_t discarded_size;
} zx_vmo_lock_state_t;

/* zx_vmar_op_range. */
#define ZX_VMAR_OP_COMMIT    1u
#define ZX_VMAR_OP_DECOMMIT  2u
#define ZX_VMAR_OP_MAP_RANGE 3u

/* zx_vmo_set_cache_policy. */
#define ZX_CACHE_POLICY_CACHED          0u
#define ZX_CACHE_POLICY_UNCACHED        1u
#define ZX_CACHE_POLICY_UNCACHED_DEVICE 2u
#define ZX_CACHE_POLICY_WRITE_COMBINING 3u
#define ZX_CACHE_POLICY_MASK            3u

/* zx_cache_flush */
#define ZX_CACHE_FLUSH_INSN       (1u << 0)
#define ZX_CACHE_FLUSH_DATA       (1u << 1)
#define ZX_CACHE_FLUSH_INVALIDATE (1u << 2) /* with DATA only */

/* zx_pager_op_range. */
#define ZX_PAGER_OP_FAIL            1u
#define ZX_PAGER_OP_DIRTY           2u
#define ZX_PAGER_OP_WRITEBACK_BEGIN 3u
#define ZX_PAGER_OP_WRITEBACK_END   4u

/* zx_pager_query_dirty_ranges: [offset, offset + length). */
typedef struct zx_vmo_dirty_range {
    uint64_t offset;
    uint64_t length;
    uint64_t options;
} zx_vmo_dirty_range_t;
#define ZX_VMO_DIRTY_RANGE_IS_ZERO 1ull

/* zx_pager_query_vmo_stats. */
typedef struct zx_pager_vmo_stats {
    uint32_t modified; /* ZX_PAGER_VMO_STATS_MODIFIED or 0 */
} zx_pager_vmo_stats_t;
#define ZX_PAGER_VMO_STATS_MODIFIED 1u
#define ZX_PAGER_RESET_VMO_STATS    1u

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
#define ZX_VM_ALIGN_MASK (255u << ZX_VM_ALIGN_BASE)
