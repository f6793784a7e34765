/*
 * print.c - userboot's lines in the debug log.
 */
#include <stdarg.h>

#include "uapi/zircon/syscalls/log.h"
#include "user/userboot/userboot.h"

static zx_handle_t log;

void say_open(zx_handle_t resource)
{
    if (zx_debuglog_create(resource, 0, &log) != ZX_OK)
        log = ZX_HANDLE_INVALID;
}

zx_handle_t say_log(void)
{
    return log;
}

void say_pieces(const char *first, ...)
{
    char line[ZX_LOG_RECORD_DATA];
    size_t size = 0;
    va_list more;

    va_start(more, first);
    for (const char *text = first; text; text = va_arg(more, const char *))
        while (*text && size < sizeof(line) - 1)
            line[size++] = *text++;
    va_end(more);
    line[size++] = '\n';
    if (log)
        zx_debuglog_write(log, 0, line, size);
    else
        zx_debug_write(line, size);
}

zx_status_t fail(const char *what, zx_status_t st)
{
    say("userboot: ", what, ": ", zx_status_get_string(st));
    return st;
}
