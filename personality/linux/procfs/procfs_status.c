/*
 * procfs_status.c - /proc/PID/{stat,statm,status}: numbers about a process (proc(5)).
 */
#include "base/string.h"
#include "personality/linux/load.h"
#include "personality/linux/memory/memory.h"
#include "personality/linux/procfs/procfs_internal.h"
#include "personality/linux/tty/tty.h"

enum { TICKS_PER_SEC = 100, NO_GROUP = -1 }; /* USER_HZ */

/* A process as it is now. */
struct snapshot {
    char comm[16], state;
    pid_t_ pid, ppid, pgrp, sid, tty_pgrp;
    uint64_t tty_dev;
    struct credentials cred;
    struct linux_layout layout;
    unsigned threads;
    struct usage used, waited;
    uint64_t mapped, resident, locked, data, stack; /* bytes */
    bool no_new_privs;
    time_ns_t start_time;
    sigset_t_ blocked, ignored, caught, pending;
    int exit_signal, nice;
};

static void take_family(struct linux_process *lp, struct snapshot *s)
{
    SPIN_GUARD(&family_lock);

    s->pid = lp->pid;
    s->ppid = lp->parent ? lp->parent->pid : 0;
    s->pgrp = lp->pgrp;
    s->sid = lp->sid;
    s->tty_pgrp = lp->tty ? lp->tty->pgrp : NO_GROUP;
    s->tty_dev = lp->tty ? (lp->tty->rdev >> 20) << 8 | (lp->tty->rdev & 0xff) : 0;
    s->nice = lp->nice;
    s->state = lp->zombie ? 'Z' : 'S';
    s->exit_signal = lp->exit_signal;
}

static void take_signals_locked(struct linux_process *lp, struct snapshot *s)
{
    s->pending = lp->signals.pending.set;
    for (int signo = 1; signo <= SIGNALS; signo++) {
        user_addr_t handler = lp->signals.actions[signo - 1].handler;

        if (handler == 1)
            s->ignored |= SIGMASK(signo);
        else if (handler)
            s->caught |= SIGMASK(signo);
    }
}

static void take_own(struct linux_process *lp, struct snapshot *s)
{
    SPIN_GUARD(&lp->lock);

    memcpy(s->comm, lp->comm, sizeof(s->comm));
    s->cred = lp->cred;
    s->layout = lp->layout;
    s->waited = lp->waited;
    s->no_new_privs = lp->no_new_privs;
    s->start_time = lp->start_time;
    if (lp->signals.stopped && s->state == 'S')
        s->state = 'T';
    take_signals_locked(lp, s);
}

/* A thread that is not parked makes the process a running one. */
static void take_threads(struct linux_process *lp, struct snapshot *s)
{
    SPIN_GUARD(&lp->process->object.lock);

    list_for_each (it, &lp->process->threads) {
        struct thread *t = container_of(it, struct thread, process_link);

        s->threads++;
        if (t->linux_)
            s->blocked = t->linux_->signals.mask;
        if (s->state == 'S' && load_is_running(t))
            s->state = 'R';
    }
}

static void take_memory(struct linux_process *lp, struct snapshot *s)
{
    struct aspace *as = process_aspace(lp->process);
    struct mapping_info info;

    if (!as)
        return;
    usage_note_resident(lp);
    s->resident = usage_resident(lp);
    s->data = memory_data(as);
    for (user_addr_t at = 0; aspace_next_mapping(as, at, &info) == OK;) {
        s->mapped += info.size;
        s->locked += info.flags & MAPPING_LOCKED ? info.size : 0;
        s->stack += info.flags & MAPPING_GROWS ? info.size : 0;
        at = info.base + info.size;
        vmo_put(info.vmo);
    }
    aspace_put(as);
}

static status_t take(struct inode *inode, struct snapshot *s)
{
    struct linux_process *lp;
    status_t st = proc_process(inode, &lp);

    if (st != OK)
        return st;
    *s = (struct snapshot){0};
    take_family(lp, s);
    take_own(lp, s);
    if (lp->process) {
        take_threads(lp, s);
        take_memory(lp, s);
    }
    usage_of_process(lp, &s->used);
    linux_process_put(lp);
    return OK;
}

static uint64_t ticks(uint64_t ns)
{
    return ns / (NS_PER_SEC / TICKS_PER_SEC);
}

/* The fields of proc(5), in its order; those that we do not count are 0. */
status_t proc_show_stat(struct inode *inode, struct seq *seq)
{
    struct snapshot s;
    status_t st = take(inode, &s);

    if (st != OK)
        return st;
    seq_printf(seq, "%d (%s) %c %d %d %d %lu %d 0 %lu %lu %lu %lu ", s.pid, s.comm, s.state,
               s.ppid, s.pgrp, s.sid, (unsigned long)s.tty_dev, s.tty_pgrp,
               (unsigned long)s.used.minor_faults, (unsigned long)s.waited.minor_faults,
               (unsigned long)s.used.major_faults, (unsigned long)s.waited.major_faults);
    seq_printf(seq, "%lu %lu %lu %lu %d %d %u 0 %lu %lu %lu ",
               (unsigned long)ticks(usage_user_ns(&s.used)),
               (unsigned long)ticks(s.used.kernel_ns),
               (unsigned long)ticks(usage_user_ns(&s.waited)),
               (unsigned long)ticks(s.waited.kernel_ns), 20 + s.nice, s.nice, s.threads,
               (unsigned long)ticks((uint64_t)s.start_time), (unsigned long)s.mapped,
               (unsigned long)(s.resident >> PAGE_SHIFT));
    seq_printf(seq, "%lu %lu %lu %lu 0 0 %lu %lu %lu %lu 0 0 0 %d 0 0 0 0 0 0 ",
               (unsigned long)UINT64_MAX, (unsigned long)s.layout.code_start,
               (unsigned long)s.layout.code_end, (unsigned long)s.layout.stack_top,
               (unsigned long)s.pending, (unsigned long)s.blocked, (unsigned long)s.ignored,
               (unsigned long)s.caught, s.exit_signal);
    seq_printf(seq, "%lu %lu %lu %lu %lu %lu %lu 0\n", (unsigned long)s.layout.data_start,
               (unsigned long)s.layout.data_end, (unsigned long)s.layout.brk_start,
               (unsigned long)s.layout.arg_start, (unsigned long)s.layout.arg_end,
               (unsigned long)s.layout.env_start, (unsigned long)s.layout.env_end);
    return OK;
}

