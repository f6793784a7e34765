/*
 * exec_call.c - execve and execveat (execve(2)): the other threads end, then the new program is
 * put in place.
 */
#include "base/string.h"
#include "co/waiter.h"
#include "mm/slab.h"
#include "personality/linux/file/fd.h"
#include "personality/linux/process/exec.h"
#include "personality/linux/process/pid.h"
#include "personality/linux/process/thread_limit.h"

enum { AT_FDCWD_ = -100, AT_SYMLINK_NOFOLLOW_ = 0x100, AT_EMPTY_PATH_ = 0x1000 };

/* What the call was asked for. */
struct exec_request {
    int dirfd;
    user_addr_t path, argv, envp;
    unsigned walk_flags;
};

/* Everything that can fail. ERR_USER_PAGE: nothing is left behind, to be called again. */
static status_t prepare(struct syscall *call, const struct exec_request *rq, struct exec *exec)
{
    struct user_access *ua = &call->thread->user;
    struct path start = {0};
    struct walk_env env;
    char *path;
    status_t st = thread_limit_check_exec(linux_process_of(call));

    if (st == OK)
        st = path_from_user(call, rq->path, &path);
    if (st != OK)
        return st;
    walk_begin(call, &env);
    exec->zircon = call->thread->process->calls & PROCESS_CALLS_ZIRCON;
    exec->path = kmemdup(path, strlen(path) + 1);
    path_free(path);
    st = exec->path ? exec_strings_from_user(&exec->argv, ua, rq->argv) : ERR_NO_MEMORY;
    if (st == OK)
        st = exec_strings_from_user(&exec->envp, ua, rq->envp);
    if (st == OK)
        st = walk_start(call, rq->dirfd, exec->path, rq->walk_flags, &start);
    if (st == OK) {
        SPIN_GUARD(&linux_process_of(call)->lock);
        exec->cred = linux_process_of(call)->cred;
        exec->no_new_privs = linux_process_of(call)->no_new_privs;
        exec->stack_limit = linux_process_of(call)->limits[RLIMIT_STACK].soft;
    }
    if (st == OK)
        st = exec_prepare(exec, &env, start.dentry ? &start : NULL, rq->walk_flags);
    path_put(&start);
    walk_end(&env);
    if (st != OK)
        exec_free(exec);
    return st;
}

/* From here on no thread but this one stays. False: another one execs already, and ends us. */
static bool begin_alone(struct linux_process *lp, struct thread *me)
{
    {
        SPIN_GUARD(&lp->lock);
        if (lp->execing || lp->exiting)
            return false;
        lp->execing = true;
    }
    SPIN_GUARD(&lp->process->object.lock);
    list_for_each (it, &lp->process->threads) {
        struct thread *t = container_of(it, struct thread, process_link);

        if (t != me)
            thread_kill_locked(t);
    }
    return true;
}

static bool alone(struct linux_process *lp)
{
    return atomic_load_explicit(&lp->live_threads, memory_order_acquire) == 1;
}

/* The one thread left is the leader, whatever its tid was (execve(2), "effect on threads"). */
static void become_leader(struct linux_thread *lt)
{
    struct linux_process *lp = lt->process;

    {
        SPIN_GUARD(&family_lock);
        if (lt->tid != lp->pid) {
            tid_remove_locked(lt);
            lt->tid = lp->pid;
            tid_insert_locked(lt);
        }
    }
    SPIN_GUARD(&lp->lock);
    lp->execing = false;
}

/* Shared by both calls: the request is in the frame. */
struct exec_run {
    struct co co;
    struct syscall *call;
    struct exec_request rq;
    struct exec exec;
    struct waiter waiter;
};
static co_fn exec_run;

static CO_FN(exec_run)
{
    status_t st;

    st = prepare(f->call, &f->rq, &f->exec);
    if (st != OK)
        CO_RETURN(st);
    if (!begin_alone(linux_process_of(f->call), f->call->thread)) {
        exec_free(&f->exec);
        CO_WAIT_KILLABLE(false); /* who ends us is about to; we do not see user mode again */
        CO_RETURN(ERR_CANCELED);
    }
    while (!alone(linux_process_of(f->call)) && !task_killed(task)) {
        wait_queue_arm(&linux_process_of(f->call)->threads_changed, &f->waiter, task);
        if (!alone(linux_process_of(f->call)))
            CO_WAIT_KILLABLE(waiter_fired(&f->waiter));
        wait_queue_disarm(&linux_process_of(f->call)->threads_changed, &f->waiter);
    }
    if (!task_killed(task)) {
        become_leader(current_linux(f->call));
        exec_commit(&f->exec, f->call->thread);
        f->call->replaced = true;
    }
    exec_free(&f->exec);
    CO_RETURN(OK);
}
CO_END

struct sys_execve {
    SYSCALL_FRAME;
    struct exec_run run;
};
SYSCALL_WAIT(sys_execve);

CO_FN(sys_execve)
{
    status_t st;

    CO_CALL(st, f->run, exec_run, .call = f->call,
            .rq = {.dirfd = AT_FDCWD_,
                   .path = f->call->arg[0],
                   .argv = f->call->arg[1],
                   .envp = f->call->arg[2]});
    CO_RETURN(st);
}
CO_END

struct sys_execveat {
    SYSCALL_FRAME;
    struct exec_run run;
};
SYSCALL_WAIT(sys_execveat);

static unsigned execveat_walk_flags(uint64_t flags)
{
    return (flags & AT_SYMLINK_NOFOLLOW_ ? WALK_NOFOLLOW : 0) |
           (flags & AT_EMPTY_PATH_ ? WALK_EMPTY : 0);
}

CO_FN(sys_execveat)
{
    status_t st;

    if (f->call->arg[4] & ~(uint64_t)(AT_SYMLINK_NOFOLLOW_ | AT_EMPTY_PATH_))
        CO_RETURN(ERR_INVALID_ARGS);
    CO_CALL(st, f->run, exec_run, .call = f->call,
            .rq = {.dirfd = (int)f->call->arg[0],
                   .path = f->call->arg[1],
                   .argv = f->call->arg[2],
                   .envp = f->call->arg[3],
                   .walk_flags = execveat_walk_flags(f->call->arg[4])});
    CO_RETURN(st);
}
CO_END
