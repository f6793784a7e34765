/*
 * usage.h - what processes use: time, faults, switches, bytes, memory (getrusage(2)).
 */
#pragma once

#include "base/types.h"

struct linux_process;
struct linux_thread;

/* What a thread itself counts. */
struct usage_io {
    uint64_t read_bytes, written_bytes, reads, writes; /* by calls */
};

struct usage {
    uint64_t ran_ns;    /* on CPUs */
    uint64_t kernel_ns; /* of that, in the kernel: an estimate (object/usage.h), never more */
    uint64_t minor_faults, major_faults;
    uint64_t switches, preempted;                      /* left a CPU to wait, or to another */
    uint64_t read_bytes, written_bytes, reads, writes; /* by calls */
    uint64_t max_resident;                             /* bytes */
};

/* struct rusage, the same on every 64-bit machine. */
struct rusage {
    int64_t user_sec, user_usec, sys_sec, sys_usec;
    int64_t maxrss, ixrss, idrss, isrss, minflt, majflt, nswap, inblock, oublock;
    int64_t msgsnd, msgrcv, nsignals, nvcsw, nivcsw;
};

/* Sums; of resident memory, the larger. */
void usage_add(struct usage *to, const struct usage *more);
void usage_of_thread(struct linux_thread *lt, struct usage *out);
/*
 * Of threads that ended and threads that live. Neither the kernel's part nor the rest ever
 * decreases from one time to the next. No lock held.
 */
void usage_of_process(struct linux_process *lp, struct usage *out);
void usage_to_rusage(const struct usage *u, struct rusage *out);
static inline uint64_t usage_user_ns(const struct usage *u)
{
    return u->ran_ns - u->kernel_ns;
}

/* Bytes of the process's mappings that are in memory; 0 once it has none. */
uint64_t usage_resident(struct linux_process *lp);
/* The process is about to give up its memory: how much that was, counts. */
void usage_note_resident(struct linux_process *lp);
