/*
 * thread_state_calls.c - the registers of threads that are stopped, read and written.
 */
#include "mm/slab.h"
#include "personality/zircon/call.h"
#include "personality/zircon/thread_state.h"

static status_t call_thread(struct syscall *call, rights_t need, struct thread **out)
{
    struct object *obj;
    status_t st = call_object(call, 0, ZX_OBJ_TYPE_THREAD, need, &obj);

    if (st == OK)
        *out = container_of(obj, struct thread, object);
    return st;
}

/* A thread that is stopped goes on only by way of its process's lock. */
static status_t get_state(struct thread *t, uint32_t kind, union thread_registers *out)
{
    SPIN_GUARD(&t->process->object.lock);

    if (!thread_stopped_locked(t))
        return ERR_BAD_STATE;
    thread_state_get(&t->context, kind, out);
    return OK;
}

static status_t set_state(struct thread *t, uint32_t kind, const union thread_registers *in)
{
    SPIN_GUARD(&t->process->object.lock);

    if (!thread_stopped_locked(t))
        return ERR_BAD_STATE;
    return thread_state_set(&t->context, kind, in);
}

static status_t check_size(struct syscall *call, size_t *size)
{
    status_t st = thread_state_size((uint32_t)call->arg[1], size);

    return st == OK && call->arg[3] < *size ? ERR_BUFFER_TOO_SMALL : st;
}

status_t zircon_thread_read_state(struct syscall *call)
{
    union thread_registers *state = kmalloc(sizeof(*state));
    struct thread *t;
    size_t size;
    status_t st = state ? call_thread(call, ZX_RIGHT_READ, &t) : ERR_NO_MEMORY;

    if (st == OK) {
        st = check_size(call, &size);
        if (st == OK)
            st = get_state(t, (uint32_t)call->arg[1], state);
        object_put(&t->object);
    }
    if (st == OK)
        st = copy_to_user(call_user(call), call->arg[2], state, size);
    kfree(state);
    return st;
}

status_t zircon_thread_write_state(struct syscall *call)
{
    union thread_registers *state = kmalloc(sizeof(*state));
    struct thread *t;
    size_t size;
    status_t st = state ? call_thread(call, ZX_RIGHT_WRITE, &t) : ERR_NO_MEMORY;

    if (st == OK) {
        st = check_size(call, &size);
        if (st == OK)
            st = copy_from_user(call_user(call), state, call->arg[2], size);
        if (st == OK)
            st = set_state(t, (uint32_t)call->arg[1], state);
        object_put(&t->object);
    }
    kfree(state);
    return st;
}
