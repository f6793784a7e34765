/*
 * sync_condition.c - a condition variable over a futex that counts: a signal between letting go
 * of the mutex and sleeping has changed the word, and the sleep does not begin.
 */
#include "user/sdk/include/lib/sync/condition.h"

#include "zircon/syscalls.h"

zx_status_t sync_condition_timedwait(sync_condition_t *condition, sync_mutex_t *mutex,
                                     zx_time_t deadline)
{
    zx_futex_t count = __atomic_load_n(&condition->futex, __ATOMIC_RELAXED);
    zx_status_t st;

    sync_mutex_unlock(mutex);
    st = zx_futex_wait(&condition->futex, count, ZX_HANDLE_INVALID, deadline);
    sync_mutex_lock(mutex);
    return st == ZX_ERR_TIMED_OUT ? st : ZX_OK;
}

void sync_condition_wait(sync_condition_t *condition, sync_mutex_t *mutex)
{
    (void)sync_condition_timedwait(condition, mutex, ZX_TIME_INFINITE);
}

static void wake(sync_condition_t *condition, uint32_t count)
{
    __atomic_fetch_add(&condition->futex, 1, __ATOMIC_RELAXED);
    zx_futex_wake(&condition->futex, count);
}

void sync_condition_signal(sync_condition_t *condition)
{
    wake(condition, 1);
}

void sync_condition_broadcast(sync_condition_t *condition)
{
    wake(condition, UINT32_MAX);
}
