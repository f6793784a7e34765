/*
 * user_data.h - structures that calls take from user memory in more than one place.
 */
#pragma once

#include "vm/iobuf.h"

enum { IOV_MAX_COUNT = 1024 };
#define IO_BYTES_MAX 0x7ffff000ull /* no transfer moves more (read(2), NOTES) */

/* An extensible structure of the caller's size: what he does not give is zero; what we do not
 * know must be zero, else ERR_TOO_BIG. */
status_t copy_struct_from_user(struct user_access *ua, void *to, size_t known, user_addr_t from,
                               size_t size) MUST_USE;

/* A range that user memory could have. */
status_t check_user_range(user_addr_t base, uint64_t size) MUST_USE;

/* An array of iovecs on the heap, cut to IO_BYTES_MAX bytes in all. ERR_INVALID_ARGS (count, a
 * negative size), ERR_FAULT. `*out` is NULL for none. */
status_t iovec_from_user(struct user_access *ua, user_addr_t from, uint64_t count,
                         struct iovec_user **out, size_t *total) MUST_USE;
