/*
 * exit.c - how Linux threads and processes end: clearing up, zombies, orphans, news for
 * parents.
 */
#include "co/waiter.h"
#include "personality/hybrid.h"
#include "personality/linux/futex/futex.h"
#include "personality/linux/process/pid.h"
#include "personality/linux/process/pidfd.h"
#include "personality/linux/process/process.h"
#include "personality/linux/process/session.h"
#include "personality/linux/strace/linux_strace.h"

/* Nobody chose a return code: it is that of the last thread's exit(2). */
static void note_return_code(struct process *p, uint32_t wait_status)
{
    SPIN_GUARD(&p->object.lock);

    if (p->state < PROCESS_DYING)
        p->return_code = wait_status >> 8 & 0xff;
}

/* The status that the parent sees: of exit_group or the fatal signal, else of the last thread's
 * exit(2), as since Linux 6.0. */
static void note_thread_exit(struct linux_thread *lt)
{
    struct linux_process *lp = lt->process;
    struct usage used;
    bool last;

    usage_of_thread(lt, &used);
    {
        SPIN_GUARD(&family_lock);
        tid_remove_locked(lt);
        usage_add(&lp->ended, &used);
    }
    last = atomic_fetch_sub_explicit(&lp->live_threads, 1, memory_order_acq_rel) == 1;
    if (last) {
        usage_note_resident(lp);
        SPIN_GUARD(&lp->lock);
        if (!lp->exiting) /* not by exit(2): killed as a Zircon task */
            lp->exit_code = lt->exited ? WAIT_EXITED(lt->exit_code) : WAIT_SIGNALED(SIGKILL);
        lp->exiting = true;
        note_return_code(lp->process, lp->exit_code);
    }
    wait_queue_wake(&lp->threads_changed, UINT32_MAX);
}

/* How this thread ended, in wait(2)'s encoding. */
static uint32_t thread_status(struct linux_thread *lt)
{
    SPIN_GUARD(&lt->process->lock);

    if (lt->process->exiting)
        return lt->process->exit_code;
    return lt->exited ? WAIT_EXITED(lt->exit_code) : WAIT_SIGNALED(SIGKILL);
}

struct linux_exiting {
    THREAD_FRAME;
};
_Static_assert(sizeof(struct linux_exiting) <= sizeof(union thread_slot), "outgrew its slot");

static CO_FN(linux_exiting)
{
    hybrid_thread_ended(f->thread); /* who joins it finds its handle gone */
    futex_thread_exit(f->thread->linux_);
    linux_strace_ended(f->thread->linux_, thread_status(f->thread->linux_));
    note_thread_exit(f->thread->linux_);
    CO_RETURN(OK);
}
CO_END

/* Nobody will wait for it: the parent ignores SIGCHLD, which it would send (wait(2), NOTES). */
static bool parent_ignores(const struct linux_process *lp, struct linux_process *parent)
{
    SPIN_GUARD(&parent->lock);
    const struct signal_action *a = &parent->signals.actions[SIGCHLD - 1];

    if (parent->pid == PID_INIT)
        return true;
    return lp->exit_signal == SIGCHLD && (a->handler == 1 || a->flags & SA_NOCLDWAIT);
}

void linux_process_reap_locked(struct linux_process *lp)
{
    list_remove(&lp->sibling);
    pid_remove_locked(lp);
    pidfd_notify_locked(lp, true);
}

bool linux_process_reaped(struct linux_process *lp)
{
    SPIN_GUARD(&family_lock);

    return list_empty(&lp->pid_link);
}

/* Who adopts its children: the next ancestor that asked for it, or pid 1. */
static struct linux_process *reaper_locked(struct linux_process *lp)
{
    for (lp = lp->parent; lp; lp = lp->parent)
        if (lp->pid == PID_INIT || (lp->subreaper && !lp->zombie))
            return lp;
    return NULL;
}

/* Children go to the reaper. Zombies that nobody will wait for there vanish: they are moved to
 * `dead`. True: others do, and it is to be told. */
static bool orphan_children(struct linux_process *lp, struct linux_process *reaper,
                            struct list *dead)
{
    bool news = false;

    while (!list_empty(&lp->children)) {
        struct linux_process *child =
            container_of(lp->children.next, struct linux_process, sibling);

        child->parent = reaper;
        child->exit_signal = SIGCHLD;
        child->parent_told_death = false;
        if (child->zombie && parent_ignores(child, reaper)) {
            linux_process_reap_locked(child);
            list_push_back(dead, &child->sibling);
            continue;
        }
        list_remove(&child->sibling);
        list_push_back(&reaper->children, &child->sibling);
        news |= child->zombie;
    }
    return news;
}

