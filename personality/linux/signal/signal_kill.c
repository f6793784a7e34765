/*
 * signal_kill.c - sending signals: kill, tkill, tgkill, rt_sigqueueinfo (kill(2), tgkill(2)).
 */
#include "personality/linux/file/fd.h"
#include "personality/linux/process/pid.h"
#include "personality/linux/process/pidfd.h"
#include "personality/linux/procfs/procfs.h"
#include "personality/linux/signal/signal_internal.h"

/* kill(2): root, or the same user. */
static bool may_signal(struct linux_process *from, struct linux_process *to, int signo)
{
    return from == to || credentials_has(&from->cred, CAP_KILL) ||
           from->cred.euid == to->cred.suid || from->cred.euid == to->cred.uid ||
           from->cred.uid == to->cred.suid || from->cred.uid == to->cred.uid ||
           (signo == SIGCONT && from->sid == to->sid);
}

static struct siginfo user_info(struct syscall *call, int signo, int code)
{
    struct linux_process *lp = linux_process_of(call);

    return (struct siginfo){
        .signo = signo, .code = code, .rt.pid = lp->pid, .rt.uid = lp->cred.uid};
}

static status_t kill_one(struct linux_process *from, struct linux_process *to,
                         const struct siginfo *info)
{
    if (!may_signal(from, to, info->signo))
        return ERR_NOT_PERMITTED;
    return info->signo && to->process ? signal_send(to, info) : OK;
}

/* A group, or (pgrp 0) everything but pid 1 and the caller. */
struct kill_many {
    struct linux_process *from;
    pid_t_ pgrp;
};

static bool is_meant(const void *arg, const struct linux_process *lp)
{
    const struct kill_many *k = arg;

    return k->pgrp ? lp->pgrp == k->pgrp : lp != k->from;
}

/* A zombie takes any signal, and nothing comes of it. */
static status_t kill_zombies(const struct kill_many *k, int signo)
{
    status_t st = ERR_NO_PROCESS;
    SPIN_GUARD(&family_lock);

    list_for_each (it, pid_all_locked()) {
        struct linux_process *lp = container_of(it, struct linux_process, all_link);

        if (!lp->zombie || !is_meant(k, lp))
            continue;
        if (may_signal(k->from, lp, signo))
            return OK;
        st = ERR_NOT_PERMITTED;
    }
    return st;
}

/* OK if it reached one at least; otherwise why it did not. */
static status_t kill_many(const struct kill_many *k, const struct siginfo *info)
{
    struct linux_processes targets;
    status_t st = linux_processes_collect(is_meant, k, &targets), one;
    bool any = false;

    if (st != OK)
        return st;
    st = ERR_NO_PROCESS;
    for (unsigned i = 0; i < targets.count; i++) {
        one = kill_one(k->from, targets.members[i], info);
        any |= one == OK;
        st = one;
    }
    linux_processes_free(&targets);
    return any ? OK : st != ERR_NO_PROCESS ? st : kill_zombies(k, info->signo);
}

status_t sys_kill(struct syscall *call)
{
    struct linux_process *lp = linux_process_of(call), *to;
    pid_t_ pid = (pid_t_)call->arg[0];
    int signo = (int)call->arg[1];
    struct siginfo info = user_info(call, signo, SI_USER);
    status_t st;

    if (signo < 0 || signo > SIGNALS)
        return ERR_INVALID_ARGS;
    if (pid == INT32_MIN)
        return ERR_NO_PROCESS;
    if (pid <= 0) {
        struct kill_many k = {.from = lp, .pgrp = pid == -1 ? 0 : pid ? -pid : lp->pgrp};

        return kill_many(&k, &info);
    }
    to = linux_process_find(pid);
    if (!to)
        return ERR_NO_PROCESS;
    st = kill_one(lp, to, &info);
    linux_process_put(to);
    return st;
}

