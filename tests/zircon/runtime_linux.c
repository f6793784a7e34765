/*
 * runtime_linux.c - what user/zircon/runtime.h promises, in a Linux program: over the C
 * library, with the handles that such a process has on itself.
 */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "user/sdk/include/lib/fdio/io.h"
#include "user/sdk/include/zircon/process.h"
#include "user/zircon/runtime.h"

/* The native program of the same name: build/user/ISA/NAME, where we are build/hybrid/ISA/NAME.
 */
static zx_handle_t open_native(void)
{
    char self[PATH_MAX], path[2 * PATH_MAX];
    ssize_t size = readlink("/proc/self/exe", self, sizeof(self) - 1);
    zx_handle_t vmo = ZX_HANDLE_INVALID;
    char *build, *name;
    int fd;

    self[size > 0 ? size : 0] = '\0';
    build = strstr(self, "/hybrid/");
    if (!build)
        return ZX_HANDLE_INVALID;
    *build = '\0';
    name = build + strlen("/hybrid/");
    snprintf(path, sizeof(path), "%s/user/%s", self, name);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return ZX_HANDLE_INVALID;
    fdio_get_vmo_exec(fd, &vmo);
    close(fd);
    return vmo;
}

/* Made when first asked for, like the others. */
static zx_handle_t made(uint32_t type)
{
    static zx_handle_t log, program;

    if (type == PA_FD) {
        if (!log)
            zx_debuglog_create(ZX_HANDLE_INVALID, 0, &log);
        return log;
    }
    if (!program)
        program = open_native();
    return program;
}

zx_handle_t startup_handle(uint32_t type)
{
    switch (type) {
    case PA_PROC_SELF:
        return zx_process_self();
    case PA_THREAD_SELF:
        return zx_thread_self();
    case PA_JOB_DEFAULT:
        return zx_job_default();
    case PA_VMAR_ROOT:
        return zx_vmar_root_self();
    case PA_VMO_VDSO:
        return zx_vdso_vmo();
    case PA_FD:
    case PA_VMO_EXECUTABLE:
        return made(type);
    default:
        return ZX_HANDLE_INVALID;
    }
}

void print(const char *text)
{
    dprintf(STDOUT_FILENO, "%s\n", text);
}

void print_number(const char *text, int64_t number)
{
    const char *mark = strchr(text, '%');

    dprintf(STDOUT_FILENO, "%.*s%lld%s\n", (int)(mark - text), text, (long long)number,
            mark + 1);
}

/* All made before the first case, which is to leave no more handles than it found. */
__attribute__((constructor)) static void make_all(void)
{
    static const uint32_t types[] = {PA_PROC_SELF,     PA_THREAD_SELF, PA_JOB_DEFAULT,
                                     PA_VMAR_ROOT,     PA_VMO_VDSO,    PA_FD,
                                     PA_VMO_EXECUTABLE};

    for (unsigned i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        (void)startup_handle(types[i]);
}
