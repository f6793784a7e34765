/*
 * fd_calls.c - calls on descriptors: close, close_range, dup, dup2, dup3, fcntl.
 */
#include "fs/pipe.h"
#include "fs/seal.h"
#include "personality/linux/calls.h"
#include "personality/linux/file/fd.h"
#include "personality/linux/file/file_lock.h"
#include "personality/linux/file/file_owner.h"
#include "personality/linux/file/lease.h"
#include "personality/linux/process/process.h"
#include "uapi/linux/fcntl.h"

status_t sys_close(struct syscall *call)
{
    return fd_close(linux_process_of(call)->fds, (int)call->arg[0]);
}

status_t sys_close_range(struct syscall *call)
{
    uint32_t first = (uint32_t)call->arg[0], last = (uint32_t)call->arg[1];
    uint32_t flags = (uint32_t)call->arg[2];
    struct fd_table *t;
    struct file *file;
    status_t st = OK;

    if (flags & ~(CLOSE_RANGE_UNSHARE | CLOSE_RANGE_CLOEXEC) || first > last)
        return ERR_INVALID_ARGS;
    if (flags & CLOSE_RANGE_UNSHARE)
        st = call_fd_unshare(call);
    if (st != OK || first >= FD_MAX)
        return st;
    t = linux_process_of(call)->fds;
    for (int fd = (int)first; fd_next(t, &fd, &file) == OK; fd++) {
        file_put(file);
        if ((uint32_t)fd > last)
            break;
        if (flags & CLOSE_RANGE_CLOEXEC)
            (void)!fd_set_flags(t, fd, FD_CLOEXEC_); /* another thread may have closed it */
        else
            (void)!fd_close(t, fd);
    }
    return OK;
}

status_t sys_dup(struct syscall *call)
{
    struct file *file;
    status_t st = call_fd_get_any(call, (int)call->arg[0], &file);

    return st == OK ? call_fd_return(call, file, 0) : st;
}

static status_t dup_to(struct syscall *call, int from, int to, unsigned flags)
{
    struct file *file;
    status_t st = call_fd_get_any(call, from, &file);

    if (st != OK)
        return st;
    st = to < 0 ? ERR_BAD_FD
                : fd_replace(linux_process_of(call)->fds, (uint32_t)to, call_fd_limit(call),
                             file, flags);
    file_put(file);
    if (st == OK)
        call->result = to;
    return st;
}

/* The same number twice: nothing to do, if it is open. */
status_t sys_dup2(struct syscall *call)
{
    int from = (int)call->arg[0], to = (int)call->arg[1];
    struct file *file;
    status_t st;

    if (from != to)
        return dup_to(call, from, to, 0);
    st = call_fd_get_any(call, from, &file);
    if (st != OK)
        return st;
    file_put(file);
    call->result = to;
    return OK;
}

status_t sys_dup3(struct syscall *call)
{
    int from = (int)call->arg[0], to = (int)call->arg[1];
    uint32_t flags = (uint32_t)call->arg[2];

    if (flags & ~O_CLOEXEC || from == to)
        return ERR_INVALID_ARGS;
    return dup_to(call, from, to, flags ? FD_CLOEXEC_ : 0);
}

static status_t dup_from(struct syscall *call, struct file *file, unsigned flags)
{
    uint64_t lowest = call->arg[2], limit = call_fd_limit(call);
    int fd;
    status_t st;

    if (lowest >= MIN(limit, (uint64_t)FD_MAX))
        return ERR_INVALID_ARGS;
    st = fd_install(linux_process_of(call)->fds, (uint32_t)lowest, limit, file, flags, &fd);
    if (st == OK)
        call->result = fd;
    return st;
}

uint32_t file_open_flags(struct file *file)
{
    unsigned flags = atomic_load_explicit(&file->flags, memory_order_relaxed);
    uint32_t out = flags & FILE_WRITE ? flags & FILE_READ ? O_RDWR : O_WRONLY : O_RDONLY;

    out |= flags & FILE_APPEND ? O_APPEND : 0;
    out |= flags & FILE_NONBLOCK ? O_NONBLOCK : 0;
    out |= flags & FILE_PATH ? O_PATH : 0;
    out |= flags & FILE_NOATIME ? O_NOATIME : 0;
    out |= flags & FILE_DIRECT ? O_DIRECT : 0;
    out |= flags & FILE_SYNC ? O_SYNC : 0;
    out |= flags & FILE_DIRECTORY ? O_DIRECTORY : 0;
    out |= file_tells(file) ? O_ASYNC : 0;
    return out | O_LARGEFILE;
}

/* Only these can be changed; the others in the argument are ignored (fcntl(2)). */
static status_t set_open_flags(struct syscall *call, struct file *file, uint64_t flags)
{
    unsigned set =
        (flags & O_APPEND ? FILE_APPEND : 0) | (flags & O_NONBLOCK ? FILE_NONBLOCK : 0) |
        (flags & O_NOATIME ? FILE_NOATIME : 0) | (flags & O_DIRECT ? FILE_DIRECT : 0);

    file_set_flags(file, FILE_APPEND | FILE_NONBLOCK | FILE_NOATIME | FILE_DIRECT, set);
    if (file_can_tell(file) && file_tells(file) != !!(flags & O_ASYNC))
        return file_set_tells(call, file, (int)call->arg[0], flags & O_ASYNC);
    return OK;
}

