/*
 * images.h - what the launcher carries inside: kernels, and root file systems for QEMU.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct image {
    const char *data;
    size_t size;
};

/* A machine of QEMU. */
struct arch {
    const char *name;
    const char *emulator;
    const char *const *arguments; /* beyond those that all have; NULL-terminated */
    struct image kernel, root;    /* root: cpio newc */
    bool debug_port; /* the status comes by a debug console; else it is QEMU's own */
};

/* NULL: there is none of that name. */
const struct arch *arch_find(const char *name);

/* tools/gdb/zcore.py */
struct image image_gdb_script(void);

/* The kernel of the library OS. */
struct image image_libos(void);
