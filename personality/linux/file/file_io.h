/*
 * file_io.h - what the read and write calls share: arguments to a file and an iobuf, and back.
 */
#pragma once

#include "fs/file.h"
#include "object/syscall.h"

/* One transfer that a call asks for. */
struct file_io {
    struct file *file;      /* reference */
    struct iovec_user *iov; /* heap; NULL for the one-range forms */
    uint64_t at;            /* offset, or FILE_POSITION */
    enum file_direction direction;
    uint32_t flags; /* RWF_*, of preadv2 and pwritev2 */
    struct iobuf buffer;
};

/*
 * The descriptor is argument 0; then address and size, or iovecs and count. The plain attempt
 * is made; ERR_SHOULD_WAIT: the caller goes on with file_transfer by FILE_IO_ARGS. After each,
 * and whatever the outcome, file_io_end.
 */
status_t file_io_begin(struct syscall *call, struct task *task, struct file_io *io,
                       enum file_direction direction, uint64_t at) MUST_USE;
status_t file_io_begin_vector(struct syscall *call, struct task *task, struct file_io *io,
                              enum file_direction direction, uint64_t at,
                              uint32_t flags) MUST_USE;

#define FILE_IO_ARGS(frame)                                                      \
    .file = (frame).file, .io = &(frame).buffer, .direction = (frame).direction, \
    .at = (frame).at == FILE_POSITION ? FILE_POSITION : (frame).at + (frame).buffer.done

/* UINT64_MAX would be taken for the position; like any negative offset it is refused. */
static inline uint64_t file_io_offset(uint64_t offset)
{
    return (int64_t)offset < 0 ? (uint64_t)INT64_MIN : offset;
}

/* Result and SIGPIPE; gives back what `io` holds. The call's status. */
status_t file_io_end(struct syscall *call, struct file_io *io, status_t st) MUST_USE;

/* Somebody wrote where nobody reads. */
void call_raise_sigpipe(struct syscall *call);

/* Where a copy begins: at the offset behind `pointer`, which must be writable, or, NULL, at the
 * file's position. ERR_SEEK_PIPE, ERR_INVALID_ARGS, ERR_FAULT. */
status_t file_offset_begin(struct syscall *call, struct file *file, user_addr_t pointer,
                           uint64_t *at) MUST_USE;
