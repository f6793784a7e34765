/*
 * object.h - topics and records of zx_object_get_info, and properties of objects
 * (zircon/syscalls/object.h of June 2020).
 */
#pragma once

#include "uapi/zircon/types.h"

/* The low 28 bits number a topic, the top four its version. */
#define ZX_INFO_HANDLE_VALID            1u
#define ZX_INFO_HANDLE_BASIC            2u
#define ZX_INFO_PROCESS                 3u
#define ZX_INFO_PROCESS_THREADS         4u
#define ZX_INFO_VMAR                    7u
#define ZX_INFO_JOB_CHILDREN            8u
#define ZX_INFO_JOB_PROCESSES           9u
#define ZX_INFO_THREAD                  10u
#define ZX_INFO_THREAD_EXCEPTION_REPORT 11u
#define ZX_INFO_TASK_STATS              12u
#define ZX_INFO_PROCESS_MAPS            13u
#define ZX_INFO_PROCESS_VMOS_V1         14u
#define ZX_INFO_PROCESS_VMOS            (ZX_INFO_PROCESS_VMOS_V1 | 1u << 28)
#define ZX_INFO_THREAD_STATS            15u
#define ZX_INFO_CPU_STATS               16u
#define ZX_INFO_KMEM_STATS              17u
#define ZX_INFO_RESOURCE                18u
#define ZX_INFO_HANDLE_COUNT            19u
#define ZX_INFO_BTI                     20u
#define ZX_INFO_PROCESS_HANDLE_STATS    21u
#define ZX_INFO_SOCKET                  22u
#define ZX_INFO_VMO_V1                  23u
#define ZX_INFO_VMO                     (ZX_INFO_VMO_V1 | 1u << 28)
#define ZX_INFO_JOB                     24u
#define ZX_INFO_TIMER                   25u
#define ZX_INFO_STREAM                  26u
#define ZX_INFO_HANDLE_TABLE            27u
#define ZX_INFO_MSI                     28u
#define ZX_INFO_TASK_RUNTIME            30u

typedef struct zx_info_handle_basic {
    zx_koid_t koid;
    zx_rights_t rights;
    zx_obj_type_t type;
    zx_koid_t related_koid; /* of the peer, the parent job or process; 0: none */
    uint32_t props;         /* 1: waitable */
    uint32_t padding;
} zx_info_handle_basic_t;

#define ZX_OBJ_PROP_WAITABLE 1u

typedef struct zx_info_process {
    int64_t return_code;
    uint8_t started, exited, debugger_attached;
    uint8_t padding[5];
} zx_info_process_t;

/* Handles of the process by the type of their objects. */
typedef struct zx_info_process_handle_stats {
    uint32_t handle_count[64];
    uint32_t padding[64];
} zx_info_process_handle_stats_t;

typedef struct zx_info_job {
    int64_t return_code;
    uint8_t exited, kill_on_oom, debugger_attached;
    uint8_t padding[5];
} zx_info_job_t;

#define ZX_THREAD_STATE_NEW       0u
#define ZX_THREAD_STATE_RUNNING   1u
#define ZX_THREAD_STATE_SUSPENDED 2u
#define ZX_THREAD_STATE_BLOCKED   3u
#define ZX_THREAD_STATE_DYING     4u
#define ZX_THREAD_STATE_DEAD      5u

/* BLOCKED with the reason in the second byte. */
#define ZX_THREAD_STATE_BLOCKED_EXCEPTION 0x103u
#define ZX_THREAD_STATE_BLOCKED_SLEEPING  0x203u
#define ZX_THREAD_STATE_BLOCKED_FUTEX     0x303u
#define ZX_THREAD_STATE_BLOCKED_PORT      0x403u
#define ZX_THREAD_STATE_BLOCKED_CHANNEL   0x503u
#define ZX_THREAD_STATE_BLOCKED_WAIT_ONE  0x603u
#define ZX_THREAD_STATE_BLOCKED_WAIT_MANY 0x703u
#define ZX_THREAD_STATE_BLOCKED_INTERRUPT 0x803u

typedef struct zx_info_thread {
    uint32_t state;
    uint32_t wait_exception_channel_type;
    uint64_t cpu_affinity_mask[ZX_CPU_SET_MAX_CPUS / 64];
} zx_info_thread_t;

typedef struct zx_info_thread_stats {
    zx_duration_t total_runtime;
    uint32_t last_scheduled_cpu; /* UINT32_MAX: never */
    uint32_t padding;
} zx_info_thread_stats_t;

/* Of threads, processes and jobs. */
typedef struct zx_info_task_runtime {
    zx_duration_t cpu_time, queue_time;
} zx_info_task_runtime_t;

/* Bytes: of mappings; of pages in them that no other process, or another one too, has mapped;
 * and each of those divided by how many have. */
