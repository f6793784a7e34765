/*
 * stream_calls.c - zx_stream_*.
 */
#include "base/string.h"
#include "mm/slab.h"
#include "object/stream.h"
#include "personality/zircon/call.h"
#include "uapi/zircon/syscalls/stream.h"

#define MODES (ZX_STREAM_MODE_READ | ZX_STREAM_MODE_WRITE | ZX_STREAM_MODE_APPEND)

/* Those that the mode needs of the VMO, and gives the stream. */
static rights_t mode_rights(uint32_t options)
{
    return (options & ZX_STREAM_MODE_READ ? ZX_RIGHT_READ : 0) |
           (options & ZX_STREAM_MODE_WRITE ? ZX_RIGHT_WRITE : 0);
}

status_t zircon_stream_create(struct syscall *call)
{
    uint32_t options = (uint32_t)call->arg[0];
    struct object *vmo, *stream;
    status_t st;

    if (options & ~MODES)
        return ERR_INVALID_ARGS;
    st = call_object(call, 1, ZX_OBJ_TYPE_VMO, mode_rights(options), &vmo);
    if (st != OK)
        return st;
    st = stream_create(vmo_object_of(vmo), options, call->arg[2], &stream);
    object_put(vmo);
    if (st != OK)
        return st;
    st = call_give(call, stream, stream->ops->rights | mode_rights(options), call->arg[3]);
    object_put(stream);
    return st;
}

status_t zircon_stream_seek(struct syscall *call)
{
    struct object *obj;
    rights_t rights;
    uint64_t place;
    status_t st;

    st = handle_get(call_handles(call), (handle_t)call->arg[0], ZX_OBJ_TYPE_STREAM, 0, &obj,
                    &rights);
    if (st != OK)
        return st;
    if (rights & ZX_RIGHTS_IO)
        st = stream_seek(stream_of(obj), (uint32_t)call->arg[1], (int64_t)call->arg[2], &place);
    else
        st = ERR_ACCESS_DENIED;
    object_put(obj);
    if (st != OK || !call->arg[3])
        return st;
    return copy_to_user(call_user(call), call->arg[3], &place, sizeof(place));
}

/*
 * The four calls that move bytes, piece by piece through a page of kernel memory. The VMO's
 * content_lock is held all the while, so that what one call writes to the end stays together.
 */
struct stream_io {
    struct syscall *call;
    enum transfer_direction direction; /* TO_USER reads */
    bool at;                           /* at a given offset, not at the stream's */
    uint64_t offset;
    user_addr_t vector;         /* of zx_iovec_t */
    uint64_t count;             /* of them */
    struct stream *stream;      /* reference; NULL: the call is refused */
    struct vmo_object *vo;      /* of it; NULL: content_lock is not held */
    unsigned char *page;        /* heap */
    uint64_t total, size, done; /* bytes that are asked for, that there are, and moved */
};

static status_t io_begin(struct stream_io *io)
{
    uint32_t options = (uint32_t)io->call->arg[1];
    bool writes = io->direction == FROM_USER;
    struct object *obj;
    status_t st;

    st = call_object(io->call, 0, ZX_OBJ_TYPE_STREAM, writes ? ZX_RIGHT_WRITE : ZX_RIGHT_READ,
                     &obj);
    if (st != OK)
        return st;
    io->stream = stream_of(obj);
    if (options & ~(writes && !io->at ? ZX_STREAM_APPEND : 0) || !io->vector)
        return ERR_INVALID_ARGS;
    io->page = kmalloc(PAGE_SIZE);
    return io->page ? OK : ERR_NO_MEMORY;
}

static bool appends(const struct stream_io *io)
{
    return io->direction == FROM_USER && !io->at &&
           ((uint32_t)io->call->arg[1] & ZX_STREAM_APPEND ||
            io->stream->options & ZX_STREAM_MODE_APPEND);
}

/* Where, and how much of it there is. content_lock is held. */
static status_t io_extent(struct stream_io *io)
{
    status_t st;

    if (appends(io))
        io->offset = vmo_object_content_size(io->vo);
    else if (!io->at)
        io->offset = stream_seek_get(io->stream);
    if (io->direction == TO_USER) {
        io->size = stream_readable(io->stream, io->offset, io->total);
        return OK;
    }
    st = stream_writable(io->stream, io->offset, io->total, &io->size);
    return st == ERR_FILE_BIG && appends(io) ? ERR_OUT_OF_RANGE : st;
}

