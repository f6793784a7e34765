/*
 * futex.c - futexes, and who owns them.
 */
#include "tests/zircon/stopped.h"

#define ALL UINT32_MAX

static zx_koid_t owner(const zx_futex_t *futex)
{
    zx_koid_t koid = 42;

    EXPECT_OK(zx_futex_get_owner(futex, &koid));
    return koid;
}

/* Threads that own and otherwise wait for the end. Two of them, so that a change is seen. */
struct owners {
    zx_handle_t end;
    struct ztest_thread thread[2];
    unsigned next;
};

static void wait_for_end(void *arg)
{
    EXPECT_OK(
        zx_object_wait_one(*(zx_handle_t *)arg, ZX_EVENT_SIGNALED, ZX_TIME_INFINITE, NULL));
}

static void owners_start(struct owners *o)
{
    o->next = 0;
    EXPECT_OK(zx_event_create(0, &o->end));
    for (unsigned i = 0; i < 2; i++)
        EXPECT_OK(ztest_thread_start(&o->thread[i], wait_for_end, &o->end));
}

static void owners_end(struct owners *o)
{
    EXPECT_OK(zx_object_signal(o->end, 0, ZX_EVENT_SIGNALED));
    for (unsigned i = 0; i < 2; i++)
        ztest_thread_join(&o->thread[i]);
    EXPECT_OK(zx_handle_close(o->end));
}

struct sleeper {
    struct ztest_thread thread;
    zx_futex_t *futex;
    zx_handle_t owner;
    zx_time_t deadline;
    zx_status_t result;
    _Atomic int returned;
};

static void sleep_there(void *arg)
{
    struct sleeper *s = arg;

    s->result = zx_futex_wait(s->futex, *s->futex, s->owner, s->deadline);
    s->returned = 1;
}

/* Returns when it sleeps: the futex has the owner that its wait names. */
static void sleeper_start(struct sleeper *s, zx_futex_t *futex, zx_time_t deadline,
                          struct owners *o)
{
    zx_handle_t named = o->thread[o->next++ % 2].handle;

    *s = (struct sleeper){.futex = futex, .owner = named, .deadline = deadline};
    EXPECT_OK(ztest_thread_start(&s->thread, sleep_there, s));
    while (owner(futex) != ztest_koid(named) && !s->returned)
        EXPECT_OK(zx_nanosleep(0));
}

static void expect_woken(struct sleeper *s, zx_status_t want)
{
    ztest_thread_join(&s->thread);
    EXPECT_EQ(s->result, want);
}

static unsigned returned(struct sleeper *s, unsigned count)
{
    unsigned n = 0;

    for (unsigned i = 0; i < count; i++)
        n += s[i].returned ? 1 : 0;
    return n;
}

/* Waits till so many have returned; more are not to. */
static void expect_returned(struct sleeper *s, unsigned count, unsigned want)
{
    while (returned(s, count) < want)
        EXPECT_OK(zx_nanosleep(0));
    for (unsigned i = 0; i < 20; i++)
        EXPECT_OK(zx_nanosleep(0));
    EXPECT_EQ(returned(s, count), want);
}

CASE(FutexTest, WaitValueMismatch)
{
    zx_futex_t f = 123;

    EXPECT_EQ(zx_futex_wait(&f, f + 1, ZX_HANDLE_INVALID, ZX_TIME_INFINITE), ZX_ERR_BAD_STATE);
}

CASE(FutexTest, WaitTimeout)
{
    zx_futex_t f = 123;

    EXPECT_EQ(zx_futex_wait(&f, f, ZX_HANDLE_INVALID, 0), ZX_ERR_TIMED_OUT);
}

CASE(FutexTest, WaitTimeoutElapsed)
{
    zx_futex_t f = 0;

    for (unsigned i = 0; i < 5; i++) {
        zx_time_t deadline = ztest_after(ZTEST_MSEC(2));

        EXPECT_EQ(zx_futex_wait(&f, 0, ZX_HANDLE_INVALID, deadline), ZX_ERR_TIMED_OUT);
        EXPECT_GE(zx_clock_get_monotonic(), deadline);
    }
}

