/*
 * process.c - Linux processes: made, related to each other, reaped.
 */
#include "personality/linux/process/process.h"

#include "base/assert.h"
#include "base/string.h"
#include "co/executor.h"
#include "hal/ref.h"
#include "hal/time.h"
#include "mm/slab.h"
#include "personality/linux/file/fd.h"
#include "personality/linux/ipc/ipc.h"
#include "personality/linux/process/limits.h"
#include "personality/linux/process/pid.h"
#include "personality/linux/process/thread_limit.h"
#include "personality/linux/signal/signalfd.h"
#include "personality/strace/strace.h"
#include "uapi/linux/sched.h"

SLAB_CACHE(linux_process_cache, struct linux_process);
SLAB_CACHE(linux_thread_cache, struct linux_thread);

struct linux_thread *linux_caller(void)
{
    struct task *task = executor_current();

    return task && task->context ? thread_of_task(task)->linux_ : NULL;
}

struct linux_process *linux_process_get(struct linux_process *lp)
{
    unsigned old = ref_get(&lp->refs);

    assert(old > 0);
    return lp;
}

/* What only a living process needs; also for one that was never started. Idempotent. */
static void linux_process_drop_resources(struct linux_process *lp)
{
    struct fd_table *fds;
    struct fs_context *fs;
    struct file *exe;

    {
        /* Whoever looks at another process (/proc) takes references under the lock. */
        SPIN_GUARD(&lp->lock);
        fds = lp->fds;
        fs = lp->fs;
        exe = lp->exe;
        lp->fds = NULL;
        lp->fs = NULL;
        lp->exe = NULL;
    }
    fd_table_put(fds);
    fs_context_put(fs);
    file_put(exe);
}

void linux_process_put(struct linux_process *lp)
{
    if (!lp || ref_put(&lp->refs) != 1)
        return;
    itimers_fini(lp->itimers); /* the CPU limit's may be armed though it never started */
    linux_process_drop_resources(lp);
    signal_pending_clear(&lp->signals.pending);
    if (lp->process)
        object_put(&lp->process->object);
    slab_free(&linux_process_cache, lp);
}

/* Everything empty, one reference. */
static struct linux_process *linux_process_alloc(void)
{
    struct linux_process *lp = slab_alloc_zeroed(&linux_process_cache);

    if (!lp)
        return NULL;
    atomic_init(&lp->refs, 1);
    list_init(&lp->children);
    list_init(&lp->sibling);
    list_init(&lp->all_link);
    list_init(&lp->pid_link);
    list_init(&lp->pidfds);
    wait_queue_init(&lp->children_changed);
    wait_queue_init(&lp->threads_changed);
    signal_shared_init(&lp->signals);
    list_init(&lp->signal_views);
    itimers_init(lp->itimers, lp);
    posix_timers_init(&lp->posix_timers);
    lp->start_time = hal_time_now();
    lp->dumpable = true;
    return lp;
}

/* Linux's defaults (getrlimit(2)), by RLIMIT_* number. */
static const struct rlimit default_limits[RLIMITS] = {
    {UINT64_MAX, UINT64_MAX}, /* CPU */
    {UINT64_MAX, UINT64_MAX}, /* FSIZE */
    {UINT64_MAX, UINT64_MAX}, /* DATA */
    {8ull << 20, UINT64_MAX}, /* STACK */
    {0, UINT64_MAX},          /* CORE */
    {UINT64_MAX, UINT64_MAX}, /* RSS */
    {65536, 65536},           /* NPROC */
    {1024, 1048576},          /* NOFILE */
    {8ull << 20, 8ull << 20}, /* MEMLOCK */
    {UINT64_MAX, UINT64_MAX}, /* AS */
    {UINT64_MAX, UINT64_MAX}, /* LOCKS */
    {65536, 65536},           /* SIGPENDING */
    {819200, 819200},         /* MSGQUEUE */
    {0, 0},                   /* NICE */
    {0, 0},                   /* RTPRIO */
    {UINT64_MAX, UINT64_MAX}, /* RTTIME */
};

uint64_t process_default_limit(unsigned resource)
{
    return default_limits[resource].soft;
}

