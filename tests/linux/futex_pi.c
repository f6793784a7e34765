/*
 * futex_pi.c - locks whose word names the owner, the call itself and glibc's mutexes over it;
 * and waiting for several words.
 */
#include "tests/linux/check.h"

#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>

#ifndef FUTEX_LOCK_PI2
#define FUTEX_LOCK_PI2 13
#endif
#ifndef SYS_futex_waitv
#define SYS_futex_waitv 449
#endif

static long futex(void *word, int op, uint32_t value, const void *timeout, void *word2,
                  uint32_t value3)
{
    return syscall(SYS_futex, word, op, value, timeout, word2, value3);
}

static uint32_t tid(void)
{
    return (uint32_t)syscall(SYS_gettid);
}

static uint32_t lock, other, word;

static uint32_t load(uint32_t *at)
{
    return __atomic_load_n(at, __ATOMIC_SEQ_CST);
}

static struct timespec from_now(clockid_t clock, long long ns)
{
    struct timespec ts;

    clock_gettime(clock, &ts);
    ns += ts.tv_nsec;
    return (struct timespec){ts.tv_sec + ns / 1000000000, ns % 1000000000};
}

static pthread_t start(void *(*run)(void *), void *arg)
{
    pthread_t thread;

    CHECK(pthread_create(&thread, NULL, run, arg) == 0);
    return thread;
}

static void join(pthread_t thread)
{
    CHECK(pthread_join(thread, NULL) == 0);
}

static void a_free_lock_is_taken(void)
{
    static const int ops[] = {FUTEX_LOCK_PI, FUTEX_LOCK_PI2, FUTEX_TRYLOCK_PI};

    for (size_t i = 0; i < ARRAY_SIZE(ops); i++)
        for (int private = 0; private <= FUTEX_PRIVATE_FLAG; private += FUTEX_PRIVATE_FLAG) {
            lock = 0;
            CHECK_EQ(futex(&lock, ops[i] | private, 0, NULL, NULL, 0), 0);
            CHECK_EQ(lock, tid());
            CHECK_ERR(futex(&lock, ops[i] | private, 0, NULL, NULL, 0), EDEADLK);
            CHECK_EQ(futex(&lock, FUTEX_UNLOCK_PI | private, 0, NULL, NULL, 0), 0);
            CHECK_EQ(lock, 0);
        }
}

static void locks_refuse(void)
{
    struct timespec bad = {.tv_nsec = 1000000000};

    lock = tid() | FUTEX_WAITERS;
    CHECK_EQ(futex(&lock, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0), 0);
    CHECK_EQ(lock, 0);
    CHECK_ERR(futex(&lock, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0), EPERM);
    lock = tid() + 1;
    CHECK_ERR(futex(&lock, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0), EPERM);
    lock = 0x3ffffff0; /* no such thread */
    CHECK_ERR(futex(&lock, FUTEX_LOCK_PI, 0, NULL, NULL, 0), ESRCH);
    CHECK_ERR(futex(&lock, FUTEX_LOCK_PI, 0, &bad, NULL, 0), EINVAL);
    CHECK_ERR(futex((char *)&lock + 1, FUTEX_LOCK_PI, 0, NULL, NULL, 0), EINVAL);
    CHECK_ERR(futex(check_bad, FUTEX_LOCK_PI, 0, NULL, NULL, 0), EFAULT);
    CHECK_ERR(futex(check_bad, FUTEX_TRYLOCK_PI, 0, NULL, NULL, 0), EFAULT);
    CHECK_ERR(futex(check_bad, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0), EFAULT);
    CHECK_ERR(futex(&lock, FUTEX_WAKE | FUTEX_CLOCK_REALTIME, 0, NULL, NULL, 0), ENOSYS);
}

static volatile int taken, stage;

static void *take_and_give(void *arg)
{
    CHECK_EQ(futex(&lock, FUTEX_LOCK_PI, 0, NULL, NULL, 0), 0);
    CHECK_EQ(load(&lock) & FUTEX_TID_MASK, tid());
    __atomic_fetch_add(&taken, 1, __ATOMIC_SEQ_CST);
    CHECK_EQ(futex(&lock, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0), 0);
    return arg;
}

static void unlocking_hands_it_over(void)
{
    pthread_t threads[4];

    lock = tid(); /* as user mode takes it */
    for (int i = 0; i < 4; i++)
        threads[i] = start(take_and_give, NULL);
    WAIT_FOR(load(&lock) & FUTEX_WAITERS);
    usleep(10000);
    CHECK_EQ(taken, 0);
    CHECK_EQ(futex(&lock, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0), 0);
    for (int i = 0; i < 4; i++)
        join(threads[i]);
    CHECK_EQ(taken, 4);
    CHECK_EQ(load(&lock) & FUTEX_TID_MASK, 0);
}

