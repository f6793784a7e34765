/*
 * splice_calls.c - splice, tee and vmsplice (splice(2), tee(2), vmsplice(2)).
 */
#include "fs/pipe.h"
#include "fs/splice.h"
#include "personality/linux/calls.h"
#include "personality/linux/file/fd.h"
#include "personality/linux/file/file_io.h"
#include "personality/linux/process/process.h"
#include "personality/linux/user_data.h"

enum {
    SPLICE_F_MOVE = 1,
    SPLICE_F_NONBLOCK = 2,
    SPLICE_F_MORE = 4,
    SPLICE_F_GIFT = 8,
    SPLICE_F_ALL = SPLICE_F_MOVE | SPLICE_F_NONBLOCK | SPLICE_F_MORE | SPLICE_F_GIFT,
};

static unsigned flags_of(const struct file *file)
{
    return atomic_load_explicit(&file->flags, memory_order_relaxed);
}

/* Both files of a call, for reading and writing. */
static status_t get_files(struct syscall *call, int from, int to, struct file **from_out,
                          struct file **to_out)
{
    status_t st = call_fd_get(call, from, from_out);

    if (st == OK)
        st = call_fd_get(call, to, to_out);
    if (st != OK)
        return st;
    return flags_of(*from_out) & FILE_READ && flags_of(*to_out) & FILE_WRITE ? OK : ERR_BAD_FD;
}

static bool same_pipe(const struct file *a, const struct file *b)
{
    return file_is_pipe(a) && file_is_pipe(b) && a->data == b->data;
}

/* A pipe takes no offset; another file's is in memory, or it is the file's position. */
static status_t take_offset(struct syscall *call, struct file *file, user_addr_t pointer,
                            uint64_t *at)
{
    *at = FILE_POSITION;
    if (!pointer)
        return OK;
    if (file_is_pipe(file))
        return ERR_SEEK_PIPE;
    if (!(flags_of(file) & FILE_SEEKABLE))
        return ERR_INVALID_ARGS;
    return file_offset_begin(call, file, pointer, at);
}

static status_t give_offset(struct syscall *call, user_addr_t pointer, uint64_t at)
{
    return pointer ? copy_to_user(&call->thread->user, pointer, &at, sizeof(at)) : OK;
}

struct sys_splice {
    SYSCALL_FRAME;
    struct file *from, *to;
    uint64_t from_at, to_at, left;
    bool nonblock;
    union {
        struct splice_in in;
        struct splice_out out;
    };
};
SYSCALL_WAIT(sys_splice);

static status_t splice_begin(struct syscall *call, struct sys_splice *f)
{
    uint32_t flags = (uint32_t)call->arg[5];
    status_t st;

    f->left = MIN(call->arg[4], IO_BYTES_MAX);
    f->nonblock = flags & SPLICE_F_NONBLOCK;
    if (!f->left)
        return OK;
    if (flags & ~(uint32_t)SPLICE_F_ALL)
        return ERR_INVALID_ARGS;
    st = get_files(call, (int)call->arg[0], (int)call->arg[2], &f->from, &f->to);
    if (st != OK)
        return st;
    if (!file_is_pipe(f->from) && !file_is_pipe(f->to))
        return ERR_INVALID_ARGS;
    st = take_offset(call, f->from, call->arg[1], &f->from_at);
    if (st == OK)
        st = take_offset(call, f->to, call->arg[3], &f->to_at);
    if (st != OK)
        return st;
    if (same_pipe(f->from, f->to) || flags_of(f->to) & FILE_APPEND ||
        flags_of(f->from) & FILE_DIRECTORY)
        return ERR_INVALID_ARGS;
    return OK;
}

/* A pipe that may not be waited for says so by its descriptor, too. */
static bool out_nonblock(const struct sys_splice *f)
{
    return f->nonblock || flags_of(f->from) & FILE_NONBLOCK;
}

static bool in_nonblock(const struct sys_splice *f)
{
    return f->nonblock || flags_of(f->to) & FILE_NONBLOCK;
}

static status_t splice_end(struct syscall *call, struct sys_splice *f, status_t st)
{
    if (st == ERR_PEER_CLOSED)
        call_raise_sigpipe(call);
    file_put(f->from);
    file_put(f->to);
    return st;
}

