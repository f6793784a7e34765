/*
 * ref.h - counts of references, under no lock.
 */
#pragma once

#include "hal/cpu.h"

/* One more, where the caller knows of one; how many there were. */
static inline unsigned ref_get(atomic_uint *refs)
{
    unsigned old;

    if (!hal_one_cpu)
        return atomic_fetch_add_explicit(refs, 1, memory_order_relaxed);
    old = atomic_load_explicit(refs, memory_order_relaxed);
    atomic_store_explicit(refs, old + 1, memory_order_relaxed);
    return old;
}

/* One less; how many there were: 1 means that it was the last, and what others did before they
 * let go has happened. */
static inline unsigned ref_put(atomic_uint *refs)
{
    unsigned old;

    if (!hal_one_cpu)
        return atomic_fetch_sub_explicit(refs, 1, memory_order_acq_rel);
    old = atomic_load_explicit(refs, memory_order_relaxed);
    atomic_store_explicit(refs, old - 1, memory_order_relaxed);
    return old;
}
