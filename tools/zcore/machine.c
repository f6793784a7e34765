/*
 * machine.c - a QEMU process: its command line, and its start and end.
 */
#include "tools/zcore/machine.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/zcore/files.h"
#include "tools/zcore/status.h"

enum { DEFAULT_MEMORY_MIB = 512, MAX_ARGUMENTS = 64, MAX_TEXT = 96 };

struct command_line {
    const char *arguments[MAX_ARGUMENTS];
    char texts[8][MAX_TEXT]; /* of those that are made up here */
    unsigned count, text_count;
};

static void add(struct command_line *line, const char *argument)
{
    line->arguments[line->count++] = argument;
}

static void add_pair(struct command_line *line, const char *option, const char *format,
                     unsigned long long value)
{
    char *text = line->texts[line->text_count++];

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(text, MAX_TEXT, format, value);
#pragma GCC diagnostic pop
    add(line, option);
    add(line, text);
}

static void build(struct command_line *line, const struct options *options, int kernel,
                  int initramfs, int status)
{
    static const char *const common[] = {"-accel",
                                         "tcg",
                                         "-nodefaults",
                                         "-no-reboot",
                                         "-no-user-config",
                                         "-display",
                                         "none",
                                         "-chardev",
                                         "stdio,id=console,signal=off",
                                         "-serial",
                                         "chardev:console"};
    const struct arch *arch = options->arch;

    add(line, arch->emulator);
    for (unsigned i = 0; i < sizeof(common) / sizeof(common[0]); i++)
        add(line, common[i]);
    add_pair(line, "-m", "%lluM", options->memory ? options->memory >> 20 : DEFAULT_MEMORY_MIB);
    add_pair(line, "-smp", "%llu", options->cpus ? options->cpus : 1);
    add_pair(line, "-kernel", "/proc/self/fd/%llu", (unsigned)kernel);
    add_pair(line, "-initrd", "/proc/self/fd/%llu", (unsigned)initramfs);
    if (status >= 0)
        add_pair(line, "-chardev", "file,id=status,path=/proc/self/fd/%llu", (unsigned)status);
    for (unsigned i = 0; arch->arguments[i]; i++)
        add(line, arch->arguments[i]);
    if (options->icount) {
        add(line, "-icount");
        add(line, "shift=0,sleep=off");
    }
    if (options->gdb) {
        add(line, "-S");
        add(line, "-s");
    }
    add(line, NULL);
}

/* In the child. It must not outlive the launcher, nor see what is typed at our terminal. */
static _Noreturn void become(const struct command_line *line, int input, int output,
                             int failure, pid_t launcher)
{
    sigset_t none;

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setsid();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() == launcher && dup2(input, STDIN_FILENO) >= 0 &&
        dup2(output, STDOUT_FILENO) >= 0)
        execvp(line->arguments[0], (char *const *)line->arguments);
    if (write(failure, &errno, sizeof(errno)) < 0)
        _exit(1);
    _exit(0);
}

static void open_pipe(int ends[2])
{
    if (pipe2(ends, O_CLOEXEC))
        err(STATUS_FAILED, "cannot make a pipe");
}

/* What the child could not do; returns when it has become QEMU. */
static void expect_start(const struct options *options, int failure)
{
    int error;

    if (read(failure, &error, sizeof(error)) != sizeof(error))
        return;
    if (error == ENOENT)
        errx(STATUS_FAILED, "%s is not installed", options->arch->emulator);
    errno = error;
    err(STATUS_FAILED, "cannot run %s", options->arch->emulator);
}

void machine_start(struct machine *machine, const struct options *options, int initramfs)
{
    int kernel = open_memory("kernel"), input[2], output[2], failure[2];
    struct command_line line = {.count = 0};
    pid_t launcher = getpid();

    write_all(kernel, options->arch->kernel.data, options->arch->kernel.size);
    machine->status = options->arch->debug_port ? open_memory("status") : -1;
    build(&line, options, kernel, initramfs, machine->status);
    open_pipe(input);
    open_pipe(output);
    open_pipe(failure);
    machine->pid = fork();
    if (machine->pid < 0)
        err(STATUS_FAILED, "cannot start %s", options->arch->emulator);
    if (machine->pid == 0)
        become(&line, input[0], output[1], failure[1], launcher);
    close(input[0]);
    close(output[1]);
    close(failure[1]);
    close(kernel);
    close(initramfs);
    machine->input = input[1];
    machine->output = output[0];
    fcntl(machine->input, F_SETFL, O_NONBLOCK);
    expect_start(options, failure[0]);
    close(failure[0]);
}

int machine_wait(struct machine *machine)
{
    unsigned char status;
    int how;

    while (waitpid(machine->pid, &how, 0) < 0)
        if (errno != EINTR)
            err(STATUS_FAILED, "waitpid");
    if (machine->status < 0)
        return WIFEXITED(how) ? WEXITSTATUS(how) : -1;
    return pread(machine->status, &status, 1, 0) == 1 ? status : -1;
}
