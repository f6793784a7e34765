/*
 * libc_threads.c - what threads of native programs have besides those of pthreads.c and
 * c11_threads.c: read-write locks, semaphores, handlers; and the C library among threads.
 */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/zircon/ztest.h"

enum { THREADS = 4, ROUNDS = 500 };

static void run_all(void *(*fn)(void *), void *arg)
{
    pthread_t threads[THREADS];

    for (unsigned i = 0; i < THREADS; i++)
        ASSERT_EQ(pthread_create(&threads[i], NULL, fn, arg), 0);
    for (unsigned i = 0; i < THREADS; i++)
        EXPECT_EQ(pthread_join(threads[i], NULL), 0);
}

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static volatile int pair[2]; /* the same, under the lock */

static void *read_and_write(void *arg)
{
    (void)arg;
    for (unsigned i = 0; i < ROUNDS; i++) {
        if (i % 8 == 0) {
            pthread_rwlock_wrlock(&lock);
            pair[0]++;
            pair[1]++;
        } else {
            pthread_rwlock_rdlock(&lock);
            EXPECT_EQ(pair[0], pair[1]);
        }
        pthread_rwlock_unlock(&lock);
    }
    return NULL;
}

CASE(LibcThreads, ReadWriteLock)
{
    struct timespec past = {0};

    run_all(read_and_write, NULL);
    EXPECT_EQ(pair[0], THREADS * ((ROUNDS + 7) / 8));
    EXPECT_EQ(pthread_rwlock_rdlock(&lock), 0);
    EXPECT_EQ(pthread_rwlock_tryrdlock(&lock), 0);
    EXPECT_EQ(pthread_rwlock_trywrlock(&lock), EBUSY);
    EXPECT_EQ(pthread_rwlock_timedwrlock(&lock, &past), ETIMEDOUT);
    EXPECT_EQ(pthread_rwlock_unlock(&lock), 0);
    EXPECT_EQ(pthread_rwlock_unlock(&lock), 0);
}

static sem_t full, empty;
static int place;

static void *take(void *sum)
{
    for (unsigned i = 0; i < ROUNDS; i++) {
        sem_wait(&full);
        *(int *)sum += place;
        sem_post(&empty);
    }
    return NULL;
}

CASE(LibcThreads, Semaphore)
{
    struct timespec past = {0};
    pthread_t taker;
    int sum = 0;

    ASSERT_EQ(sem_init(&full, 0, 0) + sem_init(&empty, 0, 1), 0);
    EXPECT_EQ(sem_trywait(&full), -1);
    EXPECT_EQ(errno, EAGAIN);
    EXPECT_EQ(sem_timedwait(&full, &past), -1);
    EXPECT_EQ(errno, ETIMEDOUT);
    ASSERT_EQ(pthread_create(&taker, NULL, take, &sum), 0);
    for (int i = 0; i < ROUNDS; i++) {
        sem_wait(&empty);
        place = i;
        sem_post(&full);
    }
    EXPECT_EQ(pthread_join(taker, NULL), 0);
    EXPECT_EQ(sum, ROUNDS * (ROUNDS - 1) / 2);
}

static void note(void *order)
{
    *(int *)order = *(int *)order * 10 + (*(int *)order % 10 + 1);
}

static void *leave(void *order)
{
    pthread_cleanup_push(note, order);
    pthread_cleanup_push(note, order);
    pthread_exit(order);
    pthread_cleanup_pop(0);
    pthread_cleanup_pop(0);
    return NULL;
}

CASE(LibcThreads, Handlers)
{
    pthread_t thread;
    int order = 0;

    ASSERT_EQ(pthread_create(&thread, NULL, leave, &order), 0);
    EXPECT_EQ(pthread_join(thread, NULL), 0);
    EXPECT_EQ(order, 12);
}

static void *allocate(void *arg)
{
    void *blocks[16] = {0};

    for (unsigned i = 0; i < ROUNDS; i++) {
        void **b = &blocks[i * 7 % 16];

        free(*b);
        *b = malloc(i * 13 % 3000 + 1);
        EXPECT_TRUE(*b);
        memset(*b, (int)i, i * 13 % 3000 + 1);
    }
    for (unsigned i = 0; i < 16; i++)
        free(blocks[i]);
    return arg;
}

CASE(LibcThreads, Malloc)
{
    run_all(allocate, NULL);
}

static void *print_lines(void *f)
{
    for (unsigned i = 0; i < ROUNDS; i++)
        fprintf(f, "%s\n", "a line that is whole");
    return NULL;
}

/* A stream is locked for each call. */
CASE(LibcThreads, Stream)
{
    char *text = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);

    ASSERT_TRUE(f);
    run_all(print_lines, f);
    EXPECT_EQ(fclose(f), 0);
    EXPECT_EQ(size, THREADS * ROUNDS * sizeof("a line that is whole"));
    for (char *at = text; at < text + size; at += sizeof("a line that is whole"))
        EXPECT_EQ(memcmp(at, "a line that is whole\n", sizeof("a line that is whole")), 0);
    free(text);
}

static void *set_errno(void *arg)
{
    (void)arg;
    for (unsigned i = 0; i < ROUNDS; i++) {
        errno = (int)i;
        zx_nanosleep(0);
        EXPECT_EQ(errno, i);
    }
    return NULL;
}

CASE(LibcThreads, Errno)
{
    errno = 77;
    run_all(set_errno, NULL);
    EXPECT_EQ(errno, 77);
}

static void *with_own_stack(void *arg)
{
    return arg;
}

CASE(LibcThreads, Attributes)
{
    static char stack[16384] __attribute__((aligned(16)));
    pthread_attr_t attr;
    pthread_t thread;
    size_t size = 0;

    EXPECT_EQ(pthread_attr_init(&attr), 0);
    EXPECT_EQ(pthread_attr_setstacksize(&attr, 1 << 20), 0);
    EXPECT_EQ(pthread_attr_getstacksize(&attr, &size), 0);
    EXPECT_EQ(size, 1 << 20);
    ASSERT_EQ(pthread_create(&thread, &attr, with_own_stack, NULL), 0);
    EXPECT_EQ(pthread_join(thread, NULL), 0);
    EXPECT_EQ(pthread_attr_setstack(&attr, stack, sizeof(stack)), 0);
    EXPECT_EQ(pthread_create(&thread, &attr, with_own_stack, NULL), ENOTSUP);
    EXPECT_EQ(pthread_attr_destroy(&attr), 0);
}
