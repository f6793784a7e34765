/*
 * condition.c - condition variables and barriers of pthread.h and threads.h.
 */
#include "user/zircon/pthread_internal.h"

/* A recursive mutex is let go of whole, as deep as it is. */
static int wait(pthread_cond_t *c, pthread_mutex_t *m, zx_time_t deadline)
{
    unsigned depth = m->depth;
    zx_status_t st;

    m->depth = 0;
    st = sync_condition_timedwait(condition_of(c), lock_of(m), deadline);
    m->depth = depth;
    return st == ZX_OK ? 0 : ETIMEDOUT;
}

int pthread_condattr_init(pthread_condattr_t *attr)
{
    attr->clock = CLOCK_REALTIME;
    return 0;
}

int pthread_condattr_destroy(pthread_condattr_t *attr)
{
    (void)attr;
    return 0;
}

int pthread_condattr_setclock(pthread_condattr_t *attr, clockid_t clock)
{
    if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC)
        return EINVAL;
    attr->clock = clock;
    return 0;
}

int pthread_cond_init(pthread_cond_t *condition, const pthread_condattr_t *attr)
{
    *condition = (pthread_cond_t){.clock = attr ? attr->clock : CLOCK_REALTIME};
    return 0;
}

int pthread_cond_destroy(pthread_cond_t *condition)
{
    (void)condition;
    return 0;
}

int pthread_cond_wait(pthread_cond_t *condition, pthread_mutex_t *mutex)
{
    return wait(condition, mutex, ZX_TIME_INFINITE);
}

int pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex,
                           const struct timespec *time)
{
    return wait(condition, mutex, deadline_of(time, condition->clock));
}

int pthread_cond_signal(pthread_cond_t *condition)
{
    sync_condition_signal(condition_of(condition));
    return 0;
}

int pthread_cond_broadcast(pthread_cond_t *condition)
{
    sync_condition_broadcast(condition_of(condition));
    return 0;
}

int cnd_init(cnd_t *condition)
{
    pthread_cond_init(condition, NULL);
    return thrd_success;
}

void cnd_destroy(cnd_t *condition)
{
    (void)condition;
}

int cnd_wait(cnd_t *condition, mtx_t *mutex)
{
    pthread_cond_wait(condition, mutex);
    return thrd_success;
}

int cnd_timedwait(cnd_t *condition, mtx_t *mutex, const struct timespec *time)
{
    return pthread_cond_timedwait(condition, mutex, time) == 0 ? thrd_success : thrd_timedout;
}

int cnd_signal(cnd_t *condition)
{
    pthread_cond_signal(condition);
    return thrd_success;
}

int cnd_broadcast(cnd_t *condition)
{
    pthread_cond_broadcast(condition);
    return thrd_success;
}

/* --- barriers --- */

int pthread_barrier_init(pthread_barrier_t *barrier, const pthread_barrierattr_t *attr,
                         unsigned count)
{
    (void)attr;
    if (count == 0)
        return EINVAL;
    *barrier = (pthread_barrier_t){.count = count};
    return 0;
}

/* Not before the last of the round has let go. */
int pthread_barrier_destroy(pthread_barrier_t *b)
{
    pthread_mutex_lock(&b->lock);
    pthread_mutex_unlock(&b->lock);
    return 0;
}

/* The last to come begins a new round, and is the one that is told so. */
int pthread_barrier_wait(pthread_barrier_t *b)
{
    unsigned round;
    int last;

    pthread_mutex_lock(&b->lock);
    round = b->round;
    last = ++b->waiting == b->count;
    if (last) {
        b->waiting = 0;
        b->round++;
        pthread_cond_broadcast(&b->turn);
    }
    while (!last && b->round == round)
        pthread_cond_wait(&b->turn, &b->lock);
    pthread_mutex_unlock(&b->lock);
    return last ? PTHREAD_BARRIER_SERIAL_THREAD : 0;
}
