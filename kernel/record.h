/*
 * record.h - the boot record: what the launcher asks the kernel to run, and how (docs/boot.md).
 */
#pragma once

#include "base/status.h"

enum { RECORD_MAX_OPTIONS = 32 };

struct boot_record {
    char **argv, **envp;                     /* NULL-terminated; strings are the record's own */
    const char *cwd;                         /* "/" if the record has none */
    const char *options[RECORD_MAX_OPTIONS]; /* NAME=VALUE */
    unsigned option_count;
};

/* Points into `text`, which must stay. ERR_INVALID_ARGS: not terminated, unknown tag, no
 * program; ERR_NO_MEMORY. */
status_t record_parse(const char *text, size_t size, struct boot_record *out) MUST_USE;

/* The value of an option; NULL when it was not given. */
const char *record_option(const struct boot_record *record, const char *name);
/* As a decimal number, or `otherwise`. */
uint64_t record_number(const struct boot_record *record, const char *name, uint64_t otherwise);
