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

/* One more, unless there is none: false. What holds the memory is the caller's affair. */
static inline bool ref_try_get(atomic_uint *refs)
{
    unsigned old = atomic_load_explicit(refs, memory_order_relaxed);

    if (hal_one_cpu && old) {
        atomic_store_explicit(refs, old + 1, memory_order_relaxed);
        return true;
    }
    while (old)
        if (atomic_compare_exchange_weak_explicit(refs, &old, old + 1, memory_order_acquire,
                                                  memory_order_relaxed))
            return true;
    return false;
}

/* One less, unless it would be the last: false. */
static inline bool ref_put_shared(atomic_uint *refs)
{
    unsigned old = atomic_load_explicit(refs, memory_order_relaxed);

    if (hal_one_cpu && old > 1) {
        atomic_store_explicit(refs, old - 1, memory_order_relaxed);
        return true;
    }
    while (old > 1)
        if (atomic_compare_exchange_weak_explicit(refs, &old, old - 1, memory_order_release,
                                                  memory_order_relaxed))
            return true;
    return false;
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
