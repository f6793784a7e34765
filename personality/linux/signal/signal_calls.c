/*
 * signal_calls.c - the signal system calls (sigaction(2), sigprocmask(2), rt_sigtimedwait(2)
 * ...).
 */
#include "personality/linux/process/pid.h"
#include "personality/linux/result_copy.h"
#include "personality/linux/signal/sigaction.h"
#include "personality/linux/signal/signal_internal.h"
#include "personality/linux/time/timespec.h"

enum { SIGSET_SIZE = 8 };

/* What is ignored now is not pending any longer (POSIX 2.4.3). */
static void set_action(struct linux_process *lp, int signo, const struct signal_action *new)
{
    SPIN_GUARD(&lp->lock);

    lp->signals.actions[signo - 1] = *new;
    if (new->handler == 1 || (new->handler == 0 && signal_default_of(signo) == DEFAULT_IGNORE))
        signal_flush_process_locked(lp, SIGMASK(signo));
}

status_t sys_rt_sigaction(struct syscall *call)
{
    struct linux_process *lp = linux_process_of(call);
    int signo = (int)call->arg[0];
    struct signal_action new = {0}, old;
    status_t st;

    if (call->arg[3] != SIGSET_SIZE || signo < 1 || signo > SIGNALS)
        return ERR_INVALID_ARGS;
    if (call->arg[1] && SIGMASK(signo) & SIGNALS_UNBLOCKABLE)
        return ERR_INVALID_ARGS;
    if (call->arg[1]) {
        st = sigaction_read(call, call->arg[1], &new);
        if (st != OK)
            return st;
        new.mask &= ~SIGNALS_UNBLOCKABLE;
    }
    {
        SPIN_GUARD(&lp->lock);
        old = lp->signals.actions[signo - 1];
    }
    /* Before the change: for want of this page the call may be made again. */
    if (call->arg[2]) {
        st = sigaction_write(call, call->arg[2], &old);
        if (st != OK)
            return st;
    }
    if (call->arg[1])
        set_action(lp, signo, &new);
    return OK;
}

status_t sys_rt_sigprocmask(struct syscall *call)
{
    enum { SIG_BLOCK, SIG_UNBLOCK, SIG_SETMASK };
    struct linux_thread *lt = current_linux(call);
    sigset_t_ old = lt->signals.mask, set = 0;
    status_t st;

    if (call->arg[3] != SIGSET_SIZE)
        return ERR_INVALID_ARGS;
    if (call->arg[1]) {
        st = copy_from_user(&call->thread->user, &set, call->arg[1], sizeof(set));
        if (st != OK)
            return st;
        if (call->arg[0] > SIG_SETMASK)
            return ERR_INVALID_ARGS;
    }
    if (call->arg[2]) {
        st = copy_to_user(&call->thread->user, call->arg[2], &old, sizeof(old));
        if (st != OK)
            return st;
    }
    if (call->arg[1])
        signal_set_mask(lt, call->arg[0] == SIG_BLOCK     ? old | set
                            : call->arg[0] == SIG_UNBLOCK ? old & ~set
                                                          : set);
    return OK;
}

status_t sys_rt_sigpending(struct syscall *call)
{
    struct linux_thread *lt = current_linux(call);
    sigset_t_ set;

    if (call->arg[1] > SIGSET_SIZE)
        return ERR_INVALID_ARGS;
    {
        SPIN_GUARD(&lt->process->lock);
        set = signal_pending_set_locked(lt) & lt->signals.mask;
    }
    return copy_to_user(&call->thread->user, call->arg[0], &set, call->arg[1]);
}

struct sys_rt_sigsuspend {
    SYSCALL_FRAME;
};
SYSCALL_WAIT(sys_rt_sigsuspend);

CO_FN(sys_rt_sigsuspend)
{
    sigset_t_ mask;
    status_t st;

    if (f->call->arg[1] != SIGSET_SIZE)
        CO_RETURN(ERR_INVALID_ARGS);
    st = copy_from_user(&f->call->thread->user, &mask, f->call->arg[0], sizeof(mask));
    if (st != OK)
        CO_RETURN(st);
    signal_set_temporary_mask(current_linux(f->call), mask);
    call_no_restart(f->call);
    CO_WAIT_UNTIL(false);
    CO_RETURN(task_interrupted_status(task));
}
CO_END

struct sys_pause {
    SYSCALL_FRAME;
};
SYSCALL_WAIT(sys_pause);

CO_FN(sys_pause)
{
    call_no_restart(f->call);
    CO_WAIT_UNTIL(false);
    CO_RETURN(task_interrupted_status(task));
}
CO_END

