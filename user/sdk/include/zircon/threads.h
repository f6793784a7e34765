/*
 * threads.h - C11 threads and status codes.
 */
#pragma once

#include <threads.h>

#include "uapi/zircon/types.h"

static inline zx_status_t thrd_status_to_zx_status(int status)
{
    switch (status) {
    case thrd_success:
        return ZX_OK;
    case thrd_nomem:
        return ZX_ERR_NO_MEMORY;
    case thrd_timedout:
        return ZX_ERR_TIMED_OUT;
    case thrd_busy:
        return ZX_ERR_SHOULD_WAIT;
    default:
        return ZX_ERR_INTERNAL;
    }
}

/* A plain mutex. */
#ifndef MTX_INIT
#define MTX_INIT ((mtx_t){0})
#endif

/* In native programs only: a thread with a name of its kernel object, and that object's handle,
 * which stays the runtime's. */
int thrd_create_with_name(thrd_t *thread, thrd_start_t fn, void *arg, const char *name);
zx_handle_t thrd_get_zx_handle(thrd_t thread);
/* The same of what std::thread has (pthread_t). */
zx_handle_t native_thread_get_zx_handle(thrd_t thread);