static status_t send_to_thread(struct syscall *call, pid_t_ tgid, pid_t_ tid,
                               const struct siginfo *info)
{
    struct thread *t;
    status_t st = OK;

    if (tid <= 0 || tgid == 0 || tgid < -1 || info->signo < 0 || info->signo > SIGNALS)
        return ERR_INVALID_ARGS;
    t = linux_thread_find(tid);
    if (!t)
        return ERR_NO_PROCESS;
    if (tgid != -1 && t->linux_->process->pid != tgid)
        st = ERR_NO_PROCESS;
    else if (!may_signal(linux_process_of(call), t->linux_->process, info->signo))
        st = ERR_NOT_PERMITTED;
    else if (info->signo)
        st = signal_send_thread(t->linux_, info);
    object_put(&t->object);
    return st;
}

status_t sys_tgkill(struct syscall *call)
{
    struct siginfo info = user_info(call, (int)call->arg[2], SI_TKILL);

    if ((pid_t_)call->arg[0] <= 0)
        return ERR_INVALID_ARGS;
    return send_to_thread(call, (pid_t_)call->arg[0], (pid_t_)call->arg[1], &info);
}

status_t sys_tkill(struct syscall *call)
{
    struct siginfo info = user_info(call, (int)call->arg[1], SI_TKILL);

    return send_to_thread(call, -1, (pid_t_)call->arg[0], &info);
}

/* rt_sigqueueinfo(2): only to itself may a process pretend to be the kernel or kill. */
static status_t queue_info(struct syscall *call, user_addr_t from, int signo, pid_t_ to,
                           struct siginfo *info)
{
    status_t st = copy_from_user(&call->thread->user, info, from, sizeof(*info));

    if (st != OK)
        return st;
    info->signo = signo;
    if ((info->code >= 0 || info->code == SI_TKILL) && to != linux_process_of(call)->pid)
        return ERR_NOT_PERMITTED;
    return signo < 0 || signo > SIGNALS ? ERR_INVALID_ARGS : OK;
}

static status_t pidfd_info(struct syscall *call, struct linux_process *to, struct siginfo *info)
{
    int signo = (int)call->arg[1], given;
    status_t st;

    *info = user_info(call, signo, SI_USER);
    if (!call->arg[2])
        return signo < 0 || signo > SIGNALS ? ERR_INVALID_ARGS : OK;
    st = copy_from_user(&call->thread->user, &given, call->arg[2], sizeof(given));
    if (st == OK && given != signo)
        st = ERR_INVALID_ARGS;
    return st == OK ? queue_info(call, call->arg[2], signo, to->pid, info) : st;
}

/* By a pidfd, or a directory /proc/PID: a reference. */
static status_t pidfd_target(struct syscall *call, struct linux_process **out)
{
    struct file *file;
    bool nonblock;
    status_t st = pidfd_process(call, (int)call->arg[0], out, &nonblock);

    if (st != ERR_BAD_FD)
        return st;
    st = call_fd_get(call, (int)call->arg[0], &file);
    if (st != OK)
        return st;
    st = procfs_process(file, out);
    file_put(file);
    return st;
}

status_t sys_pidfd_send_signal(struct syscall *call)
{
    struct linux_process *to;
    struct siginfo info;
    status_t st;

    if (call->arg[3])
        return ERR_INVALID_ARGS;
    st = pidfd_target(call, &to);
    if (st != OK)
        return st;
    st = pidfd_info(call, to, &info);
    if (st == OK && linux_process_reaped(to))
        st = ERR_NO_PROCESS;
    if (st == OK)
        st = kill_one(linux_process_of(call), to, &info);
    linux_process_put(to);
    return st;
}

status_t sys_rt_sigqueueinfo(struct syscall *call)
{
    pid_t_ pid = (pid_t_)call->arg[0];
    struct linux_process *to;
    struct siginfo info;
    status_t st = queue_info(call, call->arg[2], (int)call->arg[1], pid, &info);

    if (st != OK)
        return st;
    to = linux_process_find(pid);
    if (!to)
        return ERR_NO_PROCESS;
    st = kill_one(linux_process_of(call), to, &info);
    linux_process_put(to);
    return st;
}

status_t sys_rt_tgsigqueueinfo(struct syscall *call)
{
    struct siginfo info;
    status_t st =
        queue_info(call, call->arg[3], (int)call->arg[2], (pid_t_)call->arg[0], &info);

    return st == OK ? send_to_thread(call, (pid_t_)call->arg[0], (pid_t_)call->arg[1], &info)
                    : st;
}
