/*
 * pthreads.c - threads, stacks, barriers and keys of pthread.h.
 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>

#include "tests/zircon/ztest.h"

enum { THREADS = 4, ROUNDS = 20 };

static pthread_mutex_t shared = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static int woken, waiting;

static void *wait_for_word(void *arg)
{
    pthread_mutex_lock(&shared);
    waiting++;
    while (!*(int *)arg)
        EXPECT_EQ(pthread_cond_wait(&condition, &shared), 0);
    woken++;
    pthread_mutex_unlock(&shared);
    return arg;
}

static int count_of(const int *count)
{
    int seen;

    pthread_mutex_lock(&shared);
    seen = *count;
    pthread_mutex_unlock(&shared);
    return seen;
}

CASE(Pthread, Basic)
{
    pthread_t threads[THREADS];
    void *result = NULL;
    int word = 0;

    waiting = woken = 0;
    for (unsigned i = 0; i < THREADS; i++)
        ASSERT_EQ(pthread_create(&threads[i], NULL, wait_for_word, &word), 0);
    while (count_of(&waiting) < THREADS)
        zx_nanosleep(0);
    pthread_mutex_lock(&shared);
    word = 1;
    pthread_cond_broadcast(&condition);
    pthread_mutex_unlock(&shared);
    for (unsigned i = 0; i < THREADS; i++) {
        EXPECT_EQ(pthread_join(threads[i], &result), 0);
        EXPECT_TRUE(result == &word);
    }
    EXPECT_EQ(woken, THREADS);
}

static void *find_self(void *arg)
{
    *(pthread_t *)arg = pthread_self();
    pthread_exit(arg);
}

CASE(Pthread, SelfMainThread)
{
    pthread_t thread, told;
    void *result;

    EXPECT_TRUE(pthread_self() != 0);
    EXPECT_TRUE(pthread_equal(pthread_self(), pthread_self()));
    ASSERT_EQ(pthread_create(&thread, NULL, find_self, &told), 0);
    EXPECT_EQ(pthread_join(thread, &result), 0);
    EXPECT_TRUE(result == &told);
    EXPECT_TRUE(pthread_equal(told, thread));
    EXPECT_FALSE(pthread_equal(told, pthread_self()));
}

/* 1: a local variable lies in the stack that is told. */
static int is_on_stack(size_t least)
{
    pthread_attr_t attr;
    void *stack = NULL;
    size_t size = 0;
    char here;

    if (pthread_getattr_np(pthread_self(), &attr) != 0 ||
        pthread_attr_getstack(&attr, &stack, &size) != 0)
        return 0;
    pthread_attr_destroy(&attr);
    return &here >= (char *)stack && &here < (char *)stack + size && size >= least;
}

static void *look_at_stack(void *arg)
{
    *(int *)arg = is_on_stack((size_t) * (int *)arg);
    return NULL;
}

static int stack_is_found(size_t size)
{
    pthread_attr_t attr;
    pthread_t thread;
    int result = (int)size;

    EXPECT_EQ(pthread_attr_init(&attr), 0);
    if (size)
        EXPECT_EQ(pthread_attr_setstacksize(&attr, size), 0);
    EXPECT_EQ(pthread_create(&thread, &attr, look_at_stack, &result), 0);
    EXPECT_EQ(pthread_join(thread, NULL), 0);
    pthread_attr_destroy(&attr);
    return result;
}

CASE(Pthread, GetstackMainThread)
{
    EXPECT_TRUE(is_on_stack(4096));
}

CASE(Pthread, GetstackOtherThread)
{
    EXPECT_TRUE(stack_is_found(0));
}

CASE(Pthread, GetstackOtherThreadExplicitSize)
{
    EXPECT_TRUE(stack_is_found(1 << 20));
}

/* All of a large stack can be used. */
static void *use_stack(void *arg)
{
    volatile unsigned char bytes[8 << 20];

    for (size_t i = 0; i < sizeof(bytes); i += 4096)
        bytes[i] = 1;
    *(int *)arg = bytes[sizeof(bytes) - 4096];
    return NULL;
}

CASE(Pthread, BigStackSize)
{
    pthread_attr_t attr;
    pthread_t thread;
    int result = 0;

    EXPECT_EQ(pthread_attr_init(&attr), 0);
    EXPECT_EQ(pthread_attr_setstacksize(&attr, 16 << 20), 0);
    ASSERT_EQ(pthread_create(&thread, &attr, use_stack, &result), 0);
    EXPECT_EQ(pthread_join(thread, NULL), 0);
    EXPECT_EQ(result, 1);
    pthread_attr_destroy(&attr);
}

