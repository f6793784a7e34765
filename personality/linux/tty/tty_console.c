/*
 * tty_console.c - the machine's serial console as a terminal.
 */
#include "personality/linux/tty/tty_console.h"

#include "hal/console.h"

/* The line takes what it is given before it returns. */
static status_t console_write(struct tty *tty, const char *data, size_t size, size_t *actual)
{
    (void)tty;
    hal_console_write_tty(data, size);
    *actual = size;
    return OK;
}

/* What was typed, as far as there is room for it; the rest waits in the machine. */
static void console_read(void *arg)
{
    struct tty *tty = arg;
    char bytes[128];
    size_t room, size;

    while ((room = tty_input_room(tty)) > 0) {
        size = hal_console_read(bytes, MIN(room, sizeof(bytes)));
        if (!size)
            return;
        tty_input(tty, bytes, size);
    }
}

static void console_resume(struct tty *tty)
{
    console_read(tty);
}

static const struct tty_backend console_backend = {
    .name = "console", .write = console_write, .resume = console_resume};

status_t tty_console_create(enum tty_kind kind, struct tty **out)
{
    status_t st =
        tty_create(&console_backend, kind, DEV(TTY_MAJOR, TTY_MINOR_CONSOLE), NULL, out);

    if (st == OK)
        hal_console_set_handler(console_read, *out);
    return st;
}
