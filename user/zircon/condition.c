/*
 * condition.c - condition variables of pthread.h and threads.h, over sync_condition_t;
 * barriers.
 */
#include "user/zircon/pthread_internal.h"

static struct condition *posix(pthread_cond_t *condition)
{
    return (struct condition *)condition;
}

static struct condition *c11(cnd_t *condition)
{
    return (struct condition *)condition;
}

/* A recursive mutex is let go of whole, as deep as it is. */
int runtime_condition_wait(struct condition *c, struct mutex *m, zx_time_t deadline)
{
    unsigned depth = m->depth;
    zx_status_t st;

    m->depth = 0;
    st = sync_condition_timedwait(&c->signals, &m->lock, deadline);
    m->depth = depth;
    return st == ZX_OK ? 0 : ETIMEDOUT;
}

/* --- pthread.h --- */

int pthread_cond_init(pthread_cond_t *condition, const pthread_condattr_t *attr)
{
    *condition = (pthread_cond_t){0};
    posix(condition)->clock = attr ? (clockid_t)(attr->__attr & 0x7fffffff) : CLOCK_REALTIME;
    return 0;
}

int pthread_cond_destroy(pthread_cond_t *condition)
{
    (void)condition;
    return 0;
}

int pthread_cond_wait(pthread_cond_t *condition, pthread_mutex_t *mutex)
{
    return runtime_condition_wait(posix(condition), (struct mutex *)mutex, ZX_TIME_INFINITE);
}

int pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex,
                           const struct timespec *time)
{
    return runtime_condition_wait(posix(condition), (struct mutex *)mutex,
                                  libc_deadline(time, posix(condition)->clock));
}

int pthread_cond_signal(pthread_cond_t *condition)
{
    sync_condition_signal(&posix(condition)->signals);
    return 0;
}

int pthread_cond_broadcast(pthread_cond_t *condition)
{
    sync_condition_broadcast(&posix(condition)->signals);
    return 0;
}

/* --- threads.h --- */

int cnd_init(cnd_t *condition)
{
    *condition = (cnd_t){0};
    return thrd_success;
}

void cnd_destroy(cnd_t *condition)
{
    (void)condition;
}

int cnd_wait(cnd_t *condition, mtx_t *mutex)
{
    runtime_condition_wait(c11(condition), (struct mutex *)mutex, ZX_TIME_INFINITE);
    return thrd_success;
}

int cnd_timedwait(cnd_t *condition, mtx_t *mutex, const struct timespec *time)
{
    return runtime_condition_wait(c11(condition), (struct mutex *)mutex,
                                  libc_deadline(time, CLOCK_REALTIME)) == 0
               ? thrd_success
               : thrd_timedout;
}

int cnd_signal(cnd_t *condition)
{
    sync_condition_signal(&c11(condition)->signals);
    return thrd_success;
}

int cnd_broadcast(cnd_t *condition)
{
    sync_condition_broadcast(&c11(condition)->signals);
    return thrd_success;
}

/* --- barriers --- */

static struct barrier *barrier_of(pthread_barrier_t *barrier)
{
    return (struct barrier *)barrier;
}

int pthread_barrier_init(pthread_barrier_t *barrier, const pthread_barrierattr_t *attr,
                         unsigned count)
{
    (void)attr;
    if (count == 0)
        return EINVAL;
    *barrier = (pthread_barrier_t){0};
    barrier_of(barrier)->count = count;
    return 0;
}

/* Not before the last of the round has let go. */
int pthread_barrier_destroy(pthread_barrier_t *barrier)
{
    struct barrier *b = barrier_of(barrier);

    runtime_mutex_lock(&b->lock, ZX_TIME_INFINITE);
    runtime_mutex_unlock(&b->lock);
    return 0;
}

/* The last to come begins a new round, and is the one that is told so. */
int pthread_barrier_wait(pthread_barrier_t *barrier)
{
    struct barrier *b = barrier_of(barrier);
    unsigned round;
    int last;

    runtime_mutex_lock(&b->lock, ZX_TIME_INFINITE);
    round = b->round;
    last = ++b->waiting == b->count;
    if (last) {
        b->waiting = 0;
        b->round++;
        sync_condition_broadcast(&b->turn.signals);
    }
    while (!last && b->round == round)
        runtime_condition_wait(&b->turn, &b->lock, ZX_TIME_INFINITE);
    runtime_mutex_unlock(&b->lock);
    return last ? PTHREAD_BARRIER_SERIAL_THREAD : 0;
}
