/*
 * ktrace_names.h - names of processes and threads in the kernel's trace.
 */
#pragma once

#include "co/ktrace.h"
#include "object/thread.h"

static inline void ktrace_process_name(const struct process *p)
{
    ktrace_name(TAG_PROC_NAME, (uint32_t)p->object.koid, 0, p->name);
}

static inline void ktrace_thread_name(const struct thread *t)
{
    ktrace_name(TAG_THREAD_NAME, (uint32_t)t->object.koid, (uint32_t)t->process->object.koid,
                t->name);
}

/* Of all that live below `job`; of more than fit into a page of koids, the first. */
void ktrace_report_names(struct job *job);
