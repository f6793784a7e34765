/*
 * tty_edit.c - the line being typed: adding, erasing, and what the screen shows of it
 * (termios(3), canonical mode).
 */
#include "base/bitmap.h"
#include "personality/linux/tty/tty_internal.h"

enum { TAB_STOP = 8, DELETE = 127 };

static unsigned char byte_at(const struct tty *tty, uint32_t at)
{
    return tty->in[at % TTY_INPUT];
}

static bool is_control(unsigned char c)
{
    return c < ' ' || c == DELETE;
}

/* Bytes of a UTF-8 sequence after the first take no room of their own. */
static bool is_continuation(const struct tty *tty, unsigned char c)
{
    return tty->modes.base.iflag & IUTF8 && (c & 0xc0) == 0x80;
}

void tty_edit_show_locked(struct tty *tty, unsigned char c)
{
    if (tty_local(tty, ECHOCTL) && is_control(c) && c != '\t' && c != '\n') {
        tty_echo_locked(tty, '^');
        c ^= 0x40;
    }
    tty_echo_locked(tty, c);
}

static void put_locked(struct tty *tty, unsigned char c, bool ends)
{
    uint32_t at = tty->written++ % TTY_INPUT;

    tty->in[at] = c;
    if (ends)
        bitmap_set(tty->ends, at);
    else
        bitmap_clear(tty->ends, at);
}

/* The last byte of the buffer is kept for the end of the line, so that it can always be ended.
 */
void tty_edit_add_locked(struct tty *tty, unsigned char c)
{
    if (tty->written - tty->read >= TTY_INPUT - 1) {
        if (tty->modes.base.iflag & IMAXBEL)
            tty_echo_locked(tty, '\a');
        return;
    }
    if (tty->line == tty->written)
        tty->line_column = tty->column;
    put_locked(tty, c, false);
    if (tty_local(tty, ECHO))
        tty_edit_show_locked(tty, c);
}

void tty_edit_end_line_locked(struct tty *tty, unsigned char c)
{
    if (tty->written - tty->read >= TTY_INPUT)
        return; /* the reader has not taken the line before */
    put_locked(tty, c, true);
    tty->line = tty->written;
}

/* The column behind the line up to `end`. */
static uint32_t column_at(const struct tty *tty, uint32_t end)
{
    uint32_t column = tty->line_column;

    for (uint32_t at = tty->line; at != end; at++) {
        unsigned char c = byte_at(tty, at);

        if (c == '\t')
            column += TAB_STOP - column % TAB_STOP;
        else if (is_control(c))
            column += tty_local(tty, ECHOCTL) ? 2 : 0;
        else if (!is_continuation(tty, c))
            column++;
    }
    return column;
}

/* The start of the last character. */
static uint32_t last_character(const struct tty *tty)
{
    uint32_t at = tty->written - 1;

    while (at != tty->line && is_continuation(tty, byte_at(tty, at)))
        at--;
    return at;
}

/* The line ends at `end` now. */
static void cut_locked(struct tty *tty, uint32_t end, bool show)
{
    uint32_t width = column_at(tty, tty->written) - column_at(tty, end);

    tty->written = end;
    if (!show || !tty_local(tty, ECHO))
        return;
    while (width--) {
        tty_echo_locked(tty, '\b');
        tty_echo_locked(tty, ' ');
        tty_echo_locked(tty, '\b');
    }
}

void tty_edit_erase_locked(struct tty *tty)
{
    if (tty->line == tty->written)
        return;
    if (!tty_local(tty, ECHOE) && tty_local(tty, ECHO))
        tty_edit_show_locked(tty, tty->modes.base.cc[VERASE]);
    cut_locked(tty, last_character(tty), tty_local(tty, ECHOE));
}

static bool is_word(unsigned char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           c == '_' || c >= 0x80;
}

/* Back over what is not of a word, then over the word. */
void tty_edit_erase_word_locked(struct tty *tty)
{
    uint32_t at = tty->written;

    while (at != tty->line && !is_word(byte_at(tty, at - 1)))
        at--;
    while (at != tty->line && is_word(byte_at(tty, at - 1)))
        at--;
    cut_locked(tty, at, tty_local(tty, ECHOE));
}

void tty_edit_kill_locked(struct tty *tty)
{
    bool wipe = tty_local(tty, ECHOKE) && tty_local(tty, ECHOE);

    cut_locked(tty, tty->line, wipe);
    if (wipe || !tty_local(tty, ECHO))
        return;
    tty_edit_show_locked(tty, tty->modes.base.cc[VKILL]);
    if (tty_local(tty, ECHOK))
        tty_echo_locked(tty, '\n');
}

void tty_edit_reprint_locked(struct tty *tty)
{
    tty_edit_show_locked(tty, tty->modes.base.cc[VREPRINT]);
    tty_echo_locked(tty, '\n');
    tty->line_column = tty->column;
    for (uint32_t at = tty->line; at != tty->written; at++)
        tty_edit_show_locked(tty, byte_at(tty, at));
}
