/*
 * message_in.c - a message out of a program's memory and handle table.
 */
#include "personality/zircon/message_in.h"

#include "uapi/zircon/limits.h"

static status_t alloc(struct message_in *f)
{
    if (f->before != OK)
        return f->before;
    if (f->size > ZX_CHANNEL_MAX_MSG_BYTES || f->handle_count > ZX_CHANNEL_MAX_MSG_HANDLES)
        return ERR_OUT_OF_RANGE;
    f->message = message_alloc(f->size, f->handle_count);
    return f->message ? OK : ERR_NO_MEMORY;
}

static status_t check_handle(const struct message_in *f, const struct handle *h)
{
    if (h->obj == f->channel)
        return ERR_NOT_SUPPORTED;
    return h->rights & ZX_RIGHT_TRANSFER ? OK : ERR_ACCESS_DENIED;
}

/* The values just read leave the table, into the message or for good. */
static void take_handles(struct message_in *f)
{
    for (uint32_t i = 0; i < f->count; i++) {
        struct handle h = {0};
        status_t st = handle_remove(call_handles(f->call), f->values[i], &h);

        if (st == OK)
            st = check_handle(f, &h);
        if (f->handle_status == OK)
            f->handle_status = st;
        if (f->message)
            f->message->handles[f->taken + i] = h;
        else
            handle_drop(&h);
    }
    f->taken += f->count;
}

CO_FN(message_in)
{
    status_t st;

    f->before = alloc(f);
    while (f->taken < f->handle_count) {
        f->count = (uint32_t)MIN(f->handle_count - f->taken, countof(f->values));
        CO_CALL(st, f->transfer, transfer, .thread = f->call->thread, .direction = FROM_USER,
                .kernel = f->values, .user = f->handles + f->taken * sizeof(f->values[0]),
                .size = f->count * sizeof(f->values[0]));
        if (st != OK) {
            f->handle_status = st;
            break;
        }
        take_handles(f);
    }
    if (f->before == OK)
        CO_CALL(f->before, f->transfer, transfer, .thread = f->call->thread,
                .direction = FROM_USER, .kernel = message_bytes(f->message), .user = f->bytes,
                .size = f->size);
    if (f->before == OK)
        f->before = f->handle_status;
    if (f->before == OK)
        CO_RETURN(OK);
    message_free(f->message);
    f->message = NULL;
    CO_RETURN(f->before);
}
CO_END
