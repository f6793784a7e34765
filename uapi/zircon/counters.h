/*
 * counters.h - the kernel's counters as programs see them: two VMOs among the kernel's files
 * (PA_VMO_KERNEL_FILE), known by their names. COUNTERS_NAMES_VMO has this header and a
 * descriptor for each counter, in the order of their names; COUNTERS_VMO a row of numbers for
 * each CPU, one for each descriptor, which change as the kernel runs (lib/counter-vmo-abi.h).
 */
#pragma once

#include <stdint.h>

#define COUNTERS_NAMES_VMO "counters/desc"
#define COUNTERS_VMO       "counters/arena"
#define COUNTERS_MAGIC     1547273975ull

enum counter_type {
    COUNTER_TYPE_PADDING,
    COUNTER_TYPE_SUM, /* what counts is the sum over CPUs */
    COUNTER_TYPE_MIN,
    COUNTER_TYPE_MAX,
};

struct counter_descriptor {
    char name[56]; /* ends with NUL */
    uint64_t type;
};

struct counter_names {
    uint64_t magic;
    uint64_t max_cpus; /* rows of the numbers */
    uint64_t size;     /* bytes of descriptors, which follow */
};
