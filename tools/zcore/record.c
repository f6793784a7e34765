/*
 * record.c - the boot record: options and arguments as the kernel reads them.
 */
#include "tools/zcore/record.h"

#include <err.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/zcore/identity.h"
#include "tools/zcore/status.h"

void record_add(struct record *record, char tag, const char *string)
{
    size_t length = strlen(string);
    char *text = realloc(record->text, record->size + length + 2);

    if (!text)
        err(STATUS_FAILED, "cannot write the boot record");
    text[record->size] = tag;
    memcpy(text + record->size + 1, string, length + 1);
    record->text = text;
    record->size += length + 2;
}

void record_option(struct record *record, const char *format, ...)
{
    char text[128];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    record_add(record, 'O', text);
}

void record_mount(struct record *record, int dir, bool read_only, const char *name,
                  const char *guest)
{
    char *option;

    if (asprintf(&option, "bind=%d:%s:%s:%s", dir, read_only ? "ro" : "rw", name, guest) < 0)
        err(STATUS_FAILED, "cannot write the boot record");
    record_add(record, 'O', option);
    free(option);
}

static size_t name_length(const char *variable)
{
    return strcspn(variable, "=");
}

/* Whether --env, from its use number `first` on, sets the variable. */
static bool is_set(const struct options *options, unsigned first, const char *variable)
{
    size_t length = name_length(variable);

    for (unsigned i = first; i < options->environment_count; i++) {
        const char *other = options->environment[i];

        if (other[name_length(other)] && name_length(other) == length &&
            !memcmp(other, variable, length))
            return true;
    }
    return false;
}

static bool is_named(const struct options *options, const char *variable)
{
    size_t length = name_length(variable);

    for (unsigned i = 0; i < options->environment_count; i++)
        if (strlen(options->environment[i]) == length &&
            !memcmp(options->environment[i], variable, length))
            return true;
    return false;
}

/* Ours, as far as it is passed on and not set anew; then, of each variable, what --env set
 * last. */
static void add_environment(struct record *record, const struct options *options)
{
    for (char **variable = environ; *variable; variable++)
        if (!is_set(options, 0, *variable) &&
            (!options->clear_environment || is_named(options, *variable)))
            record_add(record, 'E', *variable);
    for (unsigned i = 0; i < options->environment_count; i++) {
        const char *variable = options->environment[i];

        if (variable[name_length(variable)] && !is_set(options, i + 1, variable))
            record_add(record, 'E', variable);
    }
}

/* UID:GID:GROUP,GROUP... */
static void add_user(struct record *record, const struct options *options)
{
    struct identity id;
    char text[16 * (IDENTITY_GROUPS + 2)];
    int size;

    identity_find(options->root ? options->root : "", options->user, &id);
    size = snprintf(text, sizeof(text), "user=%u:%u", id.uid, id.gid);
    for (unsigned i = 0; i < id.group_count; i++)
        size += snprintf(text + size, sizeof(text) - (size_t)size, "%c%u", i ? ',' : ':',
                         id.groups[i]);
    record_add(record, 'O', text);
}

static void add_directory(struct record *record, const struct options *options)
{
    char *ours = getcwd(NULL, 0);

    if (options->directory) {
        record_option(record, "cwd=1"); /* it was asked for: it must be there */
        record_add(record, 'D', options->directory);
    } else {
        record_add(record, 'D', ours && ours[0] == '/' ? ours : "/");
    }
    free(ours);
}

/* Signals that we were started with ignored, as by nohup: so will the program. */
static void add_ignored(struct record *record)
{
    unsigned long ignored = 0;
    struct sigaction action;

    for (int signo = 1; signo <= 64; signo++)
        if (sigaction(signo, NULL, &action) == 0 && action.sa_handler == SIG_IGN)
            ignored |= 1ul << (signo - 1);
    if (ignored)
        record_option(record, "ignored=%lu", ignored);
}

void record_init(struct record *record, const struct options *options)
{

    *record = (struct record){0};
    record_option(record, "log=%d", options->log);
    if (options->strace)
        record_option(record, "strace=1");
    if (options->simulated_pci)
        record_option(record, "simulated-pci=1");
    if (options->selftest)
        record_option(record, "mode=%s", options->selftest);
    if (options->zircon)
        record_option(record, "zircon=1");
    if (options->user)
        add_user(record, options);
    if (options->hostname)
        record_option(record, "hostname=%s", options->hostname);
    add_ignored(record);
    add_directory(record, options);
    for (char **argument = options->program; argument && *argument; argument++)
        record_add(record, 'A', *argument);
    add_environment(record, options);
}