CASE(PthreadMutex, Kinds)
{
    pthread_mutexattr_t attr;
    pthread_mutex_t mutex;

    EXPECT_EQ(pthread_mutexattr_init(&attr), 0);
    EXPECT_EQ(pthread_mutexattr_settype(&attr, 77), EINVAL);
    EXPECT_EQ(pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_ERRORCHECK), 0);
    EXPECT_EQ(pthread_mutex_init(&mutex, &attr), 0);
    EXPECT_EQ(pthread_mutex_unlock(&mutex), EPERM);
    EXPECT_EQ(pthread_mutex_lock(&mutex), 0);
    EXPECT_EQ(pthread_mutex_lock(&mutex), EDEADLK);
    EXPECT_EQ(pthread_mutex_trylock(&mutex), EBUSY);
    EXPECT_EQ(pthread_mutex_destroy(&mutex), EBUSY);
    EXPECT_EQ(pthread_mutex_unlock(&mutex), 0);
    EXPECT_EQ(pthread_mutex_destroy(&mutex), 0);
    EXPECT_EQ(pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE), 0);
    EXPECT_EQ(pthread_mutex_init(&mutex, &attr), 0);
    EXPECT_EQ(pthread_mutex_lock(&mutex), 0);
    EXPECT_EQ(pthread_mutex_lock(&mutex), 0);
    EXPECT_EQ(pthread_mutex_unlock(&mutex), 0);
    EXPECT_EQ(pthread_mutex_unlock(&mutex), 0);
    EXPECT_EQ(pthread_mutex_unlock(&mutex), EPERM);
    pthread_mutexattr_destroy(&attr);
}

/* --- barriers --- */

static pthread_barrier_t barrier;
static atomic_int winners, arrived;

static void *meet(void *arg)
{
    int rounds = *(int *)arg;

    for (int i = 0; i < rounds; i++) {
        int result;

        arrived++;
        result = pthread_barrier_wait(&barrier);
        EXPECT_GE(arrived, THREADS * (i + 1));
        EXPECT_TRUE(result == 0 || result == PTHREAD_BARRIER_SERIAL_THREAD);
        winners += result == PTHREAD_BARRIER_SERIAL_THREAD;
    }
    return NULL;
}

static void check_rounds(int rounds)
{
    pthread_t threads[THREADS];

    winners = arrived = 0;
    ASSERT_EQ(pthread_barrier_init(&barrier, NULL, THREADS), 0);
    for (unsigned i = 0; i < THREADS; i++)
        ASSERT_EQ(pthread_create(&threads[i], NULL, meet, &rounds), 0);
    for (unsigned i = 0; i < THREADS; i++)
        EXPECT_EQ(pthread_join(threads[i], NULL), 0);
    EXPECT_EQ(winners, rounds);
    EXPECT_EQ(pthread_barrier_destroy(&barrier), 0);
}

CASE(PThreadBarrierTest, SingleThreadWinsBarrierObject)
{
    check_rounds(1);
}

CASE(PThreadBarrierTest, SingleThreadWinsBarrierObjectResetsBetweenIterations)
{
    check_rounds(ROUNDS);
}

CASE(PThreadBarrierTest, InitWithNoThreadsReturnsInval)
{
    EXPECT_EQ(pthread_barrier_init(&barrier, NULL, 0), EINVAL);
}

/* --- keys --- */

enum { KEYS = 16 };

static pthread_key_t keys[KEYS];
static atomic_int destroyed;

static void destroy(void *value)
{
    (void)value;
    destroyed++;
}

static void *set_all(void *arg)
{
    for (unsigned i = 0; i < KEYS; i++) {
        EXPECT_TRUE(pthread_getspecific(keys[i]) == NULL);
        EXPECT_EQ(pthread_setspecific(keys[i], (char *)arg + i + 1), 0);
    }
    for (unsigned i = 0; i < KEYS; i++)
        EXPECT_TRUE(pthread_getspecific(keys[i]) == (char *)arg + i + 1);
    return NULL;
}

/* Each thread has its own; half of the keys have a destructor. */
CASE(PthreadTls, PthreadTls)
{
    pthread_t threads[THREADS];
    static char place[KEYS + 1];

    destroyed = 0;
    for (unsigned i = 0; i < KEYS; i++)
        ASSERT_EQ(pthread_key_create(&keys[i], i % 2 ? destroy : NULL), 0);
    for (unsigned i = 0; i < THREADS; i++)
        ASSERT_EQ(pthread_create(&threads[i], NULL, set_all, place), 0);
    for (unsigned i = 0; i < THREADS; i++)
        EXPECT_EQ(pthread_join(threads[i], NULL), 0);
    EXPECT_EQ(destroyed, THREADS * KEYS / 2);
    for (unsigned i = 0; i < KEYS; i++) {
        EXPECT_TRUE(pthread_getspecific(keys[i]) == NULL);
        EXPECT_EQ(pthread_key_delete(keys[i]), 0);
    }
    EXPECT_EQ(pthread_setspecific(keys[0], place), EINVAL);
}
