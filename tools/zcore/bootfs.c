/*
 * bootfs.c - gathers files and lays them out: a directory, then each file at a page's
 * beginning.
 */
#include "tools/zcore/bootfs.h"

#include <err.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/zcore/status.h"
#include "uapi/zircon/boot.h"

enum { SIZE_MAX_MIB = 512 };

static char *read_file(const char *path, size_t *size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    size_t done = 0;
    char *data;

    if (fd < 0 || fstat(fd, &st))
        err(STATUS_FAILED, "cannot read %s", path);
    if (!S_ISREG(st.st_mode))
        errx(STATUS_FAILED, "%s is no regular file", path);
    if (st.st_size > (off_t)SIZE_MAX_MIB << 20)
        errx(STATUS_FAILED, "%s is larger than %d MiB", path, SIZE_MAX_MIB);
    data = malloc((size_t)st.st_size + 1);
    while (data && done < (size_t)st.st_size) {
        ssize_t got = read(fd, data + done, (size_t)st.st_size - done);

        if (got <= 0)
            err(STATUS_FAILED, "cannot read %s", path);
        done += (size_t)got;
    }
    if (!data)
        err(STATUS_FAILED, "%s", path);
    close(fd);
    *size = done;
    return data;
}

void bootfs_add_file(struct bootfs *fs, const char *name, const char *host)
{
    struct bootfs_file *file;

    if (!*name || *name == '/' || strlen(name) >= ZBI_BOOTFS_MAX_NAME_LEN)
        errx(STATUS_FAILED, "%.300s is not a name of 1 to %u bytes without a leading slash",
             name, ZBI_BOOTFS_MAX_NAME_LEN - 1);
    fs->files = reallocarray(fs->files, fs->count + 1, sizeof(*fs->files));
    if (!fs->files)
        err(STATUS_FAILED, "%s", name);
    file = &fs->files[fs->count++];
    file->name = strdup(name);
    if (!file->name)
        err(STATUS_FAILED, "%s", name);
    file->data = read_file(host, &file->size);
}

/* nftw(3) gives its function no argument. */
static struct bootfs *tree_fs;
static size_t tree_prefix;

static int add_from_tree(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    const char *name = path + tree_prefix;

    (void)ftw;
    if (kind == FTW_F && S_ISREG(st->st_mode))
        bootfs_add_file(tree_fs, name + strspn(name, "/"), path);
    return 0;
}

void bootfs_add_tree(struct bootfs *fs, const char *directory)
{
    tree_fs = fs;
    tree_prefix = strlen(directory);
    if (nftw(directory, add_from_tree, 64, 0))
        err(STATUS_FAILED, "cannot read the directory %s", directory);
}

static int compare(const void *a, const void *b)
{
    return strcmp(((const struct bootfs_file *)a)->name, ((const struct bootfs_file *)b)->name);
}

static size_t page_up(size_t n)
{
    return (n + ZBI_BOOTFS_PAGE_SIZE - 1) / ZBI_BOOTFS_PAGE_SIZE * ZBI_BOOTFS_PAGE_SIZE;
}

/* In the order of their names; bytes of the directory, without its header. */
static size_t sort(struct bootfs *fs)
{
    size_t size = 0;

    qsort(fs->files, fs->count, sizeof(*fs->files), compare);
    for (size_t i = 0; i < fs->count; i++) {
        if (i && !compare(&fs->files[i - 1], &fs->files[i]))
            errx(STATUS_FAILED, "%s is given twice", fs->files[i].name);
        size += ZBI_BOOTFS_DIRENT_SIZE(strlen(fs->files[i].name) + 1);
    }
    return size;
}

char *bootfs_build(struct bootfs *fs, size_t *size)
{
    size_t directory = sort(fs), at = sizeof(zbi_bootfs_header_t);
    size_t data = page_up(at + directory), total = data;
    char *out;

    for (size_t i = 0; i < fs->count; i++)
        total += page_up(fs->files[i].size);
    if (total > (size_t)SIZE_MAX_MIB << 20)
        errx(STATUS_FAILED, "the files are more than %d MiB", SIZE_MAX_MIB);
    out = calloc(1, total);
    if (!out)
        err(STATUS_FAILED, "the files");
    *(zbi_bootfs_header_t *)out =
        (zbi_bootfs_header_t){.magic = ZBI_BOOTFS_MAGIC, .dirsize = (uint32_t)directory};
    for (size_t i = 0; i < fs->count; i++) {
        const struct bootfs_file *file = &fs->files[i];
        zbi_bootfs_dirent_t *entry = (zbi_bootfs_dirent_t *)(out + at);

        *entry = (zbi_bootfs_dirent_t){.name_len = (uint32_t)strlen(file->name) + 1,
                                       .data_len = (uint32_t)file->size,
                                       .data_off = (uint32_t)data};
        memcpy(entry + 1, file->name, entry->name_len);
        memcpy(out + data, file->data, file->size);
        at += ZBI_BOOTFS_DIRENT_SIZE(entry->name_len);
        data += page_up(file->size);
    }
    *size = total;
    return out;
}
