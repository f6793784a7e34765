/*
 * session.c - process groups and sessions (setpgid(2), setsid(2), credentials(7)).
 */
#include "personality/linux/process/session.h"

#include "personality/linux/machine.h"
#include "personality/linux/process/pid.h"
#include "personality/linux/tty/tty.h"

/* 0: the caller; else itself or one of its children. Borrowed under family_lock. */
static struct linux_process *self_or_child(struct linux_process *lp, pid_t_ pid)
{
    struct linux_process *who = pid ? pid_find_locked(pid) : lp;

    return who && (who == lp || who->parent == lp) ? who : NULL;
}

static bool group_in_session(pid_t_ pgrp, pid_t_ sid)
{
    list_for_each (it, pid_all_locked()) {
        struct linux_process *lp = container_of(it, struct linux_process, all_link);

        if (lp->pgrp == pgrp && lp->sid == sid)
            return true;
    }
    return false;
}

/* setpgid(2), in its order of checks. */
status_t sys_setpgid(struct syscall *call)
{
    struct linux_process *lp = linux_process_of(call), *who;
    pid_t_ pid = (pid_t_)call->arg[0], pgrp = (pid_t_)call->arg[1];
    SPIN_GUARD(&family_lock);

    if (pid < 0 || pgrp < 0)
        return ERR_INVALID_ARGS;
    who = self_or_child(lp, pid);
    if (!who)
        return ERR_NO_PROCESS;
    if (who != lp && who->sid != lp->sid)
        return ERR_NOT_PERMITTED;
    if (who != lp && who->exec_done)
        return ERR_ACCESS_DENIED;
    if (who->session_leader)
        return ERR_NOT_PERMITTED;
    if (!pgrp)
        pgrp = who->pid;
    if (pgrp != who->pid && !group_in_session(pgrp, lp->sid))
        return ERR_NOT_PERMITTED;
    who->pgrp = pgrp;
    return OK;
}

/* The group or the session of `pid`; 0 is the caller. */
static status_t get_id(struct syscall *call, bool session)
{
    pid_t_ pid = (pid_t_)call->arg[0];
    SPIN_GUARD(&family_lock);
    struct linux_process *who = pid ? pid_find_locked(pid) : linux_process_of(call);

    if (!who)
        return ERR_NO_PROCESS;
    call->result = session ? who->sid : who->pgrp;
    return OK;
}

status_t sys_getpgid(struct syscall *call)
{
    return get_id(call, false);
}

status_t sys_getsid(struct syscall *call)
{
    return get_id(call, true);
}

status_t sys_getpgrp(struct syscall *call)
{
    call->result = linux_process_of(call)->pgrp;
    return OK;
}

status_t sys_setsid(struct syscall *call)
{
    struct linux_process *lp = linux_process_of(call);
    SPIN_GUARD(&family_lock);

    list_for_each (it, pid_all_locked())
        if (container_of(it, struct linux_process, all_link)->pgrp == lp->pid)
            return ERR_NOT_PERMITTED;
    lp->session_leader = true;
    lp->sid = lp->pgrp = lp->pid;
    lp->tty = NULL;
    lp->hung_up_group = 0;
    call->result = lp->pid;
    return OK;
}

/* Is its parent outside of its group and inside of its session? The first program's is, in that
 * sense: whoever started the machine. `gone`, who is ending, counts no longer. */
static bool has_outer_parent(const struct linux_process *lp, const struct linux_process *gone)
{
    const struct linux_process *parent = lp->parent;

    if (lp->on_exit && machine_sees_stops())
        return true;
    return parent && parent != gone && parent->pgrp != lp->pgrp && parent->sid == lp->sid;
}

/* Has no member but `gone` such a parent (POSIX 3.264, setpgid(2))? */
static bool orphaned_without(pid_t_ pgrp, const struct linux_process *gone)
{
    list_for_each (it, pid_all_locked()) {
        struct linux_process *lp = container_of(it, struct linux_process, all_link);

        if (lp != gone && lp->pgrp == pgrp && !lp->zombie && has_outer_parent(lp, gone))
            return false;
    }
    return true;
}

bool session_group_orphaned_locked(pid_t_ pgrp)
{
    return orphaned_without(pgrp, NULL);
}

static bool has_stopped_member(pid_t_ pgrp, const struct linux_process *gone)
{
    list_for_each (it, pid_all_locked()) {
        struct linux_process *lp = container_of(it, struct linux_process, all_link);

        if (lp->pgrp == pgrp && lp != gone && !lp->zombie && lp->signals.stopped)
            return true;
    }
    return false;
}

/* `pgrp` lost its last link to the session by the end of `lp`, and a member is stopped. */
static bool strands(const struct linux_process *lp, pid_t_ pgrp)
{
    return has_stopped_member(pgrp, lp) && orphaned_without(pgrp, lp) &&
           !session_group_orphaned_locked(pgrp);
}

/* A group, its own or that of a child, that the end of `lp` strands; 0: none. */
static pid_t_ newly_orphaned_group(struct linux_process *lp)
{
    SPIN_GUARD(&family_lock);

    if (strands(lp, lp->pgrp))
        return lp->pgrp;
    list_for_each (it, &lp->children) {
        struct linux_process *child = container_of(it, struct linux_process, sibling);

        if (child->pgrp != lp->pgrp && child->sid == lp->sid && strands(lp, child->pgrp))
            return child->pgrp;
    }
    return 0;
}

void session_hang_up_group(pid_t_ pgrp)
{
    if (!pgrp)
        return;
    signal_send_group(pgrp, &(struct siginfo){.signo = SIGHUP, .code = SI_KERNEL});
    signal_send_group(pgrp, &(struct siginfo){.signo = SIGCONT, .code = SI_KERNEL});
}

/* The terminal of the session that `lp` leads: a reference; NULL: none. Then `*hung_up` is the
 * group that was in its foreground when it hung up. */
static struct tty *leaders_tty(struct linux_process *lp, pid_t_ *hung_up)
{
    SPIN_GUARD(&family_lock);

    *hung_up = lp->hung_up_group;
    if (!lp->session_leader || !lp->tty)
        return NULL;
    object_get(&lp->tty->object);
    return lp->tty;
}

void session_process_ended(struct linux_process *lp)
{
    pid_t_ hung_up;
    struct tty *tty = leaders_tty(lp, &hung_up);

    if (tty)
        tty_leader_ended(tty, lp->sid);
    else
        session_hang_up_group(hung_up);
    tty_put(tty);
    session_hang_up_group(newly_orphaned_group(lp));
}
