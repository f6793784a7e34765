/*
 * port_test.c - packets of programs and of signals; waiting, taking back, closing.
 */
#include "object/object_test.h"

#include "object/event.h"
#include "object/port.h"

#define SIGNALED ZX_EVENT_SIGNALED

static struct handle port;
static struct handle_table table;
static handle_t event; /* in `table` */
static struct object *event_object;

static int setup_port(void **state)
{
    struct object *obj;
    struct handle h;

    setup(state);
    assert_int_equal(port_create(&obj), OK);
    port = handle_make(obj, obj->ops->rights);
    object_put(obj);
    handle_table_init(&table);
    assert_int_equal(event_create(&event_object), OK);
    h = handle_make(event_object, ZX_RIGHT_WAIT);
    assert_int_equal(handle_insert(&table, &h, &event), OK);
    return 0;
}

static int teardown_port(void **state)
{
    object_put(event_object);
    handle_table_fini(&table);
    handle_drop(&port);
    return teardown(state);
}

static status_t queue(uint64_t key)
{
    const zx_port_packet_t packet = {.key = key, .type = 99, .status = -5};

    return port_queue(port.obj, &packet);
}

static status_t arm(uint64_t key)
{
    const struct port_wait_args args = {
        .table = &table, .handle = event, .key = key, .want = SIGNALED};

    return port_wait_async(port.obj, &args);
}

static zx_port_packet_t take(void)
{
    zx_port_packet_t packet;

    assert_int_equal(try_port_wait(port.obj, &packet), OK);
    return packet;
}

static void expect_empty(void)
{
    zx_port_packet_t packet;

    assert_int_equal(try_port_wait(port.obj, &packet), ERR_SHOULD_WAIT);
}

struct waiter_task {
    struct port_wait wait;
    struct task task;
};

static void wait_start(struct waiter_task *w, time_ns_t deadline)
{
    w->wait =
        (struct port_wait){.co = {.resume = port_wait}, .port = port.obj, .deadline = deadline};
    spawn(&w->task, &w->wait.co);
    settle();
}

static void test_packets_in_order(void **state)
{
    zx_port_packet_t packet;

    (void)state;
    expect_empty();
    assert_int_equal(queue(1), OK);
    assert_int_equal(queue(2), OK);
    packet = take();
    assert_int_equal(packet.key, 1);
    assert_int_equal(packet.type, ZX_PKT_TYPE_USER); /* whatever the program says */
    assert_int_equal(packet.status, -5);
    assert_int_equal(take().key, 2);
    expect_empty();
}

static void test_too_many_packets(void **state)
{
    status_t st = OK;
    unsigned count = 0;

    (void)state;
    while ((st = queue(count)) == OK)
        count++;
    assert_int_equal(st, ERR_SHOULD_WAIT);
    assert_int_equal(count, 2048);
    assert_int_equal(take().key, 0);
    assert_int_equal(queue(count), OK);
}

static void test_without_memory(void **state)
{
    status_t st;

    (void)state;
    FAIL_EACH(st, st = queue(1));
    FAIL_EACH(st, st = arm(2));
}

static void test_each_packet_wakes_one(void **state)
{
    struct waiter_task a, b;

    (void)state;
    wait_start(&a, TIME_INFINITE);
    wait_start(&b, TIME_INFINITE);
    assert_int_equal(queue(1), OK);
    settle();
    assert_true(task_done(&a.task) && !task_done(&b.task));
    assert_int_equal(a.wait.packet.key, 1);
    assert_int_equal(queue(2), OK);
    settle();
    assert_int_equal(b.task.status, OK);
    assert_int_equal(b.wait.packet.key, 2);
}

static void test_wait_times_out(void **state)
{
    time_ns_t start = hal_time_now();
    struct waiter_task w;

    (void)state;
    wait_start(&w, start + 10);
    pass(9);
    assert_false(task_done(&w.task));
    pass(1);
    assert_int_equal(w.task.status, ERR_TIMED_OUT);
    wait_start(&w, 0);
    assert_int_equal(w.task.status, ERR_TIMED_OUT);
    assert_int_equal(queue(1), OK);
    wait_start(&w, 0); /* a packet beats a deadline in the past */
    assert_int_equal(w.task.status, OK);
}

static void test_wait_is_killed(void **state)
{
    struct waiter_task w;

    (void)state;
    wait_start(&w, TIME_INFINITE);
    task_interrupt(&w.task, TASK_SUSPEND);
    settle();
    assert_int_equal(w.task.status, ERR_INTERRUPTED);
    wait_start(&w, TIME_INFINITE);
    task_interrupt(&w.task, TASK_KILL);
    settle();
    assert_int_equal(w.task.status, ERR_CANCELED);
}

/* Woken for a packet and killed before it ran: the packet is the next one's. */
static void test_a_killed_waiter_passes_its_wake_on(void **state)
{
    struct waiter_task killed, next;

    (void)state;
    wait_start(&killed, TIME_INFINITE);
    wait_start(&next, TIME_INFINITE);
    assert_int_equal(queue(1), OK);
    task_interrupt(&killed.task, TASK_KILL);
    settle();
    assert_int_equal(killed.task.status, ERR_CANCELED);
    assert_int_equal(next.task.status, OK);
    assert_int_equal(next.wait.packet.key, 1);
}

