/*
 * keys.c - values that a thread has of its own by key: pthread_key_create, tss_create.
 */
#include <errno.h>
#include <pthread.h>
#include <threads.h>

#include "user/sdk/include/lib/sync/mutex.h"
#include "user/zircon/thread.h"

/* What marks a key in use that has no destructor. */
static void nothing(void *value)
{
    (void)value;
}

static sync_mutex_t lock;
static void (*destructors[RUNTIME_KEYS])(void *value); /* NULL: the key is free */

int pthread_key_create(pthread_key_t *key, void (*destructor)(void *value))
{
    int error = EAGAIN;

    sync_mutex_lock(&lock);
    for (unsigned i = 0; error && i < RUNTIME_KEYS; i++) {
        if (destructors[i])
            continue;
        destructors[i] = destructor ? destructor : nothing;
        *key = i;
        error = 0;
    }
    sync_mutex_unlock(&lock);
    return error;
}

int pthread_key_delete(pthread_key_t key)
{
    sync_mutex_lock(&lock);
    destructors[key] = NULL;
    sync_mutex_unlock(&lock);
    return 0;
}

void *pthread_getspecific(pthread_key_t key)
{
    return runtime_thread_self()->specific[key];
}

int pthread_setspecific(pthread_key_t key, const void *value)
{
    if (key >= RUNTIME_KEYS || !destructors[key])
        return EINVAL;
    runtime_thread_self()->specific[key] = (void *)value;
    return 0;
}

int tss_create(tss_t *key, tss_dtor_t destructor)
{
    return pthread_key_create(key, destructor) == 0 ? thrd_success : thrd_error;
}

void tss_delete(tss_t key)
{
    pthread_key_delete(key);
}

void *tss_get(tss_t key)
{
    return pthread_getspecific(key);
}

int tss_set(tss_t key, void *value)
{
    return pthread_setspecific(key, value) == 0 ? thrd_success : thrd_error;
}

/* True: a destructor has run. */
static int destroy_once(struct runtime_thread *t)
{
    int any = 0;

    for (unsigned i = 0; i < RUNTIME_KEYS; i++) {
        void *value = t->specific[i];

        t->specific[i] = NULL;
        if (!value || !destructors[i])
            continue;
        destructors[i](value);
        any = 1;
    }
    return any;
}

void runtime_keys_destroy(struct runtime_thread *t)
{
    for (unsigned round = 0; round < 4 && destroy_once(t); round++)
        continue;
}
