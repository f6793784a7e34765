/*
 * fifo_calls.c - zx_fifo_*.
 */
#include "mm/slab.h"
#include "object/fifo.h"
#include "personality/zircon/policy.h"

status_t zircon_fifo_create(struct syscall *call)
{
    struct object *a, *b;
    status_t st;

    if ((uint32_t)call->arg[2] != 0)
        return ERR_OUT_OF_RANGE;
    st = call_policy(call, ZX_POL_NEW_FIFO);
    if (st == OK)
        st = fifo_create(call->arg[0], call->arg[1], &a, &b);
    return st == OK ? call_give_pair(call, a, call->arg[3], b, call->arg[4]) : st;
}

/* What reading and writing need: the end, and kernel memory for a whole ring. */
struct fifo_io {
    struct object *fifo; /* reference */
    void *elems;
    uint64_t count, turn;
};

/* fifo_end is due afterwards in any case. */
static status_t fifo_begin(struct fifo_io *io, const struct syscall *call, rights_t need)
{
    status_t st;

    *io = (struct fifo_io){.count = call->arg[3]};
    st = call_object(call, 0, ZX_OBJ_TYPE_FIFO, need, &io->fifo);
    if (st != OK) {
        io->fifo = NULL;
        return st;
    }
    io->elems = kmalloc(ZX_FIFO_MAX_SIZE_BYTES);
    return io->elems ? OK : ERR_NO_MEMORY;
}

static void fifo_end(struct fifo_io *io)
{
    kfree(io->elems);
    object_put(io->fifo);
}

struct zircon_fifo_write {
    SYSCALL_FRAME;
    struct fifo_io io;
    status_t outcome;
    struct transfer transfer;
};
CO_FITS(zircon_fifo_write, union syscall_slot);
SYSCALL_WAIT(zircon_fifo_write);

CO_FN(zircon_fifo_write)
{
    f->outcome = fifo_begin(&f->io, f->call, ZX_RIGHT_WRITE);
    if (f->outcome == OK)
        f->outcome = fifo_room(f->io.fifo, f->call->arg[1], &f->io.count);
    if (f->outcome == OK)
        CO_CALL(f->outcome, f->transfer, transfer, .thread = f->call->thread,
                .direction = FROM_USER, .kernel = f->io.elems, .user = f->call->arg[2],
                .size = f->io.count * f->call->arg[1]);
    if (f->outcome == OK)
        f->outcome = fifo_write(f->io.fifo, f->io.elems, &f->io.count);
    if (f->outcome == OK && f->call->arg[4])
        CO_CALL(f->outcome, f->transfer, transfer, .thread = f->call->thread,
                .direction = TO_USER, .kernel = &f->io.count, .user = f->call->arg[4],
                .size = sizeof(f->io.count));
    fifo_end(&f->io);
    CO_RETURN(f->outcome);
}
CO_END

struct zircon_fifo_read {
    SYSCALL_FRAME;
    struct fifo_io io;
    status_t outcome;
    struct transfer transfer;
};
CO_FITS(zircon_fifo_read, union syscall_slot);
SYSCALL_WAIT(zircon_fifo_read);

/* Elements leave the ring when the program has them; if others took some meanwhile, it gets
 * those that come now. */
CO_FN(zircon_fifo_read)
{
    f->outcome = fifo_begin(&f->io, f->call, ZX_RIGHT_READ);
    while (f->outcome == OK) {
        f->io.count = f->call->arg[3];
        f->outcome =
            fifo_peek(f->io.fifo, f->call->arg[1], f->io.elems, &f->io.count, &f->io.turn);
        if (f->outcome != OK)
            break;
        CO_CALL(f->outcome, f->transfer, transfer, .thread = f->call->thread,
                .direction = TO_USER, .kernel = f->io.elems, .user = f->call->arg[2],
                .size = f->io.count * f->call->arg[1]);
        if (f->outcome == OK && fifo_consume(f->io.fifo, f->io.turn, f->io.count))
            break;
    }
    if (f->outcome == OK && f->call->arg[4])
        CO_CALL(f->outcome, f->transfer, transfer, .thread = f->call->thread,
                .direction = TO_USER, .kernel = &f->io.count, .user = f->call->arg[4],
                .size = sizeof(f->io.count));
    fifo_end(&f->io);
    CO_RETURN(f->outcome);
}
CO_END
