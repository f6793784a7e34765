/*
 * exception.c - exceptions: from one handler to the next.
 */
#include "object/exception.h"

#include "base/string.h"
#include "isa/exception.h"
#include "mm/slab.h"
#include "object/channel.h"
#include "object/thread.h"

/* No handle is left. */
#define EXCEPTION_CLOSED ZX_OBJECT_SIGNALED

SLAB_CACHE(exception_cache, struct exception);

static void exception_destroy(struct object *obj)
{
    struct exception *x = exception_of(obj);

    object_put(&x->thread->object);
    slab_free(&exception_cache, x);
}

static void exception_on_zero_handles(struct object *obj)
{
    object_signal(obj, 0, EXCEPTION_CLOSED);
}

static const struct object_ops exception_ops = {
    .name = "exception",
    .type = ZX_OBJ_TYPE_EXCEPTION,
    .rights = ZX_DEFAULT_EXCEPTION_RIGHTS,
    .destroy = exception_destroy,
    .on_zero_handles = exception_on_zero_handles,
};

static zx_exception_report_t report_of(const struct thread *t, uint32_t type)
{
    zx_exception_report_t report = {.header = {.size = sizeof(report), .type = type}};

    if (ZX_EXCP_IS_ARCH(type))
        isa_exception_context(t->trap.code, t->trap.addr, &report.context);
    return report;
}

static struct exception *exception_create(struct thread *t, uint32_t type)
{
    struct exception *x = slab_alloc_zeroed(&exception_cache);

    if (!x)
        return NULL;
    object_init(&x->object, &exception_ops, EXCEPTION_CLOSED);
    object_get(&t->object);
    x->thread = t;
    x->report = report_of(t, type);
    return x;
}

uint32_t exception_type(const struct thread *t)
{
    static const uint32_t types[] = {
        [HAL_EXC_ILLEGAL] = ZX_EXCP_UNDEFINED_INSTRUCTION,
        [HAL_EXC_BREAKPOINT] = ZX_EXCP_SW_BREAKPOINT,
        [HAL_EXC_STEP] = ZX_EXCP_HW_BREAKPOINT,
        [HAL_EXC_DIVIDE] = ZX_EXCP_GENERAL,
        [HAL_EXC_FP] = ZX_EXCP_GENERAL,
        [HAL_EXC_ALIGNMENT] = ZX_EXCP_UNALIGNED_ACCESS,
        [HAL_EXC_BUS] = ZX_EXCP_GENERAL,
        [HAL_EXC_PROTECTION] = ZX_EXCP_GENERAL,
    };

    return t->trap.kind == HAL_TRAP_FAULT ? ZX_EXCP_FATAL_PAGE_FAULT : types[t->trap.exception];
}

void exception_policy(struct thread *t, uint32_t code)
{
    t->policy_broken = (uint8_t)(code + 1);
    task_interrupt(&t->task, TASK_SUSPEND);
}

/* --- the order of handlers --- */

enum step {
    FIRST,
    DEBUGGER,
    THREAD,
    PROCESS,
    SECOND_CHANCE,
    JOBS,
    JOB_DEBUGGERS,
    LAST,
};

static enum step step_after(const struct exception_raise *f)
{
    bool synthetic = !ZX_EXCP_IS_ARCH(f->type) && f->type != ZX_EXCP_POLICY_ERROR;

    if (f->type == ZX_EXCP_PROCESS_STARTING)
        return f->step == FIRST || f->job ? JOB_DEBUGGERS : LAST;
    if (synthetic)
        return f->step == FIRST ? DEBUGGER : LAST;
    if (f->step == JOBS)
        return f->job ? JOBS : LAST;
    return f->step + 1;
}

/* Who is asked in this step; NULL: nobody. */
static struct exceptionate *handler_of(struct exception_raise *f, uint32_t *channel_type)
{
    struct process *p = f->thread->process;
    struct job *job = f->job;

    switch (f->step) {
    case DEBUGGER:
        *channel_type = ZX_EXCEPTION_CHANNEL_TYPE_DEBUGGER;
        return &p->debugger;
    case THREAD:
        *channel_type = ZX_EXCEPTION_CHANNEL_TYPE_THREAD;
        return &f->thread->exceptions;
    case PROCESS:
        *channel_type = ZX_EXCEPTION_CHANNEL_TYPE_PROCESS;
        return &p->exceptions;
    case SECOND_CHANCE:
        *channel_type = ZX_EXCEPTION_CHANNEL_TYPE_DEBUGGER;
        return f->exception->strategy == ZX_EXCEPTION_STRATEGY_SECOND_CHANCE ? &p->debugger
                                                                             : NULL;
    case JOBS:
        f->job = job->parent;
        *channel_type = ZX_EXCEPTION_CHANNEL_TYPE_JOB;
        return &job->exceptions;
    default:
        f->job = job->parent;
        *channel_type = ZX_EXCEPTION_CHANNEL_TYPE_JOB_DEBUGGER;
        return &job->debugger;
    }
}

