/* one_cpu.c - what machines with one CPU have instead of atomic locks. */
#include "base/assert.h"
#include "hal/spinlock.h"

bool hal_one_cpu;

void spin_deadlock(void)
{
    panic("the one CPU waits for a lock that it holds");
}
