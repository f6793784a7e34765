/*
 * types.h - the words that Zircon's calls and structs are made of (zircon/types.h).
 */
#pragma once

#include <stdint.h>

#include "uapi/zircon/errors.h"
#include "uapi/zircon/limits.h"
#include "uapi/zircon/rights.h"
#include "uapi/zircon/signals.h"
#include "uapi/zircon/string_view.h"

typedef uint32_t zx_handle_t; /* 0: none; the low two bits of any other are set */
typedef int32_t zx_status_t;  /* 0 or a negative ZX_ERR_ */
typedef int64_t zx_time_t;    /* ns, absolute */
typedef int64_t zx_duration_t;
typedef int64_t zx_ticks_t;
typedef uint32_t zx_clock_t;
typedef uint64_t zx_koid_t; /* 0: none, 1: the kernel */
typedef uint64_t zx_off_t;
typedef uint64_t zx_vaddr_t;
typedef uint64_t zx_paddr_t;
typedef uint32_t zx_obj_type_t;
typedef uint32_t zx_vm_option_t;
typedef int32_t zx_futex_t;

#define ZX_HANDLE_INVALID    0u
#define ZX_HANDLE_FIXED_BITS 3u

#define ZX_KOID_INVALID 0ull
#define ZX_KOID_KERNEL  1ull
#define ZX_KOID_FIRST   1024ull

#define ZX_TIME_INFINITE      INT64_MAX
#define ZX_TIME_INFINITE_PAST INT64_MIN

#define ZX_CLOCK_MONOTONIC 0u
#define ZX_CLOCK_UTC       1u
#define ZX_CLOCK_THREAD    2u

#define ZX_OBJ_TYPE_NONE          0u
#define ZX_OBJ_TYPE_PROCESS       1u
#define ZX_OBJ_TYPE_THREAD        2u
#define ZX_OBJ_TYPE_VMO           3u
#define ZX_OBJ_TYPE_CHANNEL       4u
#define ZX_OBJ_TYPE_EVENT         5u
#define ZX_OBJ_TYPE_PORT          6u
#define ZX_OBJ_TYPE_INTERRUPT     9u
#define ZX_OBJ_TYPE_PCI_DEVICE    11u
#define ZX_OBJ_TYPE_LOG           12u
#define ZX_OBJ_TYPE_SOCKET        14u
#define ZX_OBJ_TYPE_RESOURCE      15u
#define ZX_OBJ_TYPE_EVENTPAIR     16u
#define ZX_OBJ_TYPE_JOB           17u
#define ZX_OBJ_TYPE_VMAR          18u
#define ZX_OBJ_TYPE_FIFO          19u
#define ZX_OBJ_TYPE_GUEST         20u
#define ZX_OBJ_TYPE_VCPU          21u
#define ZX_OBJ_TYPE_TIMER         22u
#define ZX_OBJ_TYPE_IOMMU         23u
#define ZX_OBJ_TYPE_BTI           24u
#define ZX_OBJ_TYPE_PROFILE       25u
#define ZX_OBJ_TYPE_PMT           26u
#define ZX_OBJ_TYPE_SUSPEND_TOKEN 27u
#define ZX_OBJ_TYPE_PAGER         28u
#define ZX_OBJ_TYPE_EXCEPTION     29u
#define ZX_OBJ_TYPE_CLOCK         30u
#define ZX_OBJ_TYPE_STREAM        31u
#define ZX_OBJ_TYPE_MSI           32u

typedef struct zx_wait_item {
    zx_handle_t handle;
    zx_signals_t waitfor;
    zx_signals_t pending; /* out */
} zx_wait_item_t;

/* A handle in a message, as zx_channel_read_etc reports it. */
typedef struct zx_handle_info {
    zx_handle_t handle;
    zx_obj_type_t type;
    zx_rights_t rights;
    uint32_t unused;
} zx_handle_info_t;

/* A piece of a program's memory. */
typedef struct zx_iovec {
    void *buffer;
    uint64_t capacity; /* bytes */
} zx_iovec_t;