static void test_wait_ends_with_the_port(void **state)
{
    struct object *keep = object_get(port.obj);
    struct waiter_task w;

    (void)state;
    wait_start(&w, TIME_INFINITE);
    handle_drop(&port);
    settle();
    assert_int_equal(w.task.status, ERR_CANCELED);
    object_put(keep);
}

static void test_signal_packet(void **state)
{
    zx_port_packet_t packet;

    (void)state;
    assert_int_equal(arm(5), OK);
    expect_empty();
    object_signal(event_object, 0, ZX_USER_SIGNAL_0);
    expect_empty();
    object_signal(event_object, 0, SIGNALED);
    object_signal(event_object, SIGNALED, 0);
    object_signal(event_object, 0, SIGNALED); /* once is once */
    packet = take();
    expect_empty();
    assert_int_equal(packet.key, 5);
    assert_int_equal(packet.type, ZX_PKT_TYPE_SIGNAL_ONE);
    assert_int_equal(packet.status, ZX_OK);
    assert_int_equal(packet.signal.trigger, SIGNALED);
    assert_int_equal(packet.signal.observed, SIGNALED | ZX_USER_SIGNAL_0);
    assert_int_equal(packet.signal.count, 1);
    assert_int_equal(packet.signal.timestamp, 0);
}

static void test_signal_that_is_there_already(void **state)
{
    (void)state;
    object_signal(event_object, 0, SIGNALED);
    assert_int_equal(arm(5), OK);
    assert_int_equal(take().key, 5);
}

static void test_timestamp_and_edge(void **state)
{
    struct port_wait_args args = {
        .table = &table, .handle = event, .want = SIGNALED, .timestamp = true, .edge = true};

    (void)state;
    object_signal(event_object, 0, SIGNALED);
    assert_int_equal(port_wait_async(port.obj, &args), OK);
    expect_empty();
    sim_advance(100);
    object_signal(event_object, SIGNALED, 0);
    object_signal(event_object, 0, SIGNALED);
    assert_int_equal(take().signal.timestamp, hal_time_now());
}

static void test_refusals(void **state)
{
    struct port_wait_args args = {.table = &table, .handle = event ^ 4, .want = SIGNALED};
    struct handle h;

    (void)state;
    assert_int_equal(port_wait_async(port.obj, &args), ERR_BAD_HANDLE);
    assert_int_equal(handle_remove(&table, event, &h), OK);
    h.rights = 0;
    assert_int_equal(handle_insert(&table, &h, &event), OK);
    assert_int_equal(arm(1), ERR_ACCESS_DENIED);
}

static void test_close_of_the_handle_cancels(void **state)
{
    (void)state;
    assert_int_equal(arm(1), OK);
    assert_int_equal(handle_close(&table, event), OK);
    object_signal(event_object, 0, SIGNALED);
    expect_empty();
}

static void test_cancel(void **state)
{
    (void)state;
    assert_int_equal(port_cancel(port.obj, event_object, event, 1), ERR_NOT_FOUND);
    assert_int_equal(arm(1), OK);
    assert_int_equal(arm(1), OK);
    assert_int_equal(arm(2), OK);
    assert_int_equal(queue(1), OK); /* a program's own packet stays */
    assert_int_equal(port_cancel(port.obj, event_object, event ^ 4, 1), ERR_NOT_FOUND);
    assert_int_equal(port_cancel(port.obj, event_object, event, 1), OK);
    object_signal(event_object, 0, SIGNALED);
    assert_int_equal(take().type, ZX_PKT_TYPE_USER);
    assert_int_equal(take().key, 2);
    expect_empty();
}

static void test_cancel_takes_back_what_is_queued(void **state)
{
    (void)state;
    object_signal(event_object, 0, SIGNALED);
    assert_int_equal(arm(1), OK);
    assert_int_equal(arm(2), OK);
    assert_int_equal(port_cancel(port.obj, event_object, event, 1), OK);
    assert_int_equal(take().key, 2);
    expect_empty();
}

static void test_port_closes_with_everything_armed(void **state)
{
    struct object *keep = object_get(port.obj);

    (void)state;
    assert_int_equal(arm(1), OK);
    assert_int_equal(arm(2), OK);
    assert_int_equal(queue(3), OK);
    handle_drop(&port);
    object_signal(event_object, 0, SIGNALED); /* nobody listens */
    port.obj = keep;
    assert_int_equal(arm(4), OK); /* a call under way when it closed */
    object_signal(event_object, SIGNALED, 0);
    assert_int_equal(arm(5), OK);
    port.obj = NULL;
    object_put(keep);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup_port, teardown_port)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_packets_in_order),
        TEST(test_too_many_packets),
        TEST(test_without_memory),
        TEST(test_each_packet_wakes_one),
        TEST(test_wait_times_out),
        TEST(test_wait_is_killed),
        TEST(test_a_killed_waiter_passes_its_wake_on),
        TEST(test_wait_ends_with_the_port),
        TEST(test_signal_packet),
        TEST(test_signal_that_is_there_already),
        TEST(test_timestamp_and_edge),
        TEST(test_refusals),
        TEST(test_close_of_the_handle_cancels),
        TEST(test_cancel),
        TEST(test_cancel_takes_back_what_is_queued),
        TEST(test_port_closes_with_everything_armed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
