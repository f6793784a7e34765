/*
 * message_out.c - a message into them.
 */
#include "personality/zircon/message_out.h"

/* The next handles enter the table; `infos` and `values` say what they are. */
static status_t give_handles(struct message_out *f)
{
    f->count = 0;
    while (f->count < countof(f->infos) && f->given < f->message->handle_count) {
        struct handle *h = &f->message->handles[f->given];
        zx_handle_info_t *info = &f->infos[f->count];
        status_t st;

        *info = (zx_handle_info_t){.type = h->obj->ops->type, .rights = h->rights};
        st = handle_insert(call_handles(f->call), h, &info->handle);
        if (st != OK)
            return st;
        f->values[f->count++] = info->handle;
        f->given++;
    }
    return OK;
}

static void close_given(struct message_out *f)
{
    for (uint32_t i = 0; i < f->count; i++)
        handle_close(call_handles(f->call), f->values[i]);
}

CO_FN(message_out)
{
    status_t st;

    CO_CALL(st, f->transfer, transfer, .thread = f->call->thread, .direction = TO_USER,
            .kernel = message_bytes(f->message), .user = f->bytes, .size = f->message->size);
    while (st == OK && f->given < f->message->handle_count) {
        st = give_handles(f);
        if (st == OK && f->form == MESSAGE_HANDLES)
            CO_CALL(st, f->transfer, transfer, .thread = f->call->thread, .direction = TO_USER,
                    .kernel = f->values,
                    .user = f->handles + (f->given - f->count) * sizeof(f->values[0]),
                    .size = f->count * sizeof(f->values[0]));
        else if (st == OK)
            CO_CALL(st, f->transfer, transfer, .thread = f->call->thread, .direction = TO_USER,
                    .kernel = f->infos,
                    .user = f->handles + (f->given - f->count) * sizeof(f->infos[0]),
                    .size = f->count * sizeof(f->infos[0]));
        if (st != OK)
            close_given(f);
    }
    message_free(f->message);
    CO_RETURN(st);
}
CO_END

CO_FN(sizes_out)
{
    status_t st;

    st = OK;
    if (f->size_out)
        CO_CALL(st, f->transfer, transfer, .thread = f->thread, .direction = TO_USER,
                .kernel = &f->size, .user = f->size_out, .size = sizeof(f->size));
    if (st == OK && f->handles_out)
        CO_CALL(st, f->transfer, transfer, .thread = f->thread, .direction = TO_USER,
                .kernel = &f->handles, .user = f->handles_out, .size = sizeof(f->handles));
    CO_RETURN(st);
}
CO_END