/* What was moved before an error counts. */
static status_t io_finish(struct stream_io *io, status_t st, struct task *task)
{
    if (io->done && st != ERR_CANCELED)
        st = OK;
    if (st == OK && !io->at)
        stream_seek_set(io->stream, io->offset + io->done);
    if (io->vo)
        mutex_unlock(&io->vo->content_lock, task);
    kfree(io->page);
    object_put(io->stream ? &io->stream->object : NULL);
    return st;
}

/* How much is asked for. ERR_INVALID_ARGS: more than there are numbers for. */
struct stream_total {
    struct co co;
    struct stream_io *io; /* in */
    uint64_t index;
    zx_iovec_t iovec;
    struct transfer transfer;
};
static co_fn stream_total;

static CO_FN(stream_total)
{
    status_t st;

    for (; f->index < f->io->count; f->index++) {
        CO_CALL(st, f->transfer, transfer, .thread = f->io->call->thread,
                .direction = FROM_USER, .kernel = &f->iovec,
                .user = f->io->vector + f->index * sizeof(f->iovec), .size = sizeof(f->iovec));
        if (st != OK)
            CO_RETURN(st);
        if (__builtin_add_overflow(f->io->total, f->iovec.capacity, &f->io->total))
            CO_RETURN(ERR_INVALID_ARGS);
    }
    CO_RETURN(OK);
}
CO_END

/* Zeroes between the end of the contents and what is written. */
struct stream_gap {
    struct co co;
    struct stream_io *io; /* in */
    uint64_t at;          /* in: where they begin; and then, where they go on */
    struct vmo_page_in page_in;
};
static co_fn stream_gap;

/* A piece of it. ERR_SHOULD_WAIT: a page has to come in first. */
static status_t fill_gap(struct stream_gap *f)
{
    struct vmo *vmo = f->io->vo->vmo;
    uint64_t left = f->io->offset - f->at, size = MIN(left, PAGE_SIZE - f->at % PAGE_SIZE);
    size_t done = 0;
    status_t st;

    if (size == PAGE_SIZE && !vmo->pager && !vmo->parent) {
        st = vmo_decommit(vmo, f->io->vo->offset + f->at, left - left % PAGE_SIZE);
        done = st == OK ? left - left % PAGE_SIZE : 0;
    } else {
        memset(f->io->page, 0, size);
        st = vmo_write(vmo, f->io->vo->offset + f->at, f->io->page, size, &done);
    }
    f->at += done;
    return st;
}

static CO_FN(stream_gap)
{
    status_t st;

    while (f->at < f->io->offset) {
        st = fill_gap(f);
        if (st == ERR_SHOULD_WAIT)
            CO_CALL(st, f->page_in, vmo_page_in, .vmo = f->io->vo->vmo,
                    .index = (f->io->vo->offset + f->at) >> PAGE_SHIFT, .write = true);
        if (st != OK)
            CO_RETURN(st);
    }
    CO_RETURN(OK);
}
CO_END

/* The bytes, in pieces that lie in one iovec. ERR_NOT_FOUND: the program's memory is not there.
 */
struct stream_move {
    struct co co;
    struct stream_io *io; /* in */
    uint64_t index, used; /* the next iovec; bytes of the present one that are moved */
    zx_iovec_t iovec;
    size_t size, in_page; /* of the present piece; bytes of it moved at the VMO */
    union {
        struct transfer transfer;
        struct vmo_page_in page_in;
    };
};
static co_fn stream_move;

/* The rest of the piece between VMO and page. */
static status_t move_piece(struct stream_move *f)
{
    struct stream_io *io = f->io;
    uint64_t offset = io->vo->offset + io->offset + io->done + f->in_page;
    void *memory = io->page + f->in_page;
    size_t size = f->size - f->in_page, done = 0;
    status_t st = io->direction == TO_USER
                      ? vmo_read(io->vo->vmo, offset, memory, size, &done)
                      : vmo_write(io->vo->vmo, offset, memory, size, &done);

    f->in_page += done;
    return st;
}

/* What is written belongs to the contents at once. */
static void count_piece(struct stream_move *f)
{
    struct stream_io *io = f->io;

    io->done += f->size;
    f->used += f->size;
    if (io->direction == FROM_USER && io->offset + io->done > vmo_object_content_size(io->vo))
        vmo_object_set_content_size(io->vo, io->offset + io->done);
}

