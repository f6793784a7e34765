/*
 * clock.h - how user mode reads the kernel's clocks by itself: what each vDSO has in its data.
 */
#pragma once

#include <stdint.h>

enum user_clock_source {
    USER_CLOCK_NONE,    /* only by a system call */
    USER_CLOCK_COUNTER, /* from the CPU's counter: x86_64 rdtsc, riscv64 rdtime */
    USER_CLOCK_HOST,    /* from a function of the library OS's host */
};

/*
 * Nothing of it changes after boot, so it is read without a lock. Times are in ns.
 *
 * COUNTER: monotonic = (counter - start) * factor >> shift, the product in 128 bits;
 *          realtime = monotonic + realtime_offset.
 * HOST:    `function` is a Linux clock_gettime; realtime is its CLOCK_REALTIME, monotonic its
 *          CLOCK_MONOTONIC - host_start.
 */
struct user_clock {
    uint32_t source; /* USER_CLOCK_* */
    uint32_t shift;
    uint64_t start, factor;
    int64_t realtime_offset;
    uint64_t function;
    int64_t host_start;
};

/* Where in a vDSO's image it is: the build leaves the room, the kernel fills it in. */
#define VDSO_CLOCK_OFFSET 0x180
#define VDSO_CLOCK_SIZE   0x40
