/*
 * locals.c - destructors of C++ objects that are thread-local (__cxa_thread_atexit of the C++
 * ABI's extensions): the latest first, also those that come meanwhile.
 */
#include <stdlib.h>

#include "user/zircon/thread.h"

struct runtime_local {
    struct runtime_local *next; /* the one before it */
    void (*destroy)(void *object);
    void *object;
};

int __cxa_thread_atexit(void (*destroy)(void *object), void *object, void *dso);

int __cxa_thread_atexit(void (*destroy)(void *object), void *object, void *dso)
{
    struct runtime_thread *t = runtime_thread_self();
    struct runtime_local *local = malloc(sizeof(*local));

    (void)dso;
    if (!local)
        abort(); /* its caller has no way to say so */
    *local = (struct runtime_local){t->locals, destroy, object};
    t->locals = local;
    return 0;
}

void runtime_thread_destroy_locals(void)
{
    struct runtime_thread *t = runtime_thread_self();

    while (t->locals) {
        struct runtime_local local = *t->locals;

        free(t->locals);
        t->locals = local.next;
        local.destroy(local.object);
    }
}
