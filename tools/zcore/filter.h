/*
 * filter.h - what the serial console of a machine in QEMU shows, taken apart: what came before
 * the program, what the program writes, and what the kernel says meanwhile (uapi/zcore/boot.h).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "uapi/zcore/boot.h"

enum { FILTER_BOOT_MAX = 1 << 16 };

struct filter {
    /* Where the parts go. */
    void (*output)(const char *data, size_t size);
    void (*message)(const char *data, size_t size);
    bool started;               /* the mark was seen */
    char boot[FILTER_BOOT_MAX]; /* the end of what came before it */
    size_t boot_size;
    bool in_message;
    char begin[64]; /* of a message */
    size_t matched; /* bytes of `begin`, or of the end, held back */
};

/* Messages are recognised by `key`, which no guest can guess. */
void filter_init(struct filter *filter, const char *key);
void filter_bytes(struct filter *filter, const char *data, size_t size);
/* Nothing more comes: what was held back is the output's. */
void filter_end(struct filter *filter);
