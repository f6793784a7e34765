/*
 * tty_ioctl.c - requests to a terminal (ioctl_tty(2)).
 */
#include "personality/linux/tty/pty.h"
#include "personality/linux/tty/tty_internal.h"

enum set_when { SET_NOW, SET_FLUSHED };

static status_t get_modes(struct syscall *call, struct tty *tty, user_addr_t to, size_t size)
{
    struct termios2 modes;

    {
        SPIN_GUARD(&tty->object.lock);
        modes = tty->modes;
    }
    return copy_to_user(&call->thread->user, to, &modes, size);
}

/* The other side may stop the output itself on ^S and start it on ^Q (ioctl_tty(2), TIOCPKT).
 */
static bool usual_flow(const struct termios2 *modes)
{
    enum { CTRL_Q = 17, CTRL_S = 19 };

    return modes->base.iflag & IXON && modes->base.cc[VSTOP] == CTRL_S &&
           modes->base.cc[VSTART] == CTRL_Q;
}

/* From lines to bytes or back: what was typed already can be read as it is. */
static void adopt_modes(struct tty *tty, const struct termios2 *modes, enum set_when when)
{
    SPIN_GUARD(&tty->object.lock);

    if ((tty->modes.base.lflag ^ modes->base.lflag) & ICANON) {
        tty->line = tty->written;
        tty->timed_out = false;
    }
    if (usual_flow(modes) != usual_flow(&tty->modes))
        tty_note_locked(tty, usual_flow(modes) ? TIOCPKT_DOSTOP : TIOCPKT_NOSTOP,
                        usual_flow(modes) ? TIOCPKT_NOSTOP : TIOCPKT_DOSTOP);
    tty->modes = *modes;
    if (when == SET_FLUSHED)
        tty_drop_input_locked(tty);
    if (!(modes->base.iflag & IXON))
        tty_stop_locked(tty, false);
    tty_update_locked(tty);
}

/* Whether to drain first was seen to by the ioctl call. */
static status_t set_modes(struct syscall *call, struct tty *tty, user_addr_t from, size_t size,
                          enum set_when when)
{
    struct termios2 modes;
    status_t st = tty_check_change(call, tty);

    if (st != OK)
        return st;
    {
        SPIN_GUARD(&tty->object.lock);
        modes = tty->modes;
    }
    st = copy_from_user(&call->thread->user, &modes, from, size);
    if (st != OK)
        return st;
    adopt_modes(tty, &modes, when);
    tty_made_room(tty);
    tty_flush(tty);
    return OK;
}

static status_t get_window(struct syscall *call, struct tty *tty, user_addr_t to)
{
    struct winsize size;

    {
        SPIN_GUARD(&tty->object.lock);
        size = tty->size;
    }
    return copy_to_user(&call->thread->user, to, &size, sizeof(size));
}

static status_t set_window(struct syscall *call, struct tty *tty, user_addr_t from)
{
    struct winsize size;
    status_t st = copy_from_user(&call->thread->user, &size, from, sizeof(size));

    if (st == OK)
        tty_window_changed(tty, &size);
    return st;
}

/* FIONREAD and TIOCOUTQ. In canonical mode an unfinished line does not count. */
static status_t get_count(struct syscall *call, struct tty *tty, uint32_t request,
                          user_addr_t to)
{
    int32_t count;

    {
        SPIN_GUARD(&tty->object.lock);
        if (request == FIONREAD)
            count = (int32_t)tty_readable_locked(tty);
        else /* what a master has not read is sent */
            count = tty->backend->write ? (int32_t)ring_used(&tty->out) : 0;
    }
    return copy_to_user(&call->thread->user, to, &count, sizeof(count));
}

static status_t flush_queues(struct syscall *call, struct tty *tty, uint64_t which)
{
    status_t st = tty_check_change(call, tty);

    if (st != OK)
        return st;
    if (which > TCIOFLUSH)
        return ERR_INVALID_ARGS;
    {
        SPIN_GUARD(&tty->object.lock);
        if (which != TCOFLUSH)
            tty_drop_input_locked(tty);
        if (which != TCIFLUSH)
            tty_drop_output_locked(tty);
        tty_update_locked(tty);
    }
    tty_made_room(tty);
    tty_flush(tty);
    return OK;
}

static void hold_locked(struct tty *tty, bool hold)
{
    tty->held = false;
    tty_stop_locked(tty, hold);
    tty->held = hold;
}

/* TCXONC: our output, or a character that asks the other side to hold. */
static status_t flow(struct syscall *call, struct tty *tty, uint64_t action)
{
    status_t st = tty_check_change(call, tty);

    if (st != OK)
        return st;
    if (action > TCION)
        return ERR_INVALID_ARGS;
    {
        SPIN_GUARD(&tty->object.lock);
        if (action == TCOOFF || action == TCOON)
            hold_locked(tty, action == TCOOFF);
        else
            tty_echo_raw_locked(tty, tty->modes.base.cc[action == TCIOFF ? VSTOP : VSTART]);
        tty_update_locked(tty);
    }
    tty_flush(tty);
    return OK;
}

