/*
 * pipe_calls.c - pipe and pipe2 (pipe(2)).
 */
#include "fs/pipe.h"
#include "personality/linux/calls.h"
#include "personality/linux/file/fd.h"
#include "personality/linux/process/process.h"
#include "uapi/linux/fcntl.h"

static void owner(struct syscall *call, uint32_t *uid, uint32_t *gid)
{
    struct linux_process *lp = linux_process_of(call);
    SPIN_GUARD(&lp->lock);

    *uid = lp->cred.fsuid;
    *gid = lp->cred.fsgid;
}

static status_t make_pipe(struct syscall *call, uint32_t flags)
{
    struct file *ends[2];
    uint32_t uid, gid;
    status_t st;

    /* O_DIRECT, pipes of packets, is refused as by a kernel that does not know it. */
    if (flags & ~(O_CLOEXEC | O_NONBLOCK))
        return ERR_INVALID_ARGS;
    owner(call, &uid, &gid);
    st = pipe_create(flags & O_NONBLOCK ? FILE_NONBLOCK : 0, uid, gid, &ends[0], &ends[1]);
    if (st != OK)
        return st;
    st = call_fd_install_pair(call, ends, flags & O_CLOEXEC ? FD_CLOEXEC_ : 0, call->arg[0]);
    file_put(ends[0]);
    file_put(ends[1]);
    return st;
}

status_t sys_pipe(struct syscall *call)
{
    return make_pipe(call, 0);
}

status_t sys_pipe2(struct syscall *call)
{
    return make_pipe(call, (uint32_t)call->arg[1]);
}
