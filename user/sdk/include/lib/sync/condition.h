/*
 * condition.h - a condition variable for sync_mutex_t. A wait may end without a signal.
 */
#pragma once

#include "user/sdk/include/lib/sync/mutex.h"

typedef struct sync_condition {
    zx_futex_t futex; /* counts signals */
} sync_condition_t;

#define SYNC_CONDITION_INIT ((sync_condition_t){0})

/* Lets go of the mutex meanwhile, which the caller has. */
void sync_condition_wait(sync_condition_t *condition, sync_mutex_t *mutex);
/* ZX_ERR_TIMED_OUT at the deadline; the mutex is the caller's again in either case. */
zx_status_t sync_condition_timedwait(sync_condition_t *condition, sync_mutex_t *mutex,
                                     zx_time_t deadline);
void sync_condition_signal(sync_condition_t *condition);
void sync_condition_broadcast(sync_condition_t *condition);
