/*
 * pthread.c - threads of pthread.h and threads.h in a native program.
 */
#include "user/sdk/include/zircon/threads.h"
#include "user/zircon/pthread_internal.h"

static struct runtime_thread *thread_of(pthread_t thread)
{
    return (struct runtime_thread *)thread;
}

/* The mapping that the first thread's stack is in, as far as it can be told. */
static void find_stack(pthread_attr_t *a)
{
    static zx_info_maps_t maps[256];
    uintptr_t here = (uintptr_t)__builtin_frame_address(0);
    size_t actual = 0, avail;

    zx_object_get_info(startup_handle(PA_PROC_SELF), ZX_INFO_PROCESS_MAPS, maps, sizeof(maps),
                       &actual, &avail);
    for (size_t i = 0; i < actual; i++) {
        if (maps[i].type != ZX_INFO_MAPS_TYPE_MAPPING || here < maps[i].base ||
            here - maps[i].base >= maps[i].size)
            continue;
        pthread_attr_setstack(a, (void *)maps[i].base, maps[i].size);
    }
}

int pthread_getattr_np(pthread_t thread, pthread_attr_t *attr)
{
    const struct runtime_thread *t = thread_of(thread);

    pthread_attr_init(attr);
    pthread_attr_setdetachstate(attr, t->state == THREAD_DETACHED);
    if (t->stack_size)
        pthread_attr_setstack(attr, (void *)t->stack, t->stack_size);
    if (!t->region) {
        if (t != runtime_thread_self())
            return ENOSYS;
        find_stack(attr);
    }
    return 0;
}

/* --- pthread.h --- */

static int error_of(zx_status_t st)
{
    return st == ZX_OK ? 0 : st == ZX_ERR_NO_MEMORY ? EAGAIN : EPERM;
}

int pthread_create(pthread_t *out, const pthread_attr_t *attr, void *(*fn)(void *arg),
                   void *arg)
{
    const struct runtime_thread_options options = {.name = "pthread",
                                                   .stack = attr ? attr_stack_size(attr) : 0,
                                                   .detached = attr ? attr_detached(attr) : 0,
                                                   .start = fn,
                                                   .arg = arg};
    struct runtime_thread *t;
    zx_status_t st;

    if (attr && attr_stack_end(attr))
        return ENOTSUP; /* stacks are the runtime's */
    st = runtime_thread_create(&t, &options);
    if (st == ZX_OK)
        *out = (pthread_t)t;
    return error_of(st);
}

int pthread_join(pthread_t thread, void **result)
{
    runtime_thread_join(thread_of(thread), result);
    return 0;
}

int pthread_detach(pthread_t thread)
{
    runtime_thread_detach(thread_of(thread));
    return 0;
}

pthread_t pthread_self(void)
{
    return (pthread_t)runtime_thread_self();
}

void pthread_exit(void *result)
{
    runtime_thread_exit(result);
}

/* --- threads.h --- */

int thrd_create_with_name(thrd_t *out, thrd_start_t fn, void *arg, const char *name)
{
    const struct runtime_thread_options options = {
        .name = name ? name : "", .start_int = fn, .arg = arg};
    struct runtime_thread *t;
    zx_status_t st = runtime_thread_create(&t, &options);

    if (st == ZX_OK)
        *out = (thrd_t)t;
    return st == ZX_OK ? thrd_success : st == ZX_ERR_NO_MEMORY ? thrd_nomem : thrd_error;
}

int thrd_create(thrd_t *out, thrd_start_t fn, void *arg)
{
    return thrd_create_with_name(out, fn, arg, "thrd");
}

int thrd_join(thrd_t thread, int *result)
{
    void *value;

    runtime_thread_join(thread_of(thread), &value);
    if (result)
        *result = (int)(intptr_t)value;
    return thrd_success;
}

int thrd_detach(thrd_t thread)
{
    runtime_thread_detach(thread_of(thread));
    return thrd_success;
}

thrd_t thrd_current(void)
{
    return (thrd_t)runtime_thread_self();
}

void thrd_exit(int result)
{
    runtime_thread_exit((void *)(intptr_t)result);
}

void thrd_yield(void)
{
    zx_nanosleep(0);
}

zx_handle_t thrd_get_zx_handle(thrd_t thread)
{
    return thread_of(thread)->handle;
}

zx_handle_t native_thread_get_zx_handle(thrd_t thread)
{
    return thread_of(thread)->handle;
}
