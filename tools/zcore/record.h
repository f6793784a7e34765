/*
 * record.h - writing the boot record (hal/boot.h, docs/boot.md).
 */
#pragma once

#include <stddef.h>

#include "tools/zcore/options.h"

struct record {
    char *text; /* NUL-terminated strings, the first byte of each a tag */
    size_t size;
};

/* What the options say, the environment, and the working directory. */
void record_init(struct record *record, const struct options *options);
void record_add(struct record *record, char tag, const char *string);
/* The kernel option `bind` (kernel/root_libos.c): what is `name` in the directory `dir`, a
 * descriptor that stays open, is at `guest`. */
void record_mount(struct record *record, int dir, bool read_only, const char *name,
                  const char *guest);
/* A kernel option: NAME=VALUE. */
void record_option(struct record *record, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
