/*
 * file_vector.c - readv, writev, preadv, pwritev, preadv2, pwritev2 (readv(2)).
 *
 * A 64-bit program passes the whole offset in one register; the other half is ignored.
 */
#include "personality/linux/calls.h"
#include "personality/linux/file/file_io.h"
#include "uapi/linux/fs.h"

struct sys_readv {
    SYSCALL_FRAME;
    struct file_io io;
    struct file_transfer transfer;
};
SYSCALL_WAIT(sys_readv);

CO_FN(sys_readv)
{
    status_t st;

    st = file_io_begin_vector(f->call, task, &f->io, FILE_TRANSFER_READ, FILE_POSITION, 0);
    if (st == ERR_SHOULD_WAIT)
        CO_CALL(st, f->transfer, file_transfer, FILE_IO_ARGS(f->io));
    CO_RETURN(file_io_end(f->call, &f->io, st));
}
CO_END

struct sys_writev {
    SYSCALL_FRAME;
    struct file_io io;
    struct file_transfer transfer;
};
SYSCALL_WAIT(sys_writev);

CO_FN(sys_writev)
{
    status_t st;

    st = file_io_begin_vector(f->call, task, &f->io, FILE_TRANSFER_WRITE, FILE_POSITION, 0);
    if (st == ERR_SHOULD_WAIT)
        CO_CALL(st, f->transfer, file_transfer, FILE_IO_ARGS(f->io));
    CO_RETURN(file_io_end(f->call, &f->io, st));
}
CO_END

struct sys_preadv {
    SYSCALL_FRAME;
    struct file_io io;
    struct file_transfer transfer;
};
SYSCALL_WAIT(sys_preadv);

CO_FN(sys_preadv)
{
    status_t st;

    st = file_io_begin_vector(f->call, task, &f->io, FILE_TRANSFER_READ,
                              file_io_offset(f->call->arg[3]), 0);
    if (st == ERR_SHOULD_WAIT)
        CO_CALL(st, f->transfer, file_transfer, FILE_IO_ARGS(f->io));
    CO_RETURN(file_io_end(f->call, &f->io, st));
}
CO_END

struct sys_pwritev {
    SYSCALL_FRAME;
    struct file_io io;
    struct file_transfer transfer;
};
SYSCALL_WAIT(sys_pwritev);

CO_FN(sys_pwritev)
{
    status_t st;

    st = file_io_begin_vector(f->call, task, &f->io, FILE_TRANSFER_WRITE,
                              file_io_offset(f->call->arg[3]), 0);
    if (st == ERR_SHOULD_WAIT)
        CO_CALL(st, f->transfer, file_transfer, FILE_IO_ARGS(f->io));
    CO_RETURN(file_io_end(f->call, &f->io, st));
}
CO_END

/* The offset -1 is the file's position. Polling for completion (HIPRI) has nothing to poll. */
static status_t begin_flags(struct syscall *call, struct task *task, struct file_io *io,
                            enum file_direction direction)
{
    uint64_t at = call->arg[3] == UINT64_MAX ? FILE_POSITION : file_io_offset(call->arg[3]);
    uint32_t flags = (uint32_t)call->arg[5];

    *io = (struct file_io){.direction = direction};
    if (flags & ~(RWF_HIPRI | RWF_DSYNC | RWF_SYNC | RWF_NOWAIT | RWF_APPEND))
        return ERR_NOT_SUPPORTED;
    return file_io_begin_vector(call, task, io, direction, at, flags);
}

/* What was written goes to the disk before the call returns. */
static status_t sync_written(struct file_io *io, status_t st)
{
    if (st != OK || !io->buffer.done || !(io->flags & (RWF_DSYNC | RWF_SYNC)) ||
        !(io->file->flags & FILE_SEEKABLE))
        return st;
    return file_sync(io->file, io->flags & RWF_SYNC ? SYNC_FILE : SYNC_DATA);
}

struct sys_preadv2 {
    SYSCALL_FRAME;
    struct file_io io;
    struct file_transfer transfer;
};
SYSCALL_WAIT(sys_preadv2);

CO_FN(sys_preadv2)
{
    status_t st;

    st = begin_flags(f->call, task, &f->io, FILE_TRANSFER_READ);
    if (st == ERR_SHOULD_WAIT)
        CO_CALL(st, f->transfer, file_transfer, FILE_IO_ARGS(f->io),
                .nonblock = f->io.flags & RWF_NOWAIT);
    CO_RETURN(file_io_end(f->call, &f->io, st));
}
CO_END

struct sys_pwritev2 {
    SYSCALL_FRAME;
    struct file_io io;
    struct file_transfer transfer;
};
SYSCALL_WAIT(sys_pwritev2);

CO_FN(sys_pwritev2)
{
    status_t st;

    st = begin_flags(f->call, task, &f->io, FILE_TRANSFER_WRITE);
    if (st == ERR_SHOULD_WAIT)
        CO_CALL(st, f->transfer, file_transfer, FILE_IO_ARGS(f->io),
                .nonblock = f->io.flags & RWF_NOWAIT);
    st = sync_written(&f->io, st);
    CO_RETURN(file_io_end(f->call, &f->io, st));
}
CO_END