CASE(FutexTest, WaitBadAddress)
{
    EXPECT_EQ(zx_futex_wait(NULL, 123, ZX_HANDLE_INVALID, ZX_TIME_INFINITE),
              ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_futex_wake(NULL, 1), ZX_ERR_INVALID_ARGS);
}

CASE(FutexTest, Wakeup)
{
    struct owners o;
    struct sleeper s;
    zx_futex_t f = 1;

    owners_start(&o);
    sleeper_start(&s, &f, ZX_TIME_INFINITE, &o);
    EXPECT_OK(zx_futex_wake(&f, ALL));
    expect_woken(&s, ZX_OK);
    owners_end(&o);
}

CASE(FutexTest, WakeupLimit)
{
    struct owners o;
    struct sleeper s[4];
    zx_futex_t f = 1;

    owners_start(&o);
    for (unsigned i = 0; i < 4; i++)
        sleeper_start(&s[i], &f, ZX_TIME_INFINITE, &o);
    EXPECT_OK(zx_futex_wake(&f, 2));
    expect_returned(s, 4, 2);
    EXPECT_OK(zx_futex_wake(&f, ALL));
    for (unsigned i = 0; i < 4; i++)
        expect_woken(&s[i], ZX_OK);
    owners_end(&o);
}

CASE(FutexTest, WakeupAddress)
{
    zx_futex_t f[3] = {1, 1, 1};
    struct sleeper s[2];
    struct owners o;

    owners_start(&o);
    sleeper_start(&s[0], &f[0], ZX_TIME_INFINITE, &o);
    sleeper_start(&s[1], &f[1], ZX_TIME_INFINITE, &o);
    EXPECT_OK(zx_futex_wake(&f[2], ALL));
    expect_returned(s, 2, 0);
    EXPECT_OK(zx_futex_wake(&f[0], ALL));
    expect_woken(&s[0], ZX_OK);
    EXPECT_FALSE(s[1].returned);
    EXPECT_OK(zx_futex_wake(&f[1], ALL));
    expect_woken(&s[1], ZX_OK);
    owners_end(&o);
}

CASE(FutexTest, RequeueValueMismatch)
{
    zx_futex_t a = 100, b = 200;

    EXPECT_EQ(zx_futex_requeue(&a, 1, a + 1, &b, 1, ZX_HANDLE_INVALID), ZX_ERR_BAD_STATE);
    EXPECT_EQ(zx_futex_requeue_single_owner(&a, a + 1, &b, 1, ZX_HANDLE_INVALID),
              ZX_ERR_BAD_STATE);
}

CASE(FutexTest, RequeueSameAddr)
{
    zx_futex_t f = 100;

    EXPECT_EQ(zx_futex_requeue(&f, 1, f, &f, 1, ZX_HANDLE_INVALID), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_futex_requeue_single_owner(&f, f, &f, 1, ZX_HANDLE_INVALID),
              ZX_ERR_INVALID_ARGS);
}

CASE(FutexTest, Requeue)
{
    zx_futex_t a = 100, b = 200;
    struct sleeper s[6];
    struct owners o;

    owners_start(&o);
    for (unsigned i = 0; i < 6; i++)
        sleeper_start(&s[i], &a, ZX_TIME_INFINITE, &o);
    EXPECT_OK(zx_futex_requeue(&a, 3, 100, &b, 2, ZX_HANDLE_INVALID));
    expect_returned(s, 6, 3);
    EXPECT_OK(zx_futex_wake(&b, ALL));
    expect_returned(s, 6, 5);
    EXPECT_OK(zx_futex_wake(&a, 1));
    for (unsigned i = 0; i < 6; i++)
        expect_woken(&s[i], ZX_OK);
    owners_end(&o);
}

