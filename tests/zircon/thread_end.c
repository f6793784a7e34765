/*
 * thread_end.c - threads whose last call takes their stack away, or lets others do it.
 */
#include "tests/zircon/paged.h"

struct last {
    struct ztest_thread thread;
    zx_handle_t handle;
    zx_futex_t word;
};

static void unmap_and_exit(void *arg)
{
    struct last *l = arg;

    zx_vmar_unmap_handle_close_thread_exit(ztest_root_vmar(), l->thread.stack, ZTEST_STACK,
                                           l->handle);
    FAIL("the thread goes on");
}

static void wake_and_exit(void *arg)
{
    struct last *l = arg;

    zx_futex_wake_handle_close_thread_exit(&l->word, 1, 7, l->handle);
}

static int begin(struct last *l, void (*fn)(void *arg))
{
    l->word = 0;
    EXPECT_OK(zx_event_create(0, &l->handle));
    return ztest_thread_start(&l->thread, fn, l) == ZX_OK;
}

CASE(ThreadEnd, UnmapsItsStack)
{
    uint64_t word, len;
    struct last l;

    ASSERT_TRUE(begin(&l, unmap_and_exit));
    EXPECT_OK(
        zx_object_wait_one(l.thread.handle, ZX_THREAD_TERMINATED, ZX_TIME_INFINITE, NULL));
    EXPECT_OK(zx_handle_close(l.thread.handle));
    EXPECT_EQ(zx_handle_close(l.handle), ZX_ERR_BAD_HANDLE);
    EXPECT_EQ(
        zx_process_read_memory(ztest_process(), l.thread.stack, &word, sizeof(word), &len),
        ZX_ERR_NO_MEMORY);
}

CASE(ThreadEnd, AnUnmapThatFailsReturns)
{
    EXPECT_EQ(zx_vmar_unmap_handle_close_thread_exit(ztest_root_vmar(), 1, PAGE, 0),
              ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_vmar_unmap_handle_close_thread_exit(ztest_process(), 0, PAGE, 0),
              ZX_ERR_WRONG_TYPE);
}

CASE(ThreadEnd, WakesWhoTakesItsStack)
{
    struct last l;

    ASSERT_TRUE(begin(&l, wake_and_exit));
    while (__atomic_load_n((int *)&l.word, __ATOMIC_ACQUIRE) != 7)
        (void)zx_futex_wait(&l.word, 0, ZX_HANDLE_INVALID, ZX_TIME_INFINITE);
    ztest_thread_join(&l.thread);
    EXPECT_EQ(zx_handle_close(l.handle), ZX_ERR_BAD_HANDLE);
}

/* Nobody can be told of an error. */
CHILD(ends_with_a_bad_handle)
{
    zx_futex_t word = 0;

    zx_futex_wake_handle_close_thread_exit(&word, 1, 7, channel ^ 0x10000);
}

CHILD(ends_with_a_bad_word)
{
    (void)channel;
    zx_futex_wake_handle_close_thread_exit((zx_futex_t *)8, 1, 7, ZX_HANDLE_INVALID);
}

CASE(ThreadEnd, TrapsOnErrors)
{
    static const char *const names[] = {"ends_with_a_bad_handle", "ends_with_a_bad_word"};
    struct ztest_child c;

    for (unsigned i = 0; i < 2; i++) {
        ASSERT_TRUE(ztest_child_run(&c, ztest_job(), names[i]));
        EXPECT_EQ(ztest_child_join(&c), ZX_TASK_RETCODE_EXCEPTION_KILL);
    }
}
