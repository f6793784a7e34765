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

/* A member is gone. True: the job is terminated by that. Caller holds the lock. */
static bool ended_locked(struct job *job)
{
    if (!job->dead || job->terminated || !list_empty(&job->children) ||
        !list_empty(&job->processes))
        return false;
    job->terminated = true;
    object_signal_locked(&job->object, 0, ZX_JOB_TERMINATED);
    return true;
}

/* Off the parent, if it is there still. True: the parent is terminated by that. */
static bool leave_parent(struct job *job)
{
    struct job *parent = job->parent;
    SPIN_GUARD(&parent->object.lock);

    if (list_empty(&job->sibling))
        return false;
    list_remove(&job->sibling);
    task_time_add(&parent->time, job->time);
    if (list_empty(&parent->children))
        object_signal_locked(&parent->object, 0, ZX_JOB_NO_JOBS);
    return ended_locked(parent);
}

/* `job` is terminated, and perhaps those above it are with it. */
static void ended(struct job *job)
{
    while (job->parent && leave_parent(job))
        job = job->parent;
}

static void job_destroy(struct object *obj)
{
    struct job *job = container_of(obj, struct job, object);

    if (job->parent) {
        if (leave_parent(job))
            ended(job->parent);
        object_put(&job->parent->object);
    }
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

static struct job *job_alloc(void)
{
    struct job *job = slab_alloc_zeroed(&job_cache);

    if (!job)
        return NULL;
    object_init(&job->object, &job_ops, ZX_JOB_NO_PROCESSES | ZX_JOB_NO_JOBS);
    list_init(&job->children);
    list_init(&job->sibling);
    list_init(&job->processes);
    return job;
}

void job_init(void)
{
    root = job_alloc();
    assert(root);
    memcpy(root->name, "root", 5);
}

struct job *job_root(void)
{
    return root;
}

status_t job_create(struct job *parent, struct job **out)
{
    struct job *job;

    if (parent->depth == JOB_DEPTH_MAX)
        return ERR_OUT_OF_RANGE;
    job = job_alloc();
    if (!job)
        return ERR_NO_MEMORY;
    job->depth = parent->depth + 1;
    {
        SPIN_GUARD(&parent->object.lock);
        if (!parent->dead) {
            job->parent = parent;
            job->policy = parent->policy;
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

status_t job_join(struct job *job, struct process *p)
{
    SPIN_GUARD(&job->object.lock);

    if (job->dead)
        return ERR_BAD_STATE;
    list_push_back(&job->processes, &p->job_link);
    object_signal_locked(&job->object, ZX_JOB_NO_PROCESSES, 0);
    return OK;
}

static bool leave_locked(struct job *job, struct process *p)
{
    SPIN_GUARD(&job->object.lock);

    if (list_empty(&p->job_link))
        return false;
    list_remove(&p->job_link);
    task_time_add(&job->time, p->time);
    if (list_empty(&job->processes))
        object_signal_locked(&job->object, 0, ZX_JOB_NO_PROCESSES);
    return ended_locked(job);
}

void job_leave(struct job *job, struct process *p)
{
    if (leave_locked(job, p))
        ended(job);
}

/*
 * One member that is not yet dead, with a reference; the member's own lock is a leaf under the
 * job's. A member on the list with no reference left is about to take itself off: passed over.
 */
static struct object *job_next_victim(struct job *job)
{
    SPIN_GUARD(&job->object.lock);

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

/* No new members from here on. True: there is none, and the job is terminated. */
static bool kill_begin(struct job *job, int64_t return_code)
{
    SPIN_GUARD(&job->object.lock);

    if (!job->dead)
        job->return_code = return_code;
    job->dead = true;
    return ended_locked(job);
}

/* Jobs nest at most JOB_DEPTH_MAX deep, so the recursion is bounded. */
void job_kill(struct job *job, int64_t return_code)
{
    struct object *victim;

    job_close_exceptions(job);
    if (kill_begin(job, return_code)) {
        ended(job);
        return;
    }
    while ((victim = job_next_victim(job))) {
        if (victim->ops == &job_ops)
            job_kill(container_of(victim, struct job, object), return_code);
        else
            process_kill(container_of(victim, struct process, object), return_code);
        object_put(victim);
    }
}

static bool has_members(const struct job *job)
{
    return !list_empty(&job->children) || !list_empty(&job->processes);
}

status_t job_add_policy(struct job *job, bool absolute, const zx_policy_basic_v2_t *entries,
                        uint32_t count)
{
    SPIN_GUARD(&job->object.lock);

    return has_members(job) ? ERR_BAD_STATE
                            : job_policy_add(&job->policy, absolute, entries, count);
}

status_t job_set_slack(struct job *job, const zx_policy_timer_slack_t *slack)
{
    SPIN_GUARD(&job->object.lock);

    if (has_members(job))
        return ERR_BAD_STATE;
    job->policy.slack = MAX(job->policy.slack, slack->min_slack);
    job->policy.slack_mode = slack->default_mode;
    return OK;
}

bool job_holds(const struct job *job, const struct job *below)
{
    while (below && below != job)
        below = below->parent;
    return below != NULL;
}
