/*
 * handle_calls.c - zx_handle_*: closing, duplicating, replacing.
 */
#include "personality/zircon/call.h"

status_t zircon_handle_close(struct syscall *call)
{
    handle_t value = (handle_t)call->arg[0];

    return value == HANDLE_INVALID ? OK : handle_close(call_handles(call), value);
}

struct zircon_handle_close_many {
    SYSCALL_FRAME;
    uint64_t done;
    status_t worst;
    uint32_t count; /* of values */
    handle_t values[32];
    struct transfer transfer;
};
CO_FITS(zircon_handle_close_many, union syscall_slot);
SYSCALL_WAIT(zircon_handle_close_many);

static void close_values(struct zircon_handle_close_many *f)
{
    for (uint32_t i = 0; i < f->count; i++) {
        if (f->values[i] == HANDLE_INVALID)
            continue;
        if (handle_close(call_handles(f->call), f->values[i]) != OK)
            f->worst = ERR_BAD_HANDLE;
    }
}

/* One bad value does not save the others. */
CO_FN(zircon_handle_close_many)
{
    status_t st;

    f->worst = OK;
    for (f->done = 0; f->done < f->call->arg[1]; f->done += f->count) {
        f->count = (uint32_t)MIN(f->call->arg[1] - f->done, countof(f->values));
        CO_CALL(st, f->transfer, transfer, .thread = f->call->thread, .direction = FROM_USER,
                .kernel = f->values, .user = f->call->arg[0] + f->done * sizeof(f->values[0]),
                .size = f->count * sizeof(f->values[0]));
        if (st != OK)
            CO_RETURN(st);
        close_values(f);
    }
    CO_RETURN(f->worst);
}
CO_END

/* `wish` as a part of what there is. */
static status_t narrow(rights_t have, rights_t wish, rights_t *out)
{
    if (wish == ZX_RIGHT_SAME_RIGHTS)
        wish = have;
    if (wish & ~have)
        return ERR_INVALID_ARGS;
    *out = wish;
    return OK;
}

status_t zircon_handle_duplicate(struct syscall *call)
{
    struct object *obj;
    rights_t rights;
    status_t st;

    st = handle_get(call_handles(call), (handle_t)call->arg[0], 0, ZX_RIGHT_DUPLICATE, &obj,
                    &rights);
    if (st != OK)
        return st;
    st = narrow(rights, (rights_t)call->arg[1], &rights);
    if (st == OK)
        st = call_give(call, obj, rights, call->arg[2]);
    object_put(obj);
    return st;
}

struct zircon_handle_replace {
    SYSCALL_FRAME;
    handle_t value;
    struct transfer transfer;
};
CO_FITS(zircon_handle_replace, union syscall_slot);
SYSCALL_WAIT(zircon_handle_replace);

/* The old handle is gone in any case. */
static status_t replace(struct syscall *call, handle_t *out)
{
    struct handle h;
    status_t st = handle_remove(call_handles(call), (handle_t)call->arg[0], &h);

    if (st != OK)
        return st;
    st = narrow(h.rights, (rights_t)call->arg[1], &h.rights);
    if (st == OK)
        st = handle_insert(call_handles(call), &h, out);
    handle_drop(&h);
    return st;
}

CO_FN(zircon_handle_replace)
{
    status_t st;

    st = replace(f->call, &f->value);
    if (st != OK)
        CO_RETURN(st);
    CO_CALL(st, f->transfer, transfer, .thread = f->call->thread, .direction = TO_USER,
            .kernel = &f->value, .user = f->call->arg[2], .size = sizeof(f->value));
    if (st != OK)
        handle_close(call_handles(f->call), f->value); /* the program never learnt its value */
    CO_RETURN(st);
}
CO_END
