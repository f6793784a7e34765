/*
 * pthread.h - of native programs: threads, mutexes, condition variables, barriers and keys, as
 * POSIX has them. What is not declared there is not.
 */
#pragma once

#include <stddef.h>
#include <time.h>

typedef unsigned long pthread_t;
typedef unsigned pthread_key_t;
typedef int pthread_once_t;
typedef struct pthread_mutexattr {
    int kind;
} pthread_mutexattr_t;
typedef struct pthread_condattr {
    clockid_t clock;
} pthread_condattr_t;
typedef struct pthread_barrierattr {
    int unused;
} pthread_barrierattr_t;

typedef struct pthread_attr {
    void *stack;
    size_t stack_size;
    int detached;
} pthread_attr_t;

/* The word of a sync_mutex_t; how much deeper its owner has it than once. */
typedef struct pthread_mutex {
    int futex;
    unsigned depth;
    int kind;
} pthread_mutex_t;

/* The word of a sync_condition_t; the clock of its deadlines. */
typedef struct pthread_cond {
    int futex;
    clockid_t clock;
} pthread_cond_t;

typedef struct pthread_barrier {
    pthread_mutex_t lock;
    pthread_cond_t turn;
    unsigned count, waiting, round;
} pthread_barrier_t;

#define PTHREAD_MUTEX_NORMAL     0
#define PTHREAD_MUTEX_RECURSIVE  1
#define PTHREAD_MUTEX_ERRORCHECK 2
#define PTHREAD_MUTEX_DEFAULT    PTHREAD_MUTEX_NORMAL

#define PTHREAD_CREATE_JOINABLE       0
#define PTHREAD_CREATE_DETACHED       1
#define PTHREAD_BARRIER_SERIAL_THREAD (-1)

#define PTHREAD_MUTEX_INITIALIZER  \
    {                              \
        0, 0, PTHREAD_MUTEX_NORMAL \
    }
#define PTHREAD_COND_INITIALIZER \
    {                            \
        0, CLOCK_REALTIME        \
    }
#define PTHREAD_ONCE_INIT 0

int pthread_create(pthread_t *out, const pthread_attr_t *attr, void *(*fn)(void *arg),
                   void *arg);
int pthread_join(pthread_t thread, void **result);
int pthread_detach(pthread_t thread);
pthread_t pthread_self(void);
int pthread_equal(pthread_t a, pthread_t b);
_Noreturn void pthread_exit(void *result);
int pthread_once(pthread_once_t *once, void (*fn)(void));

int pthread_attr_init(pthread_attr_t *attr);
int pthread_attr_destroy(pthread_attr_t *attr);
int pthread_attr_setstacksize(pthread_attr_t *attr, size_t size);
int pthread_attr_setdetachstate(pthread_attr_t *attr, int state);
/* The lowest byte of the stack, and its size. */
int pthread_attr_getstack(const pthread_attr_t *attr, void **stack, size_t *size);
int pthread_getattr_np(pthread_t thread, pthread_attr_t *attr);

int pthread_mutexattr_init(pthread_mutexattr_t *attr);
int pthread_mutexattr_destroy(pthread_mutexattr_t *attr);
int pthread_mutexattr_settype(pthread_mutexattr_t *attr, int kind);
int pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attr);
int pthread_mutex_destroy(pthread_mutex_t *mutex);
int pthread_mutex_lock(pthread_mutex_t *mutex);
int pthread_mutex_timedlock(pthread_mutex_t *mutex, const struct timespec *time);
int pthread_mutex_trylock(pthread_mutex_t *mutex);
int pthread_mutex_unlock(pthread_mutex_t *mutex);

int pthread_condattr_init(pthread_condattr_t *attr);
int pthread_condattr_destroy(pthread_condattr_t *attr);
int pthread_condattr_setclock(pthread_condattr_t *attr, clockid_t clock);
int pthread_cond_init(pthread_cond_t *condition, const pthread_condattr_t *attr);
int pthread_cond_destroy(pthread_cond_t *condition);
int pthread_cond_wait(pthread_cond_t *condition, pthread_mutex_t *mutex);
int pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex,
                           const struct timespec *time);
int pthread_cond_signal(pthread_cond_t *condition);
int pthread_cond_broadcast(pthread_cond_t *condition);

int pthread_barrier_init(pthread_barrier_t *barrier, const pthread_barrierattr_t *attr,
                         unsigned count);
int pthread_barrier_destroy(pthread_barrier_t *barrier);
int pthread_barrier_wait(pthread_barrier_t *barrier);

int pthread_key_create(pthread_key_t *key, void (*destructor)(void *value));
int pthread_key_delete(pthread_key_t key);
void *pthread_getspecific(pthread_key_t key);
int pthread_setspecific(pthread_key_t key, const void *value);
