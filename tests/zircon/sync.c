/*
 * sync.c - lib/sync: mutexes, condition variables and completions over futexes.
 */
#include <stdatomic.h>
#include <threads.h>

#include "tests/zircon/stopped.h"
#include "user/sdk/include/lib/sync/completion.h"
#include "user/sdk/include/lib/sync/condition.h"

enum { THREADS = 4, ROUNDS = 500 };

static void run_all(thrd_t *threads, thrd_start_t fn, void *arg)
{
    for (unsigned i = 0; i < THREADS; i++)
        ASSERT_EQ(thrd_create(&threads[i], fn, arg), thrd_success);
}

static void join_all(thrd_t *threads)
{
    for (unsigned i = 0; i < THREADS; i++)
        EXPECT_EQ(thrd_join(threads[i], NULL), thrd_success);
}

/* --- mutexes --- */

static sync_mutex_t shared;
static int guarded;

static int add(void *arg)
{
    (void)arg;
    for (unsigned i = 0; i < ROUNDS; i++) {
        int seen;

        sync_mutex_lock(&shared);
        EXPECT_TRUE(sync_mutex_is_mine(&shared));
        seen = guarded;
        if (i % 64 == 0)
            zx_nanosleep(0);
        guarded = seen + 1;
        sync_mutex_unlock(&shared);
    }
    return 0;
}

CASE(SyncMutex, Mutexes)
{
    thrd_t threads[THREADS];

    guarded = 0;
    run_all(threads, add, NULL);
    join_all(threads);
    EXPECT_EQ(guarded, THREADS * ROUNDS);
    EXPECT_EQ(shared.futex, 0);
}

static int try_add(void *arg)
{
    (void)arg;
    for (unsigned i = 0; i < ROUNDS; i++) {
        zx_status_t st = sync_mutex_trylock(&shared);

        if (st != ZX_OK) {
            EXPECT_EQ(st, ZX_ERR_BAD_STATE);
            sync_mutex_lock(&shared);
        }
        guarded++;
        sync_mutex_unlock(&shared);
    }
    return 0;
}

CASE(SyncMutex, TryMutexes)
{
    thrd_t threads[THREADS];

    guarded = 0;
    run_all(threads, try_add, NULL);
    join_all(threads);
    EXPECT_EQ(guarded, THREADS * ROUNDS);
}

static int time_out(void *arg)
{
    zx_time_t deadline = ztest_after(ZTEST_MSEC(5));

    EXPECT_EQ(sync_mutex_timedlock(arg, deadline), ZX_ERR_TIMED_OUT);
    EXPECT_GE(zx_clock_get_monotonic(), deadline);
    EXPECT_FALSE(sync_mutex_is_mine(arg));
    return 0;
}

CASE(SyncMutex, TimeoutElapsed)
{
    sync_mutex_t mutex = SYNC_MUTEX_INIT;
    thrd_t thread;

    sync_mutex_lock(&mutex);
    ASSERT_EQ(thrd_create(&thread, time_out, &mutex), thrd_success);
    EXPECT_EQ(thrd_join(thread, NULL), thrd_success);
    sync_mutex_unlock(&mutex);
}

CHILD(locks_twice)
{
    sync_mutex_t mutex = SYNC_MUTEX_INIT;

    (void)channel;
    sync_mutex_lock(&mutex);
    sync_mutex_lock(&mutex);
    return 0;
}

CASE(SyncMutex, NoRecursion)
{
    struct ztest_child c;

    ASSERT_TRUE(ztest_child_run(&c, ztest_job(), "locks_twice"));
    EXPECT_EQ(ztest_child_join(&c), ZX_TASK_RETCODE_EXCEPTION_KILL);
}

/* --- condition variables --- */

static sync_condition_t condition;
static int waiting, tickets;

static int wait_for_ticket(void *arg)
{
    (void)arg;
    sync_mutex_lock(&shared);
    waiting++;
    while (tickets == 0)
        sync_condition_wait(&condition, &shared);
    tickets--;
    sync_mutex_unlock(&shared);
    return 0;
}

static int count_waiting(void)
{
    int count;

    sync_mutex_lock(&shared);
    count = waiting;
    sync_mutex_unlock(&shared);
    return count;
}

static void give(int count)
{
    sync_mutex_lock(&shared);
    tickets += count;
    sync_mutex_unlock(&shared);
}

CASE(SyncCondition, ConditionTest)
{
    thrd_t threads[THREADS];

    waiting = tickets = 0;
    run_all(threads, wait_for_ticket, NULL);
    while (count_waiting() < THREADS)
        zx_nanosleep(0);
    give(1);
    sync_condition_signal(&condition);
    give(THREADS - 1);
    sync_condition_broadcast(&condition);
    join_all(threads);
    EXPECT_EQ(tickets, 0);
}

CASE(SyncCondition, TimeoutTest)
{
    zx_time_t deadline = ztest_after(ZTEST_MSEC(2));
    sync_condition_t lonely = SYNC_CONDITION_INIT;
    sync_mutex_t mutex = SYNC_MUTEX_INIT;

    sync_mutex_lock(&mutex);
    EXPECT_EQ(sync_condition_timedwait(&lonely, &mutex, deadline), ZX_ERR_TIMED_OUT);
    EXPECT_GE(zx_clock_get_monotonic(), deadline);
    EXPECT_TRUE(sync_mutex_is_mine(&mutex));
    sync_mutex_unlock(&mutex);
}

/* --- completions --- */

struct waits {
    sync_completion_t completion;
    atomic_uint before, after; /* threads */
    zx_time_t deadline;
    zx_status_t want;
};

