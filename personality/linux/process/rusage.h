/*
 * rusage.h - struct rusage (getrusage(2)), the same on every 64-bit machine.
 */
#pragma once

#include "base/types.h"

struct rusage {
    int64_t user_sec, user_usec, sys_sec, sys_usec;
    int64_t maxrss, ixrss, idrss, isrss, minflt, majflt, nswap, inblock, oublock;
    int64_t msgsnd, msgrcv, nsignals, nvcsw, nivcsw;
};

/* All of it as user time: the kernel's share is not measured apart. */
static inline void rusage_times(struct rusage *r, uint64_t ran_ns)
{
    *r = (struct rusage){.user_sec = (int64_t)(ran_ns / 1000000000),
                         .user_usec = (int64_t)(ran_ns % 1000000000 / 1000)};
}
