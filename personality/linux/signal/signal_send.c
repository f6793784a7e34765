/*
 * signal_send.c - sending: who gets a signal, and whom it wakes.
 */
#include "personality/linux/signal/signal_internal.h"
#include "personality/linux/signal/signalfd.h"

static bool ignored(const struct linux_process *lp, int signo)
{
    const struct signal_action *a = &lp->signals.actions[signo - 1];

    return a->handler == 1 || (a->handler == 0 && signal_default_of(signo) == DEFAULT_IGNORE);
}

static bool blocks(const struct linux_thread *lt, int signo)
{
    return lt->signals.mask & SIGMASK(signo);
}

/* Would this thread act on the signal: not blocked, or waited for by sigtimedwait? */
static bool wants(const struct linux_thread *lt, int signo)
{
    return !blocks(lt, signo) || lt->signals.waiting & SIGMASK(signo);
}

/* Interrupts one thread that wants it; none: it stays pending until a mask changes. lp->lock
 * held. */
static void wake_one(struct linux_process *lp, int signo)
{
    SPIN_GUARD(&lp->process->object.lock);

    list_for_each (it, &lp->process->threads) {
        struct thread *t = container_of(it, struct thread, process_link);

        if (t->state != THREAD_RUNNING || !t->linux_ || !wants(t->linux_, signo))
            continue;
        task_interrupt(&t->task, TASK_SIGNAL);
        return;
    }
}

/* Every thread blocks it, so that even one which is ignored stays pending: the action may
 * change, and sigtimedwait takes it. lp->lock held. */
static bool all_block(struct linux_process *lp, int signo)
{
    SPIN_GUARD(&lp->process->object.lock);

    list_for_each (it, &lp->process->threads) {
        struct thread *t = container_of(it, struct thread, process_link);

        if (t->state == THREAD_RUNNING && t->linux_ && !blocks(t->linux_, signo))
            return false;
    }
    return true;
}

void signal_wake_all_locked(struct linux_process *lp, unsigned reasons)
{
    SPIN_GUARD(&lp->process->object.lock);

    list_for_each (it, &lp->process->threads) {
        struct thread *t = container_of(it, struct thread, process_link);

        if (t->state == THREAD_RUNNING)
            task_interrupt(&t->task, reasons);
    }
}

void signal_notice(struct linux_process *lp)
{
    SPIN_GUARD(&lp->lock);

    if (lp->signals.pending.set)
        signal_wake_all_locked(lp, TASK_SIGNAL);
}

/* SIGCONT and the stop signals take each other back when they are sent (signal(7)). */
static void cancel_opposites(struct linux_process *lp, int signo)
{
    sigset_t_ opposite = 0;

    if (signo == SIGCONT)
        opposite = SIGNALS_STOP;
    else if (SIGMASK(signo) & SIGNALS_STOP)
        opposite = SIGMASK(SIGCONT);
    if (opposite) {
        SPIN_GUARD(&lp->lock);
        signal_flush_process_locked(lp, opposite);
    }
    if (signo == SIGCONT)
        signal_continue_process(lp);
}

static struct signal_pending *pending_of(struct linux_process *lp, struct linux_thread *only)
{
    return only ? &only->signals.pending : &lp->signals.pending;
}

/* Does it become pending? lp->lock held, as below. */
static bool heeded(struct linux_process *lp, struct linux_thread *only, int signo)
{
    return (only ? blocks(only, signo) : all_block(lp, signo)) || !ignored(lp, signo);
}

static void announce(struct linux_process *lp, struct linux_thread *only, int signo)
{
    signalfd_notify_locked(lp, only, signo);
    if (!only)
        wake_one(lp, signo);
    else if (wants(only, signo))
        task_interrupt(&only->thread->task, TASK_SIGNAL);
}

bool signal_send_entry_locked(struct linux_process *lp, struct linux_thread *only,
                              struct signal_queued *q)
{
    struct signal_pending *p = pending_of(lp, only);

    if (!heeded(lp, only, q->info.signo))
        return false;
    p->set |= SIGMASK(q->info.signo);
    list_push_back(&p->queue, &q->link);
    announce(lp, only, q->info.signo);
    return true;
}

/* The kernel's signals, and the old ones of kill, are told of whatever is queued. */
static bool is_limited(const struct siginfo *info)
{
    return info->signo >= SIGRTMIN_ || info->code < 0;
}

/* To the process, or to `only` if it is not NULL. */
static status_t send(struct linux_process *lp, struct linux_thread *only,
                     const struct siginfo *info)
{
    int signo = info->signo;
    struct signal_queued *q;

    if (!lp->process || lp->zombie)
        return OK;
    if (signo == SIGKILL) {
        linux_process_exit(lp, WAIT_SIGNALED(SIGKILL));
        return OK;
    }
    cancel_opposites(lp, signo);
    q = is_limited(info) && !signal_may_queue(lp) ? NULL : signal_entry_alloc();
    if (!q && signo >= SIGRTMIN_ && info->code != SI_USER)
        return ERR_SHOULD_WAIT;
    {
        SPIN_GUARD(&lp->lock);
        if (heeded(lp, only, signo)) {
            signal_enqueue_locked(pending_of(lp, only), &q, info);
            announce(lp, only, signo);
        }
    }
    signal_entry_free(q);
    return OK;
}

status_t signal_send(struct linux_process *lp, const struct siginfo *info)
{
    return send(lp, NULL, info);
}

status_t signal_send_thread(struct linux_thread *lt, const struct siginfo *info)
{
    return send(lt->process, lt, info);
}

void signal_send_kernel(struct linux_process *lp, int signo)
{
    (void)!send(lp, NULL, &(struct siginfo){.signo = signo, .code = SI_KERNEL});
}

/* Forced upon the thread: if it blocks or ignores the signal, it gets the default (and dies).
 */
void signal_force(struct linux_thread *lt, const struct siginfo *info)
{
    struct linux_process *lp = lt->process;

    {
        SPIN_GUARD(&lp->lock);
        struct signal_action *a = &lp->signals.actions[info->signo - 1];

        if (a->handler == 1 || lt->signals.mask & SIGMASK(info->signo))
            *a = (struct signal_action){0};
        lt->signals.mask &= ~SIGMASK(info->signo);
    }
    (void)!send(lp, lt, info);
}

unsigned signal_send_group(int32_t pgrp, const struct siginfo *info)
{
    struct linux_processes group;
    unsigned count;

    if (linux_processes_of_group(pgrp, &group) != OK)
        return 0;
    for (unsigned i = 0; i < group.count; i++)
        (void)!signal_send(group.members[i], info);
    count = group.count;
    linux_processes_free(&group);
    return count;
}
