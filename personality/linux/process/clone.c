/*
 * clone.c - making a process or thread that begins as a copy of the caller (clone(2)).
 */
#include "base/string.h"
#include "personality/hybrid.h"
#include "personality/linux/file/fd.h"
#include "personality/linux/ipc/ipc.h"
#include "personality/linux/process/clone_internal.h"
#include "personality/linux/process/pid.h"
#include "personality/linux/process/pidfd.h"
#include "personality/linux/process/process.h"
#include "uapi/linux/sched.h"

/* A child starts with the caller's registers, and sees 0 on the stack it was given. */
static status_t copy_context(struct thread *from, struct thread *to,
                             const struct clone_request *rq)
{
    status_t st = hal_context_copy(&to->context, &from->context);

    user_regs_fork_child(&to->context.regs, rq->stack);
    if (rq->flags & CLONE_SETTLS)
        user_regs_set_tls(&to->context.regs, rq->tls);
    return st;
}

static void copy_thread_state(struct linux_thread *from, struct linux_thread *to,
                              const struct clone_request *rq)
{
    SPIN_GUARD(&from->process->lock);

    to->signals.mask = from->signals.mask;
    memcpy(to->thread->name, from->thread->name, COMM_BYTES);
    if (!(rq->flags & CLONE_VM) || rq->flags & CLONE_VFORK) {
        to->signals.altstack = from->signals.altstack;
        to->signals.altstack_size = from->signals.altstack_size;
        to->signals.altstack_flags = from->signals.altstack_flags;
    }
    if (rq->flags & CLONE_CHILD_CLEARTID)
        to->clear_child_tid = rq->child_tid;
}

/* The new thread's tid where the caller asked for it: in the caller's memory, and the child's.
 */
static status_t write_tids(struct thread *parent, struct thread *child,
                           const struct clone_request *rq)
{
    struct user_access in_child = {.aspace = process_aspace(child->process)};
    int32_t tid = child->linux_->tid;
    status_t st = OK;

    if (rq->flags & CLONE_PARENT_SETTID)
        st = copy_to_user(&parent->user, rq->parent_tid, &tid, sizeof(tid));
    /* A bad child_tid is not an error (clone(2) does not tell). */
    if (st == OK && rq->flags & CLONE_CHILD_SETTID && in_child.aspace)
        (void)!copy_to_user(&in_child, rq->child_tid, &tid, sizeof(tid));
    aspace_put(in_child.aspace);
    return st;
}

/* ERR_NO_RESOURCES: it was killed before it started, as is the caller: with their group, for
 * one. From then on, at any moment, it has no memory any more. */
static status_t give_memory(struct process *parent, struct process *child, uint64_t flags)
{
    struct aspace *own;
    status_t st;

    if (!(flags & CLONE_VM)) {
        own = process_aspace(child);
        st = own ? aspace_fork(parent->aspace, own) : ERR_NO_RESOURCES;
        aspace_put(own);
        return st;
    }
    process_set_aspace(child, aspace_get(parent->aspace));
    return OK;
}

/* A descriptor of the child for the caller. */
static status_t give_pidfd(struct syscall *call, struct linux_process *child, user_addr_t to)
{
    struct file *file;
    int32_t fd = -1;
    status_t st = copy_to_user(&call->thread->user, to, &fd, sizeof(fd));

    if (st == OK)
        st = pidfd_create(child, 0, &file);
    if (st != OK)
        return st;
    st = call_fd_install(call, file, FD_CLOEXEC_, &fd);
    file_put(file);
    if (st != OK)
        return st;
    st = copy_to_user(&call->thread->user, to, &fd, sizeof(fd));
    if (st != OK)
        (void)!fd_close(linux_process_of(call)->fds, fd);
    return st;
}

/* Where the child goes on after a fork: to bring it in here saves a trap. */
static void touch_ahead(struct thread *t)
{
    struct aspace *as = process_aspace(t->process);

    if (as)
        (void)!try_vm_fault(as, user_regs_pc(&t->context.regs), HAL_PROT_EXEC);
    aspace_put(as);
}

/* Undo a child that does not start. */
static void clone_abandon(struct thread *t, const struct clone_request *rq)
{
    if (rq->flags & CLONE_THREAD) {
        object_put(&t->object);
        return;
    }
    ipc_leave_undos(t->process->linux_);
    linux_process_abandon(t);
}

/* The call is made again, once the signal has been acted upon that is on its way. */
static status_t after_signal(struct syscall *call)
{
    current_linux(call)->restart = RESTART_ALWAYS;
    task_interrupt(&call->thread->task, TASK_SIGNAL);
    return ERR_INTERRUPTED;
}

