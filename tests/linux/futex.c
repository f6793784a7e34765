/*
 * futex.c - the futex call itself, and what pthreads builds on it, within and between
 * processes.
 */
#include "tests/linux/check.h"

#include <linux/futex.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>

static long futex(void *word, int op, uint32_t value, const void *timeout, void *word2,
                  uint32_t value3)
{
    return syscall(SYS_futex, word, op, value, timeout, word2, value3);
}

static uint32_t word, other_word;

/* --- the call --- */

static void wait_looks_at_the_word(void)
{
    struct timespec soon = {.tv_nsec = 5000000}, bad = {.tv_nsec = 1000000000};

    word = 5;
    CHECK_ERR(futex(&word, FUTEX_WAIT, 4, NULL, NULL, 0), EAGAIN);
    CHECK_ERR(futex(&word, FUTEX_WAIT, 5, &soon, NULL, 0), ETIMEDOUT);
    CHECK_ERR(futex(&word, FUTEX_WAIT_PRIVATE, 5, &soon, NULL, 0), ETIMEDOUT);
    CHECK_ERR(futex(&word, FUTEX_WAIT, 5, &bad, NULL, 0), EINVAL);
    CHECK_ERR(futex((char *)&word + 1, FUTEX_WAIT, 5, &soon, NULL, 0), EINVAL);
    CHECK_ERR(futex(check_bad, FUTEX_WAIT, 5, &soon, NULL, 0), EFAULT);
    CHECK_ERR(futex(&word, FUTEX_WAIT, 5, check_bad, NULL, 0), EFAULT);
    CHECK_ERR(futex(&word, 99, 5, NULL, NULL, 0), ENOSYS);
    CHECK_EQ(futex(&word, FUTEX_WAKE, 1, NULL, NULL, 0), 0);
    CHECK_ERR(futex(&word, FUTEX_WAIT_BITSET, 5, NULL, NULL, 0), EINVAL);
    CHECK_ERR(futex(&word, FUTEX_WAKE_BITSET, 5, NULL, NULL, 0), EINVAL);
}

static void absolute_timeouts(void)
{
    static const struct {
        clockid_t clock;
        int flag;
    } clocks[] = {{CLOCK_MONOTONIC, 0}, {CLOCK_REALTIME, FUTEX_CLOCK_REALTIME}};

    for (size_t i = 0; i < ARRAY_SIZE(clocks); i++) {
        struct timespec deadline, now;

        clock_gettime(clocks[i].clock, &deadline);
        CHECK_ERR(futex(&word, FUTEX_WAIT_BITSET | clocks[i].flag, word, &deadline, NULL, ~0u),
                  ETIMEDOUT);
        deadline.tv_nsec += 20000000;
        deadline.tv_sec += deadline.tv_nsec / 1000000000;
        deadline.tv_nsec %= 1000000000;
        CHECK_ERR(futex(&word, FUTEX_WAIT_BITSET | clocks[i].flag, word, &deadline, NULL, ~0u),
                  ETIMEDOUT);
        clock_gettime(clocks[i].clock, &now);
        CHECK(now.tv_sec > deadline.tv_sec ||
              (now.tv_sec == deadline.tv_sec && now.tv_nsec >= deadline.tv_nsec));
    }
}

/* --- waiters --- */

enum { WAITERS = 6 };

struct waiter {
    pthread_t thread;
    uint32_t *word, bitset;
    volatile int begun, woken;
};

static void *wait_once(void *arg)
{
    struct waiter *w = arg;

    w->begun = 1;
    CHECK_EQ(futex(w->word, FUTEX_WAIT_BITSET, 0, NULL, NULL, w->bitset), 0);
    w->woken = 1;
    return NULL;
}

static void start_waiters(struct waiter w[WAITERS])
{
    word = other_word = 0;
    for (int i = 0; i < WAITERS; i++) {
        w[i] = (struct waiter){.word = &word, .bitset = 1u << i};
        CHECK(pthread_create(&w[i].thread, NULL, wait_once, &w[i]) == 0);
    }
    for (int i = 0; i < WAITERS; i++)
        WAIT_FOR(w[i].begun);
    usleep(20000); /* they cannot tell us that they sleep */
}

static unsigned woken_mask(const struct waiter w[WAITERS])
{
    unsigned mask = 0;

    for (int i = 0; i < WAITERS; i++)
        mask |= (unsigned)w[i].woken << i;
    return mask;
}

static void join_waiters(struct waiter w[WAITERS])
{
    futex(&word, FUTEX_WAKE, WAITERS, NULL, NULL, 0);
    futex(&other_word, FUTEX_WAKE, WAITERS, NULL, NULL, 0);
    for (int i = 0; i < WAITERS; i++)
        CHECK(pthread_join(w[i].thread, NULL) == 0);
}

static int bits(unsigned mask)
{
    return __builtin_popcount(mask);
}

