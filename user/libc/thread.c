/*
 * thread.c - what musl's parts want of threads: their blocks, futexes, handlers that run when a
 * thread ends.
 */
#include <pthread_impl.h>

#include "user/libc/libc_internal.h"
#include "user/zircon/thread.h"
#include "zircon/syscalls.h"

_Static_assert(sizeof(struct pthread) <= RUNTIME_LIBC, "what musl keeps of a thread fits");

hidden unsigned __default_stacksize = RUNTIME_STACK;
hidden unsigned __default_guardsize = DEFAULT_GUARD_SIZE;

/* It is what a FILE's lock says of its owner: below MAYBE_WAITERS, and never 0. */
static int next_tid(void)
{
    static volatile int last;
    int tid;

    do
        tid = (a_fetch_add(&last, 1) + 1) & 0x3fffffff;
    while (tid == 0);
    return tid;
}

void libc_thread_init(void *block)
{
    struct pthread *self = block;

    self->self = self;
    self->tid = next_tid();
    self->locale = &libc.global_locale;
}

/* --- pthread_cleanup_push --- */

hidden void __do_cleanup_push(struct __ptcb *handler)
{
    struct pthread *self = __pthread_self();

    handler->__next = self->cancelbuf;
    self->cancelbuf = handler;
}

hidden void __do_cleanup_pop(struct __ptcb *handler)
{
    __pthread_self()->cancelbuf = handler->__next;
}

void libc_thread_exit(void)
{
    struct pthread *self = __pthread_self();

    while (self->cancelbuf) {
        struct __ptcb *handler = self->cancelbuf;

        self->cancelbuf = handler->__next;
        handler->__f(handler->__x);
    }
}

/* --- futexes --- */

long libc_futex_wait(volatile void *word, int value)
{
    zx_futex_wait((const zx_futex_t *)word, value, ZX_HANDLE_INVALID, ZX_TIME_INFINITE);
    return 0;
}

long libc_futex_wake(volatile void *word, int count)
{
    zx_futex_wake((const zx_futex_t *)word, (uint32_t)count);
    return 0;
}

hidden int __timedwait(volatile int *word, int value, clockid_t clock,
                       const struct timespec *time, int private)
{
    zx_time_t deadline = ZX_TIME_INFINITE;

    (void)private;
    if (time && (time->tv_nsec < 0 || time->tv_nsec >= 1000000000))
        return EINVAL;
    if (time)
        deadline = libc_deadline(time, clock);
    return zx_futex_wait((const zx_futex_t *)word, value, ZX_HANDLE_INVALID, deadline) ==
                   ZX_ERR_TIMED_OUT
               ? ETIMEDOUT
               : 0;
}

/* No thread is cancelled. */
weak_alias(__timedwait, __timedwait_cp);

static void nothing(void)
{
}
weak_alias(nothing, __acquire_ptc);
weak_alias(nothing, __release_ptc);
