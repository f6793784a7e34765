/*
 * spinlock.h - the one kind of spinlock. Held for a few instructions, never across a wait: the
 * guard is an initialised local, so a coroutine that waits inside its block does not compile.
 *
 * No lock is taken in interrupt context (hal/cpu.h), so there is no irqsave form.
 */
#pragma once

#include "hal/cpu.h"

/* A word: RISC-V has no byte-wide read-modify-write. Zero is unlocked. */
struct spinlock {
    atomic_uint held;
};

/* It is held: until it is ours. Where there is one CPU, that waits for itself: a panic. */
__attribute__((cold)) void spin_wait(struct spinlock *lock);
/* It is held, by a CPU or by a thread beside them (hal/libos/host_lock.h), with preemption
 * disabled here: until it is ours, however many CPUs there are. */
void spin_contend(struct spinlock *lock);

static inline bool spin_take(struct spinlock *lock)
{
    if (!hal_one_cpu)
        return !atomic_exchange_explicit(&lock->held, 1, memory_order_acquire);
    if (atomic_load_explicit(&lock->held, memory_order_relaxed))
        return false;
    atomic_store_explicit(&lock->held, 1, memory_order_relaxed);
    atomic_signal_fence(memory_order_acquire);
    return true;
}

static inline void spin_lock(struct spinlock *lock)
{
    hal_preempt_disable();
    if (!spin_take(lock))
        spin_wait(lock);
}

/* Never waits: false, somebody holds it. */
static inline bool spin_try_lock(struct spinlock *lock)
{
    hal_preempt_disable();
    if (spin_take(lock))
        return true;
    hal_preempt_enable();
    return false;
}

static inline void spin_unlock(struct spinlock *lock)
{
    atomic_store_explicit(&lock->held, 0, memory_order_release);
    hal_preempt_enable();
}

static inline bool spin_held(struct spinlock *lock)
{
    return atomic_load_explicit(&lock->held, memory_order_relaxed) != 0;
}

static inline struct spinlock *spin_guard_begin(struct spinlock *lock)
{
    spin_lock(lock);
    return lock;
}

static inline void spin_guard_end(struct spinlock **lock)
{
    spin_unlock(*lock);
}

/* Hold `lock` to the end of the enclosing block; every way out releases it. */
#define SPIN_GUARD(lock)                      \
    struct spinlock *CONCAT(guard_, __LINE__) \
    UNUSED __attribute__((cleanup(spin_guard_end))) = spin_guard_begin(lock)