/* Between page and program. */
#define MOVE_USER(st)                                                 \
    CO_CALL(st, f->transfer, transfer, .thread = f->io->call->thread, \
            .direction = f->io->direction, .kernel = f->io->page,     \
            .user = (user_addr_t)f->iovec.buffer + f->used, .size = f->size)

static CO_FN(stream_move)
{
    status_t st;

    st = OK;
    while (st == OK && f->io->done < f->io->size) {
        if (f->used == f->iovec.capacity) {
            if (f->index == f->io->count)
                break; /* the program has changed them meanwhile */
            f->used = 0;
            CO_CALL(st, f->transfer, transfer, .thread = f->io->call->thread,
                    .direction = FROM_USER, .kernel = &f->iovec,
                    .user = f->io->vector + f->index++ * sizeof(f->iovec),
                    .size = sizeof(f->iovec));
            continue;
        }
        f->size = MIN(f->iovec.capacity - f->used, PAGE_SIZE);
        f->size = MIN(f->size, f->io->size - f->io->done);
        f->in_page = 0;
        if (f->io->direction == FROM_USER)
            MOVE_USER(st);
        while (st == OK && (st = move_piece(f)) == ERR_SHOULD_WAIT)
            CO_CALL(st, f->page_in, vmo_page_in, .vmo = f->io->vo->vmo,
                    .index = (f->io->vo->offset + f->io->offset + f->io->done + f->in_page) >>
                             PAGE_SHIFT,
                    .write = f->io->direction == FROM_USER);
        if (st == OK && f->io->direction == TO_USER)
            MOVE_USER(st);
        if (st == OK)
            count_piece(f);
    }
    CO_RETURN(st == ERR_FAULT ? ERR_NOT_FOUND : st);
}
CO_END

struct stream_call {
    struct co co;
    struct stream_io io; /* in: call, direction, at, offset, vector, count */
    user_addr_t actual;  /* in */
    status_t outcome;
    union {
        struct stream_total total;
        struct mutex_lock lock;
        struct stream_gap gap;
        struct stream_move move;
        struct transfer transfer;
    };
};
static co_fn stream_call;

static CO_FN(stream_call)
{
    f->outcome = io_begin(&f->io);
    if (f->outcome == OK)
        CO_CALL(f->outcome, f->total, stream_total, .io = &f->io);
    if (f->outcome == OK)
        CO_CALL(f->outcome, f->lock, mutex_lock, .mutex = &f->io.stream->vo->content_lock);
    if (f->outcome == OK) {
        f->io.vo = f->io.stream->vo;
        f->outcome = io_extent(&f->io);
    }
    if (f->outcome == OK && f->io.size && f->io.direction == FROM_USER)
        CO_CALL(f->outcome, f->gap, stream_gap, .io = &f->io,
                .at = vmo_object_content_size(f->io.vo));
    if (f->outcome == OK)
        CO_CALL(f->outcome, f->move, stream_move, .io = &f->io);
    f->outcome = io_finish(&f->io, f->outcome, task);
    if (f->outcome == OK && f->actual)
        CO_CALL(f->outcome, f->transfer, transfer, .thread = f->io.call->thread,
                .direction = TO_USER, .kernel = &f->io.done, .user = f->actual,
                .size = sizeof(f->io.done));
    CO_RETURN(f->outcome);
}
CO_END

/* `first`: the argument that is the vector. */
#define STREAM_CALL(name, way, is_at, first)              \
    struct zircon_stream_##name {                         \
        SYSCALL_FRAME;                                    \
        struct stream_call io;                            \
    };                                                    \
    SYSCALL_WAIT(zircon_stream_##name);                   \
    CO_FN(zircon_stream_##name)                           \
    {                                                     \
        status_t st;                                      \
                                                          \
        CO_CALL(st, f->io, stream_call,                   \
                .io = {.call = f->call,                   \
                       .direction = way,                  \
                       .at = is_at,                       \
                       .offset = f->call->arg[2],         \
                       .vector = f->call->arg[first],     \
                       .count = f->call->arg[first + 1]}, \
                .actual = f->call->arg[first + 2]);       \
        CO_RETURN(st);                                    \
    }                                                     \
    CO_END

STREAM_CALL(writev, FROM_USER, false, 2)
STREAM_CALL(writev_at, FROM_USER, true, 3)
STREAM_CALL(readv, TO_USER, false, 2)
STREAM_CALL(readv_at, TO_USER, true, 3)
