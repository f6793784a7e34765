/*
 * tty_job.c - terminals and sessions: who controls what, who is in the foreground, and what
 * happens to those who are not (credentials(7), tcsetpgrp(3)).
 */
#include "personality/linux/process/pid.h"
#include "personality/linux/process/session.h"
#include "personality/linux/tty/tty_internal.h"

enum { SIG_IGN_HANDLER = 1 };

void tty_signal_foreground(struct tty *tty, int signo)
{
    int32_t pgrp;

    {
        SPIN_GUARD(&family_lock);
        pgrp = tty->pgrp;
    }
    if (pgrp)
        signal_send_group(pgrp, &(struct siginfo){.signo = signo, .code = SI_KERNEL});
}

void tty_window_changed(struct tty *tty, const struct winsize *size)
{
    {
        SPIN_GUARD(&tty->object.lock);
        if (size->rows == tty->size.rows && size->columns == tty->size.columns &&
            size->xpixels == tty->size.xpixels && size->ypixels == tty->size.ypixels)
            return;
        tty->size = *size;
    }
    tty_signal_foreground(tty, SIGWINCH);
}

/* Not one that has hung up: it may be about to go. */
static bool adopt_locked(struct tty *tty, struct linux_process *lp)
{
    {
        SPIN_GUARD(&tty->object.lock);
        if (tty->hung_up)
            return false;
    }
    lp->tty = tty;
    tty->sid = lp->sid;
    tty->pgrp = lp->pgrp;
    return true;
}

void tty_adopt(struct tty *tty, struct linux_process *lp)
{
    SPIN_GUARD(&family_lock);

    adopt_locked(tty, lp);
}

/* Reading permission is not asked: the file has just been opened. */
void tty_opened(struct syscall *call, struct file *file)
{
    struct linux_process *lp = linux_process_of(call);
    struct tty *tty = tty_of_file(file);

    if (!tty)
        return;

    SPIN_GUARD(&family_lock);
    if (lp->session_leader && !lp->tty && !tty->sid)
        adopt_locked(tty, lp);
}

status_t tty_open_controlling(struct syscall *call, const struct path *path, unsigned flags,
                              struct file **out)
{
    struct linux_process *lp = linux_process_of(call);
    struct tty *tty;
    status_t st;

    {
        SPIN_GUARD(&family_lock);
        tty = lp->tty;
        if (tty)
            object_get(&tty->object);
    }
    st = tty ? tty_file_create(tty, flags, out) : ERR_IO_NOT_PRESENT;
    if (st == OK)
        tty_file_place(*out, path);
    tty_put(tty);
    return st;
}

/* The caller neither minds nor can be told. */
static bool ignores(struct syscall *call, int signo)
{
    struct linux_process *lp = linux_process_of(call);
    SPIN_GUARD(&lp->lock);

    return lp->signals.actions[signo - 1].handler == SIG_IGN_HANDLER ||
           current_linux(call)->signals.mask & SIGMASK(signo);
}

/* Is the caller in the background of his own terminal? Then his group, and whether it is an
 * orphan. */
static bool in_background(struct syscall *call, struct tty *tty, int32_t *pgrp, bool *orphaned)
{
    struct linux_process *lp = linux_process_of(call);
    SPIN_GUARD(&family_lock);

    if (lp->tty != tty || !tty->pgrp || tty->pgrp == lp->pgrp)
        return false;
    *pgrp = lp->pgrp;
    *orphaned = session_group_orphaned_locked(lp->pgrp);
    return true;
}

/*
 * A background process that writes or changes the terminal is stopped unless it ignores
 * SIGTTOU; one that reads is stopped, and fails if it ignores SIGTTIN. An orphan, whom nobody
 * would continue, fails. ERR_INTERRUPTED: the call is made again once continued.
 */
static status_t check_foreground(struct syscall *call, struct tty *tty, int signo)
{
    bool orphaned;
    int32_t pgrp;

    if (!in_background(call, tty, &pgrp, &orphaned))
        return OK;
    if (ignores(call, signo))
        return signo == SIGTTIN ? ERR_IO : OK;
    if (orphaned)
        return ERR_IO;
    signal_send_group(pgrp, &(struct siginfo){.signo = signo, .code = SI_KERNEL});
    return ERR_INTERRUPTED;
}

status_t tty_check_io(struct syscall *call, struct file *file, int signo)
{
    struct tty *tty = tty_of_file(file);

    if (!tty)
        return OK;
    if (signo == SIGTTOU) {
        SPIN_GUARD(&tty->object.lock);
        if (!tty_local(tty, TOSTOP))
            return OK;
    }
    return check_foreground(call, tty, signo);
}

status_t tty_check_change(struct syscall *call, struct tty *tty)
{
    return check_foreground(call, tty, SIGTTOU);
}

/* TIOCSCTTY: `steal` from another session, which root may. */
status_t tty_set_controlling(struct syscall *call, struct tty *tty, bool steal)
{
    struct linux_process *lp = linux_process_of(call);
    SPIN_GUARD(&family_lock);

    if (lp->session_leader && lp->tty == tty && tty->sid == lp->sid)
        return OK;
    if (!lp->session_leader || lp->tty)
        return ERR_NOT_PERMITTED;
    if (tty->sid) {
        if (!steal || !credentials_has(&lp->cred, CAP_SYS_ADMIN))
            return ERR_NOT_PERMITTED;
        tty_forget_session_locked(tty);
    }
    return adopt_locked(tty, lp) ? OK : ERR_IO;
}

/* TIOCNOTTY. */
status_t tty_give_up(struct syscall *call, struct tty *tty)
{
    struct linux_process *lp = linux_process_of(call);
    int32_t pgrp;

    {
        SPIN_GUARD(&family_lock);
        if (lp->tty != tty)
            return ERR_NOT_TTY;
        if (!lp->session_leader) {
            lp->tty = NULL;
            return OK;
        }
        pgrp = tty->pgrp;
        tty_forget_session_locked(tty);
    }
    session_hang_up_group(pgrp);
    return OK;
}

/* TIOCGPGRP and TIOCGSID. */
status_t tty_get_ids(struct syscall *call, struct tty *tty, int32_t *pgrp, int32_t *sid)
{
    SPIN_GUARD(&family_lock);

    if (linux_process_of(call)->tty != tty)
        return ERR_NOT_TTY;
    *pgrp = tty->pgrp;
    *sid = tty->sid;
    return OK;
}

/* The session of a group; 0: there is no such group. */
static pid_t_ session_of_group_locked(int32_t pgrp)
{
    list_for_each (it, pid_all_locked()) {
        struct linux_process *lp = container_of(it, struct linux_process, all_link);

        if (lp->pgrp == pgrp)
            return lp->sid;
    }
    return 0;
}

/* TIOCSPGRP, after tty_check_change. */
status_t tty_set_foreground(struct syscall *call, struct tty *tty, int32_t pgrp)
{
    struct linux_process *lp = linux_process_of(call);
    pid_t_ sid;
    SPIN_GUARD(&family_lock);

    if (lp->tty != tty || tty->sid != lp->sid)
        return ERR_NOT_TTY;
    if (pgrp < 0)
        return ERR_INVALID_ARGS;
    sid = session_of_group_locked(pgrp);
    if (!sid)
        return ERR_NO_PROCESS;
    if (sid != lp->sid)
        return ERR_NOT_PERMITTED;
    tty->pgrp = pgrp;
    return OK;
}
