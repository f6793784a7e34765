/*
 * mutex.h - a mutex over a futex, for native and Linux programs. Not recursive: a thread that
 * locks it twice is ended by a trap. While others wait the owner is told to the kernel.
 */
#pragma once

#include <stdbool.h>

#include "uapi/zircon/types.h"

/* Zero when unlocked; else the owner's thread handle, with its lowest bit clear if others may
 * wait. */
typedef struct sync_mutex {
    zx_futex_t futex;
} sync_mutex_t;

#define SYNC_MUTEX_INIT ((sync_mutex_t){0})

void sync_mutex_lock(sync_mutex_t *mutex);
/* ZX_ERR_TIMED_OUT at the deadline. */
zx_status_t sync_mutex_timedlock(sync_mutex_t *mutex, zx_time_t deadline);
/* ZX_ERR_BAD_STATE: somebody has it. */
zx_status_t sync_mutex_trylock(sync_mutex_t *mutex);
/* By the owner: anyone else is ended by a trap. */
void sync_mutex_unlock(sync_mutex_t *mutex);

/* The calling thread has it. */
bool sync_mutex_is_mine(const sync_mutex_t *mutex);
