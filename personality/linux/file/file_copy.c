/*
 * file_copy.c - copying from file to file inside the kernel: sendfile(2), copy_file_range(2).
 */
#include "mm/slab.h"
#include "personality/linux/calls.h"
#include "personality/linux/file/fd.h"
#include "personality/linux/file/file_io.h"
#include "personality/linux/process/process.h"
#include "personality/linux/user_data.h"
#include "uapi/linux/fcntl.h"

enum { COPY_CHUNK = 64 << 10 };

/*
 * The loop of both: what was read and could not be written is read again the next time, so the
 * source's offset moves only with what went out.
 */
struct copy_bytes {
    struct co co;
    struct file *from, *to;  /* in */
    uint64_t from_at, to_at; /* in: `to_at` may be FILE_POSITION; advanced */
    uint64_t left;           /* in */
    uint64_t done;           /* out */
    bool broken;             /* out: nobody reads what is written */
    char *chunk;
    struct iobuf io;
    struct file_transfer transfer;
};

static CO_FN(copy_bytes)
{
    status_t st;

    st = OK;
    f->chunk = kmalloc(COPY_CHUNK);
    if (!f->chunk)
        CO_RETURN(ERR_NO_MEMORY);
    while (f->left) {
        iobuf_init_kernel(&f->io, f->chunk, MIN(f->left, (uint64_t)COPY_CHUNK));
        CO_CALL(st, f->transfer, file_transfer, .file = f->from, .io = &f->io, .at = f->from_at,
                .direction = FILE_TRANSFER_READ);
        if (st != OK || !f->io.done)
            break;
        iobuf_init_kernel(&f->io, f->chunk, f->io.done);
        CO_CALL(st, f->transfer, file_transfer, .file = f->to, .io = &f->io, .at = f->to_at,
                .direction = FILE_TRANSFER_WRITE);
        f->broken = st == ERR_PEER_CLOSED;
        f->from_at += f->io.done;
        f->to_at += f->to_at == FILE_POSITION ? 0 : f->io.done;
        f->done += f->io.done;
        f->left -= f->io.done;
        if (st != OK || iobuf_left(&f->io))
            break;
    }
    kfree(f->chunk);
    CO_RETURN(f->done ? OK : st);
}
CO_END

static unsigned flags_of(struct file *file)
{
    return atomic_load_explicit(&file->flags, memory_order_relaxed);
}

status_t file_offset_begin(struct syscall *call, struct file *file, user_addr_t pointer,
                           uint64_t *at)
{
    status_t st;

    if (!pointer)
        return file_seek(file, 0, 1, at);
    if (!(flags_of(file) & FILE_SEEKABLE))
        return ERR_SEEK_PIPE;
    st = copy_from_user(&call->thread->user, at, pointer, sizeof(*at));
    if (st == OK && (int64_t)*at < 0)
        st = ERR_INVALID_ARGS;
    /* If it cannot be written, nothing is copied. */
    return st == OK ? copy_to_user(&call->thread->user, pointer, at, sizeof(*at)) : st;
}

/* And where it ended. */
static status_t offset_end(struct syscall *call, struct file *file, user_addr_t pointer,
                           uint64_t at, uint64_t done)
{
    uint64_t unused;

    if (pointer)
        return copy_to_user(&call->thread->user, pointer, &at, sizeof(at)) == OK ? OK
                                                                                 : ERR_FAULT;
    return file_seek(file, (int64_t)done, 1, &unused);
}

struct sys_sendfile {
    SYSCALL_FRAME;
    struct file *from, *to;
    uint64_t left;
    struct copy_bytes copy;
};
SYSCALL_WAIT(sys_sendfile);

