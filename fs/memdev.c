/*
 * memdev.c - the devices that need no hardware: null, zero, full, random, urandom.
 */
#include "fs/devfs.h"
#include "hal/boot.h"

enum { MEMORY_MAJOR = 1, ENTROPY_CHUNK = 256 };

static status_t read_nothing(struct file *file, struct iobuf *io, uint64_t *pos)
{
    (void)file, (void)io, (void)pos;
    return OK;
}

static status_t write_nowhere(struct file *file, struct iobuf *io, uint64_t *pos)
{
    (void)file, (void)pos;
    io->done = io->size;
    return OK;
}

static status_t write_refused(struct file *file, struct iobuf *io, uint64_t *pos)
{
    (void)file, (void)io, (void)pos;
    return ERR_NO_SPACE;
}

static status_t read_zeroes(struct file *file, struct iobuf *io, uint64_t *pos)
{
    size_t moved;
    status_t st = iobuf_put_zero(io, iobuf_left(io), &moved);

    (void)file, (void)pos;
    return moved ? OK : st;
}

static status_t read_entropy(struct file *file, struct iobuf *io, uint64_t *pos)
{
    unsigned char chunk[ENTROPY_CHUNK];
    size_t moved, all = 0;
    status_t st;

    (void)file, (void)pos;
    do {
        size_t size = MIN(sizeof(chunk), iobuf_left(io));

        hal_entropy(chunk, size);
        st = iobuf_put(io, chunk, size, &moved);
        all += moved;
    } while (st == OK && iobuf_left(io));
    return all ? OK : st;
}

/* What is written is stirred in (random(4)). */
static status_t write_entropy(struct file *file, struct iobuf *io, uint64_t *pos)
{
    unsigned char chunk[ENTROPY_CHUNK];
    size_t moved, all = 0;
    status_t st;

    (void)file, (void)pos;
    do {
        st = iobuf_take(io, chunk, MIN(sizeof(chunk), iobuf_left(io)), &moved);
        hal_entropy_add(chunk, moved);
        all += moved;
    } while (st == OK && iobuf_left(io));
    return all ? OK : st;
}

/* Shared memory that nobody can find by a name. */
static status_t map_zeroes(struct file *file, uint64_t offset, uint64_t size, struct vmo **out)
{
    (void)file;
    return vmo_create(offset + size, 0, out);
}

/* Positions mean nothing here: every seek succeeds and ends at 0. */
static status_t seek_nowhere(struct file *file, int64_t offset, int whence, uint64_t *pos)
{
    (void)file, (void)offset, (void)whence;
    *pos = 0;
    return OK;
}

static const struct file_ops null_ops = {
    .name = "null",
    .try_read = read_nothing,
    .try_write = write_nowhere,
    .seek = seek_nowhere,
    .no_position = true,
};
static const struct file_ops zero_ops = {
    .name = "zero",
    .try_read = read_zeroes,
    .try_write = write_nowhere,
    .seek = seek_nowhere,
    .no_position = true,
    .mmap = map_zeroes,
};
static const struct file_ops full_ops = {
    .name = "full",
    .try_read = read_zeroes,
    .try_write = write_refused,
    .seek = seek_nowhere,
    .no_position = true,
};
static const struct file_ops random_ops = {
    .name = "random",
    .try_read = read_entropy,
    .try_write = write_entropy,
    .seek = seek_nowhere,
    .no_position = true,
};

static struct chardev devices[] = {
    {.name = "null", .dev = DEV(MEMORY_MAJOR, 3), .ops = &null_ops},
    {.name = "zero", .dev = DEV(MEMORY_MAJOR, 5), .ops = &zero_ops},
    {.name = "full", .dev = DEV(MEMORY_MAJOR, 7), .ops = &full_ops},
    {.name = "random", .dev = DEV(MEMORY_MAJOR, 8), .ops = &random_ops},
    {.name = "urandom", .dev = DEV(MEMORY_MAJOR, 9), .ops = &random_ops},
};

status_t devfs_register_memory(void)
{
    status_t st = OK;

    for (unsigned i = 0; i < countof(devices) && st == OK; i++) {
        devices[i].mode = 0666;
        devices[i].flags = FILE_SEEKABLE;
        st = chardev_register(&devices[i]);
    }
    return st;
}
