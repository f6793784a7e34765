/* spinlock.c - waiting for a lock; machines with one CPU have none to wait for. */
#include "hal/spinlock.h"
#include "base/assert.h"

bool hal_one_cpu;

void spin_contend(struct spinlock *lock)
{
    unsigned tries = 0;

    /* Looked at until it is free: only then is it worth to take the line from who holds it. */
    while (spin_held(lock) || atomic_exchange_explicit(&lock->held, 1, memory_order_acquire))
        hal_cpu_relax(tries++);
}

void spin_wait(struct spinlock *lock)
{
    if (hal_one_cpu)
        panic("the one CPU waits for a lock that it holds");
    spin_contend(lock);
}
