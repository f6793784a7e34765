/*
 * signal_queue.c - pending signals: sets, queues, and sending.
 */
#include "mm/slab.h"
#include "personality/linux/signal/signal_internal.h"
#include "personality/linux/signal/signalfd.h"

SLAB_CACHE(signal_cache, struct signal_queued);

enum signal_default signal_default_of(int signo)
{
    switch (signo) {
    case SIGQUIT:
    case SIGILL:
    case SIGTRAP:
    case SIGABRT:
    case SIGBUS:
    case SIGFPE:
    case SIGSEGV:
    case SIGXCPU:
    case SIGXFSZ:
    case SIGSYS:
        return DEFAULT_CORE;
    case SIGCHLD:
    case SIGURG:
    case SIGWINCH:
        return DEFAULT_IGNORE;
    case SIGSTOP:
    case SIGTSTP:
    case SIGTTIN:
    case SIGTTOU:
        return DEFAULT_STOP;
    case SIGCONT:
        return DEFAULT_CONTINUE;
    default:
        return DEFAULT_TERMINATE;
    }
}

void signal_shared_init(struct signal_shared *s)
{
    *s = (struct signal_shared){0};
    list_init(&s->pending.queue);
}

void signal_private_init(struct signal_private *s)
{
    *s = (struct signal_private){.altstack_flags = 2}; /* SS_DISABLE */
    list_init(&s->pending.queue);
}

void signal_pending_clear(struct signal_pending *p)
{
    struct list *link;

    while ((link = list_pop_front(&p->queue)))
        slab_free(&signal_cache, container_of(link, struct signal_queued, link));
    p->set = 0;
}

void signal_shared_exec(struct linux_process *lp)
{
    SPIN_GUARD(&lp->lock);

    for (unsigned i = 0; i < SIGNALS; i++) {
        struct signal_action *a = &lp->signals.actions[i];

        *a = (struct signal_action){.handler = a->handler == 1 ? 1 : 0};
    }
}

static struct signal_queued *find(struct signal_pending *p, int signo)
{
    list_for_each (it, &p->queue) {
        struct signal_queued *q = container_of(it, struct signal_queued, link);

        if (q->info.signo == signo)
            return q;
    }
    return NULL;
}

bool signal_dequeue_locked(struct signal_pending *p, sigset_t_ from, struct siginfo *out)
{
    sigset_t_ ready = p->set & from;
    struct signal_queued *q;
    int signo;

    if (!ready)
        return false;
    signo =
        __builtin_ctzll(ready & SIGNALS_SYNCHRONOUS ? ready & SIGNALS_SYNCHRONOUS : ready) + 1;
    q = find(p, signo);
    /* A standard signal that found no memory has no siginfo. */
    *out = q ? q->info : (struct siginfo){.signo = signo, .code = SI_USER};
    if (q) {
        list_remove(&q->link);
        slab_free(&signal_cache, q);
    }
    if (!find(p, signo))
        p->set &= ~SIGMASK(signo);
    return true;
}

bool signal_take_locked(struct linux_thread *lt, sigset_t_ from, struct siginfo *out)
{
    return signal_dequeue_locked(&lt->signals.pending, from, out) ||
           signal_dequeue_locked(&lt->process->signals.pending, from, out);
}

void signal_put_back(struct linux_process *lp, struct signal_pending *p,
                     const struct siginfo *info)
{
    struct signal_queued *q = slab_alloc(&signal_cache);

    {
        SPIN_GUARD(&lp->lock);
        bool again = info->signo < SIGRTMIN_ && p->set & SIGMASK(info->signo);

        p->set |= SIGMASK(info->signo);
        if (q && !again) {
            q->info = *info;
            list_init(&q->link);
            list_insert_before(p->queue.next, &q->link);
            q = NULL;
        }
    }
    slab_free(&signal_cache, q);
}

sigset_t_ signal_pending_set_locked(struct linux_thread *lt)
{
    return lt->signals.pending.set | lt->process->signals.pending.set;
}

void signal_flush_locked(struct signal_pending *p, sigset_t_ set)
{
    struct siginfo unused;

    while (signal_dequeue_locked(p, set, &unused))
        continue;
}

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

void signal_flush_process_locked(struct linux_process *lp, sigset_t_ set)
{
    SPIN_GUARD(&lp->process->object.lock);

    signal_flush_locked(&lp->signals.pending, set);
    list_for_each (it, &lp->process->threads) {
        struct thread *t = container_of(it, struct thread, process_link);

        if (t->linux_)
            signal_flush_locked(&t->linux_->signals.pending, set);
    }
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

/* Puts the signal into the set; `q` is used up or NULL. lp->lock held. */
static void enqueue(struct signal_pending *p, struct signal_queued **q,
                    const struct siginfo *info)
{
    bool standard = info->signo < SIGRTMIN_;

    if (standard && p->set & SIGMASK(info->signo))
        return;
    p->set |= SIGMASK(info->signo);
    if (!*q)
        return;
    (*q)->info = *info;
    list_push_back(&p->queue, &(*q)->link);
    *q = NULL;
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
    q = slab_alloc(&signal_cache);
    if (!q && signo >= SIGRTMIN_)
        return ERR_SHOULD_WAIT;
    if (q)
        list_init(&q->link);
    {
        SPIN_GUARD(&lp->lock);
        bool blocked = only ? blocks(only, signo) : all_block(lp, signo);

        if (blocked || !ignored(lp, signo)) {
            enqueue(only ? &only->signals.pending : &lp->signals.pending, &q, info);
            signalfd_notify_locked(lp, only, signo);
            if (!only)
                wake_one(lp, signo);
            else if (wants(only, signo))
                task_interrupt(&only->thread->task, TASK_SIGNAL);
        }
    }
    slab_free(&signal_cache, q);
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

bool signal_deliverable(struct linux_thread *lt)
{
    SPIN_GUARD(&lt->process->lock);

    return signal_pending_set_locked(lt) & ~lt->signals.mask;
}

void signal_set_mask(struct linux_thread *lt, sigset_t_ mask)
{
    SPIN_GUARD(&lt->process->lock);

    lt->signals.mask = mask & ~SIGNALS_UNBLOCKABLE;
    if (signal_pending_set_locked(lt) & ~lt->signals.mask)
        task_interrupt(&lt->thread->task, TASK_SIGNAL);
}

void signal_set_temporary_mask(struct linux_thread *lt, sigset_t_ mask)
{
    {
        SPIN_GUARD(&lt->process->lock);
        if (!lt->signals.restore_mask)
            lt->signals.saved_mask = lt->signals.mask;
        lt->signals.restore_mask = true;
    }
    /* The thread comes by signal_pending_co even if nothing is deliverable: to restore. */
    signal_set_mask(lt, mask);
}

static bool in_group(const void *pgrp, const struct linux_process *lp)
{
    return lp->pgrp == *(const int32_t *)pgrp;
}

unsigned signal_send_group(int32_t pgrp, const struct siginfo *info)
{
    struct linux_processes group;
    unsigned count;

    if (linux_processes_collect(in_group, &pgrp, &group) != OK)
        return 0;
    for (unsigned i = 0; i < group.count; i++)
        (void)!signal_send(group.members[i], info);
    count = group.count;
    linux_processes_free(&group);
    return count;
}
