/*
 * options.c - command lines, in the manner of GNU (argp).
 */
#include "tools/zcore/options.h"

#include <argp.h>
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/zcore/status.h"

enum { MAX_CPUS = 32, LOG_DEFAULT = 1 };
enum {
    KEY_CPUS = 256,
    KEY_MEM,
    KEY_ROOT,
    KEY_LOG,
    KEY_STRACE,
    KEY_SELFTEST,
    KEY_ARCH,
    KEY_ICOUNT,
    KEY_ADD,
    KEY_GDB,
    KEY_RW,
    KEY_BIND,
    KEY_OVERLAY,
    KEY_DEBUG,
    KEY_ENV,
    KEY_CLEAR_ENV,
    KEY_CWD,
    KEY_USER,
    KEY_HOSTNAME,
    KEY_ZIRCON,
    KEY_SIMULATED_PCI,
};

static const struct argp_option common_options[] = {
    {"cpus", KEY_CPUS, "N", 0,
     "Have N CPUs (default: as many as we may use, at most 8; QEMU: 1)", 0},
    {"mem", KEY_MEM, "SIZE", 0,
     "Have SIZE bytes of memory; K, M and G may follow (default: half of what is available; "
     "QEMU: 512M)",
     0},
    {"root", KEY_ROOT, "DIR", 0,
     "The guest's root directory (default: the host's own, which the guest cannot change; "
     "QEMU: "
     "a small one with busybox)",
     0},
    {"env", KEY_ENV, "NAME[=VALUE]", 0,
     "Set a variable of the program's environment, or pass ours on; may be given again", 0},
    {"clear-env", KEY_CLEAR_ENV, NULL, 0, "Pass on only what --env names", 0},
    {"cwd", KEY_CWD, "DIR", 0, "The program's working directory (default: ours, or /)", 0},
    {"user", KEY_USER, "USER[:GROUP]", 0,
     "Run the program as this user, by number or by name in the guest's /etc/passwd", 0},
    {"hostname", KEY_HOSTNAME, "NAME", 0, "The machine's name (default: zcore)", 0},
    {"log", KEY_LOG, "LEVEL", 0,
     "Show kernel messages from error, warn, info, debug or trace on (default: warn)", 0},
    {"strace", KEY_STRACE, "FILE", OPTION_ARG_OPTIONAL,
     "Show each system call, as strace does, on standard error or in FILE", 0},
    {"selftest", KEY_SELFTEST, "switches", OPTION_ARG_OPTIONAL,
     "Test the machine, or time the switches of its kernel, in place of a program", 0},
    {0},
};

static const struct argp_option file_options[] = {
    {"rw", KEY_RW, NULL, 0, "Changes below the root directory are made on the host", 2},
    {"overlay", KEY_OVERLAY, "DIR", 0,
     "Changes below the root directory are kept in DIR, for the next run (default: in memory)",
     2},
    {"bind", KEY_BIND, "HOST[:GUEST][:ro]", 0,
     "Show the directory or file HOST at GUEST (default: at the same place); changes are made "
     "on the host, unless :ro is given; may be given again",
     2},
    {0},
};

static const struct argp_option run_options[] = {
    {"zircon", KEY_ZIRCON, NULL, 0,
     "The program, and what it starts, may make Zircon calls besides Linux ones", 1},
    {"gdb", KEY_DEBUG, "COMMANDS", OPTION_ARG_OPTIONAL,
     "Start gdb on the kernel and all that it runs; with a file of COMMANDS, it does those and "
     "ends",
     1},
    {0},
};

static const struct argp_option machine_options[] = {
    {"arch", KEY_ARCH, "ARCH", 0, "The machine to boot in QEMU: riscv64 or x86_64", 1},
    {"icount", KEY_ICOUNT, NULL, 0, "Count instructions: each takes one nanosecond", 1},
    {"add", KEY_ADD, "HOSTFILE:GUESTPATH", 0,
     "Put a file of the host into the guest's root; may be given again", 1},
    {"simulated-pci", KEY_SIMULATED_PCI, NULL, 0,
     "Have the library OS's PCI bus, with a device to test drivers, in place of the machine's",
     1},
    {"gdb", KEY_GDB, NULL, 0, "Wait for gdb before the first instruction", 1},
    {0},
};

