/*
 * completion.h - an event that threads of one process wait for: it stays signaled until it is
 * reset.
 */
#pragma once

#include <stdbool.h>

#include "uapi/zircon/types.h"

typedef struct sync_completion {
    zx_futex_t futex;
} sync_completion_t;

#define SYNC_COMPLETION_INIT ((sync_completion_t){0})

/* ZX_ERR_TIMED_OUT: not signaled so long from now, or until that time. */
zx_status_t sync_completion_wait(sync_completion_t *completion, zx_duration_t timeout);
zx_status_t sync_completion_wait_deadline(sync_completion_t *completion, zx_time_t deadline);
void sync_completion_signal(sync_completion_t *completion);
/* The same, but who waits is moved to wait on `futex`, and wakes by that. */
void sync_completion_signal_requeue(sync_completion_t *completion, zx_futex_t *futex,
                                    zx_handle_t owner);
void sync_completion_reset(sync_completion_t *completion);
bool sync_completion_signaled(const sync_completion_t *completion);
