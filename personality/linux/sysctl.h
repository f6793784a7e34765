/*
 * sysctl.h - settings of the system that /proc/sys shows and root changes (proc(5)).
 */
#pragma once

#include "base/status.h"
#include <stdatomic.h>

enum sysctl_id {
    SYSCTL_MAX_MAP_COUNT,
    SYSCTL_LEASE_BREAK_TIME, /* seconds; 0: for ever */
    SYSCTL_LEASES_ENABLE,
    SYSCTL_SHMMAX, /* bytes */
    SYSCTL_SHMALL, /* pages */
    SYSCTL_SHMMNI,
    SYSCTL_SEMMNI,
    SYSCTL_MSGMAX, /* bytes of a message */
    SYSCTL_MSGMNB, /* bytes in a queue */
    SYSCTL_MSGMNI,
    SYSCTL_MQ_QUEUES_MAX,
    SYSCTL_MQ_MSG_MAX,
    SYSCTL_MQ_MSGSIZE_MAX,
    SYSCTL_MQ_MSG_DEFAULT,
    SYSCTL_MQ_MSGSIZE_DEFAULT,
    SYSCTL_COUNT,
};

struct sysctl {
    const char *name; /* of the file; no two are alike */
    _Atomic(uint64_t) value;
    uint64_t min, max;
};

extern struct sysctl sysctls[SYSCTL_COUNT];

static inline uint64_t sysctl_get(enum sysctl_id id)
{
    return atomic_load_explicit(&sysctls[id].value, memory_order_relaxed);
}

/* NULL: none is called so. */
struct sysctl *sysctl_find(const char *name);
/* What was written to its file: a number, white space around it. ERR_INVALID_ARGS: none, or out
 * of range. */
status_t sysctl_store(struct sysctl *s, const char *text, size_t size) MUST_USE;
