/*
 * eventfd.c - a counter to wait for (eventfd(2)).
 */
#include "mm/slab.h"
#include "personality/linux/calls.h"
#include "personality/linux/file/fd.h"
#include "personality/linux/process/process.h"
#include "uapi/linux/fcntl.h"

enum { COUNT_BYTES = 8 };

/* The counter's own object shows readiness; its lock guards the counter. */
struct eventfd {
    struct object object;
    uint64_t count; /* at most COUNT_MAX */
    bool semaphore; /* a read takes one */
};
#define COUNT_MAX (UINT64_MAX - 1)

SLAB_CACHE(eventfd_cache, struct eventfd);

static void eventfd_destroy(struct object *obj)
{
    slab_free(&eventfd_cache, container_of(obj, struct eventfd, object));
}

static const struct object_ops eventfd_object_ops = {.name = "eventfd",
                                                     .destroy = eventfd_destroy};

static void set_locked(struct eventfd *e, uint64_t count)
{
    e->count = count;
    object_signal_locked(&e->object, FILE_IN | FILE_OUT,
                         (count ? FILE_IN : 0) | (count < COUNT_MAX ? FILE_OUT : 0));
}

static status_t take(struct eventfd *e, uint64_t *value)
{
    SPIN_GUARD(&e->object.lock);

    if (!e->count)
        return ERR_SHOULD_WAIT;
    *value = e->semaphore ? 1 : e->count;
    set_locked(e, e->count - *value);
    return OK;
}

static status_t give(struct eventfd *e, uint64_t value)
{
    SPIN_GUARD(&e->object.lock);

    if (value > COUNT_MAX - e->count)
        return ERR_SHOULD_WAIT;
    set_locked(e, e->count + value);
    return OK;
}

/* What was taken goes back if the program cannot be told. */
static status_t eventfd_read(struct file *file, struct iobuf *io, uint64_t *pos)
{
    struct eventfd *e = file->data;
    struct iobuf before = *io;
    uint64_t value;
    size_t moved;
    status_t st;

    (void)pos;
    if (iobuf_left(io) < COUNT_BYTES)
        return ERR_INVALID_ARGS;
    st = take(e, &value);
    if (st != OK)
        return st;
    st = iobuf_put(io, &value, COUNT_BYTES, &moved);
    if (st != OK) {
        *io = before;
        SPIN_GUARD(&e->object.lock);
        set_locked(e, MIN(e->count, COUNT_MAX - value) + value);
    }
    return st;
}

/* A write is of 8 bytes; the transfer ends with an attempt that moves none, so what more was
 * given is not looked at. */
static status_t eventfd_write(struct file *file, struct iobuf *io, uint64_t *pos)
{
    struct iobuf before = *io;
    uint64_t value;
    size_t moved;
    status_t st;

    (void)pos;
    if (io->done)
        return OK;
    if (iobuf_left(io) < COUNT_BYTES)
        return ERR_INVALID_ARGS;
    st = iobuf_take(io, &value, COUNT_BYTES, &moved);
    if (st == OK)
        st = value == UINT64_MAX ? ERR_INVALID_ARGS : give(file->data, value);
    if (st != OK)
        *io = before;
    return st;
}

static struct object *eventfd_poll_object(struct file *file)
{
    return &((struct eventfd *)file->data)->object;
}

static void eventfd_close(struct file *file)
{
    object_put(eventfd_poll_object(file));
}

static const struct file_ops eventfd_file_ops = {
    .name = "[eventfd]",
    .try_read = eventfd_read,
    .try_write = eventfd_write,
    .poll_object = eventfd_poll_object,
    .close = eventfd_close,
};

static status_t create(struct syscall *call, uint32_t count, uint32_t flags)
{
    struct eventfd *e;
    struct file *file;
    status_t st;

    if (flags & ~(EFD_SEMAPHORE | O_CLOEXEC | O_NONBLOCK))
        return ERR_INVALID_ARGS;
    e = slab_alloc_zeroed(&eventfd_cache);
    if (!e)
        return ERR_NO_MEMORY;
    object_init(&e->object, &eventfd_object_ops, FILE_OUT | (count ? FILE_IN : 0));
    e->count = count;
    e->semaphore = flags & EFD_SEMAPHORE;
    st = file_create(&eventfd_file_ops,
                     FILE_READ | FILE_WRITE | (flags & O_NONBLOCK ? FILE_NONBLOCK : 0), e, NULL,
                     &file);
    if (st != OK) {
        object_put(&e->object);
        return st;
    }
    return call_fd_return(call, file, flags & O_CLOEXEC ? FD_CLOEXEC_ : 0);
}

status_t sys_eventfd(struct syscall *call)
{
    return create(call, (uint32_t)call->arg[0], 0);
}

status_t sys_eventfd2(struct syscall *call)
{
    return create(call, (uint32_t)call->arg[0], (uint32_t)call->arg[1]);
}
