/*
 * pthread_internal.h - what pthread.h and threads.h of native programs have in common.
 */
#pragma once

#include <errno.h>
#include <pthread.h>
#include <threads.h>

#include "user/sdk/include/lib/sync/condition.h"
#include "user/zircon/thread.h"

/* Their words are those of lib/sync. */
static inline sync_mutex_t *lock_of(pthread_mutex_t *mutex)
{
    return (sync_mutex_t *)&mutex->futex;
}

static inline sync_condition_t *condition_of(pthread_cond_t *condition)
{
    return (sync_condition_t *)&condition->futex;
}

/* 0, EDEADLK, ETIMEDOUT; the same for a condition's wait. */
int mutex_lock(pthread_mutex_t *m, zx_time_t deadline);

/* A time of that clock as a deadline; in the past, if it is no time. */
zx_time_t deadline_of(const struct timespec *time, clockid_t clock);