static void *others_lock(void *arg)
{
    struct timespec soon = from_now(CLOCK_REALTIME, 20000000);
    struct timespec soon2 = from_now(CLOCK_MONOTONIC, 20000000);

    CHECK_ERR(futex(&lock, FUTEX_TRYLOCK_PI, 0, NULL, NULL, 0), EAGAIN);
    CHECK_ERR(futex(&lock, FUTEX_LOCK_PI, 0, &soon, NULL, 0), ETIMEDOUT);
    CHECK_ERR(futex(&lock, FUTEX_LOCK_PI2, 0, &soon2, NULL, 0), ETIMEDOUT);
    CHECK_ERR(futex(&lock, FUTEX_LOCK_PI2 | FUTEX_CLOCK_REALTIME, 0, &soon, NULL, 0),
              ETIMEDOUT);
    return arg;
}

static void others_time_out(void)
{
    lock = tid();
    join(start(others_lock, NULL));
    CHECK_EQ(futex(&lock, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0), 0);
    CHECK_EQ(lock, 0);
}

static void *crosswise(void *arg)
{
    CHECK_EQ(futex(&other, FUTEX_LOCK_PI, 0, NULL, NULL, 0), 0);
    stage = 1;
    CHECK_EQ(futex(&lock, FUTEX_LOCK_PI, 0, NULL, NULL, 0), 0);
    CHECK_EQ(futex(&lock, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0), 0);
    CHECK_EQ(futex(&other, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0), 0);
    return arg;
}

static void circles_are_refused(void)
{
    pthread_t thread;

    CHECK_EQ(futex(&lock, FUTEX_LOCK_PI, 0, NULL, NULL, 0), 0);
    thread = start(crosswise, NULL);
    WAIT_FOR(stage);
    WAIT_FOR(load(&lock) & FUTEX_WAITERS);
    usleep(10000);
    CHECK_ERR(futex(&other, FUTEX_LOCK_PI, 0, NULL, NULL, 0), EDEADLK);
    CHECK_EQ(futex(&lock, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0), 0);
    join(thread);
}

static void nothing(int signo)
{
    (void)signo;
    stage++;
}

static void signals_do_not_end_a_wait(void)
{
    struct sigaction action = {.sa_handler = nothing}; /* no SA_RESTART */
    pthread_t thread;

    CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
    lock = tid();
    thread = start(take_and_give, NULL);
    WAIT_FOR(load(&lock) & FUTEX_WAITERS);
    for (int i = 1; i <= 5; i++) {
        pthread_kill(thread, SIGUSR1);
        WAIT_FOR(stage == i);
    }
    CHECK_EQ(taken, 0);
    CHECK_EQ(futex(&lock, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0), 0);
    join(thread);
    CHECK_EQ(taken, 1);
}

static void *take_and_end(void *arg)
{
    CHECK_EQ(futex(&lock, FUTEX_LOCK_PI, 0, NULL, NULL, 0), 0);
    stage = 1;
    WAIT_FOR(load(&lock) & FUTEX_WAITERS);
    usleep(10000);
    return arg; /* and keeps it */
}

static void a_dead_owners_lock_goes_on(void)
{
    pthread_t thread = start(take_and_end, NULL);

    WAIT_FOR(stage);
    CHECK_EQ(futex(&lock, FUTEX_LOCK_PI, 0, NULL, NULL, 0), 0);
    CHECK_EQ(load(&lock) & (FUTEX_TID_MASK | FUTEX_OWNER_DIED), tid() | FUTEX_OWNER_DIED);
    join(thread);
    CHECK_EQ(futex(&lock, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0), 0);
}

static void *plain_wait(void *arg)
{
    stage = 1;
    CHECK_EQ(futex(&lock, FUTEX_WAIT, tid(), NULL, NULL, 0) == -1, 1);
    return arg;
}

static void *wait_while_owned(void *arg)
{
    stage = 1;
    CHECK_EQ(futex(&lock, FUTEX_WAIT, *(uint32_t *)arg, NULL, NULL, 0), 0);
    return NULL;
}

static void the_two_kinds_do_not_mix(void)
{
    uint32_t me = tid();
    pthread_t thread;

    lock = me;
    join(start(plain_wait, NULL)); /* the word differs: returns at once */
    thread = start(wait_while_owned, &me);
    WAIT_FOR(stage);
    usleep(20000);
    CHECK_ERR(futex(&lock, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0), EINVAL);
    CHECK_EQ(futex(&lock, FUTEX_WAKE, 1, NULL, NULL, 0), 1);
    join(thread);
    thread = start(take_and_give, NULL);
    WAIT_FOR(load(&lock) & FUTEX_WAITERS);
    WAIT_FOR(futex(&lock, FUTEX_WAKE, 1, NULL, NULL, 0) == -1 && errno == EINVAL);
    CHECK_EQ(futex(&lock, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0), 0);
    join(thread);
}

