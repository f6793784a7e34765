/*
 * tty_ioctl.c - requests to a terminal (ioctl_tty(2)).
 */
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

/* From lines to bytes or back: what was typed already can be read as it is. */
static void adopt_modes(struct tty *tty, const struct termios2 *modes, enum set_when when)
{
    SPIN_GUARD(&tty->object.lock);

    if ((tty->modes.base.lflag ^ modes->base.lflag) & ICANON) {
        tty->line = tty->written;
        tty->timed_out = false;
    }
    tty->modes = *modes;
    if (when == SET_FLUSHED)
        tty_drop_input_locked(tty);
    if (!(modes->base.iflag & IXON))
        tty->stopped = false;
    tty_update_locked(tty);
}

/*
 * Output is on its way as soon as it was written, and processed by the modes of that time, so
 * there is no draining to wait for.
 */
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
        count =
            (int32_t)(request == FIONREAD ? tty_readable_locked(tty) : ring_used(&tty->out));
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
    SPIN_GUARD(&tty->object.lock);
    if (which != TCOFLUSH)
        tty_drop_input_locked(tty);
    /* What the backend is being given is beyond recall. */
    if (which != TCIFLUSH && !tty->flushing)
        ring_drop(&tty->out, ring_used(&tty->out));
    tty_update_locked(tty);
    return OK;
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
            tty->stopped = action == TCOOFF;
        else
            tty_echo_raw_locked(tty, tty->modes.base.cc[action == TCIOFF ? VSTOP : VSTART]);
    }
    tty_flush(tty);
    return OK;
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

status_t tty_ioctl(struct syscall *call, struct tty *tty, uint32_t request, user_addr_t arg)
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
    case TCSBRK: /* a break needs a line to send it on; tcdrain is TCSBRK of 1 */
    case TCSBRKP:
        return tty_check_change(call, tty);
    default:
        return mode_request(call, tty, request, arg);
    }
}
