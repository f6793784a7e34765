/*
 * tty_input.c - what typed bytes do: translation, signals, flow control, lines (termios(3),
 * c_iflag and c_lflag).
 */
#include "personality/linux/tty/tty_internal.h"

/* Signals to send once the lock is gone. */
struct effects {
    uint32_t signals; /* 1 << signo */
    bool time;        /* the read timer is to be armed */
};

/* ISIG: a character that is a signal is nothing else. */
static bool signal_locked(struct tty *tty, unsigned char c, struct effects *effects)
{
    static const struct {
        uint8_t which, signo;
    } map[] = {{VINTR, SIGINT}, {VQUIT, SIGQUIT}, {VSUSP, SIGTSTP}};

    if (!tty_local(tty, ISIG))
        return false;
    for (size_t i = 0; i < countof(map); i++) {
        if (!tty_is_special(tty, map[i].which, c))
            continue;
        effects->signals |= 1u << map[i].signo;
        if (!tty_local(tty, NOFLSH)) {
            tty_drop_input_locked(tty);
            tty_drop_output_locked(tty);
        }
        tty_stop_locked(tty, false);
        if (tty_local(tty, ECHO))
            tty_edit_show_locked(tty, c);
        return true;
    }
    return false;
}

/* IXON: VSTOP and VSTART; with IXANY any byte starts. */
static bool flow_locked(struct tty *tty, unsigned char c)
{
    if (!(tty->modes.base.iflag & IXON))
        return false;
    if (tty_is_special(tty, VSTART, c)) {
        tty_stop_locked(tty, false);
        return true;
    }
    if (tty_is_special(tty, VSTOP, c)) {
        tty_stop_locked(tty, true);
        return true;
    }
    if (tty->modes.base.iflag & IXANY)
        tty_stop_locked(tty, false);
    return false;
}

static void newline_locked(struct tty *tty)
{
    if (tty_local(tty, ECHO) || tty_local(tty, ECHONL))
        tty_echo_locked(tty, '\n');
    tty_edit_end_line_locked(tty, '\n');
}

/* The characters that IEXTEN adds. */
static bool extended_locked(struct tty *tty, unsigned char c)
{
    if (!tty_local(tty, IEXTEN))
        return false;
    if (tty_is_special(tty, VWERASE, c)) {
        tty_edit_erase_word_locked(tty);
        return true;
    }
    if (tty_is_special(tty, VREPRINT, c) && tty_local(tty, ECHO)) {
        tty_edit_reprint_locked(tty);
        return true;
    }
    if (tty_is_special(tty, VLNEXT, c)) {
        tty->literal = true;
        if (tty_local(tty, ECHO) && tty_local(tty, ECHOCTL)) {
            tty_echo_locked(tty, '^');
            tty_echo_raw_locked(tty, '\b');
            tty->column -= tty->column > 0;
        }
        return true;
    }
    return false;
}

static void canonical_locked(struct tty *tty, unsigned char c)
{
    if (tty_is_special(tty, VERASE, c)) {
        tty_edit_erase_locked(tty);
    } else if (tty_is_special(tty, VKILL, c)) {
        tty_edit_kill_locked(tty);
    } else if (extended_locked(tty, c)) {
        return;
    } else if (c == '\n') {
        newline_locked(tty);
    } else if (tty_is_special(tty, VEOF, c)) {
        tty_edit_end_line_locked(tty, '\0');
    } else if (tty_is_special(tty, VEOL, c) ||
               (tty_is_special(tty, VEOL2, c) && tty_local(tty, IEXTEN))) {
        if (tty_local(tty, ECHO))
            tty_edit_show_locked(tty, c);
        tty_edit_end_line_locked(tty, c);
    } else {
        tty_edit_add_locked(tty, c);
    }
}

/* IGNCR, ICRNL, INLCR, ISTRIP. False: the byte is dropped. */
static bool translate_locked(const struct tty *tty, unsigned char *c)
{
    uint32_t iflag = tty->modes.base.iflag;

    if (iflag & ISTRIP)
        *c &= 0x7f;
    if (*c == '\r') {
        if (iflag & IGNCR)
            return false;
        if (iflag & ICRNL)
            *c = '\n';
    } else if (*c == '\n' && iflag & INLCR) {
        *c = '\r';
    }
    return true;
}

static void byte_locked(struct tty *tty, unsigned char c, struct effects *effects)
{
    if (tty->literal) {
        tty->literal = false;
        tty_edit_add_locked(tty, c);
        return;
    }
    if (!translate_locked(tty, &c) || flow_locked(tty, c) || signal_locked(tty, c, effects))
        return;
    if (tty_local(tty, ICANON)) {
        canonical_locked(tty, c);
        return;
    }
    tty_edit_add_locked(tty, c);
}

static void bytes_locked(struct tty *tty, const char *data, size_t size,
                         struct effects *effects)
{
    for (size_t i = 0; i < size; i++)
        byte_locked(tty, (unsigned char)data[i], effects);
    if (!tty_local(tty, ICANON)) {
        tty->line = tty->written; /* readers may have it all */
        effects->time = tty_restart_time_locked(tty);
    }
    tty_update_locked(tty);
}

void tty_input(struct tty *tty, const char *data, size_t size)
{
    struct effects effects = {0};

    {
        SPIN_GUARD(&tty->object.lock);
        bytes_locked(tty, data, size, &effects);
    }
    if (effects.time)
        timer_arm_callback(&tty->timer, tty_timer_fired, tty->read_deadline);
    for (int signo = 1; effects.signals >> signo; signo++)
        if (effects.signals >> signo & 1)
            tty_signal_foreground(tty, signo);
    tty_flush(tty);
}
