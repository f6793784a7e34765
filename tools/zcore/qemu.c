/*
 * qemu.c - programs on a bare-metal kernel in QEMU.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/zcore/commands.h"
#include "tools/zcore/files.h"
#include "tools/zcore/initramfs.h"
#include "tools/zcore/record.h"
#include "tools/zcore/relay.h"
#include "tools/zcore/status.h"
#include "tools/zcore/terminal.h"

enum { BOOT_SECONDS = 60, KEY_SIZE = 17, LOG_DEBUG = 3 };

static void write_output(const char *data, size_t size)
{
    write_all(STDOUT_FILENO, data, size);
}

/* For a launcher without standard output. */
static void drop_output(const char *data, size_t size)
{
    (void)data, (void)size;
}

static void write_message(const char *data, size_t size)
{
    if (fwrite(data, 1, size, stderr) != size)
        return; /* nobody is there to be told */
    fflush(stderr);
}

static void make_key(char key[KEY_SIZE])
{
    unsigned long long number;

    if (getrandom(&number, sizeof(number), 0) != sizeof(number))
        err(STATUS_FAILED, "getrandom");
    snprintf(key, KEY_SIZE, "%016llx", number);
}

/* The guest's root, what was added to it, and the record. */
static int build_initramfs(const struct options *options, const struct record *record)
{
    struct initramfs archive;

    initramfs_init(&archive);
    if (options->root)
        initramfs_add_tree(&archive, options->root);
    else
        initramfs_append(&archive, options->arch->root.data, options->arch->root.size);
    for (unsigned i = 0; i < options->addition_count; i++)
        initramfs_add_file(&archive, options->additions[i].host, options->additions[i].guest);
    initramfs_add(&archive, ZCORE_RECORD_PATH, S_IFREG | 0600, record->text, record->size);
    initramfs_end(&archive);
    return archive.fd;
}

/* A machine that ended before the program began: the last that its kernel said, or all of it.
 */
static void explain(const struct options *options, const struct filter *filter)
{
    static const char ours[] = "zcore: ";
    const char *end = filter->boot + filter->boot_size, *last = NULL;

    if (options->log >= LOG_DEBUG)
        write_message(filter->boot, filter->boot_size);
    for (const char *line = filter->boot; line < end;) {
        const char *next = memchr(line, '\n', (size_t)(end - line));

        if ((size_t)(end - line) > sizeof(ours) && !memcmp(line, ours, sizeof(ours) - 1))
            last = line;
        line = next ? next + 1 : end;
    }
    if (last)
        warnx("%.*s", (int)strcspn(last + sizeof(ours) - 1, "\r\n"), last + sizeof(ours) - 1);
    else
        warnx("%s ended before the program began", options->arch->emulator);
}

static int conclude(const struct options *options, struct machine *machine,
                    const struct filter *filter, int end)
{
    int status;

    if (end != RELAY_MACHINE_ENDED)
        kill(machine->pid, SIGKILL);
    status = machine_wait(machine);
    if (end > 0)
        return STATUS_SIGNAL + end;
    if (end == RELAY_TOO_LATE) {
        warnx("the program had not begun after %d s", BOOT_SECONDS);
        return STATUS_FAILED;
    }
    if (!filter->started) {
        explain(options, filter);
        return STATUS_FAILED;
    }
    if (status < 0) {
        warnx("%s ended without a status", options->arch->emulator);
        return STATUS_FAILED;
    }
    return status;
}

static int boot(const struct options *options, struct record *record)
{
    static struct filter filter = {.message = write_message};
    bool terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
    struct machine machine;
    char key[KEY_SIZE];

    make_key(key);
    record_option(record, "tty=%d", terminal);
    record_option(record, "messages=%s", key);
    filter_init(&filter, key);
    filter.output = fcntl(STDOUT_FILENO, F_GETFL) & O_PATH ? drop_output : write_output;
    filter.started = options->selftest; /* it has no program, and we want to see what it says */
    atexit(terminal_restore);
    machine_start(&machine, options, build_initramfs(options, record));
    if (options->gdb)
        warnx("waiting for gdb: target remote localhost:1234");
    return conclude(options, &machine, &filter,
                    relay(&machine, &filter, terminal, options->gdb ? 0 : BOOT_SECONDS));
}

static void check(const struct options *options)
{
    if (!options->arch)
        errx(STATUS_FAILED, "--arch is missing: riscv64 or x86_64");
    if (options->strace_file)
        errx(STATUS_FAILED,
             "--strace=FILE is for the library OS; QEMU shows it on standard error");
}

int command_qemu(const struct options *options)
{
    struct record record;

    check(options);
    record_init(&record, options);
    return boot(options, &record);
}

/* A host file goes into the initramfs under its own name; what is no host file is there
 * already. */
int zircon_qemu(const struct options *options)
{
    struct options changed = *options;
    struct record record;
    char path[4096];
    const char *program = options->program ? options->program[0] : NULL;

    check(options);
    if (program && access(program, F_OK) == 0) {
        snprintf(path, sizeof(path), "/%s",
                 strrchr(program, '/') ? strrchr(program, '/') + 1 : program);
        if (changed.addition_count == MAX_ADDITIONS)
            errx(STATUS_FAILED, "--add was given too often");
        changed.additions[changed.addition_count++] = (struct addition){program, path};
        changed.program[0] = path;
    }
    record_init(&record, &changed);
    if (!options->selftest)
        record_option(&record, "mode=zircon");
    return boot(&changed, &record);
}