struct sys_rt_sigtimedwait {
    SYSCALL_FRAME;
    sigset_t_ set;
    time_ns_t deadline;
    struct siginfo info;
    struct timer timer;
    struct result_copy copy;
};
SYSCALL_WAIT(sys_rt_sigtimedwait);

/* Take one of `set`, or say that the thread waits for them. */
static bool take_or_wait(struct linux_thread *lt, sigset_t_ set, struct siginfo *info)
{
    SPIN_GUARD(&lt->process->lock);

    lt->signals.waiting = set;
    if (!signal_take_locked(lt, set, info))
        return false;
    lt->signals.waiting = 0;
    return true;
}

/* What is deliverable now has had its TASK_SIGNAL cleared. */
static void wait_over(struct linux_thread *lt)
{
    SPIN_GUARD(&lt->process->lock);

    lt->signals.waiting = 0;
    if (signal_pending_set_locked(lt) & ~lt->signals.mask)
        task_interrupt(&lt->thread->task, TASK_SIGNAL);
}

static status_t timedwait_args(struct syscall *call, sigset_t_ *set, time_ns_t *deadline)
{
    status_t st;

    if (call->arg[3] != SIGSET_SIZE)
        return ERR_INVALID_ARGS;
    st = copy_from_user(&call->thread->user, set, call->arg[0], sizeof(*set));
    if (st != OK)
        return st;
    *set &= ~SIGNALS_UNBLOCKABLE;
    return timeout_from_user(call, call->arg[2], deadline);
}

/*
 * A signal of the set interrupts the task like any other; it is taken here instead of being
 * delivered. One that is not of the set ends the wait with EINTR. TASK_SIGNAL is cleared before
 * each look, so what comes after the look raises it again.
 */
CO_FN(sys_rt_sigtimedwait)
{
    status_t st;

    f->info.signo = 0; /* none yet: a call's frame comes uncleared */
    st = timedwait_args(f->call, &f->set, &f->deadline);
    if (st != OK)
        CO_RETURN(st);
    call_no_restart(f->call);
    timer_arm(&f->timer, task, f->deadline);
    for (;;) {
        task_clear(task, TASK_SIGNAL);
        if (take_or_wait(current_linux(f->call), f->set, &f->info) || timer_fired(&f->timer) ||
            signal_deliverable(current_linux(f->call)) || task_pending(task))
            break;
        CO_WAIT_UNTIL(timer_fired(&f->timer));
    }
    timer_disarm(&f->timer);
    wait_over(current_linux(f->call));
    if (!f->info.signo)
        CO_RETURN(timer_fired(&f->timer) ? ERR_SHOULD_WAIT : task_interrupted_status(task));
    f->call->result = f->info.signo;
    if (f->call->arg[1])
        CO_CALL(st, f->copy, result_copy, .thread = f->call->thread, .to = f->call->arg[1],
                .from = &f->info, .size = sizeof(f->info));
    CO_RETURN(st);
}
CO_END

/* stack_t (sigaltstack(2)). */
struct stack_user {
    uint64_t sp;
    int32_t flags, pad;
    uint64_t size;
};

status_t sys_sigaltstack(struct syscall *call)
{
    struct linux_thread *lt = current_linux(call);
    struct stack_user new,
        old = {.sp = lt->signals.altstack, .size = lt->signals.altstack_size};
    status_t st = OK;

    if (!old.size)
        old.flags = SS_DISABLE;
    else if (signal_on_altstack(lt, user_regs_sp(&call->thread->context.regs)))
        old.flags = SS_ONSTACK;
    old.flags |= (int32_t)(lt->signals.altstack_flags & SS_AUTODISARM);
    if (call->arg[0]) {
        st = copy_from_user(&call->thread->user, &new, call->arg[0], sizeof(new));
        if (st == OK && call->arg[1])
            st = copy_to_user(&call->thread->user, call->arg[1], &old, sizeof(old));
        return st == OK ? signal_set_altstack(lt, new.sp, new.flags, new.size) : st;
    }
    return call->arg[1] ? copy_to_user(&call->thread->user, call->arg[1], &old, sizeof(old))
                        : OK;
}

/* Back from a handler. A frame that cannot be read is a crash. */
status_t sys_rt_sigreturn(struct syscall *call)
{
    struct linux_thread *lt = current_linux(call);
    sigset_t_ mask;
    status_t st = sigframe_pop(lt, &mask);

    if (st == ERR_USER_PAGE)
        return st;
    call->replaced = true;
    lt->restart = RESTART_NONE;
    if (st != OK)
        signal_force(lt, &(struct siginfo){.signo = SIGSEGV, .code = SI_KERNEL});
    else
        signal_set_mask(lt, mask);
    return OK;
}
