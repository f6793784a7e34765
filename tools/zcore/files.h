/*
 * files.h - small helpers over descriptors; each failure ends the launcher with one line.
 */
#pragma once

#include <stddef.h>

/* A file in memory, which a child finds as /proc/self/fd/N. */
int open_memory(const char *name);
void write_all(int fd, const void *data, size_t size);
