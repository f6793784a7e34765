/*
 * detached_threads.c - threads of threads.h that nobody joins. Each makes a copy of its own
 * handle, by which its end is known.
 */
#include <stdatomic.h>

#include "tests/zircon/stopped.h"
#include "user/sdk/include/zircon/process.h"
#include "user/sdk/include/zircon/threads.h"

static atomic_int go, went;
static _Atomic zx_handle_t copy; /* of the thread */

static void publish(void)
{
    zx_handle_t h = ZX_HANDLE_INVALID;

    EXPECT_OK(zx_handle_duplicate(zx_thread_self(), ZX_RIGHT_SAME_RIGHTS, &h));
    copy = h;
}

static zx_handle_t wait_for_copy(void)
{
    while (!copy)
        zx_nanosleep(0);
    return copy;
}

/* With its end a detached thread has given back what it had: the case's handles tell. */
static void wait_for_end(void)
{
    wait_signal(copy, ZX_THREAD_TERMINATED);
    EXPECT_OK(zx_handle_close(copy));
}

static void begin(void)
{
    go = went = 0;
    copy = ZX_HANDLE_INVALID;
}

static int wait_to_go(void *arg)
{
    (void)arg;
    publish();
    while (!go)
        zx_nanosleep(0);
    went = 1;
    return 0;
}

CASE(C11ThreadTest, DetachedThreadKeepsRunning)
{
    thrd_t thread;

    begin();
    ASSERT_EQ(thrd_create(&thread, wait_to_go, NULL), thrd_success);
    EXPECT_NE(ztest_koid(wait_for_copy()), ztest_koid(zx_thread_self()));
    EXPECT_EQ(thrd_detach(thread), thrd_success);
    EXPECT_EQ(went, 0);
    go = 1;
    wait_for_end();
    EXPECT_EQ(went, 1);
}

static int detach_self(void *arg)
{
    publish();
    while (!go)
        zx_nanosleep(0);
    EXPECT_EQ(thrd_detach(*(thrd_t *)arg), thrd_success);
    thrd_exit(0);
}

CASE(C11ThreadTest, SelfDetachAndFree)
{
    thrd_t thread;

    begin();
    ASSERT_EQ(thrd_create(&thread, detach_self, &thread), thrd_success);
    wait_for_copy();
    go = 1;
    wait_for_end();
}

CASE(Threads11, DetachedAfterItsEnd)
{
    thrd_t thread;

    begin();
    go = 1;
    ASSERT_EQ(thrd_create(&thread, wait_to_go, NULL), thrd_success);
    wait_signal(wait_for_copy(), ZX_THREAD_TERMINATED);
    EXPECT_EQ(thrd_detach(thread), thrd_success);
    EXPECT_OK(zx_handle_close(copy));
}
