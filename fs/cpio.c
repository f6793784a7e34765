/*
 * cpio.c - reading newc: a header of hexadecimal fields, the name, the contents; each part is
 * padded to 4 bytes.
 */
#include "fs/cpio.h"

#include "fs/fs_internal.h"

enum { MAGIC_SIZE = 6, FIELD_SIZE = 8, FIELD_COUNT = 13 };
enum { HEADER_SIZE = MAGIC_SIZE + FIELD_SIZE * FIELD_COUNT };

enum field {
    FIELD_INO,
    FIELD_MODE,
    FIELD_UID,
    FIELD_GID,
    FIELD_NLINK,
    FIELD_MTIME,
    FIELD_SIZE_OF_DATA,
    FIELD_DEV_MAJOR,
    FIELD_DEV_MINOR,
    FIELD_RDEV_MAJOR,
    FIELD_RDEV_MINOR,
    FIELD_SIZE_OF_NAME,
    FIELD_CHECK, /* of format 070702; not looked at */
};

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool read_field(const char *text, uint32_t *out)
{
    uint32_t value = 0;

    for (unsigned i = 0; i < FIELD_SIZE; i++) {
        int digit = hex_digit(text[i]);

        if (digit < 0)
            return false;
        value = value << 4 | (uint32_t)digit;
    }
    *out = value;
    return true;
}

static status_t read_header(const char *header, uint32_t fields[FIELD_COUNT])
{
    if (memcmp(header, "070701", MAGIC_SIZE) != 0 && memcmp(header, "070702", MAGIC_SIZE) != 0)
        return ERR_INVALID_ARGS;
    for (unsigned i = 0; i < FIELD_COUNT; i++)
        if (!read_field(header + MAGIC_SIZE + i * FIELD_SIZE, &fields[i]))
            return ERR_INVALID_ARGS;
    return OK;
}

/* Without what leads it to the root. */
static struct name clean_path(struct name path)
{
    while (path.size) {
        if (path.text[0] == '/')
            path = (struct name){path.text + 1, path.size - 1};
        else if (path.size >= 2 && memcmp(path.text, "./", 2) == 0)
            path = (struct name){path.text + 2, path.size - 2};
        else
            return path;
    }
    return name_of(".");
}

static void fill(struct cpio_entry *out, const uint32_t fields[FIELD_COUNT], const char *name,
                 const char *data)
{
    *out = (struct cpio_entry){
        .ino = fields[FIELD_INO],
        .dev = DEV(fields[FIELD_DEV_MAJOR], fields[FIELD_DEV_MINOR]),
        .mode = fields[FIELD_MODE],
        .uid = fields[FIELD_UID],
        .gid = fields[FIELD_GID],
        .nlink = fields[FIELD_NLINK],
        .mtime = fields[FIELD_MTIME] * NS_PER_SEC,
        .rdev = DEV(fields[FIELD_RDEV_MAJOR], fields[FIELD_RDEV_MINOR]),
        .path = clean_path(name_of(name)),
        .data = data,
        .size = fields[FIELD_SIZE_OF_DATA],
    };
}

/* The member at `*at`, whatever it is. */
static status_t read_member(const char *archive, size_t size, size_t *at,
                            struct cpio_entry *out)
{
    uint32_t fields[FIELD_COUNT];
    const char *name;
    size_t name_size, left = size - *at, data, end;
    status_t st;

    if (left < HEADER_SIZE)
        return ERR_OUT_OF_RANGE;
    st = read_header(archive + *at, fields);
    if (st != OK)
        return st;
    name_size = fields[FIELD_SIZE_OF_NAME];
    if (name_size < 1 || name_size > PATH_MAX_BYTES + 1)
        return ERR_INVALID_ARGS;
    /* Sums of 32-bit fields in 64 bits: nothing wraps. */
    data = ROUND_UP(*at + HEADER_SIZE + name_size, 4);
    end = data + fields[FIELD_SIZE_OF_DATA];
    if (end > size)
        return ERR_OUT_OF_RANGE;
    name = archive + *at + HEADER_SIZE;
    if (name[name_size - 1] || strnlen(name, name_size) != name_size - 1)
        return ERR_INVALID_ARGS;
    fill(out, fields, name, archive + data);
    *at = MIN(ROUND_UP(end, 4), size);
    return OK;
}

/* Between archives, and behind the last one, are zeroes. */
static void skip_padding(const char *archive, size_t size, size_t *at)
{
    while (*at < size && !archive[*at])
        ++*at;
}

status_t cpio_next(const void *archive, size_t size, size_t *at, struct cpio_entry *out)
{
    for (;;) {
        status_t st;

        skip_padding(archive, size, at);
        if (*at == size)
            return ERR_NOT_FOUND;
        st = read_member(archive, size, at, out);
        if (st != OK || !name_equal(out->path, "TRAILER!!!", 10))
            return st;
    }
}
