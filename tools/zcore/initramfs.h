/*
 * initramfs.h - archives for a kernel in QEMU: cpio, newc. Each failure ends the launcher.
 */
#pragma once

#include <stddef.h>
#include <sys/types.h>

struct initramfs {
    int fd; /* a memfd */
    unsigned members;
};

void initramfs_init(struct initramfs *archive);
/* A whole archive that was made elsewhere. */
void initramfs_append(struct initramfs *archive, const char *data, size_t size);
/* A file with `mode` (type included) and contents; a symlink's are its target. */
void initramfs_add(struct initramfs *archive, const char *path, mode_t mode, const void *data,
                   size_t size);
/* A host file with its permissions. */
void initramfs_add_file(struct initramfs *archive, const char *host, const char *guest);
/* All that is below a directory of the host, on its file system; owners are dropped. */
void initramfs_add_tree(struct initramfs *archive, const char *directory);
/* The last member. */
void initramfs_end(struct initramfs *archive);
