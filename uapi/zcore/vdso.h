/*
 * vdso.h - what the kernel tells of the machine in the data of Zircon's vDSO (vdso_constants of
 * 2020). Beside it lies the clock (uapi/zcore/clock.h).
 */
#pragma once

#include <stdint.h>

#define VDSO_VERSION_MAX 64

struct vdso_constants {
    uint32_t num_cpus;
    uint32_t features_cpu, hw_breakpoint_count, hw_watchpoint_count;
    uint32_t dcache_line_size, icache_line_size; /* bytes */
    int64_t ticks_per_second;
    uint32_t ticks_to_ns_numerator, ticks_to_ns_denominator;
    uint64_t physmem; /* bytes */
    uint64_t version_size;
    char version[VDSO_VERSION_MAX]; /* ends with NUL */
};

/* Where in the image it is. */
#define VDSO_CONSTANTS_OFFSET 0x100
#define VDSO_CONSTANTS_SIZE   0x78

_Static_assert(sizeof(struct vdso_constants) == VDSO_CONSTANTS_SIZE, "the layout of 2020");