static void wake_wakes_as_many_as_asked(void)
{
    struct waiter w[WAITERS];

    start_waiters(w);
    CHECK_EQ(futex(&word, FUTEX_WAKE, 2, NULL, NULL, 0), 2);
    WAIT_FOR(bits(woken_mask(w)) == 2);
    CHECK_EQ(futex(&word, FUTEX_WAKE, 100, NULL, NULL, 0), WAITERS - 2);
    WAIT_FOR(bits(woken_mask(w)) == WAITERS);
    join_waiters(w);
}

static void bitsets_select(void)
{
    struct waiter w[WAITERS];

    start_waiters(w);
    CHECK_EQ(futex(&word, FUTEX_WAKE_BITSET, WAITERS, NULL, NULL, 1u << 30), 0);
    CHECK_EQ(futex(&word, FUTEX_WAKE_BITSET, WAITERS, NULL, NULL, 1u << 3 | 1u << 5), 2);
    WAIT_FOR(woken_mask(w) == (1u << 3 | 1u << 5));
    join_waiters(w);
}

static void requeue_moves_waiters(void)
{
    struct waiter w[WAITERS];

    start_waiters(w);
    CHECK_ERR(futex(&word, FUTEX_CMP_REQUEUE, 1, (void *)2, &other_word, 77), EAGAIN);
    CHECK_EQ(futex(&word, FUTEX_CMP_REQUEUE, 1, (void *)3, &other_word, 0), 4);
    WAIT_FOR(bits(woken_mask(w)) == 1);
    CHECK_EQ(futex(&other_word, FUTEX_WAKE, 100, NULL, NULL, 0), 3);
    WAIT_FOR(bits(woken_mask(w)) == 4);
    CHECK_EQ(futex(&word, FUTEX_REQUEUE, 0, (void *)100, &other_word, 0), 2);
    CHECK_EQ(futex(&word, FUTEX_WAKE, 100, NULL, NULL, 0), 0);
    join_waiters(w);
}

static void wake_op_changes_and_wakes(void)
{
    struct waiter w[WAITERS];

    start_waiters(w);
    other_word = 7;
    CHECK_EQ(futex(&word, FUTEX_WAKE_OP, 2, (void *)2, &other_word,
                   FUTEX_OP(FUTEX_OP_ADD, 5, FUTEX_OP_CMP_EQ, 7)),
             2);
    CHECK_EQ(other_word, 12);
    WAIT_FOR(bits(woken_mask(w)) == 2);
    futex(&word, FUTEX_WAKE_OP, 0, (void *)0, &other_word,
          (int)(8u << 28 | FUTEX_OP(FUTEX_OP_OR, 4, FUTEX_OP_CMP_LT, 0)));
    CHECK_EQ(other_word, 12 | 16);
    futex(&word, FUTEX_WAKE_OP, 0, (void *)0, &other_word,
          FUTEX_OP(FUTEX_OP_SET, -1, FUTEX_OP_CMP_LT, 0));
    CHECK_EQ(other_word, UINT32_MAX);
    join_waiters(w);
}

/* --- between processes --- */

static void shared_words_wake_across_processes(void)
{
    uint32_t *shared = check_shared;
    pid_t pid = CHILD({
        while (*shared == 0)
            futex(shared, FUTEX_WAIT, 0, NULL, NULL, 0);
        CHECK_EQ(*shared, 1);
    });

    usleep(10000);
    *shared = 1;
    futex(shared, FUTEX_WAKE, 1, NULL, NULL, 0);
    CHECK_EXITS(pid, 0);
}

static void private_words_do_not(void)
{
    static uint32_t mine;
    struct timespec soon = {.tv_nsec = 100000000};
    volatile int *begun = check_shared;
    pid_t pid = CHILD({
        *begun = 1;
        CHECK_ERR(futex(&mine, FUTEX_WAIT, 0, &soon, NULL, 0), ETIMEDOUT);
    });

    WAIT_FOR(*begun);
    while (waitpid(pid, NULL, WNOHANG) == 0) {
        CHECK_EQ(futex(&mine, FUTEX_WAKE, 100, NULL, NULL, 0), 0);
        usleep(1000);
    }
}

/* A mutex and a condition in shared memory: two processes take turns. */
struct table {
    pthread_mutex_t mutex;
    pthread_cond_t turn_changed;
    int turn, rounds;
};

static void play(struct table *t, int me)
{
    for (int i = 0; i < 300; i++) {
        pthread_mutex_lock(&t->mutex);
        while (t->turn != me)
            pthread_cond_wait(&t->turn_changed, &t->mutex);
        t->turn = !me;
        t->rounds++;
        pthread_cond_signal(&t->turn_changed);
        pthread_mutex_unlock(&t->mutex);
    }
}

static void processes_share_mutex_and_condition(void)
{
    struct table *t = check_shared;
    pthread_mutexattr_t mutex_shared;
    pthread_condattr_t cond_shared;
    pid_t pid;

    pthread_mutexattr_init(&mutex_shared);
    pthread_mutexattr_setpshared(&mutex_shared, PTHREAD_PROCESS_SHARED);
    pthread_condattr_init(&cond_shared);
    pthread_condattr_setpshared(&cond_shared, PTHREAD_PROCESS_SHARED);
    pthread_mutex_init(&t->mutex, &mutex_shared);
    pthread_cond_init(&t->turn_changed, &cond_shared);
    pid = CHILD(play(t, 1));
    play(t, 0);
    CHECK_EXITS(pid, 0);
    CHECK_EQ(t->rounds, 600);
}

