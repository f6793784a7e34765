/*
 * iobuf.c - walking the ranges of a transfer.
 */
#include "vm/iobuf.h"

#include "base/status.h"
#include "base/string.h"

void iobuf_init_kernel(struct iobuf *io, void *buffer, size_t size)
{
    *io = (struct iobuf){.kernel = buffer, .size = size};
}

void iobuf_init_iov(struct iobuf *io, struct user_access *ua, const struct iovec_user *iov,
                    unsigned count, size_t size)
{
    *io = (struct iobuf){.user = ua, .iov = iov, .iov_count = count, .size = size};
}

/* The user range that comes next, at most `size` bytes of it; 0: there is none. */
static size_t next_range(struct iobuf *io, size_t size, user_addr_t *addr)
{
    while (io->iov_count && io->iov_skip == io->iov->size) {
        io->iov++;
        io->iov_count--;
        io->iov_skip = 0;
    }
    if (!io->iov_count)
        return 0;
    *addr = io->iov->base + io->iov_skip;
    return MIN(size, io->iov->size - io->iov_skip);
}

/* So that a part is in one page: what an error leaves behind is then exact. */
static size_t within_page(user_addr_t addr, size_t size)
{
    return MIN(size, PAGE_SIZE - (addr & PAGE_MASK));
}

/* Move one part between user memory at `addr` and the kernel's `kernel` (NULL: zeroes). */
typedef status_t move_fn(struct user_access *ua, user_addr_t addr, void *kernel, size_t size);

static status_t move_user(struct iobuf *io, char *kernel, size_t size, move_fn *move,
                          size_t *moved)
{
    while (*moved < size) {
        user_addr_t addr;
        size_t part = next_range(io, size - *moved, &addr);
        status_t st;

        if (!part)
            return OK;
        part = within_page(addr, part);
        st = move(io->user, addr, kernel ? kernel + *moved : NULL, part);
        if (st != OK)
            return st;
        *moved += part;
        io->iov_skip += part;
        io->done += part;
    }
    return OK;
}

static status_t move_put(struct user_access *ua, user_addr_t addr, void *kernel, size_t size)
{
    return copy_to_user(ua, addr, kernel, size);
}

static status_t move_take(struct user_access *ua, user_addr_t addr, void *kernel, size_t size)
{
    return copy_from_user(ua, kernel, addr, size);
}

static status_t move_zero(struct user_access *ua, user_addr_t addr, void *kernel UNUSED,
                          size_t size)
{
    return clear_user(ua, addr, size);
}

/* The next `size` bytes of a kernel buffer. */
static char *advance(struct iobuf *io, size_t size, size_t *moved)
{
    char *at = (char *)io->kernel + io->done;

    io->done += size;
    *moved = size;
    return at;
}

status_t iobuf_put(struct iobuf *io, const void *from, size_t size, size_t *moved)
{
    size = MIN(size, iobuf_left(io));
    *moved = 0;
    if (io->user)
        return move_user(io, (char *)(uintptr_t)from, size, move_put, moved);
    memcpy(advance(io, size, moved), from, size);
    return OK;
}

status_t iobuf_take(struct iobuf *io, void *to, size_t size, size_t *moved)
{
    size = MIN(size, iobuf_left(io));
    *moved = 0;
    if (io->user)
        return move_user(io, to, size, move_take, moved);
    memcpy(to, advance(io, size, moved), size);
    return OK;
}

status_t iobuf_put_zero(struct iobuf *io, size_t size, size_t *moved)
{
    size = MIN(size, iobuf_left(io));
    *moved = 0;
    if (io->user)
        return move_user(io, NULL, size, move_zero, moved);
    memset(advance(io, size, moved), 0, size);
    return OK;
}
