/*
 * process.c - processes: made, killed, ended.
 */
#include "object/process.h"

#include "base/string.h"
#include "mm/counter.h"
#include "mm/slab.h"
#include "object/ktrace_names.h"
#include "object/process_internal.h"
#include "object/reaper.h"
#include "object/thread.h"

SLAB_CACHE(process_cache, struct process);

unsigned process_count(void)
{
    return (unsigned)counter_sum(COUNTER_PROCESSES);
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
    job_leave(p->job, p);
    if (p->critical_job)
        object_put(&p->critical_job->object);
    handle_table_fini(&p->handles);
    aspace_put(p->aspace);
    close_exceptions(p);
    object_put(&p->job->object);
    slab_free(&process_cache, p);
    counter_add(COUNTER_PROCESSES, -1);
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

status_t process_create(struct job *job, const char *name, uint32_t calls, struct process **out)
{
    struct process *p = slab_alloc_zeroed(&process_cache);
    status_t st;

    if (!p)
        return ERR_NO_MEMORY;
    counter_add(COUNTER_PROCESSES, 1);
    object_init(&p->object, &process_ops, 0);
    p->job = job;
    object_get(&job->object);
    p->calls = calls;
    list_init(&p->job_link);
    reaper_add(p);
    list_init(&p->threads);
    handle_table_init(&p->handles);
    memcpy(p->name, name, strnlen(name, sizeof(p->name) - 1));
    if (ktrace_on(KTRACE_GRP_META))
        ktrace_process_name(p);

    st = aspace_create(&p->aspace);
    if (st == OK)
        st = job_join(job, p);
    if (st != OK) {
        object_put(&p->object);
        return st;
    }
    *out = p;
    return OK;
}

status_t process_set_critical(struct process *p, struct job *job, bool failure)
{
    SPIN_GUARD(&p->object.lock);

    if (p->critical_job)
        return ERR_ALREADY_BOUND;
    if (!job_holds(job, p->job))
        return ERR_INVALID_ARGS;
    p->critical_job = container_of(object_get(&job->object), struct job, object);
    p->critical_failure = failure;
    return OK;
}

/* The job that the end of `p` kills, a reference; NULL: none. */
static struct job *critical_job_of(struct process *p)
{
    SPIN_GUARD(&p->object.lock);

    if (!p->critical_job || (p->critical_failure && p->return_code == 0))
        return NULL;
    return container_of(object_get(&p->critical_job->object), struct job, object);
}

/*
 * The process is over: no thread of it runs any more. What user mode held is given back now,
 * although references to the process may remain. Called once, by whoever made `ended` true.
 */
void process_end(struct process *p, const struct personality *personality)
{
    struct job *critical;

    close_exceptions(p);
    handle_table_fini(&p->handles);
    process_set_aspace(p, NULL);
    if (personality && personality->process_ended)
        personality->process_ended(p);
    critical = critical_job_of(p);
    job_leave(p->job, p);
    object_signal(&p->object, 0, ZX_TASK_TERMINATED);
    if (critical) {
        job_kill(critical, ZX_TASK_RETCODE_CRITICAL_PROCESS_KILL);
        object_put(&critical->object);
    }
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

struct task_time process_time(struct process *p)
{
    SPIN_GUARD(&p->object.lock);
    struct task_time sum = p->time;

    list_for_each (it, &p->threads)
        task_time_add(&sum, thread_time_locked(container_of(it, struct thread, process_link)));
    return sum;
}

size_t process_thread_koids(struct process *p, koid_t *out, size_t max)
{
    size_t count = 0;
    SPIN_GUARD(&p->object.lock);

    list_for_each (it, &p->threads) {
        const struct thread *t = container_of(it, struct thread, process_link);

        if (t->state != THREAD_RUNNING)
            continue;
        if (count < max)
            out[count] = t->object.koid;
        count++;
    }
    return count;
}

struct thread *process_find_thread(struct process *p, koid_t koid)
{
    SPIN_GUARD(&p->object.lock);

    list_for_each (it, &p->threads) {
        struct thread *t = container_of(it, struct thread, process_link);

        if (t->object.koid == koid && t->state == THREAD_RUNNING)
            return object_try_get(&t->object) ? t : NULL;
    }
    return NULL;
}
