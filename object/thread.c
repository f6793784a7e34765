/*
 * thread.c - threads: made, started, killed, ended.
 */
#include "object/thread.h"

#include "base/string.h"
#include "co/executor.h"
#include "mm/slab.h"
#include "object/dispatch_internal.h"
#include "object/process_internal.h"

SLAB_CACHE(thread_cache, struct thread);

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
    kfree(t->context.fp);
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
    void *fp = kmalloc(ROUND_UP(hal_fp_size(), HAL_FP_ALIGN));

    if (!t || !fp) {
        slab_free(&thread_cache, t);
        kfree(fp);
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
    *out = t;
    return OK;
}

static void thread_task_done(struct task *task)
{
    object_put(&thread_of_task(task)->object);
}

/*
 * Counted in and spawned in one step under the process's lock: a kill either precedes it, and
 * the thread does not start, or finds the task.
 */
status_t thread_start(struct thread *t)
{
    struct process *p = t->process;
    SPIN_GUARD(&p->object.lock);

    if (t->state != THREAD_INITIAL || p->state >= PROCESS_DYING)
        return ERR_BAD_STATE;
    t->state = THREAD_RUNNING;
    p->state = PROCESS_RUNNING;
    p->thread_count++;
    object_get(&t->object);
    t->user.aspace = p->aspace;
    t->main = (struct thread_main){.co = {.resume = thread_main}, .thread = t};
    task_spawn(&t->task, t->name, &t->main.co, TASK_PRIORITY_DEFAULT, &t->context,
               thread_task_done);
    return OK;
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

/* Off the process. The last one takes the process with it. */
static void thread_end(struct thread *t)
{
    struct process *p = t->process;
    bool last;

    {
        SPIN_GUARD(&p->object.lock);
        t->state = THREAD_DEAD;
        list_remove(&t->process_link);
        last = --p->thread_count == 0;
        if (last)
            p->state = PROCESS_DEAD;
    }
    object_signal(&t->object, 0, ZX_TASK_TERMINATED);
    if (last)
        process_end(p, t->personality);
}

/* A call that waits has suspended in frames of the thread's: thread_main joins it. One that
 * replaced the registers may have replaced the address space too. */
bool thread_syscall(struct hal_context *ctx)
{
    struct thread *t = container_of(ctx, struct thread, context);

    t->call_waits =
        !dispatch_plain(t) && CO_BEGIN(&t->task, &t->main.co, t->main.call.dispatch, dispatch,
                                       .thread = t, .slot = &t->main.call.slot);
    return !t->call_waits && !t->call.replaced && !task_pending(&t->task);
}

/*
 * A user thread's whole life: run user mode, serve its trap, again. A pending reason is looked
 * at each time before user mode; a kick makes hal_context_run return, so none is overlooked.
 */
CO_FN(thread_main)
{
    status_t st UNUSED; /* what these calls did not manage shows in the thread's state */

    while (!task_killed(task)) {
        if (task_pending(task)) {
            CO_CALL_SLOT(st, f->work, f->thread->personality->pending, .thread = f->thread);
            continue;
        }
        hal_context_run(&f->thread->context, &f->thread->user.aspace->pt, &f->thread->trap);

        if (f->thread->trap.kind == HAL_TRAP_SYSCALL) {
            if (f->thread->call_waits)
                CO_JOIN();
            continue;
        }
        if (f->thread->trap.kind == HAL_TRAP_INTERRUPT) {
            executor_interrupted();
            if (executor_should_yield(task))
                CO_YIELD();
            continue;
        }
        f->thread->fault_status = ERR_FAULT;
        if (f->thread->trap.kind == HAL_TRAP_FAULT)
            CO_CALL(f->thread->fault_status, f->thread->fault, vm_fault,
                    .aspace = f->thread->user.aspace, .addr = f->thread->trap.addr,
                    .access = f->thread->trap.access);
        if (f->thread->fault_status != OK && !task_killed(task))
            CO_CALL_SLOT(st, f->work, f->thread->personality->exception, .thread = f->thread);
    }
    if (f->thread->personality->exiting)
        CO_CALL_SLOT(st, f->work, f->thread->personality->exiting, .thread = f->thread);
    thread_end(f->thread);
    CO_RETURN(OK);
}
CO_END