static status_t descriptor_flags(struct syscall *call)
{
    unsigned flags;
    status_t st = fd_flags(linux_process_of(call)->fds, (int)call->arg[0], &flags);

    call->result = st == OK && flags & FD_CLOEXEC_ ? FD_CLOEXEC : 0;
    return st;
}

/* What O_PATH files know, too. */
static status_t fcntl_descriptor(struct syscall *call, struct file *file)
{
    switch ((int)call->arg[1]) {
    case F_DUPFD:
        return dup_from(call, file, 0);
    case F_DUPFD_CLOEXEC:
        return dup_from(call, file, FD_CLOEXEC_);
    case F_GETFD:
        return descriptor_flags(call);
    case F_SETFD:
        return fd_set_flags(linux_process_of(call)->fds, (int)call->arg[0],
                            call->arg[2] & FD_CLOEXEC ? FD_CLOEXEC_ : 0);
    case F_GETFL:
        call->result = file_open_flags(file);
        return OK;
    default:
        return ERR_INVALID_ARGS;
    }
}

static status_t get_pipe_size(struct syscall *call, struct file *file)
{
    if (!file_is_pipe(file))
        return ERR_BAD_FD;
    call->result = pipe_capacity(file);
    return OK;
}

/* Nobody makes a pipe larger than fs.pipe-max-size (fcntl(2)). */
static status_t set_pipe_size(struct syscall *call, struct file *file)
{
    uint32_t size = (uint32_t)call->arg[2];
    status_t st;

    if (!file_is_pipe(file))
        return ERR_BAD_FD;
    if (size > 1u << 31)
        return ERR_INVALID_ARGS;
    if (size > PIPE_CAPACITY_MAX)
        return ERR_NOT_PERMITTED;
    st = pipe_set_capacity(file, size);
    return st == OK ? get_pipe_size(call, file) : st;
}

static status_t get_seals(struct syscall *call, struct file *file)
{
    uint32_t seals;
    status_t st = seal_get(file, &seals);

    if (st == OK)
        call->result = seals;
    return st;
}

static status_t fcntl_file(struct syscall *call, struct file *file)
{
    switch ((int)call->arg[1]) {
    case F_SETFL:
        return set_open_flags(call, file, call->arg[2]);
    case F_GETPIPE_SZ:
        return get_pipe_size(call, file);
    case F_GET_SEALS:
        return get_seals(call, file);
    case F_SETPIPE_SZ:
        return set_pipe_size(call, file);
    case F_NOTIFY:
        return file_notify_call(call, file);
    case F_SETLEASE:
    case F_GETLEASE:
        return lease_call(call, file);
    case F_SETOWN:
    case F_GETOWN:
    case F_SETOWN_EX:
    case F_GETOWN_EX:
    case F_SETSIG:
    case F_GETSIG:
        return file_owner_call(call, file);
    default:
        return fcntl_descriptor(call, file);
    }
}

static bool is_lock_command(int command)
{
    return (command >= F_GETLK && command <= F_SETLKW) ||
           (command >= F_OFD_GETLK && command <= F_OFD_SETLKW);
}

/* Those that are EBADF for an O_PATH file, and not unknown. */
static bool refuses_path(int command)
{
    return is_lock_command(command) || command == F_SETFL || command == F_SETLEASE ||
           command == F_GETLEASE;
}

struct sys_fcntl {
    SYSCALL_FRAME;
    struct file *file;
    union {
        struct file_lock_call lock;
        struct mutex_lock mutex;
    };
};
SYSCALL_WAIT(sys_fcntl);

CO_FN(sys_fcntl)
{
    status_t st;

    st = call_fd_get_any(f->call, (int)f->call->arg[0], &f->file);
    if (st != OK)
        CO_RETURN(st);
    if (atomic_load_explicit(&f->file->flags, memory_order_relaxed) & FILE_PATH) {
        st = refuses_path((int)f->call->arg[1]) ? ERR_BAD_FD
                                                : fcntl_descriptor(f->call, f->file);
    } else if (is_lock_command((int)f->call->arg[1])) {
        CO_CALL(st, f->lock, file_lock_call, .call = f->call, .file = f->file);
    } else if ((int)f->call->arg[1] == F_ADD_SEALS && f->file->inode) {
        CO_CALL(st, f->mutex, mutex_lock, .mutex = &f->file->inode->mutex);
        if (st == OK) {
            st = seal_add(f->file, (uint32_t)f->call->arg[2]);
            mutex_unlock(&f->file->inode->mutex, task);
        }
    } else {
        st = fcntl_file(f->call, f->file);
    }
    file_put(f->file);
    CO_RETURN(st);
}
CO_END

/* The program learns of them last. */
status_t call_fd_install_pair(struct syscall *call, struct file *files[2], unsigned flags,
                              user_addr_t to)
{
    struct fd_table *t = linux_process_of(call)->fds;
    int32_t fds[2];
    status_t st = call_fd_install(call, files[0], flags, &fds[0]);

    if (st != OK)
        return st;
    st = call_fd_install(call, files[1], flags, &fds[1]);
    if (st == OK) {
        st = copy_to_user(&call->thread->user, to, fds, sizeof(fds));
        if (st != OK)
            (void)!fd_close(t, fds[1]); /* another thread may have closed it */
    }
    if (st != OK)
        (void)!fd_close(t, fds[0]);
    return st;
}