/* As if that byte had been typed: to one's own terminal, others being root's. */
static status_t fake_input(struct syscall *call, struct tty *tty, user_addr_t from)
{
    struct linux_process *lp = linux_process_of(call);
    status_t st;
    char byte;

    {
        SPIN_GUARD(&family_lock);
        if (lp->tty != tty && !credentials_has(&lp->cred, CAP_SYS_ADMIN))
            return ERR_NOT_PERMITTED;
    }
    st = copy_from_user(&call->thread->user, &byte, from, sizeof(byte));
    if (st == OK)
        tty_input(tty, &byte, sizeof(byte));
    return st;
}

static status_t get_id(struct syscall *call, struct tty *tty, uint32_t request, user_addr_t to)
{
    int32_t pgrp, sid;
    status_t st = tty_get_ids(call, tty, &pgrp, &sid);

    if (st != OK)
        return st;
    return copy_to_user(&call->thread->user, to, request == TIOCGSID ? &sid : &pgrp,
                        sizeof(pgrp));
}

static status_t set_group(struct syscall *call, struct tty *tty, user_addr_t from)
{
    int32_t pgrp;
    status_t st = tty_check_change(call, tty);

    if (st == ERR_IO)
        return ERR_NOT_TTY; /* an orphan has nothing to say here (tcsetpgrp(3)) */
    if (st == OK)
        st = copy_from_user(&call->thread->user, &pgrp, from, sizeof(pgrp));
    return st == OK ? tty_set_foreground(call, tty, pgrp) : st;
}

static status_t session_request(struct syscall *call, struct tty *tty, uint32_t request,
                                user_addr_t arg)
{
    switch (request) {
    case TIOCSCTTY:
        return tty_set_controlling(call, tty, arg == 1);
    case TIOCNOTTY:
        return tty_give_up(call, tty);
    case TIOCGPGRP:
    case TIOCGSID:
        return get_id(call, tty, request, arg);
    case TIOCSPGRP:
        return set_group(call, tty, arg);
    default:
        return ERR_NOT_TTY;
    }
}

static status_t mode_request(struct syscall *call, struct tty *tty, uint32_t request,
                             user_addr_t arg)
{
    const size_t old = sizeof(struct termios), now = sizeof(struct termios2);

    switch (request) {
    case TCGETS:
        return get_modes(call, tty, arg, old);
    case TCGETS2:
        return get_modes(call, tty, arg, now);
    case TCSETS:
    case TCSETSW:
        return set_modes(call, tty, arg, old, SET_NOW);
    case TCSETSF:
        return set_modes(call, tty, arg, old, SET_FLUSHED);
    case TCSETS2:
    case TCSETSW2:
        return set_modes(call, tty, arg, now, SET_NOW);
    case TCSETSF2:
        return set_modes(call, tty, arg, now, SET_FLUSHED);
    default:
        return session_request(call, tty, request, arg);
    }
}

struct tty *tty_ioctl_drains(struct file *file, uint32_t request)
{
    switch (request) {
    case TCSETSW:
    case TCSETSF:
    case TCSETSW2:
    case TCSETSF2:
    case TCSBRK:
    case TCSBRKP:
        return tty_of_file(file);
    default:
        return NULL;
    }
}

static bool has_hung_up(struct tty *tty)
{
    SPIN_GUARD(&tty->object.lock);

    return tty->hung_up;
}

status_t tty_ioctl(struct syscall *call, struct file *file, uint32_t request, user_addr_t arg)
{
    struct tty *tty = tty_of_file(file), *mastered = pty_of_master(file);

    if (mastered)
        return pty_ioctl(call, mastered, request, arg);
    if (!tty)
        return ERR_NOT_TTY;
    return has_hung_up(tty) ? ERR_IO : tty_request(call, tty, request, arg);
}

status_t tty_request(struct syscall *call, struct tty *tty, uint32_t request, user_addr_t arg)
{
    switch (request) {
    case TIOCGWINSZ:
        return get_window(call, tty, arg);
    case TIOCSWINSZ:
        return set_window(call, tty, arg);
    case FIONREAD:
    case TIOCOUTQ:
        return get_count(call, tty, request, arg);
    case TCFLSH:
        return flush_queues(call, tty, arg);
    case TCXONC:
        return flow(call, tty, arg);
    case TIOCSTI:
        return fake_input(call, tty, arg);
    case TCSBRK: /* a break needs a line to send it on; tcdrain is TCSBRK of 1 */
    case TCSBRKP:
    case TIOCSBRK:
    case TIOCCBRK:
        return tty_check_change(call, tty);
    default:
        return mode_request(call, tty, request, arg);
    }
}