static bool next_handler(struct exception_raise *f, uint32_t *channel_type)
{
    f->step = step_after(f);
    if (f->step == LAST)
        return false;
    f->handler = handler_of(f, channel_type);
    return true;
}

/* --- handing over, and taking back --- */

static struct message *compose(struct exception *x)
{
    const zx_exception_info_t info = {.pid = x->thread->process->object.koid,
                                      .tid = x->thread->object.koid,
                                      .type = x->report.header.type};
    struct message *m = message_alloc(sizeof(info), 1);

    if (!m)
        return NULL;
    memcpy(message_bytes(m), &info, sizeof(info));
    m->handles[0] = handle_make(&x->object, x->object.ops->rights);
    return m;
}

static void prepare(struct exception *x, uint32_t channel_type, rights_t rights)
{
    SPIN_GUARD(&x->object.lock);

    x->state = ZX_EXCEPTION_STATE_TRY_NEXT;
    x->channel_type = channel_type;
    x->rights = rights;
    object_signal_locked(&x->object, EXCEPTION_CLOSED, 0);
}

/* From now on others may look at and change the thread's registers; NULL: no more. */
static void set_exception(struct thread *t, struct exception *x)
{
    hal_preempt_disable();
    hal_context_fp_sync(&t->context);
    hal_preempt_enable();
    SPIN_GUARD(&t->process->object.lock);
    t->exception = x;
}

static bool send(struct exception *x, struct object *end)
{
    struct message *m = compose(x);

    if (!m)
        return false;
    set_exception(x->thread, x);
    if (channel_write(end, m) == OK)
        return true;
    set_exception(x->thread, NULL);
    message_free(m);
    return false;
}

/* False: this handler does not listen. */
static bool hand_over(struct exception_raise *f, uint32_t channel_type)
{
    rights_t rights;
    struct object *end = f->handler ? exceptionate_end(f->handler, &rights) : NULL;
    bool sent;

    if (!end)
        return false;
    prepare(f->exception, channel_type, rights);
    sent = send(f->exception, end);
    object_put(end);
    return sent;
}

/* What the handler decided; ERR_NOT_FOUND: to leave it to others. */
static status_t take_back(struct exception_raise *f, struct task *task)
{
    uint32_t state;

    set_exception(f->thread, NULL);
    if (task_killed(task))
        return ERR_CANCELED;
    {
        SPIN_GUARD(&f->exception->object.lock);
        state = f->exception->state;
    }
    if (state == ZX_EXCEPTION_STATE_THREAD_EXIT)
        thread_leave(f->thread);
    return state == ZX_EXCEPTION_STATE_TRY_NEXT ? ERR_NOT_FOUND : OK;
}

CO_FN(exception_raise)
{
    uint32_t channel_type;

    co->status = ERR_NOT_FOUND;
    f->exception = exception_create(f->thread, f->type);
    if (!f->exception)
        CO_RETURN(ERR_NOT_FOUND);
    f->step = FIRST;
    f->job = f->thread->process->job;
    while (co->status == ERR_NOT_FOUND && next_handler(f, &channel_type)) {
        if (!hand_over(f, channel_type))
            continue;
        f->observer = (struct observer){.obj = &f->exception->object, .want = EXCEPTION_CLOSED};
        object_observe(&f->observer, task);
        CO_WAIT_KILLABLE(waiter_fired(&f->observer.waiter));
        object_unobserve(&f->observer);
        co->status = take_back(f, task);
        if (f->step == JOB_DEBUGGERS) /* one at most is told of a start */
            break;
    }
    object_put(&f->exception->object);
    CO_RETURN(co->status);
}
CO_END

/* --- properties --- */

status_t exception_set_state(struct exception *x, uint32_t state)
{
    SPIN_GUARD(&x->object.lock);

    if (state > ZX_EXCEPTION_STATE_THREAD_EXIT)
        return ERR_INVALID_ARGS;
    x->state = state;
    return OK;
}

status_t exception_set_strategy(struct exception *x, uint32_t strategy)
{
    SPIN_GUARD(&x->object.lock);

    if (strategy > ZX_EXCEPTION_STRATEGY_SECOND_CHANCE)
        return ERR_INVALID_ARGS;
    if (x->channel_type != ZX_EXCEPTION_CHANNEL_TYPE_DEBUGGER)
        return ERR_BAD_STATE;
    x->strategy = strategy;
    return OK;
}
