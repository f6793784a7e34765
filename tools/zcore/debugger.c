/*
 * debugger.c - gdb over a machine that is about to begin.
 */
#include "tools/zcore/debugger.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tools/zcore/files.h"
#include "tools/zcore/images.h"
#include "tools/zcore/status.h"

enum { POLL_NS = 5000000 };

static bool is_traced(void)
{
    FILE *status = fopen("/proc/self/status", "re");
    char line[256];
    int tracer = 0;

    while (status && fgets(line, sizeof(line), status))
        if (sscanf(line, "TracerPid: %d", &tracer) == 1)
            break;
    if (status)
        fclose(status);
    return tracer > 0;
}

void debugger_await(int fd)
{
    const struct timespec pause = {.tv_nsec = POLL_NS};
    pid_t self = getpid();

    prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY); /* gdb is no ancestor of ours */
    if (write(fd, &self, sizeof(self)) != sizeof(self))
        _exit(STATUS_FAILED);
    close(fd);
    while (!is_traced())
        nanosleep(&pause, NULL);
}

static void file_of(const char *name, struct image image, char *path, size_t size)
{
    int fd = open_memory(name);

    write_all(fd, image.data, image.size);
    snprintf(path, size, "/proc/self/fd/%d", fd); /* stays open in gdb */
}

static _Noreturn void become_gdb(const struct options *options, pid_t machine)
{
    char kernel[64], script[64], source[128], attach[32];
    const char *arguments[32];
    unsigned count = 0;

    file_of("kernel.elf", image_libos(), kernel, sizeof(kernel));
    file_of("zcore.py", image_gdb_script(), script, sizeof(script));
    snprintf(source, sizeof(source), "python exec(open('%s').read())", script);
    snprintf(attach, sizeof(attach), "attach %d", machine);
    arguments[count++] = "gdb";
    arguments[count++] = "-q";
    if (options->gdb_commands)
        arguments[count++] = "-batch";
    arguments[count++] = "-ex";
    arguments[count++] = source;
    arguments[count++] = "-ex";
    arguments[count++] = "zcore-prepare";
    arguments[count++] = "-ex";
    arguments[count++] = attach;
    if (options->gdb_commands) {
        arguments[count++] = "-x";
        arguments[count++] = options->gdb_commands;
    }
    arguments[count++] = kernel;
    arguments[count] = NULL;
    execvp("gdb", (char *const *)arguments);
    if (errno == ENOENT)
        errx(STATUS_FAILED, "gdb is not installed");
    err(STATUS_FAILED, "cannot run gdb");
}

/* Both see what is typed at our terminal. */
static int status_of(pid_t gdb, pid_t launcher)
{
    int how;

    signal(SIGINT, SIG_IGN);
    signal(SIGQUIT, SIG_IGN);
    while (waitpid(gdb, &how, 0) < 0 && errno == EINTR)
        ;
    if (WIFEXITED(how) && WEXITSTATUS(how) == STATUS_FAILED)
        kill(launcher, SIGKILL); /* gdb has not begun */
    while (waitpid(launcher, &how, 0) < 0 && errno == EINTR)
        ;
    return WIFEXITED(how) ? WEXITSTATUS(how) : STATUS_FAILED;
}

static pid_t fork_or_fail(void)
{
    pid_t pid = fork();

    if (pid < 0)
        err(STATUS_FAILED, "cannot start another process");
    return pid;
}

int debugger_start(const struct options *options)
{
    pid_t launcher, gdb, machine;
    int ends[2];

    if (pipe2(ends, O_CLOEXEC))
        err(STATUS_FAILED, "cannot make a pipe");
    launcher = fork_or_fail();
    if (launcher == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        close(ends[0]);
        return ends[1];
    }
    close(ends[1]);
    if (read(ends[0], &machine, sizeof(machine)) != sizeof(machine))
        exit(STATUS_FAILED); /* the launcher has said why */
    gdb = fork_or_fail();
    if (gdb == 0)
        become_gdb(options, machine);
    exit(status_of(gdb, launcher));
}
