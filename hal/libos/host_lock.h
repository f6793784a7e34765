/*
 * host_lock.h - spinlocks that host threads beside the CPUs take as well: the I/O thread, the
 * wardens, the template. They lock even where there is one CPU.
 */
#pragma once

#include "hal/spinlock.h"

static inline struct spinlock *host_lock_begin(struct spinlock *lock)
{
    hal_preempt_disable();
    if (atomic_exchange_explicit(&lock->held, 1, memory_order_acquire))
        spin_contend(lock);
    return lock;
}

/* As SPIN_GUARD. */
#define HOST_GUARD(lock)                      \
    struct spinlock *CONCAT(guard_, __LINE__) \
    UNUSED __attribute__((cleanup(spin_guard_end))) = host_lock_begin(lock)
