/*
 * initramfs.c - a cpio archive, put together in a file.
 */
#include "tools/zcore/initramfs.h"

#include <err.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/zcore/files.h"
#include "tools/zcore/status.h"

enum { ALIGNMENT = 4 };

static void put(struct initramfs *archive, const void *data, size_t size)
{
    static const char zeroes[ALIGNMENT];

    write_all(archive->fd, data, size);
    write_all(archive->fd, zeroes, -size % ALIGNMENT);
}

void initramfs_init(struct initramfs *archive)
{
    *archive = (struct initramfs){.fd = open_memory("initramfs")};
}

void initramfs_append(struct initramfs *archive, const char *data, size_t size)
{
    put(archive, data, size);
}

void initramfs_add(struct initramfs *archive, const char *path, mode_t mode, const void *data,
                   size_t size)
{
    char header[6 + 13 * 8 + PATH_MAX];
    int length;

    while (*path == '/')
        path++;
    if (size > UINT32_MAX)
        errx(STATUS_FAILED, "%s is too large for an initramfs", path);
    /* ino mode uid gid nlink mtime filesize devmajor devminor rdevmajor rdevminor namesize
     * check; the number is above those of the archive before, so that no two are links of one
     * file. */
    length = snprintf(header, sizeof(header),
                      "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%s",
                      0x1000000 + archive->members++, mode, 0, 0, 1, 0, (unsigned)size, 0, 0, 0,
                      0, (unsigned)strlen(path) + 1, 0, path);
    if (length < 0 || (size_t)length >= sizeof(header))
        errx(STATUS_FAILED, "%s is too long a name", path);
    put(archive, header, (size_t)length + 1);
    put(archive, data, size);
}

void initramfs_add_file(struct initramfs *archive, const char *host, const char *guest)
{
    int fd = open(host, O_RDONLY | O_CLOEXEC);
    struct stat st;
    void *data;

    if (fd < 0 || fstat(fd, &st))
        err(STATUS_FAILED, "%s", host);
    if (!S_ISREG(st.st_mode))
        errx(STATUS_FAILED, "%s is not a regular file", host);
    data = st.st_size ? mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0) : NULL;
    if (data == MAP_FAILED)
        err(STATUS_FAILED, "%s", host);
    initramfs_add(archive, guest, st.st_mode, data, (size_t)st.st_size);
    if (data)
        munmap(data, (size_t)st.st_size);
    close(fd);
}

/* nftw has no argument for its callback. */
static struct initramfs *tree_archive;
static size_t tree_prefix;

static int add_from_tree(const char *path, const struct stat *st, int type, struct FTW *place)
{
    const char *guest = path + tree_prefix;
    char target[PATH_MAX];
    ssize_t length;

    if (type == FTW_DNR || type == FTW_NS)
        errx(STATUS_FAILED, "cannot read %s", path);
    if (place->level == 0)
        return 0;
    if (S_ISREG(st->st_mode)) {
        initramfs_add_file(tree_archive, path, guest);
    } else if (S_ISLNK(st->st_mode)) {
        length = readlink(path, target, sizeof(target));
        if (length < 0)
            err(STATUS_FAILED, "%s", path);
        initramfs_add(tree_archive, guest, st->st_mode, target, (size_t)length);
    } else if (S_ISDIR(st->st_mode) || S_ISFIFO(st->st_mode)) {
        initramfs_add(tree_archive, guest, st->st_mode, NULL, 0);
    }
    return 0;
}

void initramfs_add_tree(struct initramfs *archive, const char *directory)
{
    tree_archive = archive;
    tree_prefix = strlen(directory);
    if (nftw(directory, add_from_tree, 64, FTW_PHYS | FTW_MOUNT))
        err(STATUS_FAILED, "cannot read the root directory %s", directory);
}

void initramfs_end(struct initramfs *archive)
{
    initramfs_add(archive, "TRAILER!!!", 0, NULL, 0);
}