/* A child that is to hear of its parent's end (PR_SET_PDEATHSIG) and has not: a reference. */
static struct linux_process *child_to_tell(struct linux_process *lp)
{
    SPIN_GUARD(&family_lock);

    list_for_each (it, &lp->children) {
        struct linux_process *child = container_of(it, struct linux_process, sibling);

        if (!child->pdeath_signal || child->parent_told_death)
            continue;
        child->parent_told_death = true;
        return linux_process_get(child);
    }
    return NULL;
}

static void tell_children(struct linux_process *lp)
{
    struct linux_process *child;

    while ((child = child_to_tell(lp))) {
        struct siginfo info = {
            .signo = child->pdeath_signal, .code = SI_USER, .rt.pid = lp->pid};

        (void)!signal_send(child, &info);
        linux_process_put(child);
    }
}

/* Becomes a zombie, or vanishes at once (then onto `dead`). The parent to tell, with a
 * reference; NULL when it is pid 1. `*reaper` likewise, if the children are news to it. */
static struct linux_process *become_zombie(struct linux_process *lp, struct list *dead,
                                           struct linux_process **reaper)
{
    SPIN_GUARD(&family_lock);
    struct linux_process *parent = lp->parent, *adopter = reaper_locked(lp);

    *reaper = orphan_children(lp, adopter, dead) && adopter->process
                  ? linux_process_get(adopter)
                  : NULL;
    lp->wait_status = lp->exit_code;
    lp->zombie = true;
    pidfd_notify_locked(lp, false);
    if (parent_ignores(lp, parent)) {
        linux_process_reap_locked(lp);
        list_push_back(dead, &lp->sibling);
    }
    return parent->process ? linux_process_get(parent) : NULL;
}

static void tell_parent(struct linux_process *parent, struct linux_process *lp)
{
    uint32_t ws = lp->wait_status;
    struct siginfo info = {.signo = lp->exit_signal};

    if (lp->exit_signal && lp->exit_signal <= SIGNALS) { /* clone(2) takes any byte */
        info.code = !(ws & 0x7f) ? CLD_EXITED : ws & WAIT_CORE ? CLD_DUMPED : CLD_KILLED;
        info.child.pid = lp->pid;
        info.child.uid = lp->cred.uid;
        info.child.status = (int32_t)(ws & 0x7f ? ws & 0x7f : ws >> 8 & 0xff);
        (void)!signal_send(parent, &info);
    }
    wait_queue_wake(&parent->children_changed, UINT32_MAX);
}

void linux_vfork_release(struct linux_process *lp)
{
    {
        SPIN_GUARD(&family_lock);
        if (!lp->vfork_child)
            return;
        lp->vfork_child = false;
    }
    wait_queue_wake(&lp->threads_changed, UINT32_MAX);
}

/* The last thread is gone and so is the memory. */
static void linux_process_ended(struct process *p)
{
    struct linux_process *lp = p->linux_, *parent, *reaper;
    struct list dead;

    list_init(&dead);
    session_process_ended(lp);
    linux_process_release(lp);
    linux_vfork_release(lp);
    tell_children(lp);
    parent = become_zombie(lp, &dead, &reaper);
    if (parent) {
        tell_parent(parent, lp);
        linux_process_put(parent);
    }
    if (reaper) {
        signal_send_kernel(reaper, SIGCHLD);
        wait_queue_wake(&reaper->children_changed, UINT32_MAX);
        linux_process_put(reaper);
    }
    if (lp->on_exit)
        lp->on_exit(lp->wait_status);
    while (!list_empty(&dead)) {
        struct linux_process *gone = container_of(dead.next, struct linux_process, sibling);

        list_remove(&gone->sibling);
        linux_process_put(gone); /* the pid table's */
    }
}

const struct personality linux_personality = {
    .name = "linux",
    .pending = signal_pending_co,
    .exception = signal_exception_co,
    .exiting = linux_exiting,
    .process_ended = linux_process_ended,
    .thread_free = linux_thread_free,
};

status_t sys_exit(struct syscall *call)
{
    struct linux_thread *lt = current_linux(call);

    lt->exited = true;
    lt->exit_code = (int32_t)call->arg[0];
    thread_kill(call->thread);
    return OK;
}

status_t sys_exit_group(struct syscall *call)
{
    linux_process_exit(linux_process_of(call), WAIT_EXITED(call->arg[0]));
    return OK;
}
