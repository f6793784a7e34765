/*
 * file_io.c - read, write, pread64, pwrite64 (read(2), write(2), pread(2)), and what the vector
 * forms share with them.
 */
#include "personality/linux/file/file_io.h"
#include "personality/linux/calls.h"

#include "mm/slab.h"
#include "personality/linux/file/fd.h"
#include "personality/linux/process/process.h"
#include "personality/linux/tty/tty.h"
#include "personality/linux/user_data.h"
#include "uapi/linux/fs.h"

static status_t check_file(struct syscall *call, struct file *file,
                           enum file_direction direction, uint64_t at)
{
    unsigned flags = atomic_load_explicit(&file->flags, memory_order_relaxed);
    bool read = direction == FILE_TRANSFER_READ;

    if (at != FILE_POSITION && !(flags & FILE_SEEKABLE))
        return ERR_SEEK_PIPE;
    if (!(flags & (read ? FILE_READ : FILE_WRITE)))
        return ERR_BAD_FD;
    if (flags & FILE_DIRECTORY)
        return ERR_NOT_FILE;
    return tty_check_io(call, file, read ? SIGTTIN : SIGTTOU);
}

static status_t get_file(struct syscall *call, struct file_io *io,
                         enum file_direction direction, uint64_t at)
{
    status_t st;

    io->file = NULL;
    io->iov = NULL;
    io->at = at;
    io->direction = direction;
    io->flags = 0;
    io->buffer.done = 0;
    if (at != FILE_POSITION && (int64_t)at < 0)
        return ERR_INVALID_ARGS;
    st = call_fd_get(call, (int)call->arg[0], &io->file);
    return st == OK ? check_file(call, io->file, direction, at) : st;
}

static status_t attempt(struct task *task, struct file_io *io)
{
    status_t st = file_try_transfer(task, io->file, &io->buffer, io->at, io->direction);

    return st == ERR_USER_PAGE ? ERR_SHOULD_WAIT : st;
}

status_t file_io_begin(struct syscall *call, struct task *task, struct file_io *io,
                       enum file_direction direction, uint64_t at)
{
    uint64_t size = MIN(call->arg[2], IO_BYTES_MAX);
    status_t st = get_file(call, io, direction, at);

    if (st == OK)
        st = check_user_range(call->arg[1], call->arg[2]);
    if (st != OK)
        return st;
    iobuf_init_user(&io->buffer, &call->thread->user, call->arg[1], size);
    return attempt(task, io);
}

status_t file_io_begin_vector(struct syscall *call, struct task *task, struct file_io *io,
                              enum file_direction direction, uint64_t at, uint32_t flags)
{
    size_t total;
    status_t st = get_file(call, io, direction, at);

    if (st == OK)
        st = iovec_from_user(&call->thread->user, call->arg[1], call->arg[2], &io->iov, &total);
    if (st != OK)
        return st;
    iobuf_init_iov(&io->buffer, &call->thread->user, io->iov, (unsigned)call->arg[2], total);
    io->flags = flags;
    io->buffer.append = flags & RWF_APPEND;
    return total ? attempt(task, io) : OK; /* unlike write, it makes no empty message */
}

void call_raise_sigpipe(struct syscall *call)
{
    struct linux_process *lp = linux_process_of(call);
    struct siginfo info = {.signo = SIGPIPE, .code = SI_USER, .rt = {.pid = lp->pid}};

    (void)!signal_send_thread(current_linux(call),
                              &info); /* a standard signal always arrives */
}

static void account(struct linux_thread *lt, const struct file_io *io)
{
    if (io->direction == FILE_TRANSFER_READ) {
        lt->io.reads++;
        lt->io.read_bytes += io->buffer.done;
    } else {
        lt->io.writes++;
        lt->io.written_bytes += io->buffer.done;
    }
}

/* What was moved before something went wrong is the result; the trouble comes next time. */
status_t file_io_end(struct syscall *call, struct file_io *io, status_t st)
{
    if (st == ERR_PEER_CLOSED && io->direction == FILE_TRANSFER_WRITE)
        call_raise_sigpipe(call);
    if (io->buffer.done)
        st = OK;
    call->result = (int64_t)io->buffer.done;
    account(current_linux(call), io);
    kfree(io->iov);
    file_put(io->file);
    return st;
}

struct sys_read {
    SYSCALL_FRAME;
    struct file_io io;
    struct file_transfer transfer;
};
SYSCALL_WAIT(sys_read);

CO_FN(sys_read)
{
    status_t st;

    st = file_io_begin(f->call, task, &f->io, FILE_TRANSFER_READ, FILE_POSITION);
    if (st == ERR_SHOULD_WAIT)
        CO_CALL(st, f->transfer, file_transfer, FILE_IO_ARGS(f->io));
    CO_RETURN(file_io_end(f->call, &f->io, st));
}
CO_END

struct sys_write {
    SYSCALL_FRAME;
    struct file_io io;
    struct file_transfer transfer;
};
SYSCALL_WAIT(sys_write);

CO_FN(sys_write)
{
    status_t st;

    st = file_io_begin(f->call, task, &f->io, FILE_TRANSFER_WRITE, FILE_POSITION);
    if (st == ERR_SHOULD_WAIT)
        CO_CALL(st, f->transfer, file_transfer, FILE_IO_ARGS(f->io));
    CO_RETURN(file_io_end(f->call, &f->io, st));
}
CO_END

struct sys_pread64 {
    SYSCALL_FRAME;
    struct file_io io;
    struct file_transfer transfer;
};
SYSCALL_WAIT(sys_pread64);

CO_FN(sys_pread64)
{
    status_t st;

    st = file_io_begin(f->call, task, &f->io, FILE_TRANSFER_READ,
                       file_io_offset(f->call->arg[3]));
    if (st == ERR_SHOULD_WAIT)
        CO_CALL(st, f->transfer, file_transfer, FILE_IO_ARGS(f->io));
    CO_RETURN(file_io_end(f->call, &f->io, st));
}
CO_END

struct sys_pwrite64 {
    SYSCALL_FRAME;
    struct file_io io;
    struct file_transfer transfer;
};
SYSCALL_WAIT(sys_pwrite64);

CO_FN(sys_pwrite64)
{
    status_t st;

    st = file_io_begin(f->call, task, &f->io, FILE_TRANSFER_WRITE,
                       file_io_offset(f->call->arg[3]));
    if (st == ERR_SHOULD_WAIT)
        CO_CALL(st, f->transfer, file_transfer, FILE_IO_ARGS(f->io));
    CO_RETURN(file_io_end(f->call, &f->io, st));
}
CO_END
