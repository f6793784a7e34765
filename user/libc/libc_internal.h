/*
 * libc_internal.h - what the runtime's own part of the C library and musl's have of each other.
 */
#pragma once

#include <time.h>

#include "uapi/zircon/types.h"

/* A time of that clock as a deadline; in the past, if it is no time. */
zx_time_t libc_deadline(const struct timespec *time, clockid_t clock);

/* Before main: memory for the environment, `count` words one after another, ends with the
 * program. */
void libc_init(const char *words, const char *end, unsigned count);
/* The first thread's is made before. */
void libc_thread_init(void *block);
/* Handlers of pthread_cleanup_push, of a thread that ends. */
void libc_thread_exit(void);

/* Text to where the program's output goes, a line at a time. */
void libc_write(int fd, const char *text, size_t size);
/* What is left of lines without an end. */
void libc_write_rest(void);