static uint64_t parse_size(const char *text)
{
    static const char suffixes[] = "KMGT";
    char *end;
    const char *suffix;
    unsigned long long value;
    unsigned shift = 0;

    errno = 0;
    value = strtoull(text, &end, 10);
    suffix = *end ? strchr(suffixes, *end) : NULL;
    if (suffix) {
        shift = 10 * (unsigned)(suffix - suffixes + 1);
        end++;
    }
    if (*text < '0' || *text > '9' || *end || errno || value == 0 ||
        value > UINT64_MAX >> shift)
        errx(STATUS_FAILED, "--mem=%s is not a size such as 512M", text);
    return value << shift;
}

static unsigned parse_cpus(const char *text)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);

    if (*text < '0' || *text > '9' || *end || value < 1 || value > MAX_CPUS)
        errx(STATUS_FAILED, "--cpus=%s is not a number from 1 to %d", text, MAX_CPUS);
    return (unsigned)value;
}

static int parse_log(const char *text)
{
    static const char *const levels[] = {"error", "warn", "info", "debug", "trace"};

    for (int i = 0; i < (int)(sizeof(levels) / sizeof(levels[0])); i++)
        if (!strcmp(text, levels[i]))
            return i;
    errx(STATUS_FAILED, "--log=%s is not one of error, warn, info, debug, trace", text);
}

static void parse_addition(struct options *options, char *text)
{
    char *colon = strrchr(text, ':');

    if (!colon || colon == text || !colon[1])
        errx(STATUS_FAILED, "--add=%s is not HOSTFILE:GUESTPATH", text);
    if (options->addition_count == MAX_ADDITIONS)
        errx(STATUS_FAILED, "--add can be given %d times only", MAX_ADDITIONS);
    *colon = '\0';
    options->additions[options->addition_count++] = (struct addition){text, colon + 1};
}

/* HOST, then perhaps GUEST, then perhaps "ro". */
static void parse_bind(struct options *options, char *text)
{
    struct bind bind = {.host = text};
    char *colon = strrchr(text, ':');

    if (options->bind_count == MAX_BINDS)
        errx(STATUS_FAILED, "--bind can be given %d times only", MAX_BINDS);
    if (colon && !strcmp(colon + 1, "ro")) {
        bind.read_only = true;
        *colon = '\0';
        colon = strrchr(text, ':');
    }
    if (colon) {
        *colon = '\0';
        bind.guest = colon + 1;
    }
    if (!*text || (colon && (bind.guest[0] != '/' || strchr(text, ':'))))
        errx(STATUS_FAILED, "--bind=%s%s%s: not HOST[:GUEST][:ro] with an absolute GUEST", text,
             colon ? ":" : "", colon ? bind.guest : "");
    options->binds[options->bind_count++] = bind;
}

