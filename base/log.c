/*
 * log.c - formats a message and hands it to the sink.
 */
#include "base/log.h"

#include <stdarg.h>

#include "base/format.h"

/* Set once at boot, before there is a second CPU. */
static log_sink_fn *sink;
static enum log_level threshold;

void log_init(log_sink_fn *new_sink, enum log_level new_threshold)
{
    sink = new_sink;
    threshold = new_threshold;
}

bool log_enabled(enum log_level level)
{
    return sink && level <= threshold;
}

void log_line(enum log_level level, const char *message, ...)
{
    char line[256];
    va_list ap;
    int size;

    if (!log_enabled(level))
        return;
    va_start(ap, message);
    size = format_va(line, sizeof(line), message, ap);
    va_end(ap);
    sink(level, line, MIN((size_t)size, sizeof(line) - 1));
}
