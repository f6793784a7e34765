/*
 * run.c - programs on the library OS.
 */
#include <err.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/zcore/boot_libos.h"
#include "tools/zcore/commands.h"
#include "tools/zcore/debugger.h"
#include "tools/zcore/memory.h"
#include "tools/zcore/record.h"
#include "tools/zcore/status.h"

enum { MOST_CPUS = 8 };

#define MEMORY_UNIT  (2ull << 20)
#define LEAST_MEMORY (16ull << 20)
#define MOST_MEMORY  (1ull << 39) /* of the library OS's linear map */

static unsigned choose_cpus(const struct options *options)
{
    cpu_set_t set;
    int count = 1;

    if (options->cpus)
        return options->cpus;
    if (sched_getaffinity(0, sizeof(set), &set) == 0)
        count = CPU_COUNT(&set);
    return (unsigned)(count < MOST_CPUS ? count : MOST_CPUS);
}

static uint64_t choose_memory(const struct options *options)
{
    uint64_t size = options->memory ? options->memory : memory_available() / 2;

    if (options->memory && size < LEAST_MEMORY)
        errx(STATUS_FAILED, "--mem: less than %lluM is not enough", LEAST_MEMORY >> 20);
    if (options->memory && size > MOST_MEMORY)
        errx(STATUS_FAILED, "--mem: more than %lluG is too much", MOST_MEMORY >> 30);
    size = size < LEAST_MEMORY ? LEAST_MEMORY : size > MOST_MEMORY ? MOST_MEMORY : size;
    return size / MEMORY_UNIT * MEMORY_UNIT;
}

static int open_root(const struct options *options)
{
    const char *directory = options->root ? options->root : "/";
    int fd = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        err(STATUS_FAILED, "cannot open the root directory %s", directory);
    return fd;
}

/* Where --strace goes; without a file, where messages go. */
static int open_trace(const struct options *options, int log_fd)
{
    int fd;

    if (!options->strace_file)
        return log_fd;
    fd = open(options->strace_file, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0666);
    if (fd < 0)
        err(STATUS_FAILED, "cannot open %s", options->strace_file);
    return fd;
}

/* By its directory and name there, whose kind the kernel looks at for itself. */
static void record_bind(struct record *record, const struct bind *bind)
{
    char *host = realpath(bind->host, NULL), *slash, *line;
    int fd = host ? open(host, O_PATH | O_CLOEXEC) : -1;
    struct stat st;
    const char *name = ".";

    if (fd < 0 || fstat(fd, &st))
        err(STATUS_FAILED, "--bind: %s", bind->host);
    if (!S_ISDIR(st.st_mode) && !S_ISREG(st.st_mode))
        errx(STATUS_FAILED, "--bind: %s: Not a directory or regular file", bind->host);
    if (asprintf(&line, "%s", host) < 0)
        err(STATUS_FAILED, "--bind");
    slash = strrchr(line, '/');
    if (!S_ISDIR(st.st_mode)) {
        *slash = '\0';
        name = slash + 1;
        close(fd);
        fd = open(*line ? line : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
            err(STATUS_FAILED, "--bind: %s", bind->host);
    }
    record_mount(record, fd, bind->read_only, name, bind->guest ? bind->guest : host);
    free(line);
    free(host);
}

/* Open for reading, so that it can be locked: for as long as a process of the guest lives. */
static void record_overlay(struct record *record, const char *directory)
{
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        err(STATUS_FAILED, "--overlay: %s", directory);
    if (flock(fd, LOCK_EX | LOCK_NB))
        err(STATUS_FAILED, "--overlay: cannot lock %s", directory);
    record_option(record, "overlay=%d", fd);
}

static void record_files(struct record *record, const struct options *options)
{
    if (options->rw)
        record_option(record, "root=rw");
    if (options->overlay)
        record_overlay(record, options->overlay);
    for (unsigned i = 0; i < options->bind_count; i++)
        record_bind(record, &options->binds[i]);
}

static int boot(const struct options *options, struct record *record, int debug_fd)
{
    int log_fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    struct image kernel = image_libos();
    struct libos_boot machine;

    record_files(record, options);
    machine = (struct libos_boot){.kernel = kernel.data,
                                  .kernel_size = kernel.size,
                                  .cpus = choose_cpus(options),
                                  .memory = choose_memory(options),
                                  .root_fd = open_root(options),
                                  .log_fd = log_fd,
                                  .trace_fd = open_trace(options, log_fd),
                                  .debug_fd = debug_fd,
                                  .record = record->text,
                                  .record_size = record->size};

    return boot_libos(&machine);
}

int command_run(const struct options *options)
{
    int debug_fd = options->debug ? debugger_start(options) : -1;
    struct record record;

    record_init(&record, options);
    return boot(options, &record, debug_fd);
}

/* The kernel reads PROGRAM by its path in the guest's root, which is the host's unless another
 * was asked for; there a relative path begins in our directory. */
static void set_absolute(const struct options *options, char *path, size_t size)
{
    char directory[PATH_MAX];
    const char *program = options->program[0];

    if (options->root || program[0] == '/' || !getcwd(directory, sizeof(directory)))
        snprintf(path, size, "%s", program);
    else
        snprintf(path, size, "%s/%s", directory, program);
}

int zircon_libos(const struct options *options)
{
    struct options changed = *options;
    struct record record;
    char path[2 * PATH_MAX];

    if (options->icount || options->gdb || options->simulated_pci || options->addition_count)
        errx(STATUS_FAILED, "--icount, --gdb, --simulated-pci and --add need --arch");
    if (options->program) {
        set_absolute(options, path, sizeof(path));
        changed.program[0] = path;
    }
    record_init(&record, &changed);
    if (!options->selftest)
        record_option(&record, "mode=zircon");
    return boot(options, &record, -1);
}
