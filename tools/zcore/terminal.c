/*
 * terminal.c - raw mode of the terminal on descriptor 0.
 *
 * While it is raw, a watcher process waits at a pipe whose other end is ours alone: a byte says
 * that we have put the terminal back; its end without one, that we have died, of SIGKILL even,
 * and that the watcher is to do so.
 */
#include "tools/zcore/terminal.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static struct termios before;
static volatile bool raw;
static pid_t watcher;
static int line = -1; /* our end of the pipe */

/* In a group of its own, so that whoever kills ours does not take it along; then it is in the
 * background, and must not be stopped for what it does. */
static _Noreturn void watch(int pipe_end)
{
    sigset_t all;
    char byte;

    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    setpgid(0, 0);
    prctl(PR_SET_NAME, "zcore-terminal");
    if (dup2(pipe_end, STDOUT_FILENO) < 0)
        _exit(1);
    close_range(STDERR_FILENO, ~0u, 0);
    if (read(STDOUT_FILENO, &byte, 1) == 0)
        tcsetattr(STDIN_FILENO, TCSANOW, &before); /* nobody may be reading the output */
    _exit(0);
}

/* Without one, the terminal stays raw if we are killed. */
static void start_watcher(void)
{
    int ends[2];

    if (pipe2(ends, O_CLOEXEC))
        return;
    watcher = fork();
    if (watcher == 0) {
        close(ends[1]);
        watch(ends[0]);
    }
    close(ends[0]);
    line = ends[1];
    if (watcher < 0)
        terminal_leave();
}

static void end_watcher(void)
{
    if (line < 0)
        return;
    (void)!write(line, "", 1);
    terminal_leave();
    waitpid(watcher, NULL, 0);
}

void terminal_leave(void)
{
    if (line >= 0)
        close(line);
    line = -1;
}

void terminal_raw(void)
{
    struct termios mode;

    if (raw || tcgetattr(STDIN_FILENO, &before))
        return;
    mode = before;
    cfmakeraw(&mode);
    start_watcher();
    raw = tcsetattr(STDIN_FILENO, TCSADRAIN, &mode) == 0;
    if (!raw)
        end_watcher();
}

void terminal_restore(void)
{
    if (raw) {
        tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
        end_watcher();
    }
    raw = false;
}
