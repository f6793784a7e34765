/*
 * inject.c - the countdown to the allocation that fails.
 */
#include "mm/inject.h"

#include <stdatomic.h>

#ifdef TASK_DEBUG
static atomic_uint countdown; /* 0: none */

void inject_failure_at(unsigned nth)
{
    atomic_store(&countdown, nth);
}

bool inject_failure(void)
{
    unsigned left = atomic_load(&countdown);

    while (left && !atomic_compare_exchange_weak(&countdown, &left, left - 1))
        ;
    return left == 1;
}
#endif