/* Pid 1 has no program: orphans become its children, and vanish when they end. */
void linux_process_init(void)
{
    struct linux_process *init = linux_process_alloc();

    assert(init);
    pid_init();
    init->pid = PID_INIT;
    init->pgrp = init->sid = PID_INIT;
    memcpy(init->comm, "init", 5);
    memcpy(init->limits, default_limits, sizeof(default_limits));
    thread_limit_init();
    limits_init();
    init->signals.actions[SIGCHLD - 1].handler = 1; /* SIG_IGN: children are not waited for */

    SPIN_GUARD(&family_lock);
    pid_insert_locked(init);
}

static status_t take_over(struct linux_process *lp, struct linux_process *parent,
                          uint64_t flags)
{
    status_t st = OK;

    if (flags & CLONE_FILES)
        lp->fds = fd_table_get(parent->fds);
    else
        st = fd_table_copy(parent->fds, &lp->fds);
    if (st != OK)
        return st;
    if (flags & CLONE_FS)
        lp->fs = fs_context_get(parent->fs);
    else
        st = fs_context_copy(parent->fs, &lp->fs);
    if (st != OK)
        return st;

    SPIN_GUARD(&parent->lock);
    lp->cred = parent->cred;
    memcpy(lp->limits, parent->limits, sizeof(lp->limits));
    lp->nice = parent->nice;
    memcpy(lp->signals.actions, parent->signals.actions, sizeof(lp->signals.actions));
    lp->layout = parent->layout;
    lp->no_new_privs = parent->no_new_privs;
    lp->persona = parent->persona;
    lp->oom_score_adj = parent->oom_score_adj;
    lp->exe = parent->exe ? file_get(parent->exe) : NULL;
    memcpy(lp->comm, parent->comm, sizeof(lp->comm));
    return OK;
}

/* A signal that has come before the child, or that comes to those of whom the child is not one,
 * is for the parent alone: he acts on it first, and may not fork at all any more. */
static bool fork_is_too_late_locked(struct linux_thread *parent)
{
    return parent->process->collected || task_killed(&parent->thread->task) ||
           signal_deliverable(parent);
}

/* A name and a place in the family: from here on others see it. */
static status_t enter_family(struct linux_process *lp, struct linux_thread *forker)
{
    struct linux_process *parent = forker ? forker->process : NULL;
    SPIN_GUARD(&family_lock);

    if (forker && fork_is_too_late_locked(forker))
        return ERR_INTERRUPTED;
    lp->pid = pid_alloc_locked();
    if (!lp->pid)
        return ERR_NO_RESOURCES;
    lp->parent = parent ? parent : pid_find_locked(PID_INIT);
    lp->pgrp = parent ? parent->pgrp : lp->pid;
    lp->sid = parent ? parent->sid : lp->pid;
    lp->session_leader = !parent;
    lp->tty = parent ? parent->tty : NULL;
    list_push_back(&lp->parent->children, &lp->sibling);
    linux_process_get(lp); /* the pid table's */
    pid_insert_locked(lp);
    return OK;
}

static void leave_family(struct linux_process *lp)
{
    {
        SPIN_GUARD(&family_lock);
        if (list_empty(&lp->pid_link))
            return;
        list_remove(&lp->sibling);
        pid_remove_locked(lp);
    }
    linux_process_put(lp);
}

static status_t linux_thread_attach(struct linux_process *lp, struct thread *t, pid_t_ tid)
{
    struct linux_thread *lt = slab_alloc_zeroed(&linux_thread_cache);

    if (!lt)
        return ERR_NO_MEMORY;
    lt->thread = t;
    lt->process = linux_process_get(lp);
    list_init(&lt->tid_link);
    signal_private_init(&lt->signals);
    memcpy(t->name, lp->comm, sizeof(lp->comm));
    t->linux_ = lt;
    thread_limit_add();

    SPIN_GUARD(&family_lock);
    lt->tid = tid ? tid : pid_alloc_locked();
    if (!lt->tid)
        return ERR_NO_RESOURCES; /* the thread's destruction frees lt */
    tid_insert_locked(lt);
    return OK;
}

void linux_thread_free(struct thread *t)
{
    struct linux_thread *lt = t->linux_;

    if (!lt)
        return;
    {
        SPIN_GUARD(&family_lock);
        tid_remove_locked(lt);
    }
    signalfd_thread_gone(lt);
    signal_pending_clear(&lt->signals.pending);
    linux_process_put(lt->process);
    strace_thread_free(t);
    thread_limit_remove();
    slab_free(&linux_thread_cache, lt);
}

