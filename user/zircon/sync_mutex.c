/*
 * sync_mutex.c - a mutex over a futex.
 *
 * The word is 0, or the owner's handle, whose two lowest bits are set as in every handle: with
 * the lowest one clear others may wait, and whoever unlocks wakes one. A thread that has once
 * waited takes the mutex with that bit clear, for it cannot know that it was the only one.
 */
#include "user/sdk/include/lib/sync/mutex.h"

#include "user/sdk/include/zircon/process.h"
#include "zircon/syscalls.h"

enum { UNLOCKED = 0, UNCONTESTED = 1 };

static bool take(sync_mutex_t *mutex, zx_futex_t from, zx_futex_t to)
{
    return __atomic_compare_exchange_n(&mutex->futex, &from, to, false, __ATOMIC_ACQUIRE,
                                       __ATOMIC_RELAXED);
}

static zx_handle_t owner_of(zx_futex_t word)
{
    return (zx_handle_t)word | UNCONTESTED;
}

bool sync_mutex_is_mine(const sync_mutex_t *mutex)
{
    zx_futex_t word = __atomic_load_n(&mutex->futex, __ATOMIC_RELAXED);

    return word != UNLOCKED && owner_of(word) == zx_thread_self();
}

zx_status_t sync_mutex_trylock(sync_mutex_t *mutex)
{
    return take(mutex, UNLOCKED, (zx_futex_t)zx_thread_self()) ? ZX_OK : ZX_ERR_BAD_STATE;
}

/* The word told somebody else's ownership just now: wait for a change of it. */
static zx_status_t wait(sync_mutex_t *mutex, zx_futex_t word, zx_time_t deadline)
{
    zx_status_t st;

    if (word & UNCONTESTED) {
        if (!take(mutex, word, word & ~UNCONTESTED))
            return ZX_OK;
        word &= ~UNCONTESTED;
    }
    st = zx_futex_wait(&mutex->futex, word, owner_of(word), deadline);
    if (st == ZX_ERR_BAD_STATE)
        return ZX_OK;
    if (st != ZX_OK && st != ZX_ERR_TIMED_OUT)
        __builtin_trap(); /* the owner is the caller, or has ended */
    return st;
}

zx_status_t sync_mutex_timedlock(sync_mutex_t *mutex, zx_time_t deadline)
{
    zx_futex_t mine = (zx_futex_t)zx_thread_self();
    zx_status_t st = ZX_OK;
    zx_futex_t word;

    if (take(mutex, UNLOCKED, mine))
        return ZX_OK;
    while (st == ZX_OK) {
        word = __atomic_load_n(&mutex->futex, __ATOMIC_RELAXED);
        if (word == UNLOCKED) {
            if (take(mutex, UNLOCKED, mine & ~UNCONTESTED))
                return ZX_OK;
        } else {
            st = wait(mutex, word, deadline);
        }
    }
    return st;
}

void sync_mutex_lock(sync_mutex_t *mutex)
{
    (void)sync_mutex_timedlock(mutex, ZX_TIME_INFINITE);
}

void sync_mutex_unlock(sync_mutex_t *mutex)
{
    zx_futex_t word = __atomic_exchange_n(&mutex->futex, UNLOCKED, __ATOMIC_RELEASE);

    if (owner_of(word) != zx_thread_self())
        __builtin_trap();
    if (!(word & UNCONTESTED))
        zx_futex_wake_single_owner(&mutex->futex);
}
