/*
 * object_calls.c - calls for objects of any type: signals, names; and events.
 */
#include "base/string.h"
#include "object/event.h"
#include "object/socket_object.h"
#include "object/vmo_object.h"
#include "personality/zircon/policy.h"
#include "personality/zircon/task_info.h"
#include "personality/zircon/vdso.h"

status_t zircon_object_signal(struct syscall *call)
{
    signals_t clear = (signals_t)call->arg[1], set = (signals_t)call->arg[2];
    struct object *obj;
    status_t st = call_object(call, 0, 0, ZX_RIGHT_SIGNAL, &obj);

    if (st != OK)
        return st;
    if ((clear | set) & ~obj->ops->user_signals)
        st = ERR_INVALID_ARGS;
    else
        object_signal(obj, clear, set);
    object_put(obj);
    return st;
}

static status_t signal_peer(struct object *obj, signals_t clear, signals_t set)
{
    struct object *peer;

    if (!obj->ops->peer)
        return ERR_NOT_SUPPORTED;
    if ((clear | set) & ~obj->ops->user_signals)
        return ERR_INVALID_ARGS;
    peer = obj->ops->peer(obj);
    if (!peer)
        return ERR_PEER_CLOSED;
    object_signal(peer, clear, set);
    object_put(peer);
    return OK;
}

status_t zircon_object_signal_peer(struct syscall *call)
{
    struct object *obj;
    status_t st = call_object(call, 0, 0, ZX_RIGHT_SIGNAL_PEER, &obj);

    if (st != OK)
        return st;
    st = signal_peer(obj, (signals_t)call->arg[1], (signals_t)call->arg[2]);
    object_put(obj);
    return st;
}

/* ZX_MAX_NAME_LEN bytes, and the lock that guards them; NULL: its type has no names. */
static char *name_of(struct object *obj, struct spinlock **lock)
{
    *lock = &obj->lock;
    switch (obj->ops->type) {
    case ZX_OBJ_TYPE_JOB:
        return container_of(obj, struct job, object)->name;
    case ZX_OBJ_TYPE_PROCESS:
        return container_of(obj, struct process, object)->name;
    case ZX_OBJ_TYPE_THREAD:
        return container_of(obj, struct thread, object)->name;
    case ZX_OBJ_TYPE_VMO:
        *lock = &vmo_object_of(obj)->vmo->lock;
        return vmo_object_of(obj)->vmo->label->name;
    default:
        return NULL;
    }
}

static void get_name(struct object *obj, char name[ZX_MAX_NAME_LEN])
{
    struct spinlock *lock;
    const char *from = name_of(obj, &lock);
    SPIN_GUARD(lock);

    if (from)
        memcpy(name, from, ZX_MAX_NAME_LEN);
    else
        memset(name, 0, ZX_MAX_NAME_LEN);
}

static status_t set_name(struct object *obj, const char name[ZX_MAX_NAME_LEN])
{
    struct spinlock *lock;
    char *to = name_of(obj, &lock);
    SPIN_GUARD(lock);

    if (!to)
        return ERR_NOT_SUPPORTED;
    memcpy(to, name, ZX_MAX_NAME_LEN);
    return OK;
}

/* A property that is one number. ERR_NOT_SUPPORTED: no such; ERR_WRONG_TYPE: not of this
 * object. */
static status_t get_number(struct object *obj, uint32_t property, uint64_t *out)
{
    bool of_vmo = property == ZX_PROP_VMO_CONTENT_SIZE;
    struct socket_state state;

    if (!of_vmo && property != ZX_PROP_SOCKET_RX_THRESHOLD &&
        property != ZX_PROP_SOCKET_TX_THRESHOLD)
        return ERR_NOT_SUPPORTED;
    if (obj->ops->type != (of_vmo ? ZX_OBJ_TYPE_VMO : ZX_OBJ_TYPE_SOCKET))
        return ERR_WRONG_TYPE;
    if (of_vmo) {
        *out = vmo_object_content_size(vmo_object_of(obj));
        return OK;
    }
    socket_object_state(obj, &state);
    *out =
        property == ZX_PROP_SOCKET_RX_THRESHOLD ? state.read_threshold : state.write_threshold;
    return OK;
}

static status_t set_kill_on_oom(struct object *obj, uint64_t value)
{
    if (obj->ops->type != ZX_OBJ_TYPE_JOB)
        return ERR_WRONG_TYPE;
    if (value > 1)
        return ERR_INVALID_ARGS;
    SPIN_GUARD(&obj->lock);
    container_of(obj, struct job, object)->kill_on_oom = value;
    return OK;
}