static void *wait_requeue(void *arg)
{
    stage++;
    CHECK_EQ(futex(&word, FUTEX_WAIT_REQUEUE_PI, 0, NULL, &lock, 0), 0);
    CHECK_EQ(load(&lock) & FUTEX_TID_MASK, tid());
    __atomic_fetch_add(&taken, 1, __ATOMIC_SEQ_CST);
    CHECK_EQ(futex(&lock, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0), 0);
    return arg;
}

static void waiters_move_to_a_lock(void)
{
    struct timespec soon;
    pthread_t threads[3];
    long moved = 0;

    CHECK_ERR(futex(&word, FUTEX_WAIT_REQUEUE_PI, 0, NULL, &word, 0), EINVAL);
    CHECK_ERR(futex(&word, FUTEX_WAIT_REQUEUE_PI, 1, NULL, &lock, 0), EAGAIN);
    soon = from_now(CLOCK_MONOTONIC, 5000000);
    CHECK_ERR(futex(&word, FUTEX_WAIT_REQUEUE_PI, 0, &soon, &lock, 0), ETIMEDOUT);
    CHECK_ERR(futex(&word, FUTEX_CMP_REQUEUE_PI, 2, (void *)1, &lock, 0), EINVAL);
    CHECK_ERR(futex(&word, FUTEX_CMP_REQUEUE_PI, 1, (void *)1, &word, 0), EINVAL);
    CHECK_ERR(futex(&word, FUTEX_CMP_REQUEUE_PI, 1, (void *)1, &lock, 1), EAGAIN);

    CHECK_EQ(futex(&lock, FUTEX_LOCK_PI, 0, NULL, NULL, 0), 0);
    for (int i = 0; i < 3; i++)
        threads[i] = start(wait_requeue, NULL);
    WAIT_FOR(stage == 3);
    WAIT_FOR(futex(&word, FUTEX_WAKE, 1, NULL, NULL, 0) == -1 && errno == EINVAL);
    while (moved < 3) {
        long n = futex(&word, FUTEX_CMP_REQUEUE_PI, 1, (void *)10, &lock, 0);

        CHECK(n >= 0);
        moved += n;
    }
    usleep(10000);
    CHECK_EQ(taken, 0);
    CHECK_EQ(futex(&lock, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0), 0);
    for (int i = 0; i < 3; i++)
        join(threads[i]);
    CHECK_EQ(taken, 3);
}

/* --- mutexes --- */

enum { THREADS = 8, ROUNDS = 2000 };

static pthread_mutex_t mutex;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static long counter;

static void init_mutex(pthread_mutex_t *m, int shared, int robust)
{
    pthread_mutexattr_t attr;

    pthread_mutexattr_init(&attr);
    CHECK_EQ(pthread_mutexattr_setprotocol(&attr, PTHREAD_PRIO_INHERIT), 0);
    pthread_mutexattr_setpshared(&attr, shared);
    pthread_mutexattr_setrobust(&attr, robust);
    CHECK_EQ(pthread_mutex_init(m, &attr), 0);
}

