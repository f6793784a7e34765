/*
 * job.c - jobs: the tree that processes are in, and killing all of it.
 */
#include "object/job.h"

#include "base/assert.h"
#include "base/string.h"
#include "mm/slab.h"
#include "object/process.h"

SLAB_CACHE(job_cache, struct job);

static struct job *root;

static void job_close_exceptions(struct job *job)
{
    exceptionate_shut(&job->exceptions);
    exceptionate_shut(&job->debugger);
}

static void job_destroy(struct object *obj)
{
    struct job *job = container_of(obj, struct job, object);

    if (job->parent) {
        SPIN_GUARD(&job->parent->object.lock);
        list_remove(&job->sibling);
        if (list_empty(&job->parent->children))
            object_signal_locked(&job->parent->object, 0, ZX_JOB_NO_JOBS);
    }
    if (job->parent)
        object_put(&job->parent->object);
    job_close_exceptions(job);
    slab_free(&job_cache, job);
}

static const struct object_ops job_ops = {
    .name = "job",
    .type = ZX_OBJ_TYPE_JOB,
    .rights = ZX_DEFAULT_JOB_RIGHTS,
    .user_signals = ZX_USER_SIGNAL_ALL,
    .destroy = job_destroy,
};

static struct job *job_alloc(struct job *parent)
{
    struct job *job = slab_alloc_zeroed(&job_cache);

    if (!job)
        return NULL;
    object_init(&job->object, &job_ops, ZX_JOB_NO_PROCESSES | ZX_JOB_NO_JOBS);
    job->parent = parent;
    list_init(&job->children);
    list_init(&job->sibling);
    list_init(&job->processes);
    return job;
}

void job_init(void)
{
    root = job_alloc(NULL);
    assert(root);
    memcpy(root->name, "root", 5);
}

struct job *job_root(void)
{
    return root;
}

status_t job_create(struct job *parent, struct job **out)
{
    struct job *job = job_alloc(NULL);

    if (!job)
        return ERR_NO_MEMORY;
    {
        SPIN_GUARD(&parent->object.lock);
        if (!parent->dead) {
            job->parent = parent;
            list_push_back(&parent->children, &job->sibling);
            object_signal_locked(&parent->object, ZX_JOB_NO_JOBS, 0);
        }
    }
    if (!job->parent) {
        object_put(&job->object);
        return ERR_BAD_STATE;
    }
    object_get(&parent->object);
    *out = job;
    return OK;
}

/*
 * One member that is not yet dead, with a reference; the member's own lock is a leaf under the
 * job's. A member on the list with no reference left is about to take itself off: passed over.
 */
static struct object *job_next_victim(struct job *job)
{
    SPIN_GUARD(&job->object.lock);

    job->dead = true;
    list_for_each (it, &job->processes) {
        struct process *p = container_of(it, struct process, job_link);

        if (p->state < PROCESS_DYING && object_try_get(&p->object))
            return &p->object;
    }
    list_for_each (it, &job->children) {
        struct job *child = container_of(it, struct job, sibling);

        if (!child->dead && object_try_get(&child->object))
            return &child->object;
    }
    return NULL;
}

/* Jobs nest at most 32 deep (Zircon's limit), so the recursion is bounded. */
void job_kill(struct job *job, int64_t return_code)
{
    struct object *victim;

    job_close_exceptions(job);
    while ((victim = job_next_victim(job))) {
        if (victim->ops == &job_ops)
            job_kill(container_of(victim, struct job, object), return_code);
        else
            process_kill(container_of(victim, struct process, object), return_code);
        object_put(victim);
    }
}
