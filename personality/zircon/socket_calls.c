/*
 * socket_calls.c - zx_socket_*.
 */
#include "mm/slab.h"
#include "object/socket_object.h"
#include "personality/zircon/policy.h"
#include "uapi/zircon/syscalls/socket.h"

status_t zircon_socket_create(struct syscall *call)
{
    struct object *a, *b;
    status_t st;

    if ((uint32_t)call->arg[0] & ~ZX_SOCKET_DATAGRAM)
        return ERR_INVALID_ARGS;
    st = call_policy(call, ZX_POL_NEW_SOCKET);
    if (st == OK)
        st = socket_object_create((uint32_t)call->arg[0], &a, &b);
    return st == OK ? call_give_pair(call, a, call->arg[1], b, call->arg[2]) : st;
}

struct zircon_socket_write {
    SYSCALL_FRAME;
    struct object *socket; /* reference */
    struct list chunks;    /* of socket_chunk.link */
    struct socket_chunk *chunk;
    uint64_t size, done; /* to be written, and copied in so far */
    status_t outcome;
    struct transfer transfer;
};
CO_FITS(zircon_socket_write, union syscall_slot);
SYSCALL_WAIT(zircon_socket_write);

/* The socket, and how much it takes now. */
static status_t write_begin(struct zircon_socket_write *f)
{
    status_t st = call_object(f->call, 0, ZX_OBJ_TYPE_SOCKET, ZX_RIGHT_WRITE, &f->socket);

    if (st != OK) {
        f->socket = NULL;
        return st;
    }
    f->size = f->call->arg[3];
    return (uint32_t)f->call->arg[1] ? ERR_INVALID_ARGS
                                     : socket_object_room(f->socket, &f->size);
}

static status_t next_chunk(struct zircon_socket_write *f)
{
    f->chunk = socket_object_chunk_alloc(f->size - f->done);
    if (!f->chunk)
        return ERR_NO_MEMORY;
    list_push_back(&f->chunks, &f->chunk->link);
    return OK;
}

CO_FN(zircon_socket_write)
{
    list_init(&f->chunks);
    f->done = 0;
    f->outcome = write_begin(f);
    while (f->outcome == OK && f->done < f->size) {
        f->outcome = next_chunk(f);
        if (f->outcome != OK)
            break;
        CO_CALL(f->outcome, f->transfer, transfer, .thread = f->call->thread,
                .direction = FROM_USER, .kernel = f->chunk->data,
                .user = f->call->arg[2] + f->done, .size = f->chunk->end);
        f->done += f->chunk->end;
    }
    if (f->outcome == OK)
        f->outcome = socket_object_write(f->socket, &f->chunks, &f->size);
    if (f->outcome == OK && f->call->arg[4])
        CO_CALL(f->outcome, f->transfer, transfer, .thread = f->call->thread,
                .direction = TO_USER, .kernel = &f->size, .user = f->call->arg[4],
                .size = sizeof(f->size));
    socket_object_chunks_free(&f->chunks);
    object_put(f->socket);
    CO_RETURN(f->outcome);
}
CO_END

struct zircon_socket_read {
    SYSCALL_FRAME;
    struct object *socket; /* reference */
    unsigned char *page;
    uint64_t done, size;  /* copied out so far; of the present piece */
    uint64_t first, turn; /* of the first piece, and of the present one */
    status_t outcome;
    struct transfer transfer;
};
CO_FITS(zircon_socket_read, union syscall_slot);
SYSCALL_WAIT(zircon_socket_read);

static status_t read_begin(struct zircon_socket_read *f)
{
    status_t st = call_object(f->call, 0, ZX_OBJ_TYPE_SOCKET, ZX_RIGHT_READ, &f->socket);

    f->page = NULL;
    if (st != OK) {
        f->socket = NULL;
        return st;
    }
    if ((uint32_t)f->call->arg[1] & ~ZX_SOCKET_PEEK)
        return ERR_INVALID_ARGS;
    f->page = kmalloc(PAGE_SIZE);
    return f->page ? OK : ERR_NO_MEMORY;
}