static int wait_for_completion(void *arg)
{
    struct waits *w = arg;

    w->before++;
    EXPECT_EQ(sync_completion_wait_deadline(&w->completion, w->deadline), w->want);
    w->after++;
    return 0;
}

enum { WAITED_FOR = 1 };

/* All of them are on their way into the kernel, and one at least has said so. */
static void all_wait(struct waits *w, unsigned count)
{
    while (w->before < count || w->completion.futex != WAITED_FOR)
        zx_nanosleep(0);
}

static void start_waiting(struct waits *w, thrd_t *threads, unsigned count, zx_status_t want)
{
    zx_time_t deadline = want == ZX_OK ? ZX_TIME_INFINITE : ztest_after(ZTEST_MSEC(2));

    w->before = w->after = 0;
    w->deadline = deadline;
    w->want = want;
    for (unsigned i = 0; i < count; i++)
        ASSERT_EQ(thrd_create(&threads[i], wait_for_completion, w), thrd_success);
}

static void end_waiting(struct waits *w, thrd_t *threads, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        EXPECT_EQ(thrd_join(threads[i], NULL), thrd_success);
    EXPECT_EQ(w->after, count);
}

static void check_waits(unsigned count, int first)
{
    struct waits w = {.completion = SYNC_COMPLETION_INIT};
    thrd_t threads[THREADS];

    if (first)
        sync_completion_signal(&w.completion);
    start_waiting(&w, threads, count, ZX_OK);
    if (!first) {
        all_wait(&w, count);
        EXPECT_EQ(w.after, 0);
        sync_completion_signal(&w.completion);
    }
    end_waiting(&w, threads, count);
    EXPECT_TRUE(sync_completion_signaled(&w.completion));
}

static void check_time_out(unsigned count)
{
    struct waits w = {.completion = SYNC_COMPLETION_INIT};
    thrd_t threads[THREADS];

    start_waiting(&w, threads, count, ZX_ERR_TIMED_OUT);
    end_waiting(&w, threads, count);
    EXPECT_FALSE(sync_completion_signaled(&w.completion));
    EXPECT_EQ(sync_completion_wait(&w.completion, 0), ZX_ERR_TIMED_OUT);
}

static void check_cycles(unsigned count)
{
    struct waits w = {.completion = SYNC_COMPLETION_INIT};
    thrd_t threads[THREADS];

    for (unsigned i = 0; i < 3; i++) {
        start_waiting(&w, threads, count, ZX_OK);
        all_wait(&w, count);
        sync_completion_signal(&w.completion);
        end_waiting(&w, threads, count);
        sync_completion_reset(&w.completion);
        EXPECT_FALSE(sync_completion_signaled(&w.completion));
    }
}

CASE(SyncCompletionTest, Initializer)
{
    static sync_completion_t zeroed;
    sync_completion_t made = SYNC_COMPLETION_INIT;

    EXPECT_EQ(made.futex, zeroed.futex);
    EXPECT_FALSE(sync_completion_signaled(&made));
}

CASE(SyncCompletionTest, SingleWait)
{
    check_waits(1, 0);
}

CASE(SyncCompletionTest, MultiWait)
{
    check_waits(THREADS, 0);
}

CASE(SyncCompletionTest, PresignalSingleWait)
{
    check_waits(1, 1);
}

CASE(SyncCompletionTest, PresignalMultiWait)
{
    check_waits(THREADS, 1);
}

CASE(SyncCompletionTest, TimeoutSingleWait)
{
    check_time_out(1);
}

CASE(SyncCompletionTest, TimeoutMultiWait)
{
    check_time_out(THREADS);
}

CASE(SyncCompletionTest, ResetCycleSingleWait)
{
    check_cycles(1);
}

CASE(SyncCompletionTest, ResetCycleMultiWait)
{
    check_cycles(THREADS);
}

/* A wake that is nobody's signal leaves the waiters where they are. */
CASE(SyncCompletionTest, SpuriousWakeupHandled)
{
    struct waits w = {.completion = SYNC_COMPLETION_INIT};
    thrd_t threads[THREADS];

    start_waiting(&w, threads, THREADS, ZX_OK);
    all_wait(&w, THREADS);
    for (unsigned i = 0; i < 20; i++) {
        EXPECT_OK(zx_futex_wake(&w.completion.futex, UINT32_MAX));
        zx_nanosleep(0);
        EXPECT_EQ(w.after, 0);
    }
    sync_completion_signal(&w.completion);
    end_waiting(&w, threads, THREADS);
}

static void requeued(void *arg)
{
    struct waits *w = arg;

    EXPECT_OK(sync_completion_wait(&w->completion, ZX_TIME_INFINITE));
    w->after++;
}

/* Who waits for the completion waits for another futex from then on. */
CASE(SyncCompletionTest, SignalRequeue)
{
    struct waits w = {.completion = SYNC_COMPLETION_INIT};
    zx_futex_t other = 0;
    struct ztest_thread t;

    ASSERT_OK(ztest_thread_start(&t, requeued, &w));
    wait_state(t.handle, ZX_THREAD_STATE_BLOCKED_FUTEX);
    sync_completion_signal_requeue(&w.completion, &other, ZX_HANDLE_INVALID);
    EXPECT_TRUE(sync_completion_signaled(&w.completion));
    for (unsigned i = 0; i < 20; i++)
        zx_nanosleep(0);
    EXPECT_EQ(w.after, 0);
    EXPECT_EQ(thread_state(t.handle), ZX_THREAD_STATE_BLOCKED_FUTEX);
    EXPECT_OK(zx_futex_wake(&other, 1));
    ztest_thread_join(&t);
    EXPECT_EQ(w.after, 1);
}