static status_t thread_with_tid(struct linux_process *lp, pid_t_ tid, struct thread **out)
{
    struct thread *t;
    status_t st = thread_create(lp->process, lp->comm, &linux_personality, &t);

    if (st != OK)
        return st;
    st = linux_thread_attach(lp, t, tid);
    if (st != OK) {
        object_put(&t->object);
        return st;
    }
    *out = t;
    return OK;
}

status_t linux_thread_create(struct linux_process *lp, struct thread **out)
{
    status_t st = thread_limit_check(lp);

    return st == OK ? thread_with_tid(lp, 0, out) : st;
}

static status_t populate(struct linux_process *lp, struct linux_thread *forker, uint64_t flags)
{
    struct linux_process *parent = forker ? forker->process : NULL;
    struct job *job = parent ? parent->process->job : job_root();
    status_t st = process_create(job, lp->comm, PROCESS_CALLS_LINUX, &lp->process);

    if (st != OK)
        return st;
    lp->process->linux_ = lp;
    if (parent) {
        st = take_over(lp, parent, flags);
        if (st != OK)
            return st;
        lp->process->calls = parent->process->calls;
    } else {
        memcpy(lp->limits, default_limits, sizeof(default_limits));
    }
    return enter_family(lp, forker);
}

status_t linux_process_create(struct linux_thread *parent, uint64_t flags, int exit_signal,
                              struct thread **out)
{
    struct linux_process *lp;
    status_t st = parent ? thread_limit_check(parent->process) : OK;

    if (st != OK)
        return st;
    lp = linux_process_alloc();
    if (!lp)
        return ERR_NO_MEMORY;
    lp->exit_signal = exit_signal;
    st = populate(lp, parent, flags);
    if (st == OK)
        itimer_limit_cpu(lp);
    if (st == OK)
        st = thread_with_tid(lp, lp->pid, out);
    if (st != OK)
        leave_family(lp);
    linux_process_put(lp); /* the thread and the pid table have theirs */
    return st;
}

/* One more thread while another of the process execs would be left over: exec kills those that
 * are on the list when it begins, and this is for those that come later. */
static bool execing(struct linux_process *lp)
{
    SPIN_GUARD(&lp->lock);

    return lp->execing;
}

status_t linux_thread_start(struct linux_process *lp, struct thread *t,
                            const struct thread_entry *entry)
{
    status_t st = ERR_BAD_STATE;

    atomic_fetch_add_explicit(&lp->live_threads, 1, memory_order_relaxed);
    if (!execing(lp))
        st = entry ? thread_start_at(t, entry) : thread_start(t);
    if (st != OK)
        atomic_fetch_sub_explicit(&lp->live_threads, 1, memory_order_relaxed);
    return st;
}

/* Handles of the process on itself and its thread would keep both. */
void linux_process_abandon(struct thread *t)
{
    leave_family(t->process->linux_);
    handle_table_fini(&t->process->handles);
    object_put(&t->object);
}

time_ns_t linux_process_ran(struct linux_process *lp)
{
    time_ns_t sum = (time_ns_t)lp->ended.ran_ns;

    if (!lp->process)
        return sum;
    SPIN_GUARD(&lp->process->object.lock);
    list_for_each (it, &lp->process->threads) {
        struct thread *t = container_of(it, struct thread, process_link);

        if (t->state == THREAD_RUNNING)
            sum += task_ran(&t->task);
    }
    return sum;
}

void linux_process_exit(struct linux_process *lp, uint32_t wait_status)
{
    {
        SPIN_GUARD(&lp->lock);
        if (!lp->exiting) {
            lp->exiting = true;
            lp->exit_code = wait_status;
        }
    }
    process_kill(lp->process,
                 wait_status & 0x7f ? 128 + (wait_status & 0x7f) : wait_status >> 8 & 0xff);
}

void linux_process_release(struct linux_process *lp)
{
    itimers_fini(lp->itimers);
    posix_timers_clear(lp);
    ipc_leave_undos(lp);
    linux_process_drop_resources(lp);
}
