/*
 * c11_threads.c - mutexes, condition variables and threads of threads.h.
 */
#include <errno.h>
#include <stdatomic.h>
#include <time.h>

#include "tests/zircon/stopped.h"
#include "user/sdk/include/zircon/threads.h"

enum { THREADS = 3, ROUNDS = 500 };

static struct timespec soon(long milliseconds)
{
    struct timespec at;

    EXPECT_EQ(timespec_get(&at, TIME_UTC), TIME_UTC);
    at.tv_nsec += milliseconds * 1000000;
    at.tv_sec += at.tv_nsec / 1000000000;
    at.tv_nsec %= 1000000000;
    return at;
}

static void run_all(thrd_t *threads, unsigned count, thrd_start_t fn, void *arg)
{
    for (unsigned i = 0; i < count; i++)
        ASSERT_EQ(thrd_create(&threads[i], fn, arg), thrd_success);
}

static void join_all(thrd_t *threads, unsigned count)
{
    int result = -1;

    for (unsigned i = 0; i < count; i++) {
        EXPECT_EQ(thrd_join(threads[i], &result), thrd_success);
        EXPECT_EQ(result, 0);
    }
}

/* --- mutexes --- */

static mtx_t shared;
static int guarded;

static int add_guarded(void *arg)
{
    (void)arg;
    for (unsigned i = 0; i < ROUNDS; i++) {
        int seen;

        EXPECT_EQ(mtx_lock(&shared), thrd_success);
        seen = guarded;
        if (i % 64 == 0)
            zx_nanosleep(0);
        guarded = seen + 1;
        EXPECT_EQ(mtx_unlock(&shared), thrd_success);
    }
    return 0;
}

CASE(C11MutexTest, MultiThreadedContention)
{
    thrd_t threads[THREADS];

    EXPECT_EQ(mtx_init(&shared, mtx_plain), thrd_success);
    guarded = 0;
    run_all(threads, THREADS, add_guarded, NULL);
    join_all(threads, THREADS);
    EXPECT_EQ(guarded, THREADS * ROUNDS);
    mtx_destroy(&shared);
}

static int try_guarded(void *arg)
{
    (void)arg;
    for (unsigned i = 0; i < ROUNDS; i++) {
        int st = mtx_trylock(&shared);

        if (st == thrd_busy) {
            EXPECT_EQ(mtx_lock(&shared), thrd_success);
            st = thrd_success;
        }
        EXPECT_EQ(st, thrd_success);
        guarded++;
        EXPECT_EQ(mtx_unlock(&shared), thrd_success);
    }
    return 0;
}

CASE(C11MutexTest, TryMutexMultiThreadedContention)
{
    thrd_t threads[THREADS];

    EXPECT_EQ(mtx_init(&shared, mtx_plain), thrd_success);
    guarded = 0;
    run_all(threads, THREADS, try_guarded, NULL);
    join_all(threads, THREADS);
    EXPECT_EQ(guarded, THREADS * ROUNDS);
}

CASE(C11MutexTest, InitalizeLocalMutex)
{
    mtx_t mutex;

    EXPECT_EQ(mtx_init(&mutex, mtx_plain), thrd_success);
    EXPECT_EQ(mtx_lock(&mutex), thrd_success);
    EXPECT_EQ(mtx_trylock(&mutex), thrd_busy);
    EXPECT_EQ(mtx_unlock(&mutex), thrd_success);
    mtx_destroy(&mutex);
}

static int time_out(void *arg)
{
    const struct timespec at = soon(5);

    EXPECT_EQ(mtx_timedlock(arg, &at), thrd_timedout);
    return 0;
}

CASE(C11MutexTest, TimeoutElapsed)
{
    thrd_t thread;
    mtx_t mutex;

    EXPECT_EQ(mtx_init(&mutex, mtx_timed), thrd_success);
    EXPECT_EQ(mtx_lock(&mutex), thrd_success);
    run_all(&thread, 1, time_out, &mutex);
    join_all(&thread, 1);
    EXPECT_EQ(mtx_unlock(&mutex), thrd_success);
}

CASE(Threads11, RecursiveMutex)
{
    mtx_t mutex;

    EXPECT_EQ(mtx_init(&mutex, mtx_recursive), thrd_success);
    for (unsigned i = 0; i < 3; i++)
        EXPECT_EQ(mtx_lock(&mutex), thrd_success);
    EXPECT_EQ(mtx_trylock(&mutex), thrd_success);
    for (unsigned i = 0; i < 4; i++)
        EXPECT_EQ(mtx_unlock(&mutex), thrd_success);
    EXPECT_EQ(mtx_trylock(&mutex), thrd_success);
    EXPECT_EQ(mtx_unlock(&mutex), thrd_success);
}

