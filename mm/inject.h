/*
 * inject.h - failing allocations on purpose: tests of what happens without memory.
 */
#pragma once

#include "base/types.h"

#ifdef TASK_DEBUG
/* The `nth` allocation of pages or objects from now on, counted from 1, fails, once; 0: none.
 */
void inject_failure_at(unsigned nth);
/* True once, for the allocation that is to fail. */
bool inject_failure(void);
#else
static inline bool inject_failure(void)
{
    return false;
}
#endif
