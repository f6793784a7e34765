/*
 * image.c - makes a ZBI (uapi/zircon/boot.h): a command line and files.
 */
#include <argp.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/zcore/bootfs.h"
#include "tools/zcore/commands.h"
#include "tools/zcore/compress.h"
#include "tools/zcore/files.h"
#include "tools/zcore/status.h"
#include "uapi/zircon/boot.h"

enum { CMDLINES_MAX = 16, KEY_CMDLINE = 256, KEY_COMPRESS };

struct image_options {
    const char *output;
    const char *cmdlines[CMDLINES_MAX];
    unsigned cmdline_count;
    const struct packing *packing;
    struct bootfs files;
};

static const struct argp_option image_options[] = {
    {"output", 'o', "FILE", 0, "Write the image to FILE", 0},
    {"cmdline", KEY_CMDLINE, "WORDS", 0,
     "Words of the command line, such as userboot=bin/first; may be given again", 0},
    {"compress", KEY_COMPRESS, "HOW", 0, "Pack the files with zstd (default) or lz4, or none",
     0},
    {0},
};

/* DIRECTORY or NAME=FILE. */
static void add_files(struct image_options *o, char *text)
{
    char *equal = strchr(text, '=');
    struct stat st;

    if (!stat(text, &st) && S_ISDIR(st.st_mode)) {
        bootfs_add_tree(&o->files, text);
        return;
    }
    if (!equal)
        errx(STATUS_FAILED, "%s is neither a directory nor NAME=FILE", text);
    *equal = '\0';
    bootfs_add_file(&o->files, text, equal + 1);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct image_options *o = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        options_be_brief(state);
        return 0;
    case 'o':
        o->output = arg;
        return 0;
    case KEY_CMDLINE:
        if (o->cmdline_count == CMDLINES_MAX)
            errx(STATUS_FAILED, "--cmdline can be given %d times only", CMDLINES_MAX);
        o->cmdlines[o->cmdline_count++] = arg;
        return 0;
    case KEY_COMPRESS:
        o->packing = packing_find(arg);
        if (!o->packing)
            errx(STATUS_FAILED, "--compress=%s is not zstd, lz4 or none", arg);
        return 0;
    case ARGP_KEY_ARG:
        add_files(o, arg);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* Of IEEE 802.3, as zlib has it. */
static uint32_t crc_update(uint32_t crc, const void *data, size_t size)
{
    const unsigned char *at = data;

    while (size--) {
        crc ^= *at++;
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    }
    return crc;
}

static void write_item(int fd, uint32_t type, uint32_t flags, size_t extra, const char *data,
                       size_t size)
{
    static const char padding[ZBI_ALIGNMENT];
    zbi_header_t header = {.type = type,
                           .length = (uint32_t)size,
                           .extra = (uint32_t)extra,
                           .flags = flags | ZBI_FLAG_VERSION | ZBI_FLAG_CRC32,
                           .magic = ZBI_ITEM_MAGIC};

    header.crc32 = ~crc_update(crc_update(~0u, &header, sizeof(header)), data, size);
    write_all(fd, &header, sizeof(header));
    write_all(fd, data, size);
    write_all(fd, padding, -size % ZBI_ALIGNMENT);
}

static void write_files(int fd, struct image_options *o)
{
    size_t size, packed_size;
    char *data = bootfs_build(&o->files, &size), *packed;

    if (!o->packing->pack) {
        write_item(fd, ZBI_TYPE_STORAGE_BOOTFS, 0, size, data, size);
        return;
    }
    packed = o->packing->pack(data, size, &packed_size);
    if (!packed)
        errx(STATUS_FAILED, "cannot pack the files with %s", o->packing->name);
    write_item(fd, ZBI_TYPE_STORAGE_BOOTFS, ZBI_FLAG_STORAGE_COMPRESSED, size, packed,
               packed_size);
    free(packed);
    free(data);
}

/* The container's header is written last, when its length is known. */
static void write_image(int fd, struct image_options *o)
{
    zbi_header_t container = {.type = ZBI_TYPE_CONTAINER,
                              .extra = ZBI_CONTAINER_MAGIC,
                              .flags = ZBI_FLAG_VERSION,
                              .magic = ZBI_ITEM_MAGIC,
                              .crc32 = ZBI_ITEM_NO_CRC32};
    off_t end;

    write_all(fd, &container, sizeof(container));
    for (unsigned i = 0; i < o->cmdline_count; i++)
        write_item(fd, ZBI_TYPE_CMDLINE, 0, 0, o->cmdlines[i], strlen(o->cmdlines[i]) + 1);
    write_files(fd, o);
    end = lseek(fd, 0, SEEK_CUR);
    container.length = (uint32_t)((size_t)end - sizeof(container));
    if (end < 0 || pwrite(fd, &container, sizeof(container), 0) != sizeof(container))
        err(STATUS_FAILED, "cannot write %s", o->output);
}

int command_image(int argc, char **argv)
{
    static const struct argp argp = {
        .options = image_options,
        .parser = parse,
        .args_doc = "-o FILE [DIRECTORY|NAME=FILE]...",
        .doc =
            "Make a Zircon boot image, for zcore zircon.\vIt has all regular files below each "
            "DIRECTORY, under their names there, and each FILE of the host as NAME."};
    struct image_options o = {.packing = packing_find("zstd")};
    char name[64];
    int fd;

    snprintf(name, sizeof(name), "%s image", program_invocation_short_name);
    argv[0] = name;
    if (argp_parse(&argp, argc, argv, 0, NULL, &o))
        return STATUS_FAILED;
    if (!o.output)
        errx(STATUS_FAILED, "no --output given; see %s --help", name);
    fd = open(o.output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0)
        err(STATUS_FAILED, "cannot write %s", o.output);
    write_image(fd, &o);
    if (close(fd))
        err(STATUS_FAILED, "cannot write %s", o.output);
    return 0;
}
