/*
 * compress.h - how the files of an image are packed.
 */
#pragma once

#include <stddef.h>

struct packing {
    const char *name;
    /* A frame in new memory, `*out_size` bytes; NULL: it failed. */
    char *(*pack)(const char *data, size_t size, size_t *out_size);
};

/* NULL: there is none of that name. The one without `pack` leaves data as they are. */
const struct packing *packing_find(const char *name);
