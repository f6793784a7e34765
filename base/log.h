/*
 * log.h - kernel messages: levelled, one line each, to the sink registered at boot.
 *
 * Any context but with a spinlock held (the sink may take one).
 */
#pragma once

#include "base/types.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG, LOG_TRACE };

/* Writes one finished line (no newline at its end). */
typedef void log_sink_fn(enum log_level level, const char *line, size_t size);

void log_init(log_sink_fn *sink, enum log_level threshold);
bool log_enabled(enum log_level level);
/* Longer than 255 bytes is cut. */
void log_line(enum log_level level, const char *format, ...) PRINTF_LIKE(2, 3);

#define log_error(...) log_line(LOG_ERROR, __VA_ARGS__)
#define log_warn(...)  log_line(LOG_WARN, __VA_ARGS__)
#define log_info(...)  log_line(LOG_INFO, __VA_ARGS__)
#define log_debug(...) log_line(LOG_DEBUG, __VA_ARGS__)
