/*
 * object_test.c - lifetime, signals, and every way in which a wait for them ends.
 */
#include "object/object_test.h"

#include "object/event.h"

#define SIGNALED ZX_EVENT_SIGNALED
#define USER_0   ZX_USER_SIGNAL_0

static struct object *make_event(void)
{
    struct object *event;

    assert_int_equal(event_create(&event), OK);
    return event;
}

static void test_lifetime(void **state)
{
    struct object *a = make_event(), *b = make_event();

    (void)state;
    assert_true(a->koid >= ZX_KOID_FIRST && b->koid > a->koid);
    assert_int_equal(object_count(), objects_at_start + 2);
    object_get(a);
    object_put(a);
    assert_true(object_try_get(a));
    object_put(a);
    object_put(a);
    object_put(b);
    object_put(NULL);
    assert_int_equal(object_count(), objects_at_start);
}

static void test_reference_of_the_dead(void **state)
{
    struct object obj = {.refs = 0};

    (void)state;
    assert_false(object_try_get(&obj));
    assert_true(SIM_PANICS(object_get(&obj)));
}

static void test_create_without_memory(void **state)
{
    struct object *event;
    status_t st;

    (void)state;
    FAIL_EACH(st, st = event_create(&event));
    object_put(event);
}

static void test_signal_clears_then_sets(void **state)
{
    struct object *event = make_event();

    (void)state;
    object_signal(event, 0, SIGNALED | USER_0);
    object_signal(event, SIGNALED | USER_0, USER_0);
    assert_int_equal(object_signals(event), USER_0);
    object_put(event);
}

static void test_wait_for_what_is_there(void **state)
{
    struct object *event = make_event();
    struct test_wait w;

    (void)state;
    object_signal(event, 0, SIGNALED);
    test_wait_start(&w, event, SIGNALED, 0);
    assert_int_equal(w.task.status, OK); /* though the deadline has passed */
    assert_int_equal(w.wait.observed, SIGNALED);
    object_put(event);
}

static void test_signal_ends_waits_that_want_it(void **state)
{
    struct object *event = make_event();
    struct test_wait a, b, other;

    (void)state;
    test_wait_start(&a, event, SIGNALED, TIME_INFINITE);
    test_wait_start(&b, event, SIGNALED | USER_0, TIME_INFINITE);
    test_wait_start(&other, event, USER_0, TIME_INFINITE);
    object_signal(event, 0, SIGNALED);
    settle();
    assert_true(task_done(&a.task) && task_done(&b.task));
    assert_false(task_done(&other.task));
    assert_int_equal(a.task.status, OK);
    assert_int_equal(b.wait.observed, SIGNALED);

    object_signal(event, SIGNALED, USER_0);
    settle();
    assert_int_equal(other.task.status, OK);
    assert_int_equal(other.wait.observed, USER_0);
    object_put(event);
}

static void test_timeout_is_exact(void **state)
{
    struct object *event = make_event();
    struct test_wait w;
    time_ns_t start = hal_time_now();

    (void)state;
    object_signal(event, 0, USER_0);
    test_wait_start(&w, event, SIGNALED, start + 1000);
    pass(999);
    assert_false(task_done(&w.task));
    pass(1);
    assert_int_equal(w.task.status, ERR_TIMED_OUT);
    assert_int_equal(w.wait.observed, USER_0);
    object_put(event);
}

static void test_deadline_in_the_past(void **state)
{
    struct object *event = make_event();
    struct test_wait w;

    (void)state;
    test_wait_start(&w, event, SIGNALED, 0);
    assert_int_equal(w.task.status, ERR_TIMED_OUT);
    object_put(event);
}

static status_t interrupted_by(unsigned reasons)
{
    struct object *event = make_event();
    struct test_wait w;

    test_wait_start(&w, event, SIGNALED, TIME_INFINITE);
    task_interrupt(&w.task, reasons);
    settle();
    assert_true(task_done(&w.task));
    object_put(event);
    return w.task.status;
}

static void test_kill_and_interrupt(void **state)
{
    (void)state;
    assert_int_equal(interrupted_by(TASK_KILL), ERR_CANCELED);
    assert_int_equal(interrupted_by(TASK_SIGNAL), ERR_INTERRUPTED);
    assert_int_equal(interrupted_by(TASK_SUSPEND), ERR_INTERRUPTED);
}

static void test_close_of_the_handle(void **state)
{
    struct object *event = make_event();
    struct test_wait ours, other;

    (void)state;
    ours = (struct test_wait){.observer = {.obj = event, .want = SIGNALED, .handle = 7},
                              .deadline = TIME_INFINITE};
    other = (struct test_wait){.observer = {.obj = event, .want = SIGNALED, .handle = 11},
                               .deadline = TIME_INFINITE};
    test_wait_run(&ours);
    test_wait_run(&other);
    object_cancel_handle(event, 7);
    settle();
    assert_int_equal(ours.task.status, ERR_CANCELED);
    assert_int_equal(ours.wait.observed, SIGNAL_HANDLE_CLOSED);
    assert_false(task_done(&other.task));
    object_signal(event, 0, SIGNALED);
    settle();
    assert_int_equal(other.task.status, OK);
    object_put(event);
}