typedef struct zx_info_task_stats {
    uint64_t mem_mapped_bytes, mem_private_bytes, mem_shared_bytes, mem_scaled_shared_bytes;
} zx_info_task_stats_t;

/* One handle of a process's table. */
typedef struct zx_info_handle_extended {
    zx_obj_type_t type;
    zx_handle_t handle_value;
    zx_rights_t rights;
    uint32_t reserved;
    zx_koid_t koid, related_koid, peer_owner_koid;
} zx_info_handle_extended_t;

#define ZX_INFO_MAPS_TYPE_NONE    0u
#define ZX_INFO_MAPS_TYPE_ASPACE  1u
#define ZX_INFO_MAPS_TYPE_VMAR    2u
#define ZX_INFO_MAPS_TYPE_MAPPING 3u

typedef struct zx_info_maps_mapping {
    zx_vm_option_t mmu_flags; /* ZX_VM_PERM_* */
    uint32_t padding;
    zx_koid_t vmo_koid;
    uint64_t vmo_offset, committed_pages;
} zx_info_maps_mapping_t;

/* Depth first: the address space, its root VMAR, and what is in that. */
typedef struct zx_info_maps {
    char name[ZX_MAX_NAME_LEN];
    zx_vaddr_t base;
    uint64_t size, depth;
    uint32_t type, padding;
    union {
        zx_info_maps_mapping_t mapping;
    } u;
} zx_info_maps_t;

typedef struct zx_info_vmar {
    zx_vaddr_t base;
    uint64_t len;
} zx_info_vmar_t;

#define ZX_INFO_VMO_TYPE_PAGED   (1u << 0)
#define ZX_INFO_VMO_RESIZABLE    (1u << 1)
#define ZX_INFO_VMO_IS_COW_CLONE (1u << 2)
#define ZX_INFO_VMO_VIA_HANDLE   (1u << 3)
#define ZX_INFO_VMO_VIA_MAPPING  (1u << 4)
#define ZX_INFO_VMO_PAGER_BACKED (1u << 5)
#define ZX_INFO_VMO_CONTIGUOUS   (1u << 6)
#define ZX_INFO_VMO_DISCARDABLE  (1u << 7)

/* Version 1 ends before metadata_bytes. */
typedef struct zx_info_vmo {
    zx_koid_t koid;
    char name[ZX_MAX_NAME_LEN];
    uint64_t size_bytes;
    zx_koid_t parent_koid;
    uint64_t num_children, num_mappings, share_count;
    uint32_t flags;
    uint32_t padding1;
    uint64_t committed_bytes;
    zx_rights_t handle_rights;
    uint32_t cache_policy;
    uint64_t metadata_bytes, committed_change_events;
} zx_info_vmo_t;

/* What the peer's writes left to read, and ours to be read by the peer. Of datagrams,
 * `rx_buf_available` is the size of the next one. */
typedef struct zx_info_socket {
    uint32_t options;
    uint32_t padding1;
    uint64_t rx_buf_max, rx_buf_size, rx_buf_available;
    uint64_t tx_buf_max, tx_buf_size;
} zx_info_socket_t;

typedef struct zx_info_timer {
    uint32_t options;
    uint32_t padding1;
    zx_time_t deadline; /* 0: not set, or fired */
    zx_duration_t slack;
} zx_info_timer_t;

typedef struct zx_info_stream {
    uint32_t options;
    uint32_t padding1;
    zx_off_t seek;
    uint64_t content_size;
} zx_info_stream_t;

#define ZX_PROP_REGISTER_GS               2u
#define ZX_PROP_NAME                      3u
#define ZX_PROP_REGISTER_FS               4u
#define ZX_PROP_PROCESS_DEBUG_ADDR        5u
#define ZX_PROP_PROCESS_VDSO_BASE_ADDRESS 6u
#define ZX_PROP_PROCESS_BREAK_ON_LOAD     7u
/* Only where the calls of debuggers are enabled, which ours are not. */
#define ZX_PROP_PROCESS_HW_TRACE_CONTEXT_ID 8u
#define ZX_PROP_SOCKET_RX_THRESHOLD         12u
#define ZX_PROP_SOCKET_TX_THRESHOLD         13u
#define ZX_PROP_JOB_KILL_ON_OOM             15u
#define ZX_PROP_EXCEPTION_STATE             16u
#define ZX_PROP_VMO_CONTENT_SIZE            17u
#define ZX_PROP_EXCEPTION_STRATEGY          18u

/* Of ZX_PROP_PROCESS_DEBUG_ADDR, before the dynamic linker says where: it is to stop then. */
#define ZX_PROCESS_DEBUG_ADDR_BREAK_ON_SET 1u
