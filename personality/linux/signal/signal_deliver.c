/*
 * signal_deliver.c - what a thread does with its signals on the way to user mode.
 */
#include "base/log.h"
#include "co/waiter.h"
#include "isa/linux_abi.h"
#include "personality/linux/machine.h"
#include "personality/linux/process/pid.h"
#include "personality/linux/process/session.h"
#include "personality/linux/signal/sigaction.h"
#include "personality/linux/signal/signal_internal.h"
#include "personality/linux/strace/linux_strace.h"

/* A stop keeps its threads from user mode. */
static bool signal_stopped(struct linux_process *lp)
{
    SPIN_GUARD(&lp->lock);

    return lp->signals.stopped;
}

/* SIGCHLD for a stop or a continuation, unless the parent does not want it (SA_NOCLDSTOP). */
static void tell_parent(struct linux_process *lp, int code, int status)
{
    struct linux_process *parent;
    struct siginfo info = {.signo = SIGCHLD, .code = code};
    bool wanted;

    {
        SPIN_GUARD(&family_lock);
        if (signal_stopped(lp) != (code == CLD_STOPPED))
            return; /* no news any more: another CPU was faster, and tells the newest */
        lp->stop_news = code == CLD_STOPPED;
        lp->continue_news = code == CLD_CONTINUED;
        parent = linux_process_get(lp->parent);
    }
    {
        SPIN_GUARD(&parent->lock);
        wanted = !(parent->signals.actions[SIGCHLD - 1].flags & SA_NOCLDSTOP);
    }
    info.child.pid = lp->pid;
    info.child.uid = lp->cred.uid;
    info.child.status = status;
    if (wanted)
        (void)!signal_send(parent, &info);
    wait_queue_wake(&parent->children_changed, UINT32_MAX);
    /* Nobody of ours sees the stop: it is the launcher's shell that may. */
    if (code == CLD_STOPPED && parent->pid == PID_INIT && lp->on_exit)
        machine_stopped(status);
    linux_process_put(parent);
}

/* Unless SIGCONT was sent since the stop signal was taken. */
static void signal_stop_process(struct linux_process *lp, int signo, uint32_t continued)
{
    {
        SPIN_GUARD(&lp->lock);
        if (lp->signals.continued != continued || lp->signals.stopped || lp->exiting)
            return;
        lp->signals.stopped = true;
        lp->signals.stop_signal = signo;
        signal_wake_all_locked(lp, TASK_SUSPEND);
    }
    tell_parent(lp, CLD_STOPPED, signo);
}

void signal_continue_process(struct linux_process *lp)
{
    {
        SPIN_GUARD(&lp->lock);
        lp->signals.continued++;
        if (!lp->signals.stopped)
            return;
        lp->signals.stopped = false;
        signal_wake_all_locked(lp, TASK_SUSPEND);
    }
    tell_parent(lp, CLD_CONTINUED, SIGCONT);
}

/* A stop from the terminal does nothing to a group that nobody could continue (setpgid(2)). */
static bool stop_applies(struct linux_process *lp, int signo)
{
    SPIN_GUARD(&family_lock);

    return signo == SIGSTOP || !session_group_orphaned_locked(lp->pgrp);
}

static void default_action(struct linux_thread *lt, int signo, uint32_t continued)
{
    struct linux_process *lp = lt->process;

    switch (signal_default_of(signo)) {
    case DEFAULT_IGNORE:
    case DEFAULT_CONTINUE:
        return;
    case DEFAULT_STOP:
        if (stop_applies(lp, signo)) {
            linux_strace_stopped(lt, signo);
            signal_stop_process(lp, signo, continued);
        }
        return;
    case DEFAULT_CORE:
    case DEFAULT_TERMINATE:
        linux_process_exit(lp, WAIT_SIGNALED(signo));
        return;
    }
}

/* The call that this signal ended: made again when the handler says SA_RESTART. */
static void settle_call(struct linux_thread *lt, bool again)
{
    struct thread *t = lt->thread;

    if (lt->restart != RESTART_NONE && again)
        user_regs_restart_syscall(&t->context.regs, t->call.number, t->call.arg[0]);
    lt->restart = RESTART_NONE;
}

/* The mask that the handler's return brings back. */
static sigset_t_ mask_after(struct linux_thread *lt)
{
    SPIN_GUARD(&lt->process->lock);

    return lt->signals.restore_mask ? lt->signals.saved_mask : lt->signals.mask;
}

static void enter_handler_masks(struct linux_thread *lt, int signo,
                                const struct signal_action *action)
{
    struct signal_private *s = &lt->signals;
    SPIN_GUARD(&lt->process->lock);

    s->restore_mask = false;
    s->mask |= action->mask | (action->flags & SA_NODEFER ? 0 : SIGMASK(signo));
    s->mask &= ~SIGNALS_UNBLOCKABLE;
    if (action->flags & SA_RESETHAND)
        lt->process->signals.actions[signo - 1].handler = 0;
}

/* ERR_USER_PAGE: the frame's page is not there; to be called again when it is. */
static status_t run_handler(struct linux_thread *lt, const struct signal_action *action,
                            const struct siginfo *info)
{
    status_t st;

    lt->restarted = false;
    settle_call(lt, lt->restart == RESTART_ALWAYS ||
                        (lt->restart == RESTART_IF_SA_RESTART && action->flags & SA_RESTART));
    st = sigframe_push(lt, action, info, mask_after(lt));
    if (st != OK)
        return st;
    signal_disarm_altstack(lt);
    enter_handler_masks(lt, info->signo, action);
    return OK;
}

