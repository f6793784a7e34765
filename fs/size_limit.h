/*
 * size_limit.h - how long the caller may make a regular file (RLIMIT_FSIZE of getrlimit(2)).
 *
 * Whoever knows callers registers at boot; until then, and for callers that it does not know,
 * there is no limit.
 */
#pragma once

#include "base/status.h"
#include "base/types.h"

struct size_limit_ops {
    uint64_t (*bytes)(void); /* UINT64_MAX: as many as there are */
    void (*exceeded)(void);  /* the caller is to hear of it, by a signal; no spinlock held */
};
void size_limit_register(const struct size_limit_ops *ops);

/* May a file end at `size`? ERR_FILE_BIG, and the caller has been told. */
status_t size_limit_check(uint64_t size) MUST_USE;
/* How much of the `size` bytes may be written at `at`. ERR_FILE_BIG: none. */
status_t size_limit_cut(uint64_t at, size_t *size) MUST_USE;
/* The caller wrote at the limit. */
void size_limit_exceeded(void);
