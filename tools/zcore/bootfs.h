/*
 * bootfs.h - BOOTFS, the files of a ZBI, in memory (uapi/zircon/boot.h). Each failure ends the
 * launcher.
 */
#pragma once

#include <stddef.h>

struct bootfs_file {
    char *name; /* without a leading slash */
    char *data;
    size_t size;
};

struct bootfs {
    struct bootfs_file *files;
    size_t count;
};

/* A host file under a name, or all regular files below a directory under their names there. */
void bootfs_add_file(struct bootfs *fs, const char *name, const char *host);
void bootfs_add_tree(struct bootfs *fs, const char *directory);
/* The whole, sorted; `*size` bytes, for the caller to free. */
char *bootfs_build(struct bootfs *fs, size_t *size);
