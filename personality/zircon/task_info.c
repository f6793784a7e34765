/*
 * task_info.c - records and properties of threads, processes and exceptions.
 */
#include "personality/zircon/task_info.h"

#include "base/string.h"
#include "personality/zircon/thread_state.h"

/* --- ZX_INFO_THREAD --- */

/* A thread that waits is told by the call that it waits in. */
static uint32_t blocked_state(const struct syscall_entry *entry)
{
    static const struct {
        const char *name;
        uint32_t state;
    } calls[] = {
        {"nanosleep", ZX_THREAD_STATE_BLOCKED_SLEEPING},
        {"futex_wait", ZX_THREAD_STATE_BLOCKED_FUTEX},
        {"port_wait", ZX_THREAD_STATE_BLOCKED_PORT},
        {"channel_call_noretry", ZX_THREAD_STATE_BLOCKED_CHANNEL},
        {"channel_call_etc_noretry", ZX_THREAD_STATE_BLOCKED_CHANNEL},
        {"object_wait_one", ZX_THREAD_STATE_BLOCKED_WAIT_ONE},
        {"object_wait_many", ZX_THREAD_STATE_BLOCKED_WAIT_MANY},
        {"interrupt_wait", ZX_THREAD_STATE_BLOCKED_INTERRUPT},
    };

    for (size_t i = 0; i < countof(calls); i++) {
        if (strcmp(calls[i].name, entry->name) == 0)
            return calls[i].state;
    }
    return ZX_THREAD_STATE_BLOCKED;
}

/* Caller holds the process's lock. */
static uint32_t running_state(struct thread *t)
{
    if (task_killed(&t->task) || t->leaving)
        return ZX_THREAD_STATE_DYING;
    if (t->exception)
        return ZX_THREAD_STATE_BLOCKED_EXCEPTION;
    if (t->parked)
        return ZX_THREAD_STATE_SUSPENDED;
    if (t->call_waits && !atomic_load_explicit(&t->task.state, memory_order_acquire))
        return blocked_state(t->entry);
    return ZX_THREAD_STATE_RUNNING;
}

void thread_info_fill(struct thread *t, zx_info_thread_t *out)
{
    SPIN_GUARD(&t->process->object.lock);

    *out = (zx_info_thread_t){.state = t->state == THREAD_INITIAL ? ZX_THREAD_STATE_NEW
                                       : t->state == THREAD_DEAD  ? ZX_THREAD_STATE_DEAD
                                                                  : running_state(t)};
    if (t->exception)
        out->wait_exception_channel_type = t->exception->channel_type;
    out->cpu_affinity_mask[0] = thread_cpus(t);
}

status_t thread_exception_report(struct thread *t, zx_exception_report_t *out)
{
    SPIN_GUARD(&t->process->object.lock);

    if (!t->exception)
        return ERR_BAD_STATE;
    *out = t->exception->report;
    return OK;
}

/* --- properties --- */

/* A word of a process that its debuggers and its dynamic linker agree on; NULL: no such. */
static user_addr_t *process_word(struct object *obj, uint32_t property)
{
    struct process *p = container_of(obj, struct process, object);

    return property == ZX_PROP_PROCESS_DEBUG_ADDR      ? &p->debug_addr
           : property == ZX_PROP_PROCESS_BREAK_ON_LOAD ? &p->break_on_load
                                                       : NULL;
}

static uint32_t exception_word(struct exception *x, uint32_t property)
{
    SPIN_GUARD(&x->object.lock);

    return property == ZX_PROP_EXCEPTION_STATE ? x->state : x->strategy;
}

static uint64_t get_word(struct object *obj, user_addr_t *word)
{
    SPIN_GUARD(&obj->lock);

    return *word;
}

static void set_word(struct object *obj, user_addr_t *word, user_addr_t value)
{
    SPIN_GUARD(&obj->lock);

    *word = value;
}

