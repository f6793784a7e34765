/*
 * native_threads.c - threads.h as only a native program has it: names and handles.
 */
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