static status_t make(struct syscall *call, const struct clone_request *rq, struct thread **out)
{
    struct linux_process *lp = linux_process_of(call);
    struct thread *me = call->thread, *t;
    status_t st;

    if (rq->flags & CLONE_THREAD)
        st = linux_thread_create(lp, &t);
    else
        st = linux_process_create(me->linux_, rq->flags, rq->exit_signal, &t);
    if (st == ERR_INTERRUPTED)
        return after_signal(call);
    if (st != OK)
        return st == ERR_BAD_STATE ? ERR_NO_RESOURCES : st;
    task_set_cpus(&t->task, me->task.cpus);
    if (!(rq->flags & CLONE_THREAD)) {
        t->process->linux_->forked_by = me->linux_->tid;
        st = give_memory(me->process, t->process, rq->flags);
        if (st == OK && me->process->calls & PROCESS_CALLS_ZIRCON)
            st = hybrid_fork(me, t);
    }
    if (st == OK && rq->flags & CLONE_SYSVSEM && !(rq->flags & CLONE_THREAD))
        st = ipc_share_undos(lp, t->process->linux_);
    if (st == OK)
        st = copy_context(me, t, rq);
    if (st == OK)
        st = write_tids(me, t, rq);
    if (st == OK && rq->flags & CLONE_PIDFD)
        st = give_pidfd(call, t->process->linux_, rq->pidfd);
    if (st != OK) {
        clone_abandon(t, rq);
        return st;
    }
    if (!(rq->flags & CLONE_VM)) {
        rseq_inherit(me->linux_, t->linux_);
        touch_ahead(t);
    }
    copy_thread_state(me->linux_, t->linux_, rq);
    if (rq->flags & CLONE_CLEAR_SIGHAND)
        signal_shared_exec(t->process->linux_);
    *out = t;
    return OK;
}

/* CLONE_PARENT: a sibling, not a child. */
static void adopt_by_parent(struct linux_process *child, struct linux_process *lp)
{
    SPIN_GUARD(&family_lock);

    list_remove(&child->sibling);
    child->parent = lp->parent;
    child->exit_signal = lp->exit_signal;
    list_push_back(&child->parent->children, &child->sibling);
}

static status_t start(struct syscall *call, const struct clone_request *rq, struct thread *t)
{
    struct linux_process *child = t->process->linux_;
    status_t st;

    if (rq->flags & CLONE_PARENT && !(rq->flags & CLONE_THREAD))
        adopt_by_parent(child, linux_process_of(call));
    if (rq->flags & CLONE_VFORK && !(rq->flags & CLONE_THREAD))
        child->vfork_child = true; /* nobody else knows it yet */
    call->result = t->linux_->tid;
    st = linux_thread_start(child, t, NULL);
    if (st != OK) { /* the caller is being killed: it will not see this */
        clone_abandon(t, rq);
        return ERR_NO_RESOURCES;
    }
    if (!(rq->flags & CLONE_THREAD))
        signal_notice(child); /* others know it since it was created */
    return OK;
}

/* What we do not have is refused, not ignored. */
static status_t clone_check(const struct clone_request *rq)
{
    const uint64_t known = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_VFORK |
                           CLONE_PARENT | CLONE_THREAD | CLONE_SYSVSEM | CLONE_SETTLS |
                           CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID | CLONE_DETACHED |
                           CLONE_UNTRACED | CLONE_CHILD_SETTID | CLONE_IO | CLONE_PTRACE |
                           CLONE_CLEAR_SIGHAND | CLONE_PIDFD;
    uint64_t flags = rq->flags;

    if (flags & ~known)
        return ERR_INVALID_ARGS;
    if ((flags & CLONE_THREAD && !(flags & CLONE_SIGHAND)) ||
        (flags & CLONE_SIGHAND && !(flags & CLONE_VM)))
        return ERR_INVALID_ARGS;
    if (flags & CLONE_PIDFD && flags & (CLONE_DETACHED | CLONE_THREAD))
        return ERR_INVALID_ARGS;
    if (flags & CLONE_PIDFD && flags & CLONE_PARENT_SETTID && rq->pidfd == rq->parent_tid)
        return ERR_INVALID_ARGS;
    /* Shared signal actions exist only inside one process here. */
    if (flags & CLONE_SIGHAND && !(flags & CLONE_THREAD))
        return ERR_INVALID_ARGS;
    if (flags & CLONE_SIGHAND && flags & CLONE_CLEAR_SIGHAND)
        return ERR_INVALID_ARGS;
    return OK;
}

static status_t clone_begin(struct syscall *call, const struct clone_request *rq,
                            struct linux_process **vfork)
{
    struct thread *t;
    status_t st = clone_check(rq);

    *vfork = NULL;
    if (st == OK)
        st = make(call, rq, &t);
    if (st != OK)
        return st;
    if (rq->flags & CLONE_VFORK && !(rq->flags & CLONE_THREAD))
        *vfork = linux_process_get(t->process->linux_);
    object_get(&t->object);
    st = start(call, rq, t);
    object_put(&t->object); /* from here the task's reference keeps it */
    if (st == OK)
        object_put(&t->object);
    if (st != OK) {
        linux_process_put(*vfork);
        *vfork = NULL;
    }
    return st;
}

static bool vfork_over(struct linux_process *child)
{
    SPIN_GUARD(&family_lock);

    return !child->vfork_child;
}

/* Until the child has execed or ended; only death ends that early. */
static CO_FN(vfork_wait)
{
    while (!task_killed(task)) {
        wait_queue_arm(&f->child->threads_changed, &f->waiter, task);
        if (vfork_over(f->child)) {
            wait_queue_disarm(&f->child->threads_changed, &f->waiter);
            break;
        }
        CO_WAIT_KILLABLE(waiter_fired(&f->waiter));
        wait_queue_disarm(&f->child->threads_changed, &f->waiter);
    }
    linux_process_put(f->child);
    CO_RETURN(OK);
}
CO_END

CO_FN(clone_call)
{
    status_t st;

    st = clone_begin(f->call, &f->rq, &f->vfork);
    if (st == OK && f->vfork)
        CO_CALL(st, f->wait, vfork_wait, .child = f->vfork);
    CO_RETURN(st);
}
CO_END
