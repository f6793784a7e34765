/*
 * pipe.h - pipes and FIFOs: a ring of pages between readers and writers.
 *
 * A FIFO inode has a pipe while somebody has it open. A pipe of pipe(2) is the same on an inode
 * without a name, so it can be opened again through /proc/PID/fd.
 */
#pragma once

#include "fs/file.h"

enum {
    PIPE_CAPACITY = 64 << 10,    /* bytes, at first */
    PIPE_CAPACITY_MAX = 1 << 20, /* fs.pipe-max-size */
    PIPE_ATOMIC = 4096,          /* PIPE_BUF: a write of at most so much is not torn */
};

/* Both ends; flags: FILE_NONBLOCK. The inode belongs to uid and gid. */
status_t pipe_create(unsigned flags, uint32_t uid, uint32_t gid, struct file **read_end,
                     struct file **write_end) MUST_USE;

/* A file of a pipe or FIFO. */
bool file_is_pipe(const struct file *file);

/* Of a file of a pipe: bytes that it holds at most. */
uint32_t pipe_capacity(struct file *file);
/* As many as `size` rounded up to a power of two of pages. ERR_UNAVAILABLE: it holds more now,
 * or somebody is at it; ERR_NO_MEMORY. Nothing changed then. */
status_t pipe_set_capacity(struct file *file, uint32_t size) MUST_USE;

/* For file_open: a file of a FIFO. ERR_IO_NOT_PRESENT: write only, non-blocking, no reader. */
status_t fifo_open(struct file *file) MUST_USE;

/*
 * After file_open gave a file of a FIFO: wait, unless it is non-blocking, until the other side
 * has been opened too. ERR_INTERRUPTED, ERR_CANCELED. At once OK for every other file.
 */
struct fifo_wait {
    struct co co;
    struct file *file; /* in */
    struct waiter waiter;
};
co_fn fifo_wait;