static status_t set_number(struct object *obj, uint32_t property, uint64_t value)
{
    uint64_t old;
    status_t st;

    if (property == ZX_PROP_JOB_KILL_ON_OOM)
        return set_kill_on_oom(obj, value);
    st = get_number(obj, property, &old);
    if (st != OK)
        return st;
    switch (property) {
    case ZX_PROP_SOCKET_RX_THRESHOLD:
        return socket_object_set_read_threshold(obj, value);
    case ZX_PROP_SOCKET_TX_THRESHOLD:
        return socket_object_set_write_threshold(obj, value);
    default:
        vmo_object_set_content_size(vmo_object_of(obj), value);
        return OK;
    }
}

static status_t get_property(struct syscall *call, struct object *obj, uint32_t property)
{
    size_t size = call->arg[3];
    char name[ZX_MAX_NAME_LEN];
    user_addr_t base;
    uint64_t number;
    status_t st;

    if (is_task_property(property))
        return task_get_property(call, obj, property);
    switch (property) {
    case ZX_PROP_NAME:
        if (size < sizeof(name))
            return ERR_BUFFER_TOO_SMALL;
        get_name(obj, name);
        return copy_to_user(call_user(call), call->arg[2], name, sizeof(name));
    case ZX_PROP_PROCESS_VDSO_BASE_ADDRESS:
        if (size < sizeof(base))
            return ERR_BUFFER_TOO_SMALL;
        if (obj->ops->type != ZX_OBJ_TYPE_PROCESS)
            return ERR_WRONG_TYPE;
        base = vdso_base(container_of(obj, struct process, object));
        return copy_to_user(call_user(call), call->arg[2], &base, sizeof(base));
    case ZX_PROP_PROCESS_HW_TRACE_CONTEXT_ID:
        return ERR_NOT_SUPPORTED;
    default:
        if (size < sizeof(number))
            return ERR_BUFFER_TOO_SMALL;
        st = get_number(obj, property, &number);
        return st == OK ? copy_to_user(call_user(call), call->arg[2], &number, sizeof(number))
                        : st;
    }
}

status_t zircon_object_get_property(struct syscall *call)
{
    struct object *obj;
    status_t st = call_object(call, 0, 0, ZX_RIGHT_GET_PROPERTY, &obj);

    if (st != OK)
        return st;
    st = get_property(call, obj, (uint32_t)call->arg[1]);
    object_put(obj);
    return st;
}

static status_t set_property(struct syscall *call, struct object *obj, uint32_t property)
{
    char name[ZX_MAX_NAME_LEN];
    uint64_t number;
    status_t st;

    if (property == ZX_PROP_NAME) {
        st = call_copy_name(call, call->arg[2], call->arg[3], name);
        return st == OK ? set_name(obj, name) : st;
    }
    if (is_task_property(property))
        return task_set_property(call, obj, property);
    if (property == ZX_PROP_PROCESS_HW_TRACE_CONTEXT_ID)
        return ERR_INVALID_ARGS; /* it is only told */
    if (call->arg[3] < sizeof(number))
        return ERR_BUFFER_TOO_SMALL;
    st = copy_from_user(call_user(call), &number, call->arg[2], sizeof(number));
    return st == OK ? set_number(obj, property, number) : st;
}

status_t zircon_object_set_property(struct syscall *call)
{
    struct object *obj;
    status_t st = call_object(call, 0, 0, ZX_RIGHT_SET_PROPERTY, &obj);

    if (st != OK)
        return st;
    st = set_property(call, obj, (uint32_t)call->arg[1]);
    object_put(obj);
    return st;
}

status_t zircon_event_create(struct syscall *call)
{
    struct object *event;
    status_t st;

    if (call->arg[0] != 0)
        return ERR_INVALID_ARGS;
    st = call_policy(call, ZX_POL_NEW_EVENT);
    if (st == OK)
        st = event_create(&event);
    if (st != OK)
        return st;
    st = call_give(call, event, event->ops->rights, call->arg[1]);
    object_put(event);
    return st;
}

status_t zircon_eventpair_create(struct syscall *call)
{
    struct object *a, *b;
    status_t st;

    if (call->arg[0] != 0)
        return ERR_NOT_SUPPORTED;
    st = call_policy(call, ZX_POL_NEW_EVENTPAIR);
    if (st == OK)
        st = eventpair_create(&a, &b);
    return st == OK ? call_give_pair(call, a, call->arg[1], b, call->arg[2]) : st;
}