static void *count(void *arg)
{
    for (int i = 0; i < ROUNDS; i++) {
        CHECK_EQ(pthread_mutex_lock(&mutex), 0);
        counter++;
        if (i % 64 == 0)
            sched_yield();
        CHECK_EQ(pthread_mutex_unlock(&mutex), 0);
    }
    return arg;
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

static void run_threads(void *(*run)(void *))
{
    pthread_t threads[THREADS];

    init_mutex(&mutex, PTHREAD_PROCESS_PRIVATE, PTHREAD_MUTEX_STALLED);
    for (intptr_t i = 0; i < THREADS; i++)
        threads[i] = start(run, (void *)i);
    for (int i = 0; i < THREADS; i++)
        join(threads[i]);
}

static void a_mutex_excludes(void)
{
    run_threads(count);
    CHECK_EQ(counter, (long)THREADS * ROUNDS);
}

static void a_condition_goes_with_it(void)
{
    run_threads(take_turns);
    CHECK_EQ(counter, THREADS * 50);
}

static void timed_locks_time_out(void)
{
    struct timespec soon = from_now(CLOCK_REALTIME, 10000000);

    init_mutex(&mutex, PTHREAD_PROCESS_SHARED, PTHREAD_MUTEX_STALLED);
    CHECK_EQ(pthread_mutex_lock(&mutex), 0);
    CHECK_EXITS(CHILD(CHECK_EQ(pthread_mutex_timedlock(&mutex, &soon), ETIMEDOUT)), 0);
    CHECK_EQ(pthread_mutex_unlock(&mutex), 0);
}

static void robust_mutexes(void)
{
    pthread_mutex_t *shared = check_shared;

    for (int by_kill = 0; by_kill < 2; by_kill++) {
        int fds[2];
        pid_t pid;

        CHECK(pipe(fds) == 0);
        init_mutex(shared, PTHREAD_PROCESS_SHARED, PTHREAD_MUTEX_ROBUST);
        pid = CHILD({
            CHECK(pthread_mutex_lock(shared) == 0);
            check_put(fds[1]);
            usleep(10000);
            if (by_kill)
                kill(getpid(), SIGKILL);
        });
        CHECK(check_get(fds[0]));
        CHECK_EQ(pthread_mutex_lock(shared), EOWNERDEAD); /* waits for it to die */
        CHECK_EQ(pthread_mutex_consistent(shared), 0);
        CHECK_EQ(pthread_mutex_unlock(shared), 0);
        CHECK_EQ(pthread_mutex_lock(shared), 0);
        CHECK_EQ(pthread_mutex_unlock(shared), 0);
        CHECK_EQ(waitpid(pid, NULL, 0), pid);
    }
}

/* --- several words --- */

struct waitv {
    uint64_t value, addr;
    uint32_t flags, reserved;
};

static uint32_t words[4];

static void fill(struct waitv v[4])
{
    for (int i = 0; i < 4; i++)
        v[i] = (struct waitv){.addr = (uintptr_t)&words[i], .flags = 2 | FUTEX_PRIVATE_FLAG};
}

static long waitv(void *v, unsigned count, unsigned flags, void *timeout, int clock)
{
    return syscall(SYS_futex_waitv, v, count, flags, timeout, clock);
}

static void *wait_for_any(void *arg)
{
    struct waitv v[4];

    fill(v);
    stage = 1;
    CHECK_EQ(waitv(v, 4, 0, NULL, 0), 2);
    return arg;
}

static void any_of_several_words(void)
{
    struct waitv v[4];
    struct timespec soon = from_now(CLOCK_MONOTONIC, 5000000), bad = {.tv_nsec = -1};
    pthread_t thread;

    fill(v);
    if (waitv(NULL, 0, 0, NULL, 0) == -1 && errno == ENOSYS)
        SKIP("the kernel has no futex_waitv");
    CHECK_ERR(waitv(v, 4, 0, &soon, CLOCK_MONOTONIC), ETIMEDOUT);
    soon = from_now(CLOCK_REALTIME, 5000000);
    CHECK_ERR(waitv(v, 4, 0, &soon, CLOCK_REALTIME), ETIMEDOUT);
    words[3] = 1;
    CHECK_ERR(waitv(v, 4, 0, NULL, 0), EAGAIN);
    words[3] = 0;
    CHECK_ERR(waitv(v, 0, 0, NULL, 0), EINVAL);
    CHECK_ERR(waitv(v, 129, 0, NULL, 0), EINVAL);
    CHECK_ERR(waitv(v, 4, 1, NULL, 0), EINVAL);
    CHECK_ERR(waitv(NULL, 4, 0, NULL, 0), EINVAL);
    CHECK_ERR(waitv(check_bad, 4, 0, NULL, 0), EFAULT);
    CHECK_ERR(waitv(v, 4, 0, &soon, CLOCK_BOOTTIME), EINVAL);
    CHECK_ERR(waitv(v, 4, 0, &bad, CLOCK_MONOTONIC), EINVAL);
    v[1].reserved = 1;
    CHECK_ERR(waitv(v, 4, 0, NULL, 0), EINVAL);
    v[1].reserved = 0;
    v[1].addr++;
    CHECK_ERR(waitv(v, 4, 0, NULL, 0), EINVAL);
    thread = start(wait_for_any, NULL);
    WAIT_FOR(stage);
    WAIT_FOR(futex(&words[2], FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0) == 1);
    join(thread);
}

static const struct check_case cases[] = {
    CASE(a_free_lock_is_taken),
    CASE(locks_refuse),
    CASE(unlocking_hands_it_over),
    CASE(others_time_out),
    CASE(circles_are_refused),
    CASE(signals_do_not_end_a_wait),
    CASE(a_dead_owners_lock_goes_on),
    CASE(the_two_kinds_do_not_mix),
    CASE(waiters_move_to_a_lock),
    CASE(a_mutex_excludes),
    CASE(a_condition_goes_with_it),
    CASE(timed_locks_time_out),
    CASE(robust_mutexes),
    CASE(any_of_several_words),
};
CHECK_MAIN(cases)
