/*
 * restricted_calls.c - zx_restricted_*, and what each call in restricted mode is.
 */
#include "mm/slab.h"
#include "personality/zircon/call.h"
#include "personality/zircon/restricted.h"

/* The thread's own; all zero at first. Not in Linux processes: their signal handlers would run
 * in restricted mode too. */
static status_t get_restricted(struct thread *t, struct restricted **out)
{
    if (t->process->linux_)
        return ERR_NOT_SUPPORTED;
    if (!t->restricted)
        t->restricted = kzalloc(sizeof(*t->restricted));
    *out = t->restricted;
    return *out ? OK : ERR_NO_MEMORY;
}

status_t zircon_restricted_write_state(struct syscall *call)
{
    union restricted_state state;
    struct restricted *r;
    status_t st;

    if (call->arg[1] != restricted_state_size)
        return ERR_INVALID_ARGS;
    st = copy_from_user(call_user(call), &state, call->arg[0], restricted_state_size);
    if (st == OK)
        st = get_restricted(call->thread, &r);
    if (st == OK)
        r->state = state;
    return st;
}

status_t zircon_restricted_read_state(struct syscall *call)
{
    struct restricted *r;
    status_t st;

    if (call->arg[1] != restricted_state_size)
        return ERR_INVALID_ARGS;
    st = get_restricted(call->thread, &r);
    if (st != OK)
        return st;
    return copy_to_user(call_user(call), call->arg[0], &r->state, restricted_state_size);
}

status_t zircon_restricted_enter(struct syscall *call)
{
    struct thread *t = call->thread;
    struct restricted *r;
    status_t st;

    if ((uint32_t)call->arg[0] || call->arg[1] >= HAL_USER_END)
        return ERR_INVALID_ARGS;
    st = get_restricted(t, &r);
    if (st == OK)
        st = restricted_check(&r->state);
    if (st != OK)
        return st;
    restricted_return(&r->normal, &t->context.regs, call->arg[1], call->arg[2]);
    restricted_load(&t->context.regs, &r->state);
    t->calls = 0;
    call->replaced = true;
    return OK;
}

static status_t leave(struct syscall *call)
{
    struct thread *t = call->thread;

    restricted_store(&t->restricted->state, &t->context.regs);
    t->context.regs = t->restricted->normal;
    t->calls = t->process->calls;
    call->replaced = true;
    return OK;
}

/* It has no entries: every call is one that is missing. */
static const struct syscall_table table = {.name = "restricted", .missing = leave};

void restricted_init(void)
{
    syscall_table_register(SYSCALL_TABLE_RESTRICTED, &table);
}