static const struct {
    uint32_t property, type, size;
} properties[] = {
    {ZX_PROP_REGISTER_GS, ZX_OBJ_TYPE_THREAD, sizeof(user_addr_t)},
    {ZX_PROP_REGISTER_FS, ZX_OBJ_TYPE_THREAD, sizeof(user_addr_t)},
    {ZX_PROP_PROCESS_DEBUG_ADDR, ZX_OBJ_TYPE_PROCESS, sizeof(user_addr_t)},
    {ZX_PROP_PROCESS_BREAK_ON_LOAD, ZX_OBJ_TYPE_PROCESS, sizeof(user_addr_t)},
    {ZX_PROP_EXCEPTION_STATE, ZX_OBJ_TYPE_EXCEPTION, sizeof(uint32_t)},
    {ZX_PROP_EXCEPTION_STRATEGY, ZX_OBJ_TYPE_EXCEPTION, sizeof(uint32_t)},
};

bool is_task_property(uint32_t property)
{
    for (size_t i = 0; i < countof(properties); i++) {
        if (properties[i].property == property)
            return true;
    }
    return false;
}

static status_t check(struct syscall *call, const struct object *obj, uint32_t property,
                      size_t *size)
{
    size_t i = 0;

    while (properties[i].property != property)
        i++;
    *size = properties[i].size;
    if (call->arg[3] < *size)
        return ERR_BUFFER_TOO_SMALL;
    return obj->ops->type == properties[i].type ? OK : ERR_WRONG_TYPE;
}

status_t task_get_property(struct syscall *call, struct object *obj, uint32_t property)
{
    uint64_t value;
    size_t size;
    status_t st = check(call, obj, property, &size);

    if (st != OK)
        return st;
    if (obj->ops->type == ZX_OBJ_TYPE_THREAD)
        return ERR_NOT_SUPPORTED;
    value = obj->ops->type == ZX_OBJ_TYPE_EXCEPTION
                ? exception_word(exception_of(obj), property)
                : get_word(obj, process_word(obj, property));
    return copy_to_user(call_user(call), call->arg[2], &value, size);
}

/* The first setting of the dynamic linker's address stays. */
static status_t set_debug_addr(struct process *p, user_addr_t value)
{
    SPIN_GUARD(&p->object.lock);

    if (value == 0)
        return ERR_INVALID_ARGS;
    if (p->debug_addr > ZX_PROCESS_DEBUG_ADDR_BREAK_ON_SET)
        return ERR_ACCESS_DENIED;
    p->debug_addr = value;
    return OK;
}

/* A thread sets its own. */
static status_t set_register(struct syscall *call, struct object *obj, uint32_t kind,
                             uint64_t value)
{
    const union thread_registers registers = {.word = value};
    size_t size;
    status_t st = thread_state_size(kind, &size);

    if (st != OK)
        return st;
    if (obj != &call->thread->object)
        return ERR_ACCESS_DENIED;
    return thread_state_set(&call->thread->context, kind, &registers);
}

status_t task_set_property(struct syscall *call, struct object *obj, uint32_t property)
{
    uint64_t value = 0;
    size_t size;
    status_t st = check(call, obj, property, &size);

    if (st == OK)
        st = copy_from_user(call_user(call), &value, call->arg[2], size);
    if (st != OK)
        return st;
    switch (property) {
    case ZX_PROP_REGISTER_FS:
        return set_register(call, obj, ZX_THREAD_X86_REGISTER_FS, value);
    case ZX_PROP_REGISTER_GS:
        return set_register(call, obj, ZX_THREAD_X86_REGISTER_GS, value);
    case ZX_PROP_EXCEPTION_STATE:
        return exception_set_state(exception_of(obj), (uint32_t)value);
    case ZX_PROP_EXCEPTION_STRATEGY:
        return exception_set_strategy(exception_of(obj), (uint32_t)value);
    case ZX_PROP_PROCESS_DEBUG_ADDR:
        return set_debug_addr(container_of(obj, struct process, object), value);
    default:
        set_word(obj, process_word(obj, property), value);
        return OK;
    }
}
