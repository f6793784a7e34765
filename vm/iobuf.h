/*
 * iobuf.h - where a transfer goes to or comes from: a kernel buffer, or user memory by iovecs.
 *
 * A file's read or write moves bytes through one of these and need not know which. Progress is
 * kept in `done`; a call that reports ERR_USER_PAGE has moved nothing since the last commit, so
 * it can be made again after the page came in.
 */
#pragma once

#include "vm/user_copy.h"

struct iovec_user {
    user_addr_t base;
    uint64_t size;
};

struct iobuf {
    struct user_access *user;     /* NULL: kernel memory */
    void *kernel;                 /* kernel memory, `size` bytes */
    const struct iovec_user *iov; /* user memory; in kernel memory, owned by the caller */
    unsigned iov_count;
    size_t size;           /* bytes in all */
    size_t done;           /* bytes moved so far */
    size_t iov_skip;       /* bytes of iov[0] already moved; iov advances */
    bool append;           /* written to a file, it goes to the end whatever the position */
    struct iovec_user one; /* storage for the one-range form */
};

void iobuf_init_kernel(struct iobuf *io, void *buffer, size_t size);
static inline void iobuf_init_user(struct iobuf *io, struct user_access *ua, user_addr_t base,
                                   size_t size)
{
    *io = (struct iobuf){
        .user = ua, .iov = &io->one, .iov_count = 1, .size = size, .one = {base, size}};
}
void iobuf_init_iov(struct iobuf *io, struct user_access *ua, const struct iovec_user *iov,
                    unsigned count, size_t size);

static inline size_t iobuf_left(const struct iobuf *io)
{
    return io->size - io->done;
}

/*
 * Move min(size, left) bytes and advance. `*moved` bytes went; less than asked together with
 * the error that stopped it: OK, ERR_FAULT, ERR_USER_PAGE.
 */
status_t iobuf_put(struct iobuf *io, const void *from, size_t size, size_t *moved) MUST_USE;
status_t iobuf_take(struct iobuf *io, void *to, size_t size, size_t *moved) MUST_USE;
status_t iobuf_put_zero(struct iobuf *io, size_t size, size_t *moved) MUST_USE;
