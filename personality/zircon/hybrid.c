/*
 * hybrid.c - Zircon calls in Linux processes: the vDSO, the process's handles on itself, which
 * it gets when it asks (there is no start-up message), and what fork and exec do with them.
 */
#include "personality/hybrid.h"

#include "base/assert.h"
#include "object/vmar_object.h"
#include "object/vmo_object.h"
#include "personality/zircon/call.h"
#include "personality/zircon/vdso.h"
#include "personality/zircon/vmar_flags.h"
#include "uapi/zcore/hybrid.h"

_Static_assert(ZCORE_OWN_THREAD == PROCESS_OWN_HANDLES, "the thread's comes after them");

static const uint32_t own_types[ZCORE_OWN_COUNT] = {
    [ZCORE_OWN_PROCESS] = ZX_OBJ_TYPE_PROCESS, [ZCORE_OWN_VMAR] = ZX_OBJ_TYPE_VMAR,
    [ZCORE_OWN_JOB] = ZX_OBJ_TYPE_JOB,         [ZCORE_OWN_VDSO] = ZX_OBJ_TYPE_VMO,
    [ZCORE_OWN_THREAD] = ZX_OBJ_TYPE_THREAD,
};

status_t hybrid_map_vdso(struct aspace *as, user_addr_t at)
{
    return vdso_map_at(as->root, at);
}

void hybrid_exec(struct process *p, user_addr_t vdso)
{
    handle_table_fini(&p->handles);
    {
        SPIN_GUARD(&p->object.lock);
        for (unsigned i = 0; i < PROCESS_OWN_HANDLES; i++)
            p->own[i] = HANDLE_INVALID;
        list_for_each (it, &p->threads)
            container_of(it, struct thread, process_link)->own = HANDLE_INVALID;
    }
    vdso_at(p, vdso);
}

/* Where the value is kept; guarded by the process's lock. */
static handle_t *own_value(struct thread *t, unsigned what)
{
    return what == ZCORE_OWN_THREAD ? &t->own : &t->process->own[what];
}

static handle_t own_get(struct thread *t, unsigned what)
{
    SPIN_GUARD(&t->process->object.lock);

    return *own_value(t, what);
}

/* A fresh handle with the rights that a start-up message would give. */
static status_t own_make(struct thread *t, unsigned what, struct handle *out)
{
    struct process *p = t->process;
    struct vmar_object *vmar;
    struct aspace *as;
    status_t st;

    if (what == ZCORE_OWN_VDSO) {
        *out = handle_make(&vdso_vmo()->object, VDSO_RIGHTS);
        return OK;
    }
    if (what != ZCORE_OWN_VMAR) {
        struct object *obj = what == ZCORE_OWN_PROCESS ? &p->object
                             : what == ZCORE_OWN_JOB   ? &p->job->object
                                                       : &t->object;

        *out = handle_make(obj, obj->ops->rights);
        return OK;
    }
    as = process_aspace(p);
    if (!as)
        return ERR_BAD_STATE;
    st = vmar_object_create(p, as->root, &vmar);
    aspace_put(as);
    if (st != OK)
        return st;
    vmar->vmar->flags = VMAR_FLAGS_ALL;
    *out = handle_make(&vmar->object, vmar_rights(VMAR_FLAGS_ALL));
    object_put(&vmar->object);
    return OK;
}

/* The value that was there first: other threads of the process ask too. */
static handle_t own_settle(struct thread *t, unsigned what, handle_t *made)
{
    SPIN_GUARD(&t->process->object.lock);
    handle_t *value = own_value(t, what);

    if (!*value) {
        *value = *made;
        *made = HANDLE_INVALID;
    }
    return *value;
}

status_t zircon_own_handle(struct syscall *call)
{
    struct thread *t = call->thread;
    unsigned what = (uint32_t)call->arg[0];
    handle_t value, made;
    struct handle h = {0};
    status_t st;

    if (!t->process->linux_)
        return ERR_NOT_SUPPORTED;
    if (what >= ZCORE_OWN_COUNT)
        return ERR_INVALID_ARGS;
    value = own_get(t, what);
    if (!value) {
        st = own_make(t, what, &h);
        if (st == OK)
            st = handle_insert(call_handles(call), &h, &made);
        if (st != OK) {
            handle_drop(&h);
            return st;
        }
        value = own_settle(t, what, &made);
        if (made)
            (void)handle_close(call_handles(call), made);
    }
    return copy_to_user(call_user(call), call->arg[1], &value, sizeof(value));
}

/* The child's counterpart of a handle that the parent still has. */
static status_t inherit(struct thread *parent, struct thread *child, unsigned what,
                        struct handle_at *out)
{
    struct object *obj;
    rights_t rights;
    status_t st;

    out->value = own_get(parent, what);
    if (!out->value || handle_get(&parent->process->handles, out->value, own_types[what], 0,
                                  &obj, &rights) != OK)
        return OK;
    object_put(obj);
    st = own_make(child, what, &out->h);
    out->h.rights = rights;
    *own_value(child, what) = out->value; /* nobody else knows the child yet */
    return st;
}

status_t hybrid_fork(struct thread *parent, struct thread *child)
{
    struct handle_at kept[ZCORE_OWN_COUNT] = {0};
    struct process *from = parent->process, *to = child->process;
    status_t st = OK;

    to->vdso_code = from->vdso_code;
    to->vdso_end = from->vdso_end;
    for (unsigned i = 0; st == OK && i < ZCORE_OWN_COUNT; i++)
        st = inherit(parent, child, i, &kept[i]);
    if (st == OK)
        st = handle_table_fork(&from->handles, &to->handles, kept, ZCORE_OWN_COUNT);
    for (unsigned i = 0; i < ZCORE_OWN_COUNT; i++)
        handle_drop(&kept[i].h);
    return st;
}

void hybrid_thread_ended(struct thread *t)
{
    struct handle_table *table = &t->process->handles;
    handle_t value = own_get(t, ZCORE_OWN_THREAD);
    struct object *obj;

    if (!value || handle_get(table, value, ZX_OBJ_TYPE_THREAD, 0, &obj, NULL) != OK)
        return;
    if (obj == &t->object)
        (void)handle_close(table, value);
    object_put(obj);
}
