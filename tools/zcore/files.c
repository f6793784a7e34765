/*
 * files.c - files in memory, and writing all of a buffer.
 */
#include "tools/zcore/files.h"

#include <err.h>
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tools/zcore/status.h"

int open_memory(const char *name)
{
    int fd = memfd_create(name, 0);

    if (fd < 0)
        err(STATUS_FAILED, "cannot make a file in memory");
    return fd;
}

void write_all(int fd, const void *data, size_t size)
{
    const char *at = data;

    while (size) {
        ssize_t done = write(fd, at, size);

        if (done < 0 && errno != EINTR)
            err(STATUS_FAILED, "cannot write");
        if (done > 0) {
            at += done;
            size -= (size_t)done;
        }
    }
}
