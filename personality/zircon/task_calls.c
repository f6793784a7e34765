/*
 * task_calls.c - making, starting and ending jobs, processes and threads.
 */
#include "object/vmar_object.h"
#include "personality/hybrid.h"
#include "personality/zircon/policy.h"
#include "personality/zircon/userboot.h"
#include "personality/zircon/vmar_flags.h"
#include "personality/zircon/zircon.h"

/* A job argument with one of two rights: an older right is still good. */
static status_t call_job(struct syscall *call, rights_t need, struct job **out)
{
    struct object *obj;
    status_t st = call_object(call, 0, ZX_OBJ_TYPE_JOB, need, &obj);

    if (st == ERR_ACCESS_DENIED)
        st = call_object(call, 0, ZX_OBJ_TYPE_JOB, ZX_RIGHT_WRITE, &obj);
    if (st == OK)
        *out = container_of(obj, struct job, object);
    return st;
}

status_t zircon_job_create(struct syscall *call)
{
    struct job *parent, *job;
    status_t st;

    if (call->arg[1] != 0)
        return ERR_INVALID_ARGS;
    st = call_job(call, ZX_RIGHT_MANAGE_JOB, &parent);
    if (st != OK)
        return st;
    st = job_create(parent, &job);
    object_put(&parent->object);
    if (st != OK)
        return st;
    st = call_give(call, &job->object, job->object.ops->rights, call->arg[2]);
    object_put(&job->object);
    return st;
}

/* The process and its root VMAR, each with a handle of the program's. Its job may have been
 * killed by now, and it with the job. */
static status_t give_process(struct syscall *call, struct process *p)
{
    struct aspace *as = process_aspace(p);
    struct vmar_object *vmar;
    status_t st = as ? vmar_object_create(p, as->root, &vmar) : ERR_BAD_STATE;

    aspace_put(as);
    if (st != OK)
        return st;
    vmar->vmar->flags = VMAR_FLAGS_ALL;
    object_get(&p->object);
    return call_give_two(call, &p->object, p->object.ops->rights, call->arg[4], &vmar->object,
                         vmar_rights(VMAR_FLAGS_ALL), call->arg[5]);
}

status_t zircon_process_create(struct syscall *call)
{
    char name[ZX_MAX_NAME_LEN];
    struct process *p;
    struct job *job;
    status_t st;

    if (call->arg[3] != 0)
        return ERR_INVALID_ARGS;
    st = call_copy_name(call, call->arg[1], call->arg[2], name);
    if (st == OK)
        st = call_policy(call, ZX_POL_NEW_PROCESS);
    if (st == OK)
        st = call_job(call, ZX_RIGHT_MANAGE_PROCESS, &job);
    if (st != OK)
        return st;
    st = process_create(job, name, PROCESS_CALLS_ZIRCON, &p);
    object_put(&job->object);
    if (st != OK)
        return st;
    st = give_process(call, p);
    object_put(&p->object);
    return st;
}

static bool process_is_dying(struct process *p)
{
    SPIN_GUARD(&p->object.lock);

    return p->state >= PROCESS_DYING;
}

/* The first thread of `p`, with the handle `h` (may be none) as its first argument. */
static status_t start_process(struct process *p, struct thread *t, struct syscall *call,
                              struct handle *h)
{
    struct thread_entry entry = {
        .pc = call->arg[2], .sp = call->arg[3], .arg1 = call->arg[5], .first = true};
    handle_t value = HANDLE_INVALID;
    status_t st;

    if (t->process != p)
        return ERR_ACCESS_DENIED;
    if (h->obj && !(h->rights & ZX_RIGHT_TRANSFER))
        return ERR_ACCESS_DENIED;
    if (entry.pc >= HAL_USER_END)
        return ERR_INVALID_ARGS;
    if (process_is_dying(p)) /* its table is closed */
        return ERR_BAD_STATE;
    if (h->obj) {
        st = handle_insert(&p->handles, h, &value);
        if (st != OK)
            return st;
    }
    entry.arg0 = value;
    st = thread_start_at(t, &entry);
    if (st != OK && value)
        handle_close(&p->handles, value);
    return st;
}

