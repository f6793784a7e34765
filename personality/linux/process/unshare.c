/*
 * unshare.c - what a process shares with others is its own from now on (unshare(2)).
 *
 * Threads of one process share all there is, so one that has several gives up nothing.
 */
#include "personality/linux/calls.h"
#include "personality/linux/file/fd.h"
#include "personality/linux/ipc/ipc.h"
#include "personality/linux/process/process.h"
#include "uapi/linux/sched.h"

enum {
    OF_THREADS = CLONE_THREAD | CLONE_SIGHAND | CLONE_VM,
    OF_PROCESSES = CLONE_FS | CLONE_FILES | CLONE_SYSVSEM,
};

/* The calls of this thread use lp->fs without a reference: no other thread makes any. */
static status_t unshare_fs(struct linux_process *lp)
{
    struct fs_context *mine, *shared = lp->fs;
    status_t st = fs_context_copy(shared, &mine);

    if (st != OK)
        return st;
    {
        SPIN_GUARD(&lp->lock);
        lp->fs = mine;
    }
    fs_context_put(shared);
    return OK;
}

/* Who has one thread shares nothing with another; namespaces there are none. */
static status_t check(struct linux_process *lp, uint64_t flags)
{
    bool alone = atomic_load_explicit(&lp->live_threads, memory_order_acquire) == 1;

    if (flags & ~(uint64_t)(OF_THREADS | OF_PROCESSES) || (flags & OF_THREADS && !alone))
        return ERR_INVALID_ARGS;
    return flags & OF_PROCESSES && !alone ? ERR_NOT_SUPPORTED : OK;
}

status_t sys_unshare(struct syscall *call)
{
    struct linux_process *lp = linux_process_of(call);
    uint64_t flags = call->arg[0];
    status_t st = check(lp, flags);

    if (st == OK && flags & CLONE_FS)
        st = unshare_fs(lp);
    if (st == OK && flags & CLONE_FILES)
        st = call_fd_unshare(call);
    if (st == OK && flags & CLONE_SYSVSEM)
        ipc_leave_undos(lp);
    return st;
}
