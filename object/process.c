/*
 * process.c - processes: made, killed, ended.
 */
#include "object/process.h"

#include "base/string.h"
#include "mm/slab.h"
#include "object/process_internal.h"
#include "object/reaper.h"
#include "object/thread.h"

SLAB_CACHE(process_cache, struct process);

static atomic_uint live;

unsigned process_count(void)
{
    return atomic_load_explicit(&live, memory_order_relaxed);
}

/* Off the job's list; idempotent. */
static void leave_job(struct process *p)
{
    struct job *job = p->job;
    SPIN_GUARD(&job->object.lock);

    if (list_empty(&p->job_link))
        return;
    list_remove(&p->job_link);
    if (list_empty(&job->processes))
        object_signal_locked(&job->object, 0, ZX_JOB_NO_PROCESSES);
}

static void close_exceptions(struct process *p)
{
    exceptionate_shut(&p->exceptions);
    exceptionate_shut(&p->debugger);
}

static void process_destroy(struct object *obj)
{
    struct process *p = container_of(obj, struct process, object);

    reaper_remove(p);
    leave_job(p);
    handle_table_fini(&p->handles);
    aspace_put(p->aspace);
    close_exceptions(p);
    object_put(&p->job->object);
    slab_free(&process_cache, p);
    atomic_fetch_sub_explicit(&live, 1, memory_order_relaxed);
}

static const struct object_ops process_ops = {
    .name = "process",
    .type = ZX_OBJ_TYPE_PROCESS,
    .rights = ZX_DEFAULT_PROCESS_RIGHTS,
    .user_signals = ZX_USER_SIGNAL_ALL,
    .destroy = process_destroy,
};

struct aspace *process_aspace(struct process *p)
{
    SPIN_GUARD(&p->object.lock);

    return p->aspace ? aspace_get(p->aspace) : NULL;
}

void process_set_aspace(struct process *p, struct aspace *as)
{
    struct aspace *old;

    {
        SPIN_GUARD(&p->object.lock);
        old = p->aspace;
        p->aspace = as;
    }
    aspace_put(old);
}

static status_t process_join_job(struct process *p, struct job *job)
{
    SPIN_GUARD(&job->object.lock);

    if (job->dead)
        return ERR_BAD_STATE;
    list_push_back(&job->processes, &p->job_link);
    object_signal_locked(&job->object, ZX_JOB_NO_PROCESSES, 0);
    return OK;
}

status_t process_create(struct job *job, const char *name, uint32_t calls, struct process **out)
{
    struct process *p = slab_alloc_zeroed(&process_cache);
    status_t st;

    if (!p)
        return ERR_NO_MEMORY;
    atomic_fetch_add_explicit(&live, 1, memory_order_relaxed);
    object_init(&p->object, &process_ops, 0);
    p->job = job;
    object_get(&job->object);
    p->calls = calls;
    list_init(&p->job_link);
    reaper_add(p);
    list_init(&p->threads);
    handle_table_init(&p->handles);
    memcpy(p->name, name, strnlen(name, sizeof(p->name) - 1));

    st = aspace_create(&p->aspace);
    if (st == OK)
        st = process_join_job(p, job);
    if (st != OK) {
        object_put(&p->object);
        return st;
    }
    *out = p;
    return OK;
}

/*
 * The process is over: no thread of it runs any more. What user mode held is given back now,
 * although references to the process may remain. Called once, by whoever made `ended` true.
 */
void process_end(struct process *p, const struct personality *personality)
{
    close_exceptions(p);
    handle_table_fini(&p->handles);
    process_set_aspace(p, NULL);
    if (personality && personality->process_ended)
        personality->process_ended(p);
    leave_job(p);
    object_signal(&p->object, 0, ZX_TASK_TERMINATED);
}

/* Raises the kill in every thread. True: there is none, and the process is dead with this call.
 */
static bool process_kill_threads(struct process *p, int64_t return_code)
{
    SPIN_GUARD(&p->object.lock);

    if (p->state >= PROCESS_DYING)
        return false;
    p->state = PROCESS_DYING;
    p->return_code = return_code;
    list_for_each (it, &p->threads)
        thread_kill_locked(container_of(it, struct thread, process_link));
    if (p->thread_count)
        return false;
    p->state = PROCESS_DEAD;
    return true;
}

void process_kill(struct process *p, int64_t return_code)
{
    if (process_kill_threads(p, return_code))
        process_end(p, NULL);
}

status_t process_suspend(struct process *p)
{
    SPIN_GUARD(&p->object.lock);

    if (p->state >= PROCESS_DYING)
        return ERR_BAD_STATE;
    p->suspends++;
    list_for_each (it, &p->threads)
        thread_suspend_locked(container_of(it, struct thread, process_link));
    return OK;
}

void process_resume(struct process *p)
{
    SPIN_GUARD(&p->object.lock);

    p->suspends--;
    list_for_each (it, &p->threads)
        thread_resume_locked(container_of(it, struct thread, process_link));
}
