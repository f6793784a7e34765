/*
 * thread.c - threads: made, started, killed, ended.
 */
#include "object/thread.h"

#include "base/string.h"
#include "co/executor.h"
#include "mm/slab.h"
#include "object/channel.h"
#include "object/ktrace_names.h"
#include "object/process_internal.h"

SLAB_CACHE(thread_cache, struct thread);

/* Of FP state; how large that is, the machine says: fp_alloc. */
static struct slab_cache fp_cache = {.name = "fp_state", .align = HAL_FP_ALIGN};

static void *fp_alloc(void)
{
    __atomic_store_n(&fp_cache.size, (uint32_t)hal_fp_kept_size(), __ATOMIC_RELAXED);
    return slab_alloc(&fp_cache);
}

static void add_registers(void *arg, const struct slab_cache *cache)
{
    if (cache == &fp_cache)
        *(uint64_t *)arg = cache->slabs * (PAGE_SIZE << cache->slab_order) +
                           cache->live * sizeof(struct user_regs);
}

uint64_t thread_register_bytes(void)
{
    uint64_t bytes = 0;

    slab_for_each(add_registers, &bytes);
    return bytes;
}

static void thread_destroy(struct object *obj)
{
    struct thread *t = container_of(obj, struct thread, object);

    {
        SPIN_GUARD(&t->process->object.lock);
        list_remove(&t->process_link);
    }
    if (t->personality->thread_free)
        t->personality->thread_free(t);
    hal_context_fini(&t->context);
    slab_free(&fp_cache, t->context.fp);
    exceptionate_shut(&t->exceptions);
    object_put(&t->process->object);
    slab_free(&thread_cache, t);
}

static const struct object_ops thread_ops = {
    .name = "thread",
    .type = ZX_OBJ_TYPE_THREAD,
    .rights = ZX_DEFAULT_THREAD_RIGHTS,
    .user_signals = ZX_USER_SIGNAL_ALL,
    .destroy = thread_destroy,
};

status_t thread_create(struct process *p, const char *name,
                       const struct personality *personality, struct thread **out)
{
    struct thread *t = slab_alloc_zeroed(&thread_cache);
    void *fp = fp_alloc();

    if (!t || !fp) {
        slab_free(&thread_cache, t);
        slab_free(&fp_cache, fp);
        return ERR_NO_MEMORY;
    }
    object_init(&t->object, &thread_ops, 0);
    object_get(&p->object);
    t->process = p;
    t->personality = personality;
    hal_context_init(&t->context, fp);
    memcpy(t->name, name, strnlen(name, sizeof(t->name) - 1));
    list_init(&t->process_link);
    {
        SPIN_GUARD(&p->object.lock);
        list_push_back(&p->threads, &t->process_link);
    }
    if (ktrace_on(KTRACE_GRP_META))
        ktrace_thread_name(t);
    *out = t;
    return OK;
}

static void thread_task_done(struct task *task)
{
    object_put(&thread_of_task(task)->object);
}

static bool suspended_locked(const struct thread *t)
{
    return t->suspends + t->process->suspends > 0;
}

/*
 * Counted in and spawned in one step under the process's lock: a kill either precedes it, and
 * the thread does not start, or finds the task.
 */
static status_t start_locked(struct thread *t)
{
    struct process *p = t->process;
    uint32_t cpus = t->task.cpus;

    if (t->state != THREAD_INITIAL || p->state >= PROCESS_DYING)
        return ERR_BAD_STATE;
    t->first = p->state == PROCESS_INITIAL;
    t->state = THREAD_RUNNING;
    p->state = PROCESS_RUNNING;
    p->thread_count++;
    object_get(&t->object);
    t->calls = p->calls;
    t->user.aspace = p->aspace;
    t->main = (struct thread_main){.co = {.resume = thread_main}};
    task_prepare(&t->task, t->name, &t->main.co, TASK_PRIORITY_DEFAULT, &t->context,
                 thread_task_done);
    t->task.trace_id = (uint32_t)t->object.koid;
    task_set_cpus(&t->task, cpus);
    task_wake(&t->task);
    if (suspended_locked(t))
        task_interrupt(&t->task, TASK_SUSPEND);
    return OK;
}

status_t thread_start(struct thread *t)
{
    SPIN_GUARD(&t->process->object.lock);

    return start_locked(t);
}

