/*
 * sync_completion.c - an event over a futex.
 *
 *     UNSIGNALED --wait--> WAITED_FOR --signal--> SIGNALED --reset--> UNSIGNALED
 *         `--------------- signal ---------------^
 *
 * Only a signal that finds WAITED_FOR has anybody to wake.
 */
#include "user/sdk/include/lib/sync/completion.h"

#include "zircon/syscalls.h"

enum { UNSIGNALED, WAITED_FOR, SIGNALED };

bool sync_completion_signaled(const sync_completion_t *completion)
{
    return __atomic_load_n(&completion->futex, __ATOMIC_ACQUIRE) == SIGNALED;
}

zx_status_t sync_completion_wait_deadline(sync_completion_t *completion, zx_time_t deadline)
{
    zx_futex_t state = UNSIGNALED;
    zx_status_t st = ZX_OK;

    __atomic_compare_exchange_n(&completion->futex, &state, WAITED_FOR, false, __ATOMIC_RELAXED,
                                __ATOMIC_RELAXED);
    /* One that was signaled and reset before we looked has released us all the same. */
    while (st == ZX_OK && !sync_completion_signaled(completion)) {
        st = zx_futex_wait(&completion->futex, WAITED_FOR, ZX_HANDLE_INVALID, deadline);
        if (st == ZX_ERR_BAD_STATE)
            return ZX_OK;
        if (st == ZX_OK && __atomic_load_n(&completion->futex, __ATOMIC_RELAXED) == UNSIGNALED)
            return ZX_OK;
    }
    return st;
}

zx_status_t sync_completion_wait(sync_completion_t *completion, zx_duration_t timeout)
{
    zx_time_t deadline = timeout == ZX_TIME_INFINITE ? timeout : zx_deadline_after(timeout);

    return sync_completion_wait_deadline(completion, deadline);
}

static bool signal_finds_waiters(sync_completion_t *completion)
{
    return __atomic_exchange_n(&completion->futex, SIGNALED, __ATOMIC_ACQ_REL) == WAITED_FOR;
}

void sync_completion_signal(sync_completion_t *completion)
{
    if (signal_finds_waiters(completion))
        zx_futex_wake(&completion->futex, UINT32_MAX);
}

void sync_completion_signal_requeue(sync_completion_t *completion, zx_futex_t *futex,
                                    zx_handle_t owner)
{
    if (signal_finds_waiters(completion))
        zx_futex_requeue(&completion->futex, 0, SIGNALED, futex, UINT32_MAX, owner);
}

void sync_completion_reset(sync_completion_t *completion)
{
    zx_futex_t state = SIGNALED;

    __atomic_compare_exchange_n(&completion->futex, &state, UNSIGNALED, false, __ATOMIC_RELAXED,
                                __ATOMIC_RELAXED);
}
