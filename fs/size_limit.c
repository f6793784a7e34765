/*
 * size_limit.c - asks what the caller's files may come to.
 */
#include "fs/size_limit.h"

static const struct size_limit_ops *ops; /* set once, at boot */

void size_limit_register(const struct size_limit_ops *given)
{
    ops = given;
}

void size_limit_exceeded(void)
{
    if (ops)
        ops->exceeded();
}

status_t size_limit_check(uint64_t size)
{
    if (!ops || size <= ops->bytes())
        return OK;
    ops->exceeded();
    return ERR_FILE_BIG;
}

status_t size_limit_cut(uint64_t at, size_t *size)
{
    uint64_t limit = ops ? ops->bytes() : UINT64_MAX;

    if (limit == UINT64_MAX)
        return OK;
    if (at >= limit)
        return ERR_FILE_BIG;
    *size = MIN(*size, limit - at);
    return OK;
}