/* The registers are written only while nothing runs on them. */
status_t thread_start_at(struct thread *t, const struct thread_entry *entry)
{
    struct process *p = t->process;
    SPIN_GUARD(&p->object.lock);

    if (t->state != THREAD_INITIAL || (p->state == PROCESS_INITIAL) != entry->first)
        return ERR_BAD_STATE;
    user_regs_start(&t->context.regs, entry->pc, entry->sp, entry->arg0, entry->arg1);
    return start_locked(t);
}

void thread_leave(struct thread *t)
{
    t->leaving = true;
}

void thread_suspend_locked(struct thread *t)
{
    if (t->state == THREAD_RUNNING)
        task_interrupt(&t->task, TASK_SUSPEND);
}

void thread_resume_locked(struct thread *t)
{
    if (t->state == THREAD_RUNNING && !suspended_locked(t))
        task_wake(&t->task);
}

status_t thread_suspend(struct thread *t)
{
    SPIN_GUARD(&t->process->object.lock);

    if (t->process->state >= PROCESS_DYING || t->state == THREAD_DEAD ||
        (t->state == THREAD_RUNNING && task_killed(&t->task)))
        return ERR_BAD_STATE;
    t->suspends++;
    thread_suspend_locked(t);
    return OK;
}

void thread_resume(struct thread *t)
{
    SPIN_GUARD(&t->process->object.lock);

    t->suspends--;
    thread_resume_locked(t);
}

/* Memory has all of the registers before anyone may look. */
bool thread_park(struct thread *t)
{
    bool was, is;

    hal_preempt_disable();
    hal_context_fp_sync(&t->context);
    hal_preempt_enable();
    {
        SPIN_GUARD(&t->process->object.lock);
        was = t->parked;
        is = t->parked = suspended_locked(t) && !task_killed(&t->task);
    }
    if (is && !was)
        object_signal(&t->object, ZX_THREAD_RUNNING, ZX_THREAD_SUSPENDED);
    if (was && !is && !task_killed(&t->task))
        object_signal(&t->object, ZX_THREAD_SUSPENDED, ZX_THREAD_RUNNING);
    return is;
}

void thread_kill_locked(struct thread *t)
{
    if (t->state == THREAD_INITIAL)
        t->state = THREAD_DEAD;
    else if (t->state == THREAD_RUNNING)
        task_interrupt(&t->task, TASK_KILL);
}

void thread_kill(struct thread *t)
{
    SPIN_GUARD(&t->process->object.lock);

    thread_kill_locked(t);
}

struct task_time thread_time_locked(const struct thread *t)
{
    return t->state == THREAD_RUNNING ? task_time(&t->task) : t->time;
}

struct task_time thread_time(struct thread *t)
{
    SPIN_GUARD(&t->process->object.lock);

    return thread_time_locked(t);
}

uint32_t thread_cpus(const struct thread *t)
{
    uint32_t cpus = atomic_load_explicit(&t->task.cpus, memory_order_relaxed);

    return cpus ? cpus : task_all_cpus();
}

static bool misplaced(struct thread *t)
{
    SPIN_GUARD(&t->process->object.lock);

    return t->state == THREAD_RUNNING && task_misplaced(&t->task);
}

CO_FN(thread_set_cpus)
{
    {
        SPIN_GUARD(&f->thread->process->object.lock);
        task_set_cpus(&f->thread->task, f->cpus);
    }
    while (misplaced(f->thread) && !task_killed(task))
        CO_YIELD();
    CO_RETURN(OK);
}
CO_END

/* Off the process. The last one takes the process with it. */
static void thread_end(struct thread *t)
{
    struct process *p = t->process;
    bool last;

    {
        SPIN_GUARD(&p->object.lock);
        t->state = THREAD_DEAD;
        t->time = task_time(&t->task);
        task_time_add(&p->time, t->time);
        list_remove(&t->process_link);
        last = --p->thread_count == 0;
        if (last)
            p->state = PROCESS_DEAD;
    }
    exceptionate_shut(&t->exceptions);
    object_signal(&t->object, ZX_THREAD_RUNNING | ZX_THREAD_SUSPENDED, ZX_TASK_TERMINATED);
    if (last)
        process_end(p, t->personality);
}

/* The thread does not go on as its program knows it. */
static void note_away(struct thread *t)
{
    if (t->shown_cpu)
        t->shown_cpu = THREAD_WAS_AWAY;
}

static bool is_elsewhere(const struct thread *t)
{
    return t->shown_cpu && t->shown_cpu != hal_cpu_id() + 1;
}

