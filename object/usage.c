/*
 * usage.c - measures calls and faults.
 */
#include "object/usage.h"

#include "co/executor.h"
#include "mm/counter.h"
#include "object/thread.h"

void usage_begin(struct thread *t, uint32_t weight)
{
    t->usage.weight = weight;
    t->usage.entered = task_ran(&t->task);
}

void usage_end(struct thread *t)
{
    struct thread_usage *u = &t->usage;
    time_ns_t ran, kernel;

    if (!u->weight)
        return;
    ran = task_ran(&t->task);
    kernel = (ran - u->entered) * u->weight;
    if (u->weight > 1) {
        kernel = MIN(kernel, ran - u->sampled);
        u->sampled = ran;
    }
    u->weight = 0;
    u->kernel += kernel;
    executor_note_kernel(kernel);
}

void usage_fault(struct thread *t)
{
    counter_add(COUNTER_FAULTS, 1);
    if (t->fault.waited)
        t->usage.major_faults++;
    else
        t->usage.minor_faults++;
}
