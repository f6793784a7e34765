/*
 * tty_host.c - the host's terminal, which the launcher was started on, as ours. The launcher
 * has put it into raw mode: what is typed comes as it is, and nothing is echoed but by us.
 */
#include "personality/linux/tty/tty_host.h"

#include "hal/host.h"

enum { HOST_POLLIN = 1, HOST_POLLOUT = 4 };

/* There is one; never given back. */
static struct host_terminal {
    struct tty *tty; /* reference */
    int in, out;
    struct hal_host_watch in_watch, out_watch;
} terminal;

static void output_ready(struct hal_host_watch *watch)
{
    tty_output_ready(watch->arg);
}

static status_t host_write(struct tty *tty, const char *data, size_t size, size_t *actual)
{
    status_t st = hal_host_write(terminal.out, data, size, actual);

    if (st != ERR_SHOULD_WAIT)
        return st;
    terminal.out_watch = (struct hal_host_watch){
        .fd = terminal.out, .events = HOST_POLLOUT, .ready = output_ready, .arg = tty};
    /* A terminal that cannot be waited for loses its output rather than stopping its writers.
     */
    return hal_host_watch(&terminal.out_watch) == OK ? ERR_SHOULD_WAIT : ERR_IO;
}

static void read_input(void);

static void input_ready(struct hal_host_watch *watch)
{
    (void)watch;
    read_input();
}

static void watch_input(void)
{
    terminal.in_watch =
        (struct hal_host_watch){.fd = terminal.in, .events = HOST_POLLIN, .ready = input_ready};
    if (hal_host_watch(&terminal.in_watch) != OK)
        tty_hang_up(terminal.tty);
}

/* Until the host has no more, then its readiness is waited for; or until there is no room, then
 * host_resume goes on. */
static void read_input(void)
{
    char bytes[256];
    size_t room, size;
    status_t st;

    while ((room = tty_input_room(terminal.tty)) > 0) {
        st = hal_host_read(terminal.in, bytes, MIN(room, sizeof(bytes)), &size);
        if (st == ERR_SHOULD_WAIT) {
            watch_input();
            return;
        }
        if (st != OK || !size) {
            tty_hang_up(terminal.tty);
            return;
        }
        tty_input(terminal.tty, bytes, size);
    }
}

static void host_resume(struct tty *tty)
{
    (void)tty;
    read_input();
}

static const struct tty_backend host_backend = {
    .name = "host terminal", .write = host_write, .resume = host_resume};

void tty_host_window_changed(struct tty *tty)
{
    struct winsize size = {0};

    if (hal_host_winsize(&size.rows, &size.columns) == OK)
        tty_window_changed(tty, &size);
}

status_t tty_host_create(int in, int out_fd, struct tty **out)
{
    status_t st =
        tty_create(&host_backend, TTY_NORMAL, DEV(TTY_MAJOR, TTY_MINOR_CONSOLE), NULL, out);

    if (st != OK)
        return st;
    terminal.tty = *out;
    terminal.in = in;
    terminal.out = out_fd;
    tty_host_window_changed(*out);
    if (in >= 0)
        watch_input();
    return OK;
}
