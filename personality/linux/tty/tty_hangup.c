/*
 * tty_hangup.c - how a terminal and a session part: the line is cut, or the leader ends
 * (ioctl_tty(2), credentials(7)).
 */
#include "personality/linux/process/pid.h"
#include "personality/linux/process/session.h"
#include "personality/linux/tty/tty_internal.h"

void tty_forget_session_locked(struct tty *tty)
{
    if (!tty->sid)
        return;
    list_for_each (it, pid_all_locked()) {
        struct linux_process *lp = container_of(it, struct linux_process, all_link);

        if (lp->tty == tty)
            lp->tty = NULL;
    }
    tty->sid = tty->pgrp = 0;
}

void tty_leader_ended(struct tty *tty, pid_t_ sid)
{
    int32_t pgrp;

    {
        SPIN_GUARD(&family_lock);
        if (tty->sid != sid)
            return;
        pgrp = tty->pgrp;
        tty_forget_session_locked(tty);
    }
    if (pgrp)
        signal_send_group(pgrp, &(struct siginfo){.signo = SIGHUP, .code = SI_KERNEL});
}

static void cut(struct tty *tty)
{
    SPIN_GUARD(&tty->object.lock);

    tty->hung_up = true;
    tty_drop_input_locked(tty);
    tty_drop_output_locked(tty);
    tty_update_locked(tty);
}

/* The leader of its session, who is to know the foreground group: a reference; NULL: none. */
static struct linux_process *take_leader(struct tty *tty)
{
    SPIN_GUARD(&family_lock);
    struct linux_process *leader = tty->sid ? pid_find_locked(tty->sid) : NULL;

    if (leader && leader->tty == tty) {
        leader->hung_up_group = tty->pgrp;
        linux_process_get(leader);
    } else {
        leader = NULL;
    }
    tty_forget_session_locked(tty);
    return leader;
}

/* From `cut` on no session adopts it. */
void tty_hang_up(struct tty *tty)
{
    struct linux_process *leader;

    cut(tty);
    tty_flush(tty);
    leader = take_leader(tty);
    if (!leader)
        return;
    signal_send_kernel(leader, SIGHUP);
    signal_send_kernel(leader, SIGCONT);
    linux_process_put(leader);
}

void tty_shut(struct tty *tty)
{
    {
        SPIN_GUARD(&tty->object.lock);
        tty->hung_up = true;
        tty->stopped = false;
        tty_update_locked(tty);
    }
    tty_flush(tty);
}
