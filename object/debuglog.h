/*
 * debuglog.h - the kernel's ring of log records, and the objects through which programs write
 * and read it.
 *
 * The ring keeps the newest records. A reader that falls behind misses the ones overwritten and
 * sees it by the gap in their sequence numbers.
 */
#pragma once

#include "base/log.h"
#include "object/object.h"
#include "uapi/zircon/syscalls/log.h"

/* Where records of programs are shown too: text as it is to appear. */
typedef void debuglog_console_fn(const char *text, size_t size);
void debuglog_set_console(debuglog_console_fn *console);
/* Onto that console, and into no record. */
void debuglog_console_write(const char *text, size_t size);

/* A line of the kernel's own, from the log sink. Any context without a spinlock held. */
void debuglog_kernel_line(enum log_level level, const char *line, size_t size);

/* A record of a program, cut at ZX_LOG_RECORD_DATA; shown on the console. */
void debuglog_write(koid_t pid, koid_t tid, const char *text, size_t size);

/* A new log object; `readable`: it starts reading at the oldest record kept. */
enum debuglog_mode { DEBUGLOG_WRITE_ONLY, DEBUGLOG_READABLE };
status_t debuglog_create(enum debuglog_mode mode, struct object **out) MUST_USE;

/* The next record of a readable log. ERR_SHOULD_WAIT; ERR_BAD_STATE: it is not readable. */
status_t debuglog_read(struct object *log, zx_log_record_t *out) MUST_USE;
