/*
 * seq.h - text that grows: what generated files are made of.
 */
#pragma once

#include "base/types.h"

/* All zero is empty. */
struct seq {
    char *data;
    size_t size, capacity;
    bool failed; /* no memory: what follows is dropped */
};

void seq_fini(struct seq *seq);
void seq_put(struct seq *seq, const void *data, size_t size);
void seq_puts(struct seq *seq, const char *text);
void seq_printf(struct seq *seq, const char *format, ...) PRINTF_LIKE(2, 3);
