/*
 * exception_calls.c - exception channels, exceptions, and suspending tasks.
 */
#include "object/suspend_token.h"
#include "personality/zircon/call.h"

static status_t give(struct syscall *call, struct object *obj, rights_t rights, unsigned arg)
{
    status_t st = call_give(call, obj, rights, call->arg[arg]);

    object_put(obj);
    return st;
}

/* --- zx_task_create_exception_channel --- */

#define CHANNEL_NEEDS \
    (ZX_RIGHT_INSPECT | ZX_RIGHT_DUPLICATE | ZX_RIGHT_TRANSFER | ZX_RIGHT_MANAGE_THREAD)
#define CHANNEL_GIVES (ZX_RIGHT_TRANSFER | ZX_RIGHT_WAIT | ZX_RIGHT_READ)

static bool thread_ended(struct thread *t)
{
    SPIN_GUARD(&t->process->object.lock);

    return t->state == THREAD_DEAD || t->process->state >= PROCESS_DYING;
}

static status_t find_exceptionate(struct object *obj, rights_t rights, uint32_t options,
                                  struct exceptionate **out)
{
    bool debugger = options & ZX_EXCEPTION_CHANNEL_DEBUGGER;
    struct process *p;
    struct job *job;
    struct thread *t;

    switch (obj->ops->type) {
    case ZX_OBJ_TYPE_JOB:
        job = container_of(obj, struct job, object);
        *out = debugger ? &job->debugger : &job->exceptions;
        break;
    case ZX_OBJ_TYPE_PROCESS:
        p = container_of(obj, struct process, object);
        *out = debugger ? &p->debugger : &p->exceptions;
        break;
    case ZX_OBJ_TYPE_THREAD:
        t = container_of(obj, struct thread, object);
        *out = &t->exceptions;
        if (debugger)
            return ERR_INVALID_ARGS;
        return thread_ended(t) ? ERR_BAD_STATE : OK;
    default:
        return ERR_WRONG_TYPE;
    }
    return rights & ZX_RIGHT_ENUMERATE ? OK : ERR_ACCESS_DENIED;
}

status_t zircon_task_create_exception_channel(struct syscall *call)
{
    uint32_t options = (uint32_t)call->arg[1];
    struct exceptionate *e;
    struct object *task, *channel;
    rights_t rights;
    status_t st;

    if (options & ~ZX_EXCEPTION_CHANNEL_DEBUGGER)
        return ERR_INVALID_ARGS;
    st = handle_get(call_handles(call), (handle_t)call->arg[0], 0, CHANNEL_NEEDS, &task,
                    &rights);
    if (st != OK)
        return st;
    st = find_exceptionate(task, rights, options, &e);
    if (st == OK)
        st = exceptionate_bind(e, rights, &channel);
    if (st == OK)
        st = give(call, channel, CHANNEL_GIVES, 2);
    object_put(task);
    return st;
}

/* --- exceptions --- */

static status_t call_exception(struct syscall *call, struct exception **out)
{
    struct object *obj;
    status_t st = call_object(call, 0, ZX_OBJ_TYPE_EXCEPTION, 0, &obj);

    if (st == OK)
        *out = exception_of(obj);
    return st;
}

/* Of the task that the exception's channel was made for; `*from_thread`: it was a thread. */
static rights_t handler_rights(struct exception *x, bool *from_thread)
{
    SPIN_GUARD(&x->object.lock);

    *from_thread = x->channel_type == ZX_EXCEPTION_CHANNEL_TYPE_THREAD;
    return x->rights;
}

status_t zircon_exception_get_thread(struct syscall *call)
{
    struct exception *x;
    bool from_thread;
    status_t st = call_exception(call, &x);

    if (st != OK)
        return st;
    st = call_give(call, &x->thread->object, handler_rights(x, &from_thread), call->arg[1]);
    object_put(&x->object);
    return st;
}

status_t zircon_exception_get_process(struct syscall *call)
{
    struct exception *x;
    bool from_thread;
    rights_t rights;
    status_t st = call_exception(call, &x);

    if (st != OK)
        return st;
    rights = handler_rights(x, &from_thread);
    st = from_thread ? ERR_ACCESS_DENIED
                     : call_give(call, &x->thread->process->object, rights, call->arg[1]);
    object_put(&x->object);
    return st;
}

/* --- suspending --- */

static bool is_self(struct syscall *call, const struct object *task)
{
    return task == &call->thread->object || task == &call->thread->process->object;
}

status_t zircon_task_suspend(struct syscall *call)
{
    struct object *task, *token;
    status_t st = call_object(call, 0, 0, ZX_RIGHT_WRITE, &task);

    if (st != OK)
        return st;
    st = is_self(call, task) ? ERR_NOT_SUPPORTED : suspend_token_create(task, &token);
    if (st == OK)
        st = give(call, token, token->ops->rights, 1);
    object_put(task);
    return st;
}

status_t zircon_task_suspend_token(struct syscall *call)
{
    return zircon_task_suspend(call);
}
