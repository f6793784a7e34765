/*
 * thread.h - the threads of a native program: each has a block with its own copy of the
 * program's thread-local variables, found by the thread pointer, and a stack that is mapped
 * with it. pthread.h and threads.h of the C library are made of this.
 */
#pragma once

#include <stdatomic.h>

#include "user/zircon/runtime.h"

enum { RUNTIME_KEYS = 128, RUNTIME_STACK = 256 * 1024, RUNTIME_LIBC = 256 };

/* How a thread ends: whoever comes second of its end and its detaching gives back what it has.
 */
enum runtime_thread_state { THREAD_JOINABLE, THREAD_DETACHED, THREAD_ENDED };

struct runtime_thread {
    struct runtime_thread *self; /* x86_64: at the thread pointer */
    zx_handle_t handle;
    atomic_int state;
    void *(*start)(void *arg);
    int (*start_int)(void *arg); /* in its place, of threads.h */
    void *arg, *result;
    zx_handle_t region; /* VMAR of guard, stack and block; 0: the first thread */
    zx_vaddr_t stack;   /* its lowest byte */
    size_t stack_size;  /* 0: not known */
    void *specific[RUNTIME_KEYS];
    struct runtime_local *locals;                  /* C++ objects to destroy */
    _Alignas(16) unsigned char libc[RUNTIME_LIBC]; /* what the C library keeps of a thread */
};

/* Of the calling thread, which the runtime has made. */
struct runtime_thread *runtime_thread_self(void);

/* The `libc` of the calling thread. */
void *runtime_thread_libc(void);

/* The first thread's block; before it nothing is thread-local. By runtime_start,
 * which wants PA_THREAD_SELF. */
struct linked;
zx_status_t runtime_thread_init(const struct linked *linked);

/* Runs start(arg) or start_int(arg) on a new thread. A stack of 0 bytes: the usual one. After
 * an error, which is that of the call that failed, nothing is left, and `*out` means nothing.
 */
struct runtime_thread_options {
    const char *name;
    size_t stack;
    int detached;
    void *(*start)(void *arg);
    int (*start_int)(void *arg);
    void *arg;
};
zx_status_t runtime_thread_create(struct runtime_thread **out,
                                  const struct runtime_thread_options *options);
/* Once for each thread that is not detached. */
void runtime_thread_join(struct runtime_thread *t, void **result);
void runtime_thread_detach(struct runtime_thread *t);
/* Of the calling thread: handlers, thread-local objects and keys are taken down in this order.
 */
_Noreturn void runtime_thread_exit(void *result);

/* Values of keys are taken down, in rounds as their destructors make new ones. */
void runtime_keys_destroy(struct runtime_thread *t);
/* Thread-local C++ objects of the calling thread. */
void runtime_thread_destroy_locals(void);