/* The argument handle leaves the caller's table whatever the outcome. */
status_t zircon_process_start(struct syscall *call)
{
    handle_t value = (handle_t)call->arg[4];
    struct object *process = NULL, *thread = NULL;
    struct handle h = {0};
    status_t st = call_object(call, 0, ZX_OBJ_TYPE_PROCESS, ZX_RIGHT_WRITE, &process);

    if (st == OK)
        st = call_object(call, 1, ZX_OBJ_TYPE_THREAD, ZX_RIGHT_WRITE, &thread);
    if (value && handle_remove(call_handles(call), value, &h) != OK && st == OK)
        st = ERR_BAD_HANDLE;
    if (st == OK)
        st = start_process(container_of(process, struct process, object),
                           container_of(thread, struct thread, object), call, &h);
    if (st == OK)
        userboot_started(call_process(call), container_of(process, struct process, object));
    handle_drop(&h);
    object_put(thread);
    object_put(process);
    return st;
}

status_t zircon_process_exit(struct syscall *call)
{
    if (call_process(call)->linux_)
        hybrid_process_exit(call->thread, (int64_t)call->arg[0]);
    else
        process_kill(call_process(call), (int64_t)call->arg[0]);
    return OK;
}

static status_t start_thread(struct thread *t, const struct thread_entry *entry)
{
    if (entry->pc >= HAL_USER_END)
        return ERR_INVALID_ARGS;
    return t->process->linux_ ? hybrid_thread_start(t, entry) : thread_start_at(t, entry);
}

static status_t create_thread(struct syscall *call, struct process *p, const char *name)
{
    struct thread *t;
    status_t st;

    if (process_is_dying(p))
        return ERR_BAD_STATE;
    st = p->linux_ ? hybrid_thread_create(p, name, &t)
                   : thread_create(p, name, &zircon_personality, &t);
    if (st != OK)
        return st;
    st = call_give(call, &t->object, t->object.ops->rights, call->arg[4]);
    object_put(&t->object);
    return st;
}

status_t zircon_thread_create(struct syscall *call)
{
    char name[ZX_MAX_NAME_LEN];
    struct object *process;
    status_t st;

    if (call->arg[3] != 0)
        return ERR_INVALID_ARGS;
    st = call_copy_name(call, call->arg[1], call->arg[2], name);
    if (st == OK)
        st = call_object(call, 0, ZX_OBJ_TYPE_PROCESS, ZX_RIGHT_MANAGE_THREAD, &process);
    if (st != OK)
        return st;
    st = create_thread(call, container_of(process, struct process, object), name);
    object_put(process);
    return st;
}

/* A process's first thread is started by zx_process_start. */
status_t zircon_thread_start(struct syscall *call)
{
    const struct thread_entry entry = {
        .pc = call->arg[1], .sp = call->arg[2], .arg0 = call->arg[3], .arg1 = call->arg[4]};
    struct object *obj;
    status_t st = call_object(call, 0, ZX_OBJ_TYPE_THREAD, ZX_RIGHT_MANAGE_THREAD, &obj);

    if (st != OK)
        return st;
    st = start_thread(container_of(obj, struct thread, object), &entry);
    object_put(obj);
    return st;
}

status_t zircon_thread_exit(struct syscall *call)
{
    if (call->thread->linux_)
        hybrid_thread_exit(call->thread);
    else
        thread_leave(call->thread);
    return OK;
}

static status_t task_kill(struct object *obj)
{
    switch (obj->ops->type) {
    case ZX_OBJ_TYPE_JOB:
        job_kill(container_of(obj, struct job, object), ZX_TASK_RETCODE_SYSCALL_KILL);
        return OK;
    case ZX_OBJ_TYPE_PROCESS:
        process_kill(container_of(obj, struct process, object), ZX_TASK_RETCODE_SYSCALL_KILL);
        return OK;
    case ZX_OBJ_TYPE_THREAD:
        thread_kill(container_of(obj, struct thread, object));
        return OK;
    default:
        return ERR_WRONG_TYPE;
    }
}

status_t zircon_task_kill(struct syscall *call)
{
    struct object *obj;
    status_t st = call_object(call, 0, 0, ZX_RIGHT_DESTROY, &obj);

    if (st != OK)
        return st;
    st = task_kill(obj);
    object_put(obj);
    return st;
}
