/*
 * relay.c - between QEMU's console and ours, until one ends.
 */
#include "tools/zcore/relay.h"

#include <err.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "tools/zcore/input.h"
#include "tools/zcore/status.h"
#include "tools/zcore/terminal.h"

enum { PIECE = 2048, NEVER = -1, MS_PER_S = 1000, NS_PER_MS = 1000000 };
enum { INTERRUPT = 3, QUIT = 28 }; /* as typed */

enum slot { SLOT_SIGNALS, SLOT_CONSOLE, SLOT_STDOUT, SLOT_INPUT, SLOT_STDIN, SLOT_COUNT };

struct relay {
    struct machine *machine;
    struct filter *filter;
    struct input input;
    int signals;
    bool output_waits; /* the console has something, and stdout must take it first */
    long deadline;     /* ms; NEVER */
    bool whole;        /* it is for the machine's end, not for the program's beginning */
    bool done;
    int result;
};

static long now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * MS_PER_S + t.tv_nsec / NS_PER_MS;
}

static int open_signals(void)
{
    static const int ours[] = {SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGTSTP};
    sigset_t set;
    int fd;

    sigemptyset(&set);
    for (unsigned i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
        sigaddset(&set, ours[i]);
    sigprocmask(SIG_BLOCK, &set, NULL);
    fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (fd < 0)
        err(STATUS_FAILED, "signalfd");
    return fd;
}

static void finish(struct relay *relay, int result)
{
    relay->done = true;
    relay->result = result;
}

/* Those that a terminal can send go to the guest's foreground group by way of its terminal. */
static void take_signal(struct relay *relay)
{
    struct signalfd_siginfo info;

    if (read(relay->signals, &info, sizeof(info)) != sizeof(info))
        return;
    if (info.ssi_signo == SIGTSTP) {
        terminal_restore();
        raise(SIGSTOP);
        if (relay->input.terminal)
            terminal_raw();
    } else if (info.ssi_signo == SIGINT && relay->filter->started) {
        input_type(&relay->input, INTERRUPT);
    } else if (info.ssi_signo == SIGQUIT && relay->filter->started) {
        input_type(&relay->input, QUIT);
    } else {
        finish(relay, (int)info.ssi_signo);
    }
}

static void take_output(struct relay *relay)
{
    char data[PIECE];
    ssize_t size = read(relay->machine->output, data, sizeof(data));

    if (size > 0)
        filter_bytes(relay->filter, data, (size_t)size);
    else if (size == 0 || errno != EINTR)
        finish(relay, RELAY_MACHINE_ENDED);
}

/* A piece is taken from the console only when stdout has room for it, so that nothing that we
 * do waits but poll. */
static int wait_for_events(struct relay *relay, struct pollfd polls[SLOT_COUNT])
{
    struct input *input = &relay->input;
    bool pending = input->from < input->to;
    bool timed = relay->deadline != NEVER && (relay->whole || !relay->filter->started);
    long left = timed ? relay->deadline - now_ms() : NEVER;

    polls[SLOT_SIGNALS] = (struct pollfd){relay->signals, POLLIN, 0};
    polls[SLOT_CONSOLE] =
        (struct pollfd){relay->output_waits ? -1 : relay->machine->output, POLLIN, 0};
    polls[SLOT_STDOUT] = (struct pollfd){relay->output_waits ? STDOUT_FILENO : -1, POLLOUT, 0};
    polls[SLOT_INPUT] = (struct pollfd){pending ? input->fd : -1, POLLOUT, 0};
    polls[SLOT_STDIN] = (struct pollfd){
        input->open && !pending && relay->filter->started ? STDIN_FILENO : -1, POLLIN, 0};
    if (timed && left <= 0) {
        finish(relay, RELAY_TOO_LATE);
        return 0;
    }
    return poll(polls, SLOT_COUNT, (int)left);
}

static void serve(struct relay *relay)
{
    struct pollfd polls[SLOT_COUNT];

    if (wait_for_events(relay, polls) <= 0)
        return;
    if (polls[SLOT_SIGNALS].revents)
        take_signal(relay);
    if (polls[SLOT_INPUT].revents)
        input_send(&relay->input);
    if (polls[SLOT_STDIN].revents)
        input_read(&relay->input);
    if (polls[SLOT_CONSOLE].revents)
        relay->output_waits = true;
    if (polls[SLOT_STDOUT].revents) {
        relay->output_waits = false;
        take_output(relay);
    }
}

int relay(struct machine *machine, struct filter *filter, bool terminal, unsigned seconds)
{
    struct relay relay = {.machine = machine, .filter = filter, .whole = filter->started};

    relay.input = (struct input){.fd = machine->input, .terminal = terminal, .open = true};
    relay.signals = open_signals();
    relay.deadline = seconds ? now_ms() + seconds * MS_PER_S : NEVER;
    if (terminal)
        terminal_raw();
    while (!relay.done)
        serve(&relay);
    terminal_restore();
    filter_end(filter);
    return relay.result;
}
