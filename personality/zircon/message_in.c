/*
 * message_in.c - a message out of a program's memory and handle table.
 */
#include "personality/zircon/message_in.h"

#include "mm/slab.h"
#include "uapi/zircon/limits.h"

static status_t check_counts(const struct message_in *f)
{
    uint32_t most = f->gather ? ZX_CHANNEL_MAX_MSG_IOVECS : ZX_CHANNEL_MAX_MSG_BYTES;

    if (f->before != OK)
        return f->before;
    return f->size > most || f->handle_count > ZX_CHANNEL_MAX_MSG_HANDLES ? ERR_OUT_OF_RANGE
                                                                          : OK;
}

static status_t alloc_vector(struct message_in *f)
{
    f->vector = kmalloc(f->size * sizeof(f->vector[0]));
    return f->vector ? OK : ERR_NO_MEMORY;
}

/* How many bytes the pieces are. */
static status_t vector_size(const struct message_in *f, uint32_t *size)
{
    *size = 0;
    for (uint32_t i = 0; i < f->size; i++) {
        if (f->vector[i].reserved)
            return ERR_INVALID_ARGS;
        if (f->vector[i].capacity > ZX_CHANNEL_MAX_MSG_BYTES - *size)
            return ERR_OUT_OF_RANGE;
        *size += f->vector[i].capacity;
    }
    return OK;
}

static status_t alloc_message(struct message_in *f)
{
    uint32_t size = f->size;
    status_t st = f->gather ? vector_size(f, &size) : OK;

    if (st != OK)
        return st;
    f->message = message_alloc(size, f->handle_count);
    return f->message ? OK : ERR_NO_MEMORY;
}

static status_t check_handle(const struct message_in *f, const struct handle *h)
{
    if (h->obj == f->channel)
        return ERR_NOT_SUPPORTED;
    return h->rights & ZX_RIGHT_TRANSFER ? OK : ERR_ACCESS_DENIED;
}

/* Into the message, or away. */
static void keep_handle(struct message_in *f, uint32_t i, struct handle *h, status_t st)
{
    if (f->handle_status == OK)
        f->handle_status = st;
    if (f->message)
        f->message->handles[f->taken + i] = *h;
    else
        handle_drop(h);
}

/* The values just read leave the table. */
static void take_handles(struct message_in *f)
{
    for (uint32_t i = 0; i < f->count; i++) {
        struct handle h = {0};
        status_t st = handle_remove(call_handles(f->call), f->values[i], &h);

        if (st == OK)
            st = check_handle(f, &h);
        keep_handle(f, i, &h, st);
    }
}

/* A second handle like that one. */
static status_t copy_handle(struct message_in *f, handle_t value, struct handle *out)
{
    struct object *obj;
    rights_t rights;
    status_t st = handle_get(call_handles(f->call), value, 0, 0, &obj, &rights);

    if (st != OK)
        return st;
    *out = handle_make(obj, rights);
    object_put(obj);
    return OK;
}

/* Is the handle what its disposition says? It gets the rights that are asked for. */
static status_t check_disposition(const struct message_in *f, const zx_handle_disposition_t *d,
                                  struct handle *h)
{
    if (d->operation > ZX_HANDLE_OP_DUPLICATE)
        return ERR_INVALID_ARGS;
    if (h->obj == f->channel)
        return ERR_NOT_SUPPORTED;
    if (d->operation == ZX_HANDLE_OP_DUPLICATE && !(h->rights & ZX_RIGHT_DUPLICATE))
        return ERR_ACCESS_DENIED;
    if (d->type != ZX_OBJ_TYPE_NONE && d->type != h->obj->ops->type)
        return ERR_WRONG_TYPE;
    if (!(h->rights & ZX_RIGHT_TRANSFER))
        return ERR_ACCESS_DENIED;
    if (d->rights == ZX_RIGHT_SAME_RIGHTS)
        return OK;
    if (d->rights & ~h->rights)
        return ERR_INVALID_ARGS;
    h->rights = d->rights;
    return OK;
}

/* The dispositions just read are carried out. */
static void take_dispositions(struct message_in *f)
{
    f->refused = false;
    for (uint32_t i = 0; i < f->count; i++) {
        zx_handle_disposition_t *d = &f->dispositions[i];
        struct handle h = {0};
        status_t st = d->operation == ZX_HANDLE_OP_DUPLICATE
                          ? copy_handle(f, d->handle, &h)
                          : handle_remove(call_handles(f->call), d->handle, &h);

        if (st == OK)
            st = check_disposition(f, d, &h);
        if (st != OK) {
            d->result = status_to_zircon(st);
            f->refused = true;
        }
        keep_handle(f, i, &h, st);
    }
}

/* Some handles of the program's array, to where `how` says. */
#define MOVE_HANDLES(st, how, array)                                                 \
    CO_CALL(st, f->transfer, transfer, .thread = f->call->thread, .direction = how,  \
            .kernel = f->array, .user = f->handles + f->taken * sizeof(f->array[0]), \
            .size = f->count * sizeof(f->array[0]))

CO_FN(message_in)
{
    status_t st;

    f->before = check_counts(f);
    if (f->before == OK && f->gather && (f->before = alloc_vector(f)) == OK)
        CO_CALL(f->before, f->transfer, transfer, .thread = f->call->thread,
                .direction = FROM_USER, .kernel = f->vector, .user = f->bytes,
                .size = f->size * sizeof(f->vector[0]));
    if (f->before == OK)
        f->before = alloc_message(f);
    for (; f->taken < f->handle_count; f->taken += f->count) {
        f->count = f->handle_count - f->taken;
        if (f->form == MESSAGE_HANDLES) {
            f->count = (uint32_t)MIN(f->count, countof(f->values));
            MOVE_HANDLES(st, FROM_USER, values);
            if (st == OK)
                take_handles(f);
        } else {
            f->count = (uint32_t)MIN(f->count, countof(f->dispositions));
            MOVE_HANDLES(st, FROM_USER, dispositions);
            if (st == OK)
                take_dispositions(f);
            if (st == OK && f->refused && f->message)
                MOVE_HANDLES(st, TO_USER, dispositions);
        }
        if (st != OK) {
            f->handle_status = st;
            break;
        }
    }
    if (f->before == OK && !f->gather)
        CO_CALL(f->before, f->transfer, transfer, .thread = f->call->thread,
                .direction = FROM_USER, .kernel = message_bytes(f->message), .user = f->bytes,
                .size = f->size);
    for (; f->before == OK && f->gather && f->index < f->size; f->index++) {
        CO_CALL(f->before, f->transfer, transfer, .thread = f->call->thread,
                .direction = FROM_USER, .kernel = message_bytes(f->message) + f->filled,
                .user = (user_addr_t)f->vector[f->index].buffer,
                .size = f->vector[f->index].capacity);
        f->filled += f->vector[f->index].capacity;
    }
    kfree(f->vector);
    if (f->before == OK)
        f->before = f->handle_status;
    if (f->before == OK)
        CO_RETURN(OK);
    message_free(f->message);
    f->message = NULL;
    CO_RETURN(f->before);
}
CO_END
