/*
 * console.h - the machine's own console: kernel messages, and the first tty where there is one.
 */
#pragma once

#include "base/types.h"

/* A message of the kernel. Any context, a panic included; returns when the bytes are on their
 * way. libos: stderr. */
void hal_console_write(const char *data, size_t size);

/* A piece of what --strace shows, on its way to its own place: libos: the file that the
 * launcher named, or stderr; elsewhere as hal_console_write. */
void hal_trace_write(const char *data, size_t size);

/* Bare metal only: what programs write, when the console is also the first tty. */
void hal_console_write_tty(const char *data, size_t size);

/* Bare metal only: from now on each hal_console_write has these around it, so that messages can
 * be told from what programs write. The strings stay the caller's. */
void hal_console_set_frame(const char *begin, const char *end);

/* What was typed, up to `size` bytes, without waiting; 0: nothing. Bare metal only; on libos
 * the terminal is host descriptor 0 (hal/host.h). */
size_t hal_console_read(char *buf, size_t size);

/* `handler(arg)` runs from hal_irq_serve when input may be there. */
void hal_console_set_handler(void (*handler)(void *arg), void *arg);
