/*
 * native_threads.c - threads.h as only a native program has it: names, handles, detaching.
 */
#include <stdatomic.h>

#include "tests/zircon/stopped.h"
#include "user/sdk/include/zircon/process.h"
#include "user/sdk/include/zircon/threads.h"

static int return_seven(void *arg)
{
    (void)arg;
    return 7;
}

static int compare_handles(void *arg)
{
    return thrd_get_zx_handle(thrd_current()) == zx_thread_self() &&
           ztest_koid(zx_thread_self()) != *(zx_koid_t *)arg;
}

CASE(C11ThreadTest, CreateAndVerifyThreadHandle)
{
    zx_koid_t main = ztest_koid(zx_thread_self());
    int same = 0;
    thrd_t thread;

    ASSERT_EQ(thrd_create(&thread, compare_handles, &main), thrd_success);
    EXPECT_NE(thrd_get_zx_handle(thread), ZX_HANDLE_INVALID);
    EXPECT_EQ(thrd_join(thread, &same), thrd_success);
    EXPECT_TRUE(same);
    EXPECT_EQ(thrd_get_zx_handle(thrd_current()), zx_thread_self());
}

CASE(C11ThreadTest, LongNameSucceeds)
{
    static const char name[] = "0123456789012345678901234567890123456789";
    char told[ZX_MAX_NAME_LEN];
    int result = 0;
    thrd_t thread;

    ASSERT_EQ(thrd_create_with_name(&thread, return_seven, NULL, name), thrd_success);
    EXPECT_OK(
        zx_object_get_property(thrd_get_zx_handle(thread), ZX_PROP_NAME, told, sizeof(told)));
    for (unsigned i = 0; i < ZX_MAX_NAME_LEN - 1; i++)
        EXPECT_EQ(told[i], name[i]);
    EXPECT_EQ(thrd_join(thread, &result), thrd_success);
    EXPECT_EQ(result, 7);
}

CASE(C11ThreadTest, NullNameThreadShouldSucceed)
{
    int result = 0;
    thrd_t thread;

    ASSERT_EQ(thrd_create_with_name(&thread, return_seven, NULL, NULL), thrd_success);
    EXPECT_EQ(thrd_join(thread, &result), thrd_success);
    EXPECT_EQ(result, 7);
}

/* With its end a detached thread has given back what it had: the case's handles tell. */
static void wait_for_end(zx_handle_t detached)
{
    wait_signal(detached, ZX_THREAD_TERMINATED);
    EXPECT_OK(zx_handle_close(detached));
}

static zx_handle_t own_copy(thrd_t thread)
{
    zx_handle_t copy = ZX_HANDLE_INVALID;

    EXPECT_OK(zx_handle_duplicate(thrd_get_zx_handle(thread), ZX_RIGHT_SAME_RIGHTS, &copy));
    return copy;
}

static atomic_int go, went;

static int wait_to_go(void *arg)
{
    (void)arg;
    while (!go)
        zx_nanosleep(0);
    went = 1;
    return 0;
}

CASE(C11ThreadTest, DetachedThreadKeepsRunning)
{
    zx_handle_t copy;
    thrd_t thread;

    go = went = 0;
    ASSERT_EQ(thrd_create(&thread, wait_to_go, NULL), thrd_success);
    copy = own_copy(thread);
    EXPECT_EQ(thrd_detach(thread), thrd_success);
    EXPECT_EQ(went, 0);
    go = 1;
    wait_for_end(copy);
    EXPECT_EQ(went, 1);
}

static int detach_self(void *arg)
{
    while (!go)
        zx_nanosleep(0);
    EXPECT_EQ(thrd_detach(*(thrd_t *)arg), thrd_success);
    thrd_exit(0);
}

CASE(C11ThreadTest, SelfDetachAndFree)
{
    zx_handle_t copy;
    thrd_t thread;

    go = 0;
    ASSERT_EQ(thrd_create(&thread, detach_self, &thread), thrd_success);
    copy = own_copy(thread);
    go = 1;
    wait_for_end(copy);
}

CASE(Threads11, DetachedAfterItsEnd)
{
    zx_handle_t copy;
    thrd_t thread;

    ASSERT_EQ(thrd_create(&thread, return_seven, NULL), thrd_success);
    copy = own_copy(thread);
    wait_signal(copy, ZX_THREAD_TERMINATED);
    EXPECT_EQ(thrd_detach(thread), thrd_success);
    EXPECT_OK(zx_handle_close(copy));
}

CASE(C11MutexTest, StaticInitalizerSameBytesAsAuto)
{
    static mtx_t constant = MTX_INIT;
    const unsigned char *a = (const unsigned char *)&constant, *b;
    mtx_t made;

    memset(&made, 0xae, sizeof(made));
    mtx_init(&made, mtx_plain);
    b = (const unsigned char *)&made;
    for (unsigned i = 0; i < sizeof(made); i++)
        EXPECT_EQ(a[i], b[i]);
}
