/*
 * system_info.h - records of zx_object_get_info about the whole machine
 * (zircon/syscalls/object.h).
 */
#pragma once

#include "uapi/zircon/types.h"

#define ZX_INFO_CPU_STATS_FLAG_ONLINE 1u

/* Counters since boot; what this kernel does not count is 0. */
typedef struct zx_info_cpu_stats {
    uint32_t cpu_number, flags;
    zx_duration_t idle_time;
    uint64_t reschedules, context_switches, irq_preempts, preempts, yields;
    uint64_t ints, timer_ints, timers, page_faults, exceptions, syscalls;
    uint64_t reschedule_ipis, generic_ipis;
} zx_info_cpu_stats_t;

/* Bytes. */
typedef struct zx_info_kmem_stats {
    uint64_t total_bytes, free_bytes, wired_bytes, total_heap_bytes, free_heap_bytes;
    uint64_t vmo_bytes, mmu_overhead_bytes, ipc_bytes, other_bytes;
} zx_info_kmem_stats_t;
