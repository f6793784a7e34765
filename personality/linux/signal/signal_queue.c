/*
 * signal_queue.c - pending signals: sets and queues, and the masks that hold them back.
 */
#include "mm/slab.h"
#include "personality/linux/process/pid.h"
#include "personality/linux/signal/signal_internal.h"

SLAB_CACHE(signal_cache, struct signal_queued);

/* Entries of all queues: while these are fewer than a limit, nobody need be counted. */
static atomic_uint queued_all;

static void count(struct signal_pending *p, int change)
{
    p->count += (unsigned)change;
    atomic_fetch_add_explicit(&queued_all, (unsigned)change, memory_order_relaxed);
}

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

    while ((link = list_pop_front(&p->queue))) {
        slab_free(&signal_cache, container_of(link, struct signal_queued, link));
        count(p, -1);
    }
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
    if (q)
        list_remove(&q->link);
    if (!find(p, signo))
        p->set &= ~SIGMASK(signo);
    if (!q)
        return true;
    if (q->taken) {
        q->taken(q, out);
    } else {
        slab_free(&signal_cache, q);
        count(p, -1);
    }
    return true;
}

void signal_unqueue_locked(struct signal_pending *p, struct signal_queued *q)
{
    if (list_empty(&q->link))
        return;
    list_remove(&q->link);
    if (!find(p, q->info.signo))
        p->set &= ~SIGMASK(q->info.signo);
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
            *q = (struct signal_queued){.info = *info};
            list_init(&q->link);
            list_insert_before(p->queue.next, &q->link);
            count(p, 1);
            q = NULL;
        }
    }
    slab_free(&signal_cache, q);
}

sigset_t_ signal_pending_set_locked(struct linux_thread *lt)
{
    return lt->signals.pending.set | lt->process->signals.pending.set;
}

/* Those of the senders' own entries are moved to `senders`. */
static void flush(struct signal_pending *p, sigset_t_ set, struct list *senders)
{
    list_for_each_safe (it, &p->queue) {
        struct signal_queued *q = container_of(it, struct signal_queued, link);

        if (!(SIGMASK(q->info.signo) & set))
            continue;
        list_remove(&q->link);
        if (q->taken) {
            list_push_back(senders, &q->link);
        } else {
            slab_free(&signal_cache, q);
            count(p, -1);
        }
    }
    p->set &= ~set;
}

static void flush_all(struct linux_process *lp, sigset_t_ set, struct list *senders)
{
    SPIN_GUARD(&lp->process->object.lock);

    flush(&lp->signals.pending, set, senders);
    list_for_each (it, &lp->process->threads) {
        struct thread *t = container_of(it, struct thread, process_link);

        if (t->linux_)
            flush(&t->linux_->signals.pending, set, senders);
    }
}

void signal_flush_process_locked(struct linux_process *lp, sigset_t_ set)
{
    struct list senders, *link;
    struct siginfo unused;

    list_init(&senders);
    flush_all(lp, set, &senders);
    while ((link = list_pop_front(&senders))) {
        struct signal_queued *q = container_of(link, struct signal_queued, link);

        q->taken(q, &unused);
    }
}

struct signal_queued *signal_entry_alloc(void)
{
    return slab_alloc(&signal_cache);
}

void signal_entry_free(struct signal_queued *q)
{
    slab_free(&signal_cache, q);
}

void signal_enqueue_locked(struct signal_pending *p, struct signal_queued **q,
                           const struct siginfo *info)
{
    bool standard = info->signo < SIGRTMIN_;

    if (standard && p->set & SIGMASK(info->signo))
        return;
    p->set |= SIGMASK(info->signo);
    if (!*q)
        return;
    **q = (struct signal_queued){.info = *info};
    list_init(&(*q)->link);
    list_push_back(&p->queue, &(*q)->link);
    count(p, 1);
    *q = NULL;
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

/* lp->lock is held. */
static uint64_t queued_locked(struct linux_process *lp)
{
    uint64_t sum = lp->signals.pending.count;
    SPIN_GUARD(&lp->process->object.lock);

    list_for_each (it, &lp->process->threads) {
        struct thread *t = container_of(it, struct thread, process_link);

        sum += t->linux_ ? t->linux_->signals.pending.count : 0;
    }
    return sum;
}

static uint64_t queued_of_user(uint32_t uid)
{
    uint64_t sum = 0;
    SPIN_GUARD(&family_lock);

    list_for_each (it, pid_all_locked()) {
        struct linux_process *lp = container_of(it, struct linux_process, all_link);
        SPIN_GUARD(&lp->lock);

        if (lp->process && lp->cred.uid == uid)
            sum += queued_locked(lp);
    }
    return sum;
}

bool signal_may_queue(struct linux_process *lp)
{
    uint64_t limit;
    uint32_t uid;

    {
        SPIN_GUARD(&lp->lock);
        limit = lp->limits[RLIMIT_SIGPENDING].soft;
        uid = lp->cred.uid;
    }
    return atomic_load_explicit(&queued_all, memory_order_relaxed) < limit ||
           queued_of_user(uid) < limit;
}