static void a_dead_owner_is_noticed(void)
{
    pthread_mutex_t *mutex = check_shared;
    pthread_mutexattr_t robust;

    pthread_mutexattr_init(&robust);
    pthread_mutexattr_setpshared(&robust, PTHREAD_PROCESS_SHARED);
    pthread_mutexattr_setrobust(&robust, PTHREAD_MUTEX_ROBUST);
    for (int by_kill = 0; by_kill < 2; by_kill++) {
        int fds[2];
        pid_t pid;

        CHECK(pipe(fds) == 0);
        pthread_mutex_init(mutex, &robust);
        pid = CHILD({
            CHECK(pthread_mutex_lock(mutex) == 0);
            check_put(fds[1]);
            usleep(10000);
            if (by_kill)
                kill(getpid(), SIGKILL);
        });
        CHECK(check_get(fds[0]));
        CHECK_EQ(pthread_mutex_lock(mutex), EOWNERDEAD); /* waits for it to die */
        CHECK_EQ(pthread_mutex_consistent(mutex), 0);
        CHECK_EQ(pthread_mutex_unlock(mutex), 0);
        CHECK_EQ(pthread_mutex_lock(mutex), 0);
        CHECK_EQ(pthread_mutex_unlock(mutex), 0);
        CHECK_EQ(waitpid(pid, NULL, 0), pid);
    }
}

/* --- pthreads --- */

enum { THREADS = 8, ROUNDS = 2000 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static pthread_barrier_t barrier;
static long counter;

static void *count(void *arg)
{
    for (int i = 0; i < ROUNDS; i++) {
        pthread_mutex_lock(&mutex);
        counter++;
        pthread_mutex_unlock(&mutex);
    }
    return arg;
}

static void run_threads(void *(*run)(void *))
{
    pthread_t threads[THREADS];

    for (intptr_t i = 0; i < THREADS; i++)
        CHECK(pthread_create(&threads[i], NULL, run, (void *)i) == 0);
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
}

static void a_mutex_excludes(void)
{
    run_threads(count);
    CHECK_EQ(counter, (long)THREADS * ROUNDS);
}

static void *take_turns(void *arg)
{
    intptr_t me = (intptr_t)arg;

    for (int i = 0; i < 50; i++) {
        pthread_mutex_lock(&mutex);
        while (counter % THREADS != me)
            pthread_cond_wait(&cond, &mutex);
        counter++;
        pthread_cond_broadcast(&cond);
        pthread_mutex_unlock(&mutex);
    }
    return NULL;
}

static void a_condition_wakes_all(void)
{
    run_threads(take_turns);
    CHECK_EQ(counter, THREADS * 50);
}

static void *meet(void *arg)
{
    for (int i = 1; i <= 50; i++) {
        __atomic_fetch_add(&counter, 1, __ATOMIC_SEQ_CST);
        pthread_barrier_wait(&barrier);
        if (__atomic_load_n(&counter, __ATOMIC_SEQ_CST) != (long)i * THREADS)
            FAIL("round %d: somebody is missing", i);
        pthread_barrier_wait(&barrier);
    }
    return arg;
}

static void a_barrier_gathers(void)
{
    pthread_barrier_init(&barrier, NULL, THREADS);
    run_threads(meet);
}

static void timed_waits_time_out(void)
{
    struct timespec deadline;
    sem_t semaphore;

    clock_gettime(CLOCK_REALTIME, &deadline);
    deadline.tv_nsec += 10000000;
    deadline.tv_sec += deadline.tv_nsec / 1000000000;
    deadline.tv_nsec %= 1000000000;
    pthread_mutex_lock(&mutex);
    CHECK_EQ(pthread_cond_timedwait(&cond, &mutex, &deadline), ETIMEDOUT);
    CHECK_EQ(pthread_mutex_timedlock(&mutex, &deadline), ETIMEDOUT);
    pthread_mutex_unlock(&mutex);
    sem_init(&semaphore, 0, 1);
    CHECK(sem_wait(&semaphore) == 0);
    CHECK_ERR(sem_timedwait(&semaphore, &deadline), ETIMEDOUT);
}

static const struct check_case cases[] = {
    CASE(wait_looks_at_the_word),
    CASE(absolute_timeouts),
    CASE(wake_wakes_as_many_as_asked),
    CASE(bitsets_select),
    CASE(requeue_moves_waiters),
    CASE(wake_op_changes_and_wakes),
    CASE(shared_words_wake_across_processes),
    CASE(private_words_do_not),
    CASE(processes_share_mutex_and_condition),
    CASE(a_dead_owner_is_noticed),
    CASE(a_mutex_excludes),
    CASE(a_condition_wakes_all),
    CASE(a_barrier_gathers),
    CASE(timed_waits_time_out),
};
CHECK_MAIN(cases)