status_t proc_show_statm(struct inode *inode, struct seq *seq)
{
    struct snapshot s;
    status_t st = take(inode, &s);

    if (st == OK)
        seq_printf(seq, "%lu %lu 0 %lu 0 %lu 0\n", (unsigned long)(s.mapped >> PAGE_SHIFT),
                   (unsigned long)(s.resident >> PAGE_SHIFT),
                   (unsigned long)((s.layout.code_end - s.layout.code_start) >> PAGE_SHIFT),
                   (unsigned long)((s.data + s.stack) >> PAGE_SHIFT));
    return st;
}

static const char *state_name(char state)
{
    return state == 'R'   ? "running"
           : state == 'T' ? "stopped"
           : state == 'Z' ? "zombie"
                          : "sleeping";
}

static void show_ids(const struct credentials *c, struct seq *seq)
{
    seq_printf(seq, "Uid:\t%u\t%u\t%u\t%u\nGid:\t%u\t%u\t%u\t%u\n", c->uid, c->euid, c->suid,
               c->fsuid, c->gid, c->egid, c->sgid, c->fsgid);
    seq_puts(seq, "Groups:\t");
    for (uint32_t i = 0; i < c->group_count; i++)
        seq_printf(seq, "%u ", c->groups[i]);
    seq_puts(seq, "\n");
}

static void show_kb(struct seq *seq, const char *name, uint64_t bytes)
{
    seq_printf(seq, "%s:\t%8lu kB\n", name, (unsigned long)(bytes >> 10));
}

static void show_sizes(const struct snapshot *s, struct seq *seq)
{
    const struct linux_layout *l = &s->layout;

    show_kb(seq, "VmPeak", s->mapped);
    show_kb(seq, "VmSize", s->mapped);
    show_kb(seq, "VmLck", s->locked);
    show_kb(seq, "VmPin", 0);
    show_kb(seq, "VmHWM", MAX(s->resident, s->used.max_resident));
    show_kb(seq, "VmRSS", s->resident);
    show_kb(seq, "VmData", s->data);
    show_kb(seq, "VmStk", s->stack);
    show_kb(seq, "VmExe", ROUND_UP(l->code_end - l->code_start, PAGE_SIZE));
    show_kb(seq, "VmSwap", 0);
}

static void show_signals(const struct snapshot *s, struct seq *seq)
{
    seq_printf(seq, "ShdPnd:\t%016lx\nSigBlk:\t%016lx\nSigIgn:\t%016lx\nSigCgt:\t%016lx\n",
               (unsigned long)s->pending, (unsigned long)s->blocked, (unsigned long)s->ignored,
               (unsigned long)s->caught);
}

status_t proc_show_status(struct inode *inode, struct seq *seq)
{
    struct snapshot s;
    status_t st = take(inode, &s);

    if (st != OK)
        return st;
    seq_printf(seq,
               "Name:\t%s\nState:\t%c (%s)\nTgid:\t%d\nPid:\t%d\nPPid:\t%d\nTracerPid:\t0\n",
               s.comm, s.state, state_name(s.state), s.pid, s.pid, s.ppid);
    show_ids(&s.cred, seq);
    seq_printf(seq, "NStgid:\t%d\nNSpid:\t%d\nNSpgid:\t%d\nNSsid:\t%d\n", s.pid, s.pid, s.pgrp,
               s.sid);
    if (s.state != 'Z')
        show_sizes(&s, seq);
    seq_printf(seq, "Threads:\t%u\n", s.threads);
    show_signals(&s, seq);
    seq_printf(seq, "CapInh:\t%016lx\nCapPrm:\t%016lx\nCapEff:\t%016lx\n",
               (unsigned long)s.cred.inheritable, (unsigned long)s.cred.permitted,
               (unsigned long)s.cred.effective);
    seq_printf(seq, "CapBnd:\t%016lx\nCapAmb:\t%016lx\n", (unsigned long)s.cred.bounding,
               (unsigned long)s.cred.ambient);
    seq_printf(seq, "NoNewPrivs:\t%d\nSeccomp:\t0\n", s.no_new_privs);
    seq_printf(seq, "voluntary_ctxt_switches:\t%lu\nnonvoluntary_ctxt_switches:\t%lu\n",
               (unsigned long)s.used.switches, (unsigned long)s.used.preempted);
    return OK;
}
