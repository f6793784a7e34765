/*
 * ktrace_names.c - who there is when a trace begins.
 */
#include "object/ktrace_names.h"

#include "mm/slab.h"

#define KOIDS_MAX (PAGE_SIZE / sizeof(koid_t))

static void report_process(struct process *p)
{
    SPIN_GUARD(&p->object.lock);

    ktrace_process_name(p);
    list_for_each (it, &p->threads)
        ktrace_thread_name(container_of(it, struct thread, process_link));
}

static void report_member(struct object *obj)
{
    if (obj->ops->type == ZX_OBJ_TYPE_PROCESS)
        report_process(container_of(obj, struct process, object));
    else
        ktrace_report_names(container_of(obj, struct job, object));
}

static void report_members(struct job *job, const koid_t *koids, size_t count)
{
    for (size_t i = 0; i < MIN(count, KOIDS_MAX); i++) {
        struct object *obj = job_find(job, koids[i]);

        if (obj)
            report_member(obj);
        object_put(obj);
    }
}

/* Jobs nest at most JOB_DEPTH_MAX deep, so the recursion is bounded. */
void ktrace_report_names(struct job *job)
{
    koid_t *koids = kmalloc(KOIDS_MAX * sizeof(*koids));

    if (!koids)
        return;
    report_members(job, koids, job_process_koids(job, koids, KOIDS_MAX));
    report_members(job, koids, job_child_koids(job, koids, KOIDS_MAX));
    kfree(koids);
}