CO_FN(sys_splice)
{
    status_t st;

    f->from = f->to = NULL;
    st = splice_begin(f->call, f);
    if (st != OK || !f->left)
        CO_RETURN(splice_end(f->call, f, st));
    if (file_is_pipe(f->from)) {
        CO_CALL(st, f->out, splice_out, .from = f->from, .to = f->to, .at = f->to_at,
                .left = f->left, .nonblock = out_nonblock(f));
        f->call->result = (int64_t)f->out.done;
        if (st == OK)
            st = give_offset(f->call, f->call->arg[3], f->out.at);
    } else {
        CO_CALL(st, f->in, splice_in, .from = f->from, .to = f->to, .at = f->from_at,
                .left = f->left, .nonblock = in_nonblock(f));
        f->call->result = (int64_t)f->in.done;
        if (st == OK)
            st = give_offset(f->call, f->call->arg[1], f->in.at);
    }
    CO_RETURN(splice_end(f->call, f, st));
}
CO_END

struct sys_tee {
    SYSCALL_FRAME;
    struct file *from, *to;
    struct splice_out out;
};
SYSCALL_WAIT(sys_tee);

static size_t tee_size(const struct syscall *call)
{
    return MIN(call->arg[2], IO_BYTES_MAX);
}

static status_t tee_begin(struct syscall *call, struct sys_tee *f)
{
    status_t st;

    if ((uint32_t)call->arg[3] & ~(uint32_t)SPLICE_F_ALL)
        return ERR_INVALID_ARGS;
    st = get_files(call, (int)call->arg[0], (int)call->arg[1], &f->from, &f->to);
    if (st != OK)
        return st;
    if (!file_is_pipe(f->from) || !file_is_pipe(f->to) || same_pipe(f->from, f->to))
        return ERR_INVALID_ARGS;
    return OK;
}

static bool tee_nonblock(struct syscall *call, const struct sys_tee *f)
{
    return call->arg[3] & SPLICE_F_NONBLOCK || flags_of(f->from) & FILE_NONBLOCK;
}

CO_FN(sys_tee)
{
    status_t st;

    f->from = f->to = NULL;
    st = f->call->arg[2] ? tee_begin(f->call, f) : OK;
    if (st == OK && f->call->arg[2]) {
        CO_CALL(st, f->out, splice_out, .from = f->from, .to = f->to, .at = FILE_POSITION,
                .left = tee_size(f->call), .keep = true, .nonblock = tee_nonblock(f->call, f));
        f->call->result = (int64_t)f->out.done;
    }
    if (st == ERR_PEER_CLOSED)
        call_raise_sigpipe(f->call);
    file_put(f->from);
    file_put(f->to);
    CO_RETURN(st);
}
CO_END

/* A gift of pages is a copy of them: what is written to them later is not seen in the pipe. */
struct sys_vmsplice {
    SYSCALL_FRAME;
    struct file_io io;
    struct file_transfer transfer;
};
SYSCALL_WAIT(sys_vmsplice);

static status_t vmsplice_begin(struct syscall *call, struct task *task, struct file_io *io)
{
    enum file_direction direction;
    struct file *file;
    bool good;
    status_t st;

    *io = (struct file_io){0};
    if ((uint32_t)call->arg[3] & ~(uint32_t)SPLICE_F_ALL)
        return ERR_INVALID_ARGS;
    st = call_fd_get(call, (int)call->arg[0], &file);
    if (st != OK)
        return st;
    good = file_is_pipe(file);
    direction = flags_of(file) & FILE_WRITE ? FILE_TRANSFER_WRITE : FILE_TRANSFER_READ;
    file_put(file);
    if (!good)
        return ERR_BAD_FD;
    return file_io_begin_vector(call, task, io, direction, FILE_POSITION, 0);
}

CO_FN(sys_vmsplice)
{
    status_t st;

    st = vmsplice_begin(f->call, task, &f->io);
    if (st == ERR_SHOULD_WAIT)
        CO_CALL(st, f->transfer, file_transfer, FILE_IO_ARGS(f->io),
                .nonblock = f->call->arg[3] & SPLICE_F_NONBLOCK);
    CO_RETURN(file_io_end(f->call, &f->io, st));
}
CO_END