CASE(FutexTest, RequeueUnqueuedOnTimeout)
{
    zx_futex_t a = 100, b = 200;
    struct sleeper s[2];
    struct owners o;

    owners_start(&o);
    sleeper_start(&s[0], &a, ztest_after(ZTEST_MSEC(50)), &o);
    EXPECT_OK(zx_futex_requeue(&a, 0, 100, &b, ALL, ZX_HANDLE_INVALID));
    sleeper_start(&s[1], &b, ZX_TIME_INFINITE, &o);
    expect_woken(&s[0], ZX_ERR_TIMED_OUT);
    EXPECT_FALSE(s[1].returned);
    EXPECT_OK(zx_futex_wake(&b, 1));
    expect_woken(&s[1], ZX_OK);
    owners_end(&o);
}

CASE(FutexTest, MisalignedFutextAddr)
{
    struct {
        _Alignas(8) char bytes[16];
    } room = {{0}};
    zx_futex_t *a = (zx_futex_t *)(uintptr_t)(room.bytes + 1);
    zx_futex_t *b = (zx_futex_t *)(uintptr_t)(room.bytes + 5);

    EXPECT_EQ(zx_futex_wait(a, 0, ZX_HANDLE_INVALID, ZX_TIME_INFINITE), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_futex_wake(a, 1), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_futex_requeue(a, 1, 0, b, 1, ZX_HANDLE_INVALID), ZX_ERR_INVALID_ARGS);
}

struct gate {
    _Atomic zx_futex_t open;
    _Atomic unsigned passed;
};

static void pass_gate(void *arg)
{
    struct gate *g = arg;

    while (!g->open)
        (void)zx_futex_wait((const zx_futex_t *)&g->open, 0, ZX_HANDLE_INVALID,
                            ZX_TIME_INFINITE);
    g->passed++;
}

CASE(FutexTest, EventSignaling)
{
    struct gate g = {0};
    struct ztest_thread t[3];

    for (unsigned i = 0; i < 3; i++)
        ASSERT_OK(ztest_thread_start(&t[i], pass_gate, &g));
    g.open = 1;
    EXPECT_OK(zx_futex_wake((const zx_futex_t *)&g.open, ALL));
    for (unsigned i = 0; i < 3; i++)
        ztest_thread_join(&t[i]);
    EXPECT_EQ(g.passed, 3);
}

/* ---- owners; the official cases of a later date have other names ---- */

CASE(FutexOwnershipTestCase, GetOwner)
{
    zx_futex_t f = 1;
    struct owners o;
    struct sleeper s;

    owners_start(&o);
    EXPECT_EQ(owner(&f), ZX_KOID_INVALID);
    sleeper_start(&s, &f, ZX_TIME_INFINITE, &o);
    EXPECT_EQ(owner(&f), ztest_koid(o.thread[0].handle));
    EXPECT_EQ(zx_futex_get_owner(&f, NULL), ZX_ERR_INVALID_ARGS);
    EXPECT_OK(zx_futex_wake(&f, 0));
    EXPECT_EQ(owner(&f), ZX_KOID_INVALID);
    EXPECT_OK(zx_futex_wake(&f, 1));
    expect_woken(&s, ZX_OK);
    EXPECT_EQ(owner(&f), ZX_KOID_INVALID);
    owners_end(&o);
}

CASE(FutexOwnershipTestCase, WakeOwner)
{
    zx_futex_t f = 1;
    struct sleeper s[2];
    struct owners o;
    zx_koid_t first;

    owners_start(&o);
    sleeper_start(&s[0], &f, ZX_TIME_INFINITE, &o);
    sleeper_start(&s[1], &f, ZX_TIME_INFINITE, &o);
    first = ztest_koid(s[0].thread.handle);
    /* The woken thread ends at once, and then owns nothing; but it is never the other's. */
    EXPECT_OK(zx_futex_wake_single_owner(&f));
    EXPECT_TRUE(owner(&f) == first || owner(&f) == ZX_KOID_INVALID);
    expect_woken(&s[0], ZX_OK);
    EXPECT_EQ(owner(&f), ZX_KOID_INVALID);
    EXPECT_OK(zx_futex_wake(&f, ALL));
    expect_woken(&s[1], ZX_OK);
    owners_end(&o);
}

