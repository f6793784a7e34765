/*
 * profile.h - profiles (zircon/syscalls/profile.h).
 */
#pragma once

#include "uapi/zircon/types.h"

/* PRIORITY and DEADLINE exclude each other. */
#define ZX_PROFILE_INFO_FLAG_PRIORITY 1u
#define ZX_PROFILE_INFO_FLAG_CPU_MASK 2u
#define ZX_PROFILE_INFO_FLAG_DEADLINE 4u

#define ZX_PRIORITY_LOWEST  0
#define ZX_PRIORITY_LOW     8
#define ZX_PRIORITY_DEFAULT 16
#define ZX_PRIORITY_HIGH    24
#define ZX_PRIORITY_HIGHEST 31

/* `capacity` of work in each `period`, to be done within `relative_deadline` of its start. */
typedef struct zx_sched_deadline_params {
    zx_duration_t capacity, relative_deadline, period;
} zx_sched_deadline_params_t;

typedef struct zx_profile_info {
    uint32_t flags;
    uint32_t padding1;
    union {
        int32_t priority;
        zx_sched_deadline_params_t deadline_params;
    };
    uint64_t cpu_affinity_mask[ZX_CPU_SET_MAX_CPUS / 64];
} zx_profile_info_t;