/* --- condition variables --- */

static cnd_t condition;
static int waiting, tickets, served;

static int wait_for_ticket(void *arg)
{
    (void)arg;
    mtx_lock(&shared);
    waiting++;
    while (tickets == 0)
        EXPECT_EQ(cnd_wait(&condition, &shared), thrd_success);
    tickets--;
    served++;
    mtx_unlock(&shared);
    return 0;
}

static int locked(const int *value)
{
    int seen;

    mtx_lock(&shared);
    seen = *value;
    mtx_unlock(&shared);
    return seen;
}

static void begin_waiting(thrd_t *threads)
{
    EXPECT_EQ(mtx_init(&shared, mtx_plain), thrd_success);
    EXPECT_EQ(cnd_init(&condition), thrd_success);
    waiting = tickets = served = 0;
    run_all(threads, THREADS, wait_for_ticket, NULL);
    while (locked(&waiting) < THREADS)
        zx_nanosleep(0);
}

static void give(int count)
{
    mtx_lock(&shared);
    tickets += count;
    mtx_unlock(&shared);
}

CASE(ConditionalVariableTest, BroadcastSignalThreadWait)
{
    thrd_t threads[THREADS];

    begin_waiting(threads);
    give(THREADS);
    EXPECT_EQ(cnd_broadcast(&condition), thrd_success);
    join_all(threads, THREADS);
    EXPECT_EQ(served, THREADS);
    cnd_destroy(&condition);
}

CASE(ConditionalVariableTest, SignalThreadWait)
{
    thrd_t threads[THREADS];

    begin_waiting(threads);
    for (int i = 1; i <= THREADS; i++) {
        give(1);
        EXPECT_EQ(cnd_signal(&condition), thrd_success);
        while (locked(&served) < i)
            zx_nanosleep(0);
        EXPECT_EQ(locked(&served), i);
    }
    join_all(threads, THREADS);
}

CASE(ConditionalVariableTest, ConditionalVariablesTimeout)
{
    const struct timespec at = soon(2);
    cnd_t lonely;
    mtx_t mutex;

    EXPECT_EQ(mtx_init(&mutex, mtx_plain), thrd_success);
    EXPECT_EQ(cnd_init(&lonely), thrd_success);
    mtx_lock(&mutex);
    EXPECT_EQ(cnd_timedwait(&lonely, &mutex, &at), thrd_timedout);
    EXPECT_EQ(mtx_trylock(&mutex), thrd_busy);
    mtx_unlock(&mutex);
}

/* --- threads --- */

static int errors_here(void *arg)
{
    errno = 17;
    EXPECT_EQ(errno, 17);
    return *(int *)arg;
}

CASE(C11ThreadTest, ThreadLocalErrno)
{
    int value = 23, result = 0;
    thrd_t thread;

    errno = 5;
    ASSERT_EQ(thrd_create(&thread, errors_here, &value), thrd_success);
    EXPECT_EQ(thrd_join(thread, &result), thrd_success);
    EXPECT_EQ(result, 23);
    EXPECT_EQ(errno, 5);
    errno = 0;
}

static once_flag once = ONCE_FLAG_INIT;
static atomic_int ran;

static void run_it(void)
{
    ran++;
}

static int call_it(void *arg)
{
    (void)arg;
    call_once(&once, run_it);
    return ran != 1;
}

CASE(Threads11, CallOnce)
{
    thrd_t threads[THREADS];

    run_all(threads, THREADS, call_it, NULL);
    join_all(threads, THREADS);
    EXPECT_EQ(ran, 1);
}

static tss_t key;
static atomic_int destroyed;

static void destroy(void *value)
{
    destroyed += *(int *)value;
}

static int set_value(void *arg)
{
    static int value = 3;

    (void)arg;
    EXPECT_TRUE(tss_get(key) == NULL);
    EXPECT_EQ(tss_set(key, &value), thrd_success);
    EXPECT_TRUE(tss_get(key) == &value);
    return 0;
}

CASE(Threads11, ValuesByKey)
{
    thrd_t threads[THREADS];

    destroyed = 0;
    ASSERT_EQ(tss_create(&key, destroy), thrd_success);
    run_all(threads, THREADS, set_value, NULL);
    join_all(threads, THREADS);
    EXPECT_EQ(destroyed, 3 * THREADS);
    EXPECT_TRUE(tss_get(key) == NULL);
    tss_delete(key);
}
