/*
 * stdio_libos.c - in the library OS, the launcher's own descriptors, each as what it is.
 */
#include "personality/linux/tty/stdio.h"

#include "fs/hostfile.h"
#include "hal/host.h"
#include "personality/linux/tty/tty_host.h"

static struct tty *terminal; /* the one among them; NULL: none */

/* To the terminal's foreground group; without a terminal, to the first program's. */
static void send(int signo)
{
    if (terminal)
        tty_signal_foreground(terminal, signo);
    else
        signal_send_group(PID_FIRST, &(struct siginfo){.signo = signo, .code = SI_KERNEL});
}

/* Signals that the launcher got, one bit each. */
static void host_signals(uint64_t signals)
{
    for (int signo = 1; signo < SIGNALS; signo++) {
        if (!(signals >> signo & 1))
            continue;
        if (signo == SIGWINCH && terminal)
            tty_host_window_changed(terminal);
        else
            send(signo);
    }
}

/* Which of the three is a terminal and can be read, or written: the screen is rather 1 or 2. */
static void find_terminal(const struct hal_host_fd info[3], int *in, int *out)
{
    static const int order[] = {1, 2, 0};

    *in = *out = -1;
    for (int fd = 2; fd >= 0; fd--)
        if (info[fd].terminal && info[fd].readable)
            *in = fd;
    for (size_t i = 3; i-- > 0;)
        if (info[order[i]].terminal && info[order[i]].writable)
            *out = order[i];
}

static status_t open_one(int fd, const struct hal_host_fd *info, struct file **out)
{
    status_t st;

    if (info->terminal)
        return tty_file_create(
            terminal, (info->readable ? FILE_READ : 0) | (info->writable ? FILE_WRITE : 0),
            out);
    st = hostfile_open(fd, out);
    if (st == ERR_BAD_FD) {
        *out = NULL;
        return OK;
    }
    return st;
}

status_t linux_stdio_open(unsigned flags, struct file *stdio[3], struct tty **tty)
{
    struct hal_host_fd info[3] = {0};
    status_t st = tty_register_devices();
    int in, out;

    (void)flags;
    for (int fd = 0; fd < 3; fd++)
        if (hal_host_fd_info(fd, &info[fd]) != OK)
            info[fd] = (struct hal_host_fd){0}; /* not there: hostfile_open will say so */
    find_terminal(info, &in, &out);
    terminal = NULL;
    if (st == OK && (in >= 0 || out >= 0)) {
        st = tty_host_create(in, out, &terminal);
        if (st == OK)
            tty_set_console(terminal);
    }
    for (int fd = 0; fd < 3 && st == OK; fd++)
        st = open_one(fd, &info[fd], &stdio[fd]);
    hal_host_set_signal_handler(host_signals);
    *tty = terminal;
    return st;
}