static bool is_preempted(struct thread *t)
{
    executor_interrupted();
    if (!executor_should_yield(&t->task))
        return false;
    t->usage.preempted++;
    note_away(t);
    return true;
}

/* Nobody put the exception right, or none was asked. */
static bool unhandled(struct thread *t, status_t st)
{
    return st == ERR_NOT_FOUND && !task_killed(&t->task);
}

/*
 * A user thread's whole life: run user mode, serve its trap, again. A pending reason is looked
 * at each time before user mode; a kick makes hal_context_run return, so none is overlooked. A
 * suspension is looked for after the reasons have been cleared: one that comes later shows as
 * another.
 */
CO_FN(thread_main)
{
    status_t st UNUSED; /* what these calls did not manage shows in the thread's state */

    object_signal(&THIS_THREAD->object, 0, ZX_THREAD_RUNNING);
    if (exceptions_bound() && THIS_THREAD->first)
        CO_CALL(st, f->exception, exception_raise, .thread = THIS_THREAD,
                .type = ZX_EXCP_PROCESS_STARTING);
    if (exceptions_bound() && !task_killed(task))
        CO_CALL(st, f->exception, exception_raise, .thread = THIS_THREAD,
                .type = ZX_EXCP_THREAD_STARTING);
    while (!task_killed(task) && !THIS_THREAD->leaving) {
        if (is_elsewhere(THIS_THREAD))
            task_interrupt(task, TASK_SIGNAL);
        if (task_pending(task)) {
            CO_CALL_SLOT(st, f->work, THIS_THREAD->personality->pending, .thread = THIS_THREAD);
            st = OK;
            if (THIS_THREAD->policy_broken && !task_killed(task))
                CO_CALL(st, f->exception, exception_raise, .thread = THIS_THREAD,
                        .type = ZX_EXCP_POLICY_ERROR);
            THIS_THREAD->policy_broken = 0;
            if (unhandled(THIS_THREAD, st))
                process_kill(THIS_THREAD->process, ZX_TASK_RETCODE_EXCEPTION_KILL);
            CO_WAIT_KILLABLE(!thread_park(THIS_THREAD));
            continue;
        }
        hal_context_run(&THIS_THREAD->context, &THIS_THREAD->user.aspace->pt,
                        &THIS_THREAD->trap);

        if (THIS_THREAD->trap.kind == HAL_TRAP_SYSCALL) {
            if (THIS_THREAD->call_waits)
                CO_JOIN();
            THIS_THREAD->call_waits = false;
            continue;
        }
        if (THIS_THREAD->trap.kind == HAL_TRAP_INTERRUPT) {
            if (is_preempted(THIS_THREAD))
                CO_YIELD();
            continue;
        }
        THIS_THREAD->fault_status = ERR_FAULT;
        if (THIS_THREAD->trap.kind == HAL_TRAP_FAULT) {
            usage_begin(THIS_THREAD, 1);
            CO_CALL(THIS_THREAD->fault_status, THIS_THREAD->fault, vm_fault,
                    .aspace = THIS_THREAD->user.aspace, .addr = THIS_THREAD->trap.addr,
                    .access = THIS_THREAD->trap.access, .interruptible = true);
            usage_fault(THIS_THREAD);
            if (THIS_THREAD->fault.waited)
                note_away(THIS_THREAD);
            usage_end(THIS_THREAD);
        }
        if (THIS_THREAD->fault_status == OK || THIS_THREAD->fault_status == ERR_INTERRUPTED ||
            task_killed(task))
            continue;
        st = ERR_NOT_FOUND;
        if (exceptions_bound())
            CO_CALL(st, f->exception, exception_raise, .thread = THIS_THREAD,
                    .type = exception_type(THIS_THREAD));
        if (unhandled(THIS_THREAD, st))
            CO_CALL_SLOT(st, f->work, THIS_THREAD->personality->exception,
                         .thread = THIS_THREAD);
    }
    if (exceptions_bound())
        CO_CALL(st, f->exception, exception_raise, .thread = THIS_THREAD,
                .type = ZX_EXCP_THREAD_EXITING);
    if (!task_killed(task))
        task_interrupt(task, TASK_KILL);
    if (THIS_THREAD->personality->exiting)
        CO_CALL_SLOT(st, f->work, THIS_THREAD->personality->exiting, .thread = THIS_THREAD);
    channel_exchange_free(THIS_THREAD->exchange);
    kfree(THIS_THREAD->restricted);
    thread_end(THIS_THREAD);
    CO_RETURN(OK);
}
CO_END