/* Into the page; size 0: there is no more. Begins anew when somebody else has read. */
static status_t next_piece(struct zircon_socket_read *f)
{
    status_t st;

    for (;; f->done = 0) {
        f->size = MIN(f->call->arg[3] - f->done, PAGE_SIZE);
        st = socket_object_peek(f->socket, f->done, f->page, &f->size, &f->turn);
        if (!f->done)
            f->first = f->turn;
        if (!f->done || (st == OK && f->turn == f->first))
            return st;
    }
}

/* Bytes leave the socket when the program has them all. True: that is so. */
static bool read_done(struct zircon_socket_read *f)
{
    if (f->size && f->done < f->call->arg[3])
        return false;
    if ((uint32_t)f->call->arg[1] & ZX_SOCKET_PEEK ||
        socket_object_consume(f->socket, f->first, f->done))
        return true;
    f->done = 0;
    return false;
}

CO_FN(zircon_socket_read)
{
    f->outcome = read_begin(f);
    f->done = 0;
    while (f->outcome == OK) {
        f->outcome = next_piece(f);
        if (f->outcome != OK)
            break;
        CO_CALL(f->outcome, f->transfer, transfer, .thread = f->call->thread,
                .direction = TO_USER, .kernel = f->page, .user = f->call->arg[2] + f->done,
                .size = f->size);
        f->done += f->size;
        if (f->outcome == OK && read_done(f))
            break;
    }
    if (f->outcome == OK && f->call->arg[4])
        CO_CALL(f->outcome, f->transfer, transfer, .thread = f->call->thread,
                .direction = TO_USER, .kernel = &f->done, .user = f->call->arg[4],
                .size = sizeof(f->done));
    kfree(f->page);
    object_put(f->socket);
    CO_RETURN(f->outcome);
}
CO_END

/* The call of 2020: an end gives up writing, or the peer's. */
status_t zircon_socket_shutdown(struct syscall *call)
{
    uint32_t options = (uint32_t)call->arg[1];
    struct object *socket;
    status_t st = call_object(call, 0, ZX_OBJ_TYPE_SOCKET, ZX_RIGHT_WRITE, &socket);

    if (st != OK)
        return st;
    if (options & ~(ZX_SOCKET_SHUTDOWN_WRITE | ZX_SOCKET_SHUTDOWN_READ))
        st = ERR_INVALID_ARGS;
    else
        st = socket_object_set_writing(
            socket, options & ZX_SOCKET_SHUTDOWN_WRITE ? SOCKET_DISABLE : SOCKET_KEEP,
            options & ZX_SOCKET_SHUTDOWN_READ ? SOCKET_DISABLE : SOCKET_KEEP);
    object_put(socket);
    return st;
}

static status_t writing_of(uint32_t disposition, enum socket_writing *out)
{
    switch (disposition) {
    case 0:
        *out = SOCKET_KEEP;
        return OK;
    case ZX_SOCKET_DISPOSITION_WRITE_DISABLED:
        *out = SOCKET_DISABLE;
        return OK;
    case ZX_SOCKET_DISPOSITION_WRITE_ENABLED:
        *out = SOCKET_ENABLE;
        return OK;
    default:
        return ERR_INVALID_ARGS;
    }
}

status_t zircon_socket_set_disposition(struct syscall *call)
{
    enum socket_writing own, peers;
    struct object *socket;
    status_t st = call_object(call, 0, ZX_OBJ_TYPE_SOCKET, ZX_RIGHT_MANAGE_SOCKET, &socket);

    if (st != OK)
        return st;
    st = writing_of((uint32_t)call->arg[1], &own);
    if (st == OK)
        st = writing_of((uint32_t)call->arg[2], &peers);
    if (st == OK)
        st = socket_object_set_writing(socket, own, peers);
    object_put(socket);
    return st;
}
