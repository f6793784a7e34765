/*
 * pthread_internal.h - what is in the objects of pthread.h and threads.h, which are words for
 * those who use them. All zero: a plain one, unlocked, of the real-time clock.
 */
#pragma once

#include <errno.h>
#include <pthread.h>
#include <threads.h>

#include "user/libc/libc_internal.h"
#include "user/sdk/include/lib/sync/condition.h"
#include "user/zircon/thread.h"

struct mutex {
    sync_mutex_t lock;
    unsigned depth; /* how much deeper its owner has it than once */
    int kind;
};

struct condition {
    sync_condition_t signals;
    clockid_t clock; /* of its deadlines */
};

struct barrier {
    struct mutex lock;
    struct condition turn;
    unsigned count, waiting, round;
};

_Static_assert(sizeof(struct mutex) <= sizeof(pthread_mutex_t), "");
_Static_assert(sizeof(struct mutex) <= sizeof(mtx_t), "");
_Static_assert(sizeof(struct condition) <= sizeof(pthread_cond_t), "");
_Static_assert(sizeof(struct condition) <= sizeof(cnd_t), "");
_Static_assert(sizeof(struct barrier) <= sizeof(pthread_barrier_t), "");

/* Attributes as the C library's functions set them. */
static inline size_t attr_stack_size(const pthread_attr_t *a)
{
    return a->__u.__s[0];
}

static inline int attr_detached(const pthread_attr_t *a)
{
    return a->__u.__i[6];
}

/* Its end; 0: it is not told. */
static inline uintptr_t attr_stack_end(const pthread_attr_t *a)
{
    return a->__u.__s[2];
}

/* Of both headers, with names that no program has. Lock: 0, EDEADLK or ETIMEDOUT; try: 0 or
 * EBUSY; unlock: 0 or EPERM. */
int runtime_mutex_lock(struct mutex *m, zx_time_t deadline);
int runtime_mutex_try(struct mutex *m);
int runtime_mutex_unlock(struct mutex *m);
/* 0 or ETIMEDOUT; the mutex is held again either way. */
int runtime_condition_wait(struct condition *c, struct mutex *m, zx_time_t deadline);
