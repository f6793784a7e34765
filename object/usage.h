/*
 * usage.h - what a thread uses beside its time on CPUs, and how much of that is the kernel's.
 *
 * A reading of the clock costs as much as a short call. So one call of so many is measured, and
 * stands for the others; long ones, which that would be unfair to, are all measured where they
 * can be told beforehand, and so is each page fault.
 */
#pragma once

#include "base/types.h"

struct thread;

/* Written by the thread itself, read by others as it is. */
struct thread_usage {
    uint32_t calls;        /* made; from a number of the thread's own */
    uint32_t weight;       /* of what is being measured; 0: nothing is */
    time_ns_t entered;     /* when that began, in the thread's time on CPUs */
    time_ns_t sampled;     /* when a call that stands for others ended last: they took no more
                              than what passed since then */
    time_ns_t kernel;      /* in the kernel, estimated; may exceed the time on CPUs */
    uint64_t minor_faults; /* page faults that needed no wait */
    uint64_t major_faults;
    uint64_t preempted; /* had to leave the CPU to another */
};

enum { USAGE_CALLS_EACH = 64, USAGE_LONG_BYTES = 64 << 10 };

/* `weight` times what passes from now to usage_end is the kernel's. */
void usage_begin(struct thread *t, uint32_t weight);
void usage_end(struct thread *t);
/* The fault in t->fault was served. */
void usage_fault(struct thread *t);
