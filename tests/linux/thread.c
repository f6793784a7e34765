/*
 * thread.c - threads: creation and end, thread-local storage, names, exits in every order.
 */
#include "tests/linux/check.h"

#include <pthread.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

enum { THREADS = 64 };

static __thread int local = 5;
static __thread int zeroed[100];

static void *use_tls(void *arg)
{
    int me = (int)(intptr_t)arg;

    if (local != 5 || zeroed[99])
        return NULL;
    local = me;
    for (int i = 0; i < 100; i++)
        zeroed[i] = me;
    for (int i = 0; i < 20; i++) {
        sched_yield();
        if (local != me || zeroed[i * 5] != me)
            return NULL;
    }
    return (void *)(intptr_t)(me * 2 + 1);
}

static void many_threads_have_their_own_tls(void)
{
    pthread_t threads[THREADS];

    for (intptr_t i = 0; i < THREADS; i++)
        CHECK(pthread_create(&threads[i], NULL, use_tls, (void *)i) == 0);
    for (intptr_t i = 0; i < THREADS; i++) {
        void *got;

        CHECK(pthread_join(threads[i], &got) == 0);
        CHECK_EQ((intptr_t)got, i * 2 + 1);
    }
    CHECK_EQ(local, 5);
}

static void *nothing(void *arg)
{
    return arg;
}

static void threads_come_and_go(void)
{
    for (int round = 0; round < 300; round++) {
        pthread_t thread;

        CHECK(pthread_create(&thread, NULL, nothing, NULL) == 0);
        CHECK(pthread_join(thread, NULL) == 0);
    }
}

static void *count_down(void *arg)
{
    __atomic_fetch_sub((int *)arg, 1, __ATOMIC_SEQ_CST);
    return NULL;
}

static void detached_threads_end_by_themselves(void)
{
    int left = THREADS;
    pthread_attr_t attr;

    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    for (int i = 0; i < THREADS; i++) {
        pthread_t thread;

        CHECK(pthread_create(&thread, &attr, count_down, &left) == 0);
    }
    WAIT_FOR(__atomic_load_n(&left, __ATOMIC_SEQ_CST) == 0);
}

static void *say_ids(void *arg)
{
    pid_t *ids = arg;

    ids[0] = getpid();
    ids[1] = (pid_t)syscall(SYS_gettid);
    return NULL;
}

static void threads_share_a_pid_and_have_a_tid(void)
{
    pid_t ids[2][2];
    pthread_t threads[2];

    for (int i = 0; i < 2; i++)
        CHECK(pthread_create(&threads[i], NULL, say_ids, ids[i]) == 0);
    for (int i = 0; i < 2; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    CHECK(ids[0][0] == getpid() && ids[1][0] == getpid());
    CHECK(ids[0][1] != getpid() && ids[1][1] != getpid() && ids[0][1] != ids[1][1]);
}

static void *exit_process(void *arg)
{
    usleep(5000);
    exit((int)(intptr_t)arg);
}

static void *exit_later(void *arg)
{
    usleep(20000);
    *(volatile int *)check_shared = 1;
    return arg;
}

static void the_process_outlives_its_main_thread(void)
{
    int status;
    pid_t pid = CHILD({
        pthread_t thread;

        pthread_create(&thread, NULL, exit_later, NULL);
        syscall(SYS_exit, 3);
    });

    CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
    /* The last thread's code, which is the C library's 0; before Linux 6.0 the main thread's.
     */
    CHECK(WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 3);
    CHECK_EQ(*(volatile int *)check_shared, 1);
    pid = CHILD({
        pthread_t thread;

        pthread_create(&thread, NULL, exit_process, (void *)7);
        pthread_exit(NULL);
    });
    CHECK_EXITS(pid, 7);
}

static void *spin(void *arg)
{
    for (volatile unsigned long i = 0;; i++)
        continue;
    return arg;
}

static void exit_ends_all_threads(void)
{
    CHECK_EXITS(CHILD({
                    pthread_t thread;

                    for (int i = 0; i < 4; i++)
                        pthread_create(&thread, NULL, spin, NULL);
                    usleep(2000);
                    _exit(4);
                }),
                4);
    CHECK_EXITS(CHILD({
                    pthread_t thread;

                    pthread_create(&thread, NULL, exit_process, (void *)5);
                    spin(NULL);
                }),
                5);
}

static void *fork_here(void *arg)
{
    (void)arg;
    CHECK_EXITS(CHILD({
                    CHECK_EQ(getpid(),
                             syscall(SYS_gettid)); /* the only thread of its process */
                    pthread_t thread;

                    CHECK(pthread_create(&thread, NULL, nothing, NULL) == 0);
                    CHECK(pthread_join(thread, NULL) == 0);
                    _exit(6);
                }),
                6);
    return NULL;
}

static void any_thread_may_fork(void)
{
    pthread_t threads[4];

    for (int i = 0; i < 4; i++)
        CHECK(pthread_create(&threads[i], NULL, fork_here, NULL) == 0);
    for (int i = 0; i < 4; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
}

static void *wait_here(void *arg)
{
    return (void *)(intptr_t)waitpid((pid_t)(intptr_t)arg, NULL, 0);
}

static void any_thread_may_wait_for_a_child(void)
{
    pid_t pid = CHILD(usleep(10000));
    pthread_t thread;
    void *got;

    CHECK(pthread_create(&thread, NULL, wait_here, (void *)(intptr_t)pid) == 0);
    CHECK(pthread_join(thread, &got) == 0);
    CHECK_EQ((intptr_t)got, pid);
}

static void names(void)
{
    char name[16];

    CHECK(prctl(PR_SET_NAME, "a name that is too long") == 0);
    CHECK(prctl(PR_GET_NAME, name) == 0);
    CHECK(!strcmp(name, "a name that is "));
    CHECK_ERR(prctl(PR_SET_NAME, check_bad), EFAULT);
    CHECK_ERR(prctl(9999), EINVAL);
}

static void *cleanup_target(void *arg)
{
    pause();
    return arg;
}

static void a_thread_can_be_cancelled(void)
{
    pthread_t thread;
    void *got;

    CHECK(pthread_create(&thread, NULL, cleanup_target, NULL) == 0);
    usleep(2000);
    CHECK(pthread_cancel(thread) == 0);
    CHECK(pthread_join(thread, &got) == 0);
    CHECK(got == PTHREAD_CANCELED);
}

static const struct check_case cases[] = {
    CASE(many_threads_have_their_own_tls),
    CASE(threads_come_and_go),
    CASE(detached_threads_end_by_themselves),
    CASE(threads_share_a_pid_and_have_a_tid),
    CASE(the_process_outlives_its_main_thread),
    CASE(exit_ends_all_threads),
    CASE(any_thread_may_fork),
    CASE(any_thread_may_wait_for_a_child),
    CASE(names),
    CASE(a_thread_can_be_cancelled),
};
CHECK_MAIN(cases)
