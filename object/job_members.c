/*
 * job_members.c - looking at what is in a job.
 */
#include "object/job.h"
#include "object/process.h"

size_t job_child_koids(struct job *job, koid_t *out, size_t max)
{
    size_t count = 0;
    SPIN_GUARD(&job->object.lock);

    list_for_each (it, &job->children) {
        if (count < max)
            out[count] = container_of(it, struct job, sibling)->object.koid;
        count++;
    }
    return count;
}

size_t job_process_koids(struct job *job, koid_t *out, size_t max)
{
    size_t count = 0;
    SPIN_GUARD(&job->object.lock);

    list_for_each (it, &job->processes) {
        if (count < max)
            out[count] = container_of(it, struct process, job_link)->object.koid;
        count++;
    }
    return count;
}

struct object *job_find(struct job *job, koid_t koid)
{
    SPIN_GUARD(&job->object.lock);

    list_for_each (it, &job->children) {
        struct object *child = &container_of(it, struct job, sibling)->object;

        if (child->koid == koid)
            return object_try_get(child) ? child : NULL;
    }
    list_for_each (it, &job->processes) {
        struct object *p = &container_of(it, struct process, job_link)->object;

        if (p->koid == koid)
            return object_try_get(p) ? p : NULL;
    }
    return NULL;
}

/* The next child behind the one of koid `after`, a reference. A job's children are in the order
 * of their koids, but for those that two CPUs make at once. */
static struct job *child_behind(struct job *job, koid_t after)
{
    SPIN_GUARD(&job->object.lock);

    list_for_each (it, &job->children) {
        struct job *child = container_of(it, struct job, sibling);

        if (child->object.koid > after && object_try_get(&child->object))
            return child;
    }
    return NULL;
}

static struct task_time time_of_processes(struct job *job)
{
    SPIN_GUARD(&job->object.lock);
    struct task_time sum = job->time;

    list_for_each (it, &job->processes)
        task_time_add(&sum, process_time(container_of(it, struct process, job_link)));
    return sum;
}

/* As deep as jobs nest. */
struct task_time job_time(struct job *job)
{
    struct task_time sum = time_of_processes(job);
    koid_t last = 0;

    for (struct job *child; (child = child_behind(job, last));) {
        last = child->object.koid;
        task_time_add(&sum, job_time(child));
        object_put(&child->object);
    }
    return sum;
}
