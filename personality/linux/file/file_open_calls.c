/*
 * file_open_calls.c - open, openat, openat2, creat (open(2), openat2(2)), and what they wait
 * for.
 */
#include "fs/pipe.h"
#include "personality/linux/calls.h"
#include "personality/linux/file/fd.h"
#include "personality/linux/file/file_open_internal.h"
#include "personality/linux/process/process.h"
#include "personality/linux/user_data.h"

/* The descriptor, or the error that opening or waiting ended with. Consumes `file`. */
static status_t open_end(struct syscall *call, struct file *file, uint64_t flags, status_t st)
{
    if (st == OK)
        return call_fd_return(call, file, flags & O_CLOEXEC ? FD_CLOEXEC_ : 0);
    file_put(file);
    return st;
}

/* Open, and wait: for who has a lease on the file, after which the way is walked again; for the
 * other side of a FIFO. Gives the descriptor back. */
struct open_wait {
    struct co co;
    struct syscall *call; /* in */
    int dirfd;            /* in */
    user_addr_t text;     /* in */
    struct open_how how;  /* in; checked */
    struct file *file;
    struct inode *leased; /* reference while it is waited for */
    union {
        struct lease_wait lease;
        struct fifo_wait fifo;
    };
};

static CO_FN(open_wait)
{
    status_t st;

    for (;;) {
        st = open_at(f->call, f->dirfd, f->text, &f->how, &f->leased, &f->file);
        if (!f->leased)
            break;
        if (!(f->how.flags & O_NONBLOCK))
            CO_CALL(st, f->lease, lease_wait, .inode = f->leased,
                    .use = open_lease_use(f->how.flags));
        inode_put(f->leased);
        if (st != OK)
            CO_RETURN(st);
    }
    if (st == OK)
        CO_CALL(st, f->fifo, fifo_wait, .file = f->file);
    CO_RETURN(open_end(f->call, f->file, f->how.flags, st));
}
CO_END

/* What open(2) is given, less what it does not know. */
static struct open_how how_of(uint64_t flags, uint64_t mode)
{
    return (struct open_how){.flags = flags & OPEN_FLAGS, .mode = mode & 07777};
}

struct sys_open {
    SYSCALL_FRAME;
    struct open_wait wait;
};
SYSCALL_WAIT(sys_open);

CO_FN(sys_open)
{
    status_t st;

    CO_CALL(st, f->wait, open_wait, .call = f->call, .dirfd = AT_FDCWD, .text = f->call->arg[0],
            .how = how_of(f->call->arg[1], f->call->arg[2]));
    CO_RETURN(st);
}
CO_END

struct sys_openat {
    SYSCALL_FRAME;
    struct open_wait wait;
};
SYSCALL_WAIT(sys_openat);

CO_FN(sys_openat)
{
    status_t st;

    CO_CALL(st, f->wait, open_wait, .call = f->call, .dirfd = (int)f->call->arg[0],
            .text = f->call->arg[1], .how = how_of(f->call->arg[2], f->call->arg[3]));
    CO_RETURN(st);
}
CO_END

struct sys_creat {
    SYSCALL_FRAME;
    struct open_wait wait;
};
SYSCALL_WAIT(sys_creat);

CO_FN(sys_creat)
{
    status_t st;

    CO_CALL(st, f->wait, open_wait, .call = f->call, .dirfd = AT_FDCWD, .text = f->call->arg[0],
            .how = how_of(O_CREAT | O_WRONLY | O_TRUNC, f->call->arg[1]));
    CO_RETURN(st);
}
CO_END

/* Of `resolve`: a walk never waits, so RESOLVE_CACHED refuses only what changes names or
 * contents, as Linux does. */
static status_t check_resolve(const struct open_how *how)
{
    if (how->resolve & ~(RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS |
                         RESOLVE_BENEATH | RESOLVE_IN_ROOT | RESOLVE_CACHED))
        return ERR_INVALID_ARGS;
    if (how->resolve & RESOLVE_BENEATH && how->resolve & RESOLVE_IN_ROOT)
        return ERR_INVALID_ARGS;
    if (how->resolve & RESOLVE_CACHED && how->flags & (O_TRUNC | O_CREAT | OPEN_TMPFILE_BIT))
        return ERR_SHOULD_WAIT;
    return OK;
}

/* openat2 refuses what open ignores. */
static status_t check_how(const struct open_how *how)
{
    if (how->flags & ~(uint64_t)OPEN_FLAGS)
        return ERR_INVALID_ARGS;
    if (how->flags & O_PATH && how->flags & ~(uint64_t)OPEN_PATH_FLAGS)
        return ERR_INVALID_ARGS;
    if (how->mode & ~07777ull || (how->mode && !(how->flags & (O_CREAT | OPEN_TMPFILE_BIT))))
        return ERR_INVALID_ARGS;
    return check_resolve(how);
}

static status_t read_how(struct syscall *call, struct open_how *how)
{
    uint64_t size = call->arg[3];
    status_t st;

    if (size < OPEN_HOW_SIZE_VER0)
        return ERR_INVALID_ARGS;
    if (size > PAGE_SIZE)
        return ERR_TOO_BIG;
    st = copy_struct_from_user(&call->thread->user, how, sizeof(*how), call->arg[2], size);
    return st == OK ? check_how(how) : st;
}

struct sys_openat2 {
    SYSCALL_FRAME;
    struct open_wait wait;
};
SYSCALL_WAIT(sys_openat2);

CO_FN(sys_openat2)
{
    struct open_how how;
    status_t st;

    st = read_how(f->call, &how);
    if (st != OK)
        CO_RETURN(st);
    CO_CALL(st, f->wait, open_wait, .call = f->call, .dirfd = (int)f->call->arg[0],
            .text = f->call->arg[1], .how = how);
    CO_RETURN(st);
}
CO_END