static error_t parse_files(int key, char *arg, struct argp_state *state)
{
    struct options *options = state->input;

    switch (key) {
    case KEY_RW:
        options->rw = true;
        return 0;
    case KEY_OVERLAY:
        options->overlay = arg;
        return 0;
    case KEY_BIND:
        parse_bind(options, arg);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static void check_files(const struct options *options)
{
    if (options->arch && (options->rw || options->overlay || options->bind_count))
        errx(STATUS_FAILED, "--rw, --overlay and --bind are not for QEMU");
    if (options->rw && options->overlay)
        errx(STATUS_FAILED, "--rw and --overlay exclude each other");
}

static void parse_variable(struct options *options, const char *text)
{
    if (!*text || *text == '=')
        errx(STATUS_FAILED, "--env=%s is not NAME or NAME=VALUE", text);
    if (options->environment_count == MAX_ENVIRONMENT)
        errx(STATUS_FAILED, "--env can be given %d times only", MAX_ENVIRONMENT);
    options->environment[options->environment_count++] = text;
}

static const char *parse_hostname(const char *text)
{
    enum { LONGEST = 64 }; /* sethostname(2) */

    if (!*text || strlen(text) > LONGEST)
        errx(STATUS_FAILED, "--hostname=%s is not a name of 1 to %d bytes", text, LONGEST);
    return text;
}

static const char *parse_directory(const char *text)
{
    if (*text != '/')
        errx(STATUS_FAILED, "--cwd=%s is not an absolute path", text);
    return text;
}

static const struct arch *parse_arch(const char *text)
{
    const struct arch *arch = arch_find(text);

    if (!arch)
        errx(STATUS_FAILED, "--arch=%s is not riscv64 or x86_64", text);
    return arch;
}

static error_t parse_machine(int key, char *arg, struct argp_state *state)
{
    struct options *options = state->input;

    switch (key) {
    case KEY_ARCH:
        options->arch = parse_arch(arg);
        return 0;
    case KEY_ICOUNT:
        options->icount = true;
        return 0;
    case KEY_SIMULATED_PCI:
        options->simulated_pci = true;
        return 0;
    case KEY_ADD:
        parse_addition(options, arg);
        return 0;
    case KEY_GDB:
        options->gdb = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static error_t parse_run(int key, char *arg, struct argp_state *state)
{
    struct options *options = state->input;

    switch (key) {
    case KEY_ZIRCON:
        options->zircon = true;
        return 0;
    case KEY_DEBUG:
        options->debug = true;
        options->gdb_commands = arg;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

void options_be_brief(struct argp_state *state)
{
    static FILE *nowhere;

    if (!nowhere)
        nowhere = fopen("/dev/null", "we");
    if (nowhere)
        state->err_stream = nowhere;
}

/* The boot record's mode. */
static const char *parse_selftest(const char *what)
{
    if (!what)
        return "selftest";
    if (strcmp(what, "switches") != 0)
        errx(STATUS_FAILED, "--selftest: there is no test \"%s\"", what);
    return what;
}

static error_t parse_common(int key, char *arg, struct argp_state *state)
{
    struct options *options = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        options_be_brief(state);
        state->child_inputs[0] = options;
        state->child_inputs[1] = options;
        return 0;
    case KEY_CPUS:
        options->cpus = parse_cpus(arg);
        return 0;
    case KEY_MEM:
        options->memory = parse_size(arg);
        return 0;
    case KEY_ROOT:
        options->root = arg;
        return 0;
    case KEY_ENV:
        parse_variable(options, arg);
        return 0;
    case KEY_CLEAR_ENV:
        options->clear_environment = true;
        return 0;
    case KEY_CWD:
        options->directory = parse_directory(arg);
        return 0;
    case KEY_USER:
        options->user = arg;
        return 0;
    case KEY_HOSTNAME:
        options->hostname = parse_hostname(arg);
        return 0;
    case KEY_LOG:
        options->log = parse_log(arg);
        return 0;
    case KEY_STRACE:
        options->strace = true;
        options->strace_file = arg;
        return 0;
    case KEY_SELFTEST:
        options->selftest = parse_selftest(arg);
        return 0;
    case ARGP_KEY_ARG: /* PROGRAM; what follows is its own */
        options->program = state->argv + state->next - 1;
        state->next = state->argc;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

void options_parse(const struct command *command, int argc, char **argv, struct options *out)
{
    static const struct argp machine = {.options = machine_options, .parser = parse_machine};
    static const struct argp files = {.options = file_options, .parser = parse_files};
    static const struct argp run = {.options = run_options, .parser = parse_run};
    const struct argp_child children[] = {
        {&files, 0, "Files of the host (not for QEMU):", 2},
        {command->machine ? &machine : &run, 0, command->machine ? "Options of QEMU:" : NULL,
         1},
        {0},
    };
    const struct argp argp = {.options = common_options,
                              .parser = parse_common,
                              .args_doc = command->synopsis,
                              .doc = command->summary,
                              .children = children};
    char name[64];

    *out = (struct options){.command = command, .log = LOG_DEFAULT};
    snprintf(name, sizeof(name), "%s %s", program_invocation_short_name, command->name);
    argv[0] = name;
    if (argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, out))
        exit(STATUS_FAILED);
    check_files(out);
    if (!out->program && !out->selftest)
        errx(STATUS_FAILED, "no program given; see %s --help", name);
}
