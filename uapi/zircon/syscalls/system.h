/*
 * system.h - events and commands of the whole system (zircon/syscalls/system.h, types.h).
 */
#pragma once

#include "uapi/zircon/types.h"

/* Kinds of zx_system_get_event. */
#define ZX_SYSTEM_EVENT_OUT_OF_MEMORY            1u
#define ZX_SYSTEM_EVENT_MEMORY_PRESSURE_CRITICAL 2u
#define ZX_SYSTEM_EVENT_MEMORY_PRESSURE_WARNING  3u
#define ZX_SYSTEM_EVENT_MEMORY_PRESSURE_NORMAL   4u

#define ZX_DEFAULT_SYSTEM_EVENT_RIGHTS (ZX_RIGHT_WAIT | ZX_RIGHT_DUPLICATE | ZX_RIGHT_TRANSFER)

/* Commands of zx_system_powerctl, without gaps; 5 to 7 are kinds of rebooting. */
#define ZX_SYSTEM_POWERCTL_ENABLE_ALL_CPUS 1u
#define ZX_SYSTEM_POWERCTL_REBOOT          5u
#define ZX_SYSTEM_POWERCTL_REBOOT_RECOVERY 7u
#define ZX_SYSTEM_POWERCTL_SHUTDOWN        8u

/* Kinds of zx_system_get_features, and bits of the first (x86_64 has that one only). */
#define ZX_FEATURE_KIND_CPU                 0u
#define ZX_FEATURE_KIND_HW_BREAKPOINT_COUNT 1u
#define ZX_FEATURE_KIND_HW_WATCHPOINT_COUNT 2u
#define ZX_HAS_CPU_FEATURES                 (1u << 0)
