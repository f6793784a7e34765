/*
 * main.c - the front door: which command, and what they are.
 */
#include <argp.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/zcore/commands.h"
#include "tools/zcore/status.h"

static const struct command commands[] = {
    {
        .name = "run",
        .synopsis = "[--] PROGRAM [ARG...]",
        .summary =
            "Run a Linux program on the library OS.\vThe exit status is the program's; 128 "
            "and the number of the signal that killed it; 127 if it was not found, 126 if "
            "it cannot be executed, 125 if zcore itself failed.",
        .run = command_run,
    },
    {
        .name = "qemu",
        .synopsis = "--arch ARCH [--] PROGRAM [ARG...]",
        .summary = "Boot the kernel in QEMU and run a Linux program there.",
        .machine = true,
        .run = command_qemu,
    },
    {
        .name = "zircon",
        .synopsis = "PROGRAM [ARG...]\nIMAGE.zbi [WORD...]",
        .summary = "Run a Zircon program, or start from a boot image with WORDs in its command "
                   "line, on the library OS or, with --arch, in QEMU.\vThe exit status is the "
                   "program's, or that of the first program of the image.",
        .machine = true,
        .run = command_zircon,
    },
    {
        .name = "image",
        .main = command_image,
    },
};

enum { COMMAND_COUNT = sizeof(commands) / sizeof(commands[0]) };

/* So that no descriptor of ours takes the place of a standard one that is closed. */
static void keep_closed_ones(void)
{
    for (int fd = 0; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF && open("/dev/null", O_PATH) != fd)
            exit(STATUS_FAILED);
}

static const struct command *find_command(const char *name)
{
    for (unsigned i = 0; i < COMMAND_COUNT; i++)
        if (!strcmp(commands[i].name, name))
            return &commands[i];
    return NULL;
}

/* What the program's own command line comes to. */
struct choice {
    const struct command *command;
    int index; /* of its name in argv */
};

static error_t parse_command(int key, char *arg, struct argp_state *state)
{
    struct choice *choice = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        options_be_brief(state);
        return 0;
    case ARGP_KEY_ARG:
        choice->command = find_command(arg);
        if (!choice->command)
            errx(STATUS_FAILED, "there is no command %s; see %s --help", arg, state->name);
        choice->index = state->next - 1;
        state->next = state->argc;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp program = {
    .parser = parse_command,
    .args_doc = "COMMAND [OPTION...] PROGRAM [ARG...]",
    .doc = "An operating system kernel, as a library of this host or in QEMU.\v"
           "Commands:\n"
           "  run      run a Linux program on the library OS\n"
           "  qemu     boot the kernel in QEMU and run a Linux program there\n"
           "  zircon   run a Zircon program or boot image, on the library OS or in QEMU\n"
           "  image    make a Zircon boot image\n\n"
           "`zcore COMMAND --help' tells a command's options.",
};

int main(int argc, char **argv)
{
    struct choice choice = {0};
    struct options options;

    keep_closed_ones();
    argp_program_version = "zcore 0.1";
    argp_err_exit_status = STATUS_FAILED;
    argv[0] = program_invocation_short_name;
    if (argp_parse(&program, argc, argv, ARGP_IN_ORDER, NULL, &choice))
        return STATUS_FAILED;
    if (!choice.command)
        errx(STATUS_FAILED, "no command given; see %s --help", program_invocation_short_name);
    if (choice.command->main)
        return choice.command->main(argc - choice.index, argv + choice.index);
    options_parse(choice.command, argc - choice.index, argv + choice.index, &options);
    return choice.command->run(&options);
}