static status_t sendfile_begin(struct syscall *call, struct sys_sendfile *f, uint64_t *at)
{
    status_t st = call_fd_get(call, (int)call->arg[1], &f->from);

    if (st == OK)
        st = call_fd_get(call, (int)call->arg[0], &f->to);
    if (st != OK)
        return st;
    if (!(flags_of(f->from) & FILE_READ) || !(flags_of(f->to) & FILE_WRITE))
        return ERR_BAD_FD;
    if (!(flags_of(f->from) & FILE_SEEKABLE) || (int64_t)call->arg[3] < 0 ||
        flags_of(f->to) & FILE_APPEND)
        return ERR_INVALID_ARGS;
    return file_offset_begin(call, f->from, call->arg[2], at);
}

CO_FN(sys_sendfile)
{
    uint64_t at;
    status_t st;

    f->from = f->to = NULL;
    st = sendfile_begin(f->call, f, &at);
    if (st == OK) {
        f->left = MIN(f->call->arg[3], IO_BYTES_MAX);
        CO_CALL(st, f->copy, copy_bytes, .from = f->from, .to = f->to, .from_at = at,
                .to_at = FILE_POSITION, .left = f->left);
        if (st == OK)
            st = offset_end(f->call, f->from, f->call->arg[2], f->copy.from_at, f->copy.done);
        f->call->result = (int64_t)f->copy.done;
        if (f->copy.broken)
            call_raise_sigpipe(f->call);
    }
    file_put(f->from);
    file_put(f->to);
    CO_RETURN(st);
}
CO_END

struct sys_copy_file_range {
    SYSCALL_FRAME;
    struct file *from, *to;
    uint64_t from_at, to_at;
    struct copy_bytes copy;
    uint64_t left;
};
SYSCALL_WAIT(sys_copy_file_range);

static status_t check_regular(struct file *file)
{
    if (flags_of(file) & FILE_DIRECTORY)
        return ERR_NOT_FILE;
    return file->inode && file->inode->attr.type == INODE_FILE ? OK : ERR_INVALID_ARGS;
}

/* Ranges of one file may not overlap. */
static bool overlaps(const struct sys_copy_file_range *f, uint64_t size)
{
    return f->from->inode == f->to->inode && f->from_at < f->to_at + size &&
           f->to_at < f->from_at + size;
}

static status_t copy_range_begin(struct syscall *call, struct sys_copy_file_range *f)
{
    status_t st = call_fd_get(call, (int)call->arg[0], &f->from);

    if (st == OK)
        st = call_fd_get(call, (int)call->arg[2], &f->to);
    if (st == OK && call->arg[5])
        st = ERR_INVALID_ARGS;
    if (st == OK)
        st = check_regular(f->from);
    if (st == OK)
        st = check_regular(f->to);
    if (st == OK)
        st = file_offset_begin(call, f->from, call->arg[1], &f->from_at);
    if (st == OK)
        st = file_offset_begin(call, f->to, call->arg[3], &f->to_at);
    if (st != OK)
        return st;
    if (!(flags_of(f->from) & FILE_READ) || !(flags_of(f->to) & FILE_WRITE) ||
        flags_of(f->to) & FILE_APPEND)
        return ERR_BAD_FD;
    f->left = MIN(call->arg[4], IO_BYTES_MAX);
    return overlaps(f, f->left) ? ERR_INVALID_ARGS : OK;
}

CO_FN(sys_copy_file_range)
{
    status_t st;

    f->from = f->to = NULL;
    st = copy_range_begin(f->call, f);
    if (st == OK) {
        CO_CALL(st, f->copy, copy_bytes, .from = f->from, .to = f->to, .from_at = f->from_at,
                .to_at = f->to_at, .left = f->left);
        if (st == OK)
            st = offset_end(f->call, f->from, f->call->arg[1], f->copy.from_at, f->copy.done);
        if (st == OK)
            st = offset_end(f->call, f->to, f->call->arg[3], f->copy.to_at, f->copy.done);
        f->call->result = (int64_t)f->copy.done;
    }
    file_put(f->from);
    file_put(f->to);
    CO_RETURN(st);
}
CO_END