/* --- observers with notify --- */

static unsigned notified;
static signals_t last_seen;

static void note(struct observer *ob)
{
    notified++;
    last_seen = ob->seen;
}

static void test_notify_once(void **state)
{
    struct object *event = make_event();
    struct observer ob = {.obj = event, .want = SIGNALED, .notify = note};

    (void)state;
    notified = 0;
    object_observe(&ob, NULL);
    object_signal(event, 0, USER_0);
    assert_int_equal(notified, 0);
    object_signal(event, 0, SIGNALED);
    object_signal(event, SIGNALED, 0);
    object_signal(event, 0, SIGNALED);
    assert_int_equal(notified, 1);
    assert_int_equal(last_seen, SIGNALED | USER_0);
    object_put(event); /* nothing is linked any more */
}

static void test_notify_at_once(void **state)
{
    struct object *event = make_event();
    struct observer ob = {.obj = event, .want = SIGNALED, .notify = note};

    (void)state;
    notified = 0;
    object_signal(event, 0, SIGNALED);
    object_observe(&ob, NULL);
    assert_int_equal(notified, 1);
    object_put(event);
}

static void test_notify_persistent(void **state)
{
    struct object *event = make_event();
    struct observer ob = {.obj = event, .want = SIGNALED, .notify = note, .persistent = true};

    (void)state;
    notified = 0;
    object_observe(&ob, NULL);
    object_signal(event, 0, SIGNALED);
    object_signal(event, 0, USER_0); /* SIGNALED still is */
    object_signal(event, SIGNALED, 0);
    assert_int_equal(notified, 2);
    object_signal(event, 0, SIGNALED);
    assert_int_equal(notified, 3);
    object_unobserve(&ob);
    object_unobserve(&ob); /* idempotent */
    object_signal(event, SIGNALED, SIGNALED);
    assert_int_equal(notified, 3);
    object_put(event);
}

static void test_notify_on_edges(void **state)
{
    struct object *event = make_event();
    struct observer ob = {
        .obj = event, .want = SIGNALED, .notify = note, .persistent = true, .edge = true};

    (void)state;
    notified = 0;
    object_signal(event, 0, SIGNALED);
    object_observe(&ob, NULL);
    object_signal(event, 0, SIGNALED | USER_0);
    assert_int_equal(notified, 0); /* it was there before */
    object_signal(event, SIGNALED, 0);
    object_signal(event, 0, SIGNALED);
    assert_int_equal(notified, 1);
    object_unobserve(&ob);
    object_put(event);
}

/* --- pairs --- */

static void make_pair(struct handle h[2])
{
    struct object *a, *b;

    assert_int_equal(eventpair_create(&a, &b), OK);
    h[0] = handle_make(a, a->ops->rights);
    h[1] = handle_make(b, b->ops->rights);
    object_put(a);
    object_put(b);
}

static void test_pair_closes(void **state)
{
    struct handle h[2];
    struct test_wait w;
    struct object *peer;

    (void)state;
    make_pair(h);
    peer = h[0].obj->ops->peer(h[0].obj);
    assert_ptr_equal(peer, h[1].obj);
    object_put(peer);

    test_wait_start(&w, h[1].obj, ZX_EVENTPAIR_PEER_CLOSED, TIME_INFINITE);
    handle_drop(&h[0]);
    settle();
    assert_int_equal(w.task.status, OK);
    assert_null(h[1].obj->ops->peer(h[1].obj));
    handle_drop(&h[1]);
}

static void test_pair_without_memory(void **state)
{
    struct object *a, *b;
    struct handle ha, hb;
    status_t st;

    (void)state;
    FAIL_EACH(st, st = eventpair_create(&a, &b));
    ha = handle_make(a, 0);
    hb = handle_make(b, 0);
    object_put(a);
    object_put(b);
    handle_drop(&hb);
    handle_drop(&ha);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_lifetime),
        TEST(test_reference_of_the_dead),
        TEST(test_create_without_memory),
        TEST(test_signal_clears_then_sets),
        TEST(test_wait_for_what_is_there),
        TEST(test_signal_ends_waits_that_want_it),
        TEST(test_timeout_is_exact),
        TEST(test_deadline_in_the_past),
        TEST(test_kill_and_interrupt),
        TEST(test_close_of_the_handle),
        TEST(test_notify_once),
        TEST(test_notify_at_once),
        TEST(test_notify_persistent),
        TEST(test_notify_on_edges),
        TEST(test_pair_closes),
        TEST(test_pair_without_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
