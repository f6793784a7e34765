/*
 * user_data.c - structures that calls take from user memory in more than one place.
 */
#include "personality/linux/user_data.h"

#include "base/string.h"
#include "mm/slab.h"

/* Are the `size` bytes at `from` zero? */
static status_t check_zero(struct user_access *ua, user_addr_t from, size_t size)
{
    unsigned char bytes[64];

    while (size) {
        size_t part = MIN(size, sizeof(bytes));
        status_t st = copy_from_user(ua, bytes, from, part);

        if (st != OK)
            return st;
        for (size_t i = 0; i < part; i++)
            if (bytes[i])
                return ERR_TOO_BIG;
        from += part;
        size -= part;
    }
    return OK;
}

status_t copy_struct_from_user(struct user_access *ua, void *to, size_t known, user_addr_t from,
                               size_t size)
{
    size_t part = MIN(size, known);
    status_t st = check_zero(ua, from + part, size - part);

    if (st != OK)
        return st;
    memset((char *)to + part, 0, known - part);
    return copy_from_user(ua, to, from, part);
}

status_t check_user_range(user_addr_t base, uint64_t size)
{
    return size <= HAL_USER_END && base <= HAL_USER_END - size ? OK : ERR_FAULT;
}

static status_t check_iovecs(struct iovec_user *iov, uint64_t count, size_t *total)
{
    size_t sum = 0;

    for (uint64_t i = 0; i < count; i++) {
        if ((int64_t)iov[i].size < 0)
            return ERR_INVALID_ARGS;
        if (check_user_range(iov[i].base, iov[i].size) != OK)
            return ERR_FAULT;
        iov[i].size = MIN(iov[i].size, IO_BYTES_MAX - sum);
        sum += iov[i].size;
    }
    *total = sum;
    return OK;
}

status_t iovec_from_user(struct user_access *ua, user_addr_t from, uint64_t count,
                         struct iovec_user **out, size_t *total)
{
    struct iovec_user *iov = NULL;
    status_t st = OK;

    if (count > IOV_MAX_COUNT)
        return ERR_INVALID_ARGS;
    *total = 0;
    if (count) {
        iov = kmalloc(count * sizeof(*iov));
        if (!iov)
            return ERR_NO_MEMORY;
        st = copy_from_user(ua, iov, from, count * sizeof(*iov));
        if (st == OK)
            st = check_iovecs(iov, count, total);
    }
    if (st != OK) {
        kfree(iov);
        return st;
    }
    *out = iov;
    return OK;
}
