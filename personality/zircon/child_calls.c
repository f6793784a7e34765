/*
 * child_calls.c - zx_object_get_child: a handle to a job's or process's child by its koid.
 */
#include "personality/zircon/call.h"

/* A reference. ERR_NOT_FOUND; ERR_WRONG_TYPE: such objects have no children. */
static status_t find_child(struct object *parent, koid_t koid, struct object **out)
{
    struct thread *t;

    switch (parent->ops->type) {
    case ZX_OBJ_TYPE_JOB:
        *out = job_find(container_of(parent, struct job, object), koid);
        return *out ? OK : ERR_NOT_FOUND;
    case ZX_OBJ_TYPE_PROCESS:
        t = process_find_thread(container_of(parent, struct process, object), koid);
        *out = t ? &t->object : NULL;
        return *out ? OK : ERR_NOT_FOUND;
    default:
        return ERR_WRONG_TYPE;
    }
}

status_t zircon_object_get_child(struct syscall *call)
{
    rights_t rights = (rights_t)call->arg[2], have;
    struct object *parent, *child;
    status_t st = handle_get(call_handles(call), (handle_t)call->arg[0], 0, ZX_RIGHT_ENUMERATE,
                             &parent, &have);

    if (st != OK)
        return st;
    if (rights == ZX_RIGHT_SAME_RIGHTS)
        rights = have;
    st = rights & ~have ? ERR_ACCESS_DENIED : find_child(parent, call->arg[1], &child);
    object_put(parent);
    if (st != OK)
        return st;
    st = call_give(call, child, rights, call->arg[3]);
    object_put(child);
    return st;
}
