/* console.c - kernel messages and traces go to host descriptors. */
#include "hal/console.h"

#include "hal/libos/boot.h"
#include "hal/libos/linux.h"

static void write_all(int fd, const char *data, size_t size)
{
    while (size) {
        long n = host_call(LINUX_WRITE, fd, data, size);

        if (n == -LINUX_EINTR)
            continue;
        if (n <= 0)
            return;
        data += n;
        size -= (size_t)n;
    }
}

void hal_console_write(const char *data, size_t size)
{
    write_all(libos_boot->log_fd, data, size);
}

void hal_trace_write(const char *data, size_t size)
{
    write_all(libos_boot->trace_fd, data, size);
}

/* The terminal is host descriptor 0 (hal/host.h). */
size_t hal_console_read(char *buf, size_t size)
{
    (void)buf, (void)size;
    return 0;
}

void hal_console_set_handler(void (*handler)(void *arg), void *arg)
{
    (void)handler, (void)arg;
}
