/*
 * record.c - the boot record: options and arguments as the kernel reads them.
 */
#include "tools/zcore/record.h"

#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

void record_init(struct record *record, const struct options *options)
{
    char *directory = getcwd(NULL, 0);

    *record = (struct record){0};
    record_option(record, "log=%d", options->log);
    if (options->strace)
        record_option(record, "strace=1");
    if (options->selftest)
        record_option(record, "mode=selftest");
    record_add(record, 'D', directory && directory[0] == '/' ? directory : "/");
    free(directory);
    for (char **argument = options->program; argument && *argument; argument++)
        record_add(record, 'A', *argument);
    for (char **variable = environ; *variable; variable++)
        record_add(record, 'E', *variable);
}
