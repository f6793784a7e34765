/*
 * mutex.c - mutexes of pthread.h and threads.h, over sync_mutex_t.
 */
#include "user/zircon/pthread_internal.h"

/* The owner again: deeper, or refused. A plain one is left to its fate. */
static int lock_again(pthread_mutex_t *m)
{
    if (m->kind != PTHREAD_MUTEX_RECURSIVE)
        return EDEADLK;
    m->depth++;
    return 0;
}

int mutex_lock(pthread_mutex_t *m, zx_time_t deadline)
{
    if (m->kind != PTHREAD_MUTEX_NORMAL && sync_mutex_is_mine(lock_of(m)))
        return lock_again(m);
    return sync_mutex_timedlock(lock_of(m), deadline) == ZX_OK ? 0 : ETIMEDOUT;
}

int pthread_mutexattr_init(pthread_mutexattr_t *attr)
{
    attr->kind = PTHREAD_MUTEX_NORMAL;
    return 0;
}

int pthread_mutexattr_destroy(pthread_mutexattr_t *attr)
{
    (void)attr;
    return 0;
}

int pthread_mutexattr_settype(pthread_mutexattr_t *attr, int kind)
{
    if (kind < PTHREAD_MUTEX_NORMAL || kind > PTHREAD_MUTEX_ERRORCHECK)
        return EINVAL;
    attr->kind = kind;
    return 0;
}

int pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attr)
{
    *mutex = (pthread_mutex_t){.kind = attr ? attr->kind : PTHREAD_MUTEX_NORMAL};
    return 0;
}

int pthread_mutex_destroy(pthread_mutex_t *mutex)
{
    return mutex->futex ? EBUSY : 0;
}

int pthread_mutex_lock(pthread_mutex_t *mutex)
{
    return mutex_lock(mutex, ZX_TIME_INFINITE);
}

int pthread_mutex_timedlock(pthread_mutex_t *mutex, const struct timespec *time)
{
    return mutex_lock(mutex, deadline_of(time, CLOCK_REALTIME));
}

int pthread_mutex_trylock(pthread_mutex_t *mutex)
{
    if (sync_mutex_trylock(lock_of(mutex)) == ZX_OK)
        return 0;
    if (mutex->kind != PTHREAD_MUTEX_RECURSIVE || !sync_mutex_is_mine(lock_of(mutex)))
        return EBUSY;
    return lock_again(mutex);
}

int pthread_mutex_unlock(pthread_mutex_t *mutex)
{
    if (mutex->kind != PTHREAD_MUTEX_NORMAL && !sync_mutex_is_mine(lock_of(mutex)))
        return EPERM;
    if (mutex->depth)
        mutex->depth--;
    else
        sync_mutex_unlock(lock_of(mutex));
    return 0;
}

static int c11_status(int error)
{
    return error == 0           ? thrd_success
           : error == EBUSY     ? thrd_busy
           : error == ETIMEDOUT ? thrd_timedout
                                : thrd_error;
}

int mtx_init(mtx_t *mutex, int type)
{
    *mutex =
        (mtx_t){.kind = type & mtx_recursive ? PTHREAD_MUTEX_RECURSIVE : PTHREAD_MUTEX_NORMAL};
    return thrd_success;
}

void mtx_destroy(mtx_t *mutex)
{
    (void)mutex;
}

int mtx_lock(mtx_t *mutex)
{
    return c11_status(pthread_mutex_lock(mutex));
}

int mtx_timedlock(mtx_t *mutex, const struct timespec *time)
{
    return c11_status(pthread_mutex_timedlock(mutex, time));
}

int mtx_trylock(mtx_t *mutex)
{
    return c11_status(pthread_mutex_trylock(mutex));
}

int mtx_unlock(mtx_t *mutex)
{
    return c11_status(pthread_mutex_unlock(mutex));
}