CASE(FutexOwnershipTestCase, RequeueOwner)
{
    zx_futex_t a = 1, b = 2;
    struct sleeper s[3];
    struct owners o;

    owners_start(&o);
    for (unsigned i = 0; i < 3; i++)
        sleeper_start(&s[i], &a, ZX_TIME_INFINITE, &o);
    EXPECT_EQ(zx_futex_requeue(&a, 0, 1, &b, 1, s[0].thread.handle), ZX_ERR_INVALID_ARGS);
    EXPECT_OK(zx_futex_requeue(&a, 1, 1, &b, 1, o.thread[1].handle));
    EXPECT_EQ(owner(&a), ZX_KOID_INVALID);
    EXPECT_EQ(owner(&b), ztest_koid(o.thread[1].handle));
    expect_woken(&s[0], ZX_OK);
    EXPECT_OK(zx_futex_requeue_single_owner(&a, 1, &b, 1, ZX_HANDLE_INVALID));
    expect_woken(&s[2], ZX_OK);
    EXPECT_EQ(owner(&b), ZX_KOID_INVALID);
    EXPECT_OK(zx_futex_wake(&b, ALL));
    expect_woken(&s[1], ZX_OK);
    owners_end(&o);
}

CASE(FutexOwnershipTestCase, BadOwners)
{
    zx_futex_t f = 1, other = 1;
    zx_handle_t event, idle;
    struct owners o;
    struct sleeper s;

    owners_start(&o);
    ASSERT_OK(zx_event_create(0, &event));
    ASSERT_OK(zx_thread_create(ztest_process(), "idle", 4, 0, &idle));
    EXPECT_EQ(zx_futex_wait(&f, 1, event, 0), ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(zx_futex_wait(&f, 1, 0xffffff, 0), ZX_ERR_BAD_HANDLE);
    EXPECT_EQ(zx_futex_wait(&f, 2, 0xffffff, 0), ZX_ERR_BAD_STATE);
    EXPECT_EQ(zx_futex_wait(&f, 1, idle, 0), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_futex_requeue(&f, 0, 1, &other, 0, event), ZX_ERR_WRONG_TYPE);
    sleeper_start(&s, &f, ZX_TIME_INFINITE, &o);
    EXPECT_EQ(zx_futex_wait(&f, 1, s.thread.handle, 0), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(owner(&f), ztest_koid(o.thread[0].handle));
    EXPECT_OK(zx_futex_wake(&f, ALL));
    expect_woken(&s, ZX_OK);
    EXPECT_OK(zx_handle_close(event));
    EXPECT_OK(zx_handle_close(idle));
    owners_end(&o);
}

/* A wait that a suspension has interrupted goes on. */
CASE(FutexTest, ThreadSuspended)
{
    zx_futex_t f = 1;
    struct owners o;
    struct sleeper s;
    zx_handle_t token;

    owners_start(&o);
    sleeper_start(&s, &f, ZX_TIME_INFINITE, &o);
    token = suspend_thread(s.thread.handle);
    EXPECT_EQ(thread_state(s.thread.handle), ZX_THREAD_STATE_SUSPENDED);
    EXPECT_OK(zx_handle_close(token));
    wait_state(s.thread.handle, ZX_THREAD_STATE_BLOCKED_FUTEX);
    EXPECT_FALSE(s.returned);
    EXPECT_OK(zx_futex_wake(&f, 1));
    expect_woken(&s, ZX_OK);
    owners_end(&o);
}
