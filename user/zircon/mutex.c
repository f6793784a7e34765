/*
 * mutex.c - mutexes of pthread.h and threads.h, over sync_mutex_t.
 */
#include "user/zircon/pthread_internal.h"

static struct mutex *posix(pthread_mutex_t *mutex)
{
    return (struct mutex *)mutex;
}

static struct mutex *c11(mtx_t *mutex)
{
    return (struct mutex *)mutex;
}

/* The owner again: deeper, or refused. A plain one is left to its fate. */
static int lock_again(struct mutex *m)
{
    if (m->kind != PTHREAD_MUTEX_RECURSIVE)
        return EDEADLK;
    m->depth++;
    return 0;
}

int runtime_mutex_lock(struct mutex *m, zx_time_t deadline)
{
    if (m->kind != PTHREAD_MUTEX_NORMAL && sync_mutex_is_mine(&m->lock))
        return lock_again(m);
    return sync_mutex_timedlock(&m->lock, deadline) == ZX_OK ? 0 : ETIMEDOUT;
}

int runtime_mutex_try(struct mutex *m)
{
    if (sync_mutex_trylock(&m->lock) == ZX_OK)
        return 0;
    if (m->kind != PTHREAD_MUTEX_RECURSIVE || !sync_mutex_is_mine(&m->lock))
        return EBUSY;
    return lock_again(m);
}

int runtime_mutex_unlock(struct mutex *m)
{
    if (m->kind != PTHREAD_MUTEX_NORMAL && !sync_mutex_is_mine(&m->lock))
        return EPERM;
    if (m->depth)
        m->depth--;
    else
        sync_mutex_unlock(&m->lock);
    return 0;
}

/* --- pthread.h --- */

int pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attr)
{
    *mutex = (pthread_mutex_t){0};
    posix(mutex)->kind = attr ? (int)(attr->__attr & 3) : PTHREAD_MUTEX_NORMAL;
    return 0;
}

int pthread_mutex_destroy(pthread_mutex_t *mutex)
{
    return posix(mutex)->lock.futex ? EBUSY : 0;
}

int pthread_mutex_lock(pthread_mutex_t *mutex)
{
    return runtime_mutex_lock(posix(mutex), ZX_TIME_INFINITE);
}

int pthread_mutex_timedlock(pthread_mutex_t *mutex, const struct timespec *time)
{
    return runtime_mutex_lock(posix(mutex), libc_deadline(time, CLOCK_REALTIME));
}

int pthread_mutex_trylock(pthread_mutex_t *mutex)
{
    return runtime_mutex_try(posix(mutex));
}

int pthread_mutex_unlock(pthread_mutex_t *mutex)
{
    return runtime_mutex_unlock(posix(mutex));
}

/* --- threads.h --- */

static int c11_status(int error)
{
    return error == 0           ? thrd_success
           : error == EBUSY     ? thrd_busy
           : error == ETIMEDOUT ? thrd_timedout
                                : thrd_error;
}

int mtx_init(mtx_t *mutex, int type)
{
    *mutex = (mtx_t){0};
    c11(mutex)->kind = type & mtx_recursive ? PTHREAD_MUTEX_RECURSIVE : PTHREAD_MUTEX_NORMAL;
    return thrd_success;
}

void mtx_destroy(mtx_t *mutex)
{
    (void)mutex;
}

int mtx_lock(mtx_t *mutex)
{
    return c11_status(runtime_mutex_lock(c11(mutex), ZX_TIME_INFINITE));
}

int mtx_timedlock(mtx_t *mutex, const struct timespec *time)
{
    return c11_status(runtime_mutex_lock(c11(mutex), libc_deadline(time, CLOCK_REALTIME)));
}

int mtx_trylock(mtx_t *mutex)
{
    return c11_status(runtime_mutex_try(c11(mutex)));
}

int mtx_unlock(mtx_t *mutex)
{
    return c11_status(runtime_mutex_unlock(c11(mutex)));
}
