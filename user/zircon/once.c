/*
 * once.c - what is done once: pthread_once, call_once.
 */
#include "user/zircon/pthread_internal.h"

/* 0; 1: being run; 2: done. */
int pthread_once(pthread_once_t *once, void (*fn)(void))
{
    int state = 0;

    if (__atomic_compare_exchange_n(once, &state, 1, 0, __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE)) {
        fn();
        __atomic_store_n(once, 2, __ATOMIC_RELEASE);
        zx_futex_wake((zx_futex_t *)once, UINT32_MAX);
    }
    while (__atomic_load_n(once, __ATOMIC_ACQUIRE) != 2)
        zx_futex_wait((zx_futex_t *)once, 1, ZX_HANDLE_INVALID, ZX_TIME_INFINITE);
    return 0;
}

void call_once(once_flag *once, void (*fn)(void))
{
    pthread_once(once, fn);
}