/* Takes one signal and acts on it, unless it has a handler. False: none is deliverable. */
static bool take_one(struct linux_thread *lt, struct signal_action *action,
                     struct siginfo *info)
{
    struct linux_process *lp = lt->process;
    uint32_t continued;

    {
        SPIN_GUARD(&lp->lock);
        if (!signal_take_locked(lt, ~lt->signals.mask, info))
            return false;
        *action = lp->signals.actions[info->signo - 1];
        continued = lp->signals.continued;
    }
    linux_strace_signal(lt, info);
    if (action->handler == 0)
        default_action(lt, info->signo, continued);
    return true;
}

/* Nothing ran: back to the mask of before, and make the interrupted call again. */
static void leave_quietly(struct linux_thread *lt)
{
    {
        SPIN_GUARD(&lt->process->lock);
        if (lt->signals.restore_mask)
            lt->signals.mask = lt->signals.saved_mask;
        lt->signals.restore_mask = false;
    }
    lt->restarted = lt->restart != RESTART_NONE;
    settle_call(lt, true);
}

static const struct siginfo segv_of_kernel = {.signo = SIGSEGV, .code = SI_KERNEL};

CO_FN(signal_pending_co)
{
    status_t st;

    for (;;) {
        task_clear(task, TASK_SIGNAL | TASK_SUSPEND);
        CO_WAIT_KILLABLE(!signal_stopped(f->thread->linux_->process));
        if (task_killed(task))
            CO_RETURN(ERR_CANCELED);
        while ((st = rseq_settle(f->thread->linux_)) == ERR_USER_PAGE) {
            THREAD_PAGE_IN(st, f->thread);
            if (st != OK)
                break;
        }
        if (st != OK)
            signal_force(f->thread->linux_, &segv_of_kernel);
        if (!take_one(f->thread->linux_, &f->action, &f->info)) {
            if (signal_stopped(f->thread->linux_->process))
                continue;
            break;
        }
        if (f->action.handler <= 1) /* default, ignored */
            continue;
        while ((st = run_handler(f->thread->linux_, &f->action, &f->info)) == ERR_USER_PAGE) {
            THREAD_PAGE_IN(st, f->thread);
            if (st != OK)
                break;
        }
        if (st != OK)
            linux_process_exit(f->thread->linux_->process, WAIT_SIGNALED(SIGSEGV));
    }
    leave_quietly(f->thread->linux_);
    CO_RETURN(OK);
}
CO_END

enum {
    SEGV_MAPERR = 1,
    SEGV_ACCERR = 2,
    BUS_ADRALN = 1,
    BUS_ADRERR = 2,
    FPE_INTDIV = 1,
    FPE_FLTINV = 7,
    TRAP_TRACE = 2,
};

static struct siginfo fault_info(const struct hal_trap *trap, status_t why)
{
    struct siginfo info = {.signo = SIGSEGV, .code = SEGV_MAPERR, .fault.addr = trap->addr};

    if (why == ERR_ACCESS_DENIED)
        info.code = SEGV_ACCERR;
    else if (why == ERR_OUT_OF_RANGE || why == ERR_IO)
        info.signo = SIGBUS, info.code = BUS_ADRERR;
    else if (why == ERR_NO_MEMORY)
        info.signo = SIGKILL, info.code = SI_KERNEL; /* as the OOM killer would */
    return info;
}

static struct siginfo exception_info(const struct hal_trap *trap, uint64_t pc)
{
    static const struct {
        int signo, code;
    } table[] = {
        [HAL_EXC_ILLEGAL] = {SIGILL, ILLEGAL_SI_CODE},
        [HAL_EXC_BREAKPOINT] = {SIGTRAP, BREAKPOINT_SI_CODE},
        [HAL_EXC_STEP] = {SIGTRAP, TRAP_TRACE},
        [HAL_EXC_DIVIDE] = {SIGFPE, FPE_INTDIV},
        [HAL_EXC_FP] = {SIGFPE, FPE_FLTINV},
        [HAL_EXC_ALIGNMENT] = {SIGBUS, BUS_ADRALN},
        [HAL_EXC_BUS] = {SIGBUS, BUS_ADRERR},
        [HAL_EXC_PROTECTION] = {SIGSEGV, SI_KERNEL},
    };
    struct siginfo info = {.signo = table[trap->exception].signo,
                           .code = table[trap->exception].code,
                           .fault.addr = pc};

    if (info.code == SI_KERNEL)
        info.fault.addr = 0;
    else if (trap->exception == HAL_EXC_ALIGNMENT || trap->exception == HAL_EXC_BUS)
        info.fault.addr = trap->addr;
    return info;
}

CO_FN(signal_exception_co)
{
    struct siginfo info =
        f->thread->trap.kind == HAL_TRAP_FAULT
            ? fault_info(&f->thread->trap, f->thread->fault_status)
            : exception_info(&f->thread->trap, user_regs_pc(&f->thread->context.regs));

    if (info.signo == SIGKILL)
        log_warn("linux: out of memory: killed process %d (%s)",
                 (int)f->thread->linux_->process->pid, f->thread->name);
    signal_force(f->thread->linux_, &info);
    CO_RETURN(OK);
}
CO_END
