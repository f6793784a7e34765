/* one_cpu.c - what machines with one CPU have instead of atomic locks. */
#include "base/assert.h"
#include "hal/spinlock.h"

bool hal_one_cpu;

void spin_wait(struct spinlock *lock)
{
    if (hal_one_cpu)
        panic("the one CPU waits for a lock that it holds");
    for (unsigned tries = 0; atomic_exchange_explicit(&lock->held, 1, memory_order_acquire);
         tries++)
        hal_cpu_relax(tries);
}
