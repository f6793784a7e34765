/*
 * counter.h - the kernel's counters: for each a number on each CPU, the sum of which counts.
 *
 * Only its own CPU writes a number, and anybody may read it: /proc/zcore shows the sums, and
 * Zircon programs map the numbers themselves (personality/zircon/kernel_files.h).
 */
#pragma once

#include "hal/cpu.h"

enum counter {
#define COUNTER(name, text) COUNTER_##name,
#include "mm/counters.def"
#undef COUNTER
    COUNTERS
};

extern const char *const counter_names[COUNTERS];

/* A row of COUNTERS for each of HAL_MAX_CPUS CPUs. */
extern int64_t *counter_rows;
#define COUNTER_BYTES (sizeof(int64_t) * HAL_MAX_CPUS * COUNTERS)

/* By page_init, at each boot of the machine: all are 0. */
void counters_init(void);
/* From now on the rows are there, in COUNTER_BYTES of memory for good. At boot, before the
 * other CPUs run. */
void counters_move(void *to);

static inline void counter_add(enum counter which, int64_t n)
{
    int64_t *at;

    hal_preempt_disable();
    at = &counter_rows[hal_cpu_id() * COUNTERS + which];
    __atomic_store_n(at, *at + n, __ATOMIC_RELAXED);
    hal_preempt_enable();
}

/* Of all CPUs; exact when nothing else runs. */
int64_t counter_sum(enum counter which);
