/*
 * channel_test.c - messages, their handles, closing, and calls that wait for an answer.
 */
#include "object/object_test.h"

#include "object/channel.h"
#include "object/event.h"

static struct handle end[2];

static void make_channel(struct handle h[2])
{
    struct object *a, *b;

    assert_int_equal(channel_create(&a, &b), OK);
    h[0] = handle_make(a, a->ops->rights);
    h[1] = handle_make(b, b->ops->rights);
    object_put(a);
    object_put(b);
}

static int setup_channel(void **state)
{
    setup(state);
    make_channel(end);
    return 0;
}

static int teardown_channel(void **state)
{
    handle_drop(&end[0]);
    handle_drop(&end[1]);
    return teardown(state);
}

static struct message *make_message(const char *text, unsigned handles)
{
    struct message *m = message_alloc((uint32_t)strlen(text), handles);

    assert_non_null(m);
    memcpy(message_bytes(m), text, m->size);
    for (unsigned i = 0; i < handles; i++) {
        struct object *event;

        assert_int_equal(event_create(&event), OK);
        m->handles[i] = handle_make(event, ZX_RIGHT_WAIT);
        object_put(event);
    }
    return m;
}

static void write_text(struct object *channel, const char *text)
{
    assert_int_equal(channel_write(channel, make_message(text, 0)), OK);
}

static status_t read_any(struct object *channel, struct message **out)
{
    uint32_t size = ZX_CHANNEL_MAX_MSG_BYTES, handles = ZX_CHANNEL_MAX_MSG_HANDLES;

    return channel_read(channel, CHANNEL_KEEP, &size, &handles, out);
}

static void expect_text(struct object *channel, const char *text)
{
    struct message *m;

    assert_int_equal(read_any(channel, &m), OK);
    assert_int_equal(m->size, strlen(text));
    assert_memory_equal(message_bytes(m), text, m->size);
    message_free(m);
}

static void test_order_and_signals(void **state)
{
    struct object *a = end[0].obj, *b = end[1].obj;
    struct message *m;

    (void)state;
    assert_int_equal(object_signals(a), ZX_CHANNEL_WRITABLE);
    assert_int_equal(read_any(b, &m), ERR_SHOULD_WAIT);
    write_text(a, "one");
    write_text(a, "");
    write_text(a, "three");
    write_text(b, "back");
    assert_int_equal(object_signals(b), ZX_CHANNEL_WRITABLE | ZX_CHANNEL_READABLE);
    expect_text(b, "one");
    expect_text(b, "");
    assert_int_equal(object_signals(b), ZX_CHANNEL_WRITABLE | ZX_CHANNEL_READABLE);
    expect_text(b, "three");
    assert_int_equal(object_signals(b), ZX_CHANNEL_WRITABLE);
    expect_text(a, "back");
}

static status_t read_into(enum channel_oversize oversize, uint32_t size, uint32_t handles)
{
    struct message *m;
    status_t st = channel_read(end[1].obj, oversize, &size, &handles, &m);

    if (st == OK)
        message_free(m);
    if (st == ERR_BUFFER_TOO_SMALL) {
        assert_int_equal(size, 4);
        assert_int_equal(handles, 2);
    }
    return st;
}

static void test_buffer_too_small(void **state)
{
    (void)state;
    assert_int_equal(channel_write(end[0].obj, make_message("four", 2)), OK);
    assert_int_equal(read_into(CHANNEL_KEEP, 3, 2), ERR_BUFFER_TOO_SMALL);
    assert_int_equal(read_into(CHANNEL_KEEP, 4, 1), ERR_BUFFER_TOO_SMALL);
    assert_int_equal(read_into(CHANNEL_KEEP, 4, 2), OK);

    assert_int_equal(channel_write(end[0].obj, make_message("four", 2)), OK);
    assert_int_equal(read_into(CHANNEL_DISCARD, 0, 0), ERR_BUFFER_TOO_SMALL);
    assert_int_equal(read_into(CHANNEL_KEEP, 4, 2), ERR_SHOULD_WAIT);
}

static void test_handles_travel(void **state)
{
    struct message *m = make_message("", 1);
    struct object *event = m->handles[0].obj;

    (void)state;
    assert_int_equal(channel_write(end[0].obj, m), OK);
    assert_int_equal(read_any(end[1].obj, &m), OK);
    assert_ptr_equal(m->handles[0].obj, event);
    assert_int_equal(m->handles[0].rights, ZX_RIGHT_WAIT);
    message_free(m);
}

static void test_peer_closed(void **state)
{
    struct object *b = end[1].obj;
    struct message *m = make_message("late", 1), *got;
    struct test_wait w;

    (void)state;
    write_text(end[0].obj, "last");
    test_wait_start(&w, b, ZX_CHANNEL_PEER_CLOSED, TIME_INFINITE);
    handle_drop(&end[0]);
    settle();
    assert_int_equal(w.task.status, OK);
    assert_int_equal(object_signals(b), ZX_CHANNEL_READABLE | ZX_CHANNEL_PEER_CLOSED);
    assert_int_equal(channel_write(b, m), ERR_PEER_CLOSED);
    message_free(m); /* still ours */
    expect_text(b, "last");
    assert_int_equal(read_any(b, &got), ERR_PEER_CLOSED);
}

static void test_close_drops_what_was_not_read(void **state)
{
    (void)state;
    assert_int_equal(channel_write(end[0].obj, make_message("x", 3)), OK);
    assert_int_equal(channel_write(end[0].obj, make_message("y", 2)), OK);
    handle_drop(&end[1]);
    assert_int_equal(object_count(), objects_at_start + 1); /* end[0] */
}

/* Each channel lies in a message of the one before; dropping the first closes all. A stack is
 * far too small for a recursion this deep. */
static void test_close_of_a_long_chain(void **state)
{
    enum { DEPTH = 20000 };
    struct handle last = end[0], h[2];

    (void)state;
    for (unsigned i = 0; i < DEPTH; i++) {
        struct message *m = message_alloc(0, 1);

        make_channel(h);
        m->handles[0] = h[1];
        assert_int_equal(channel_write(last.obj, m), OK);
        if (i > 0)
            handle_drop(&last);
        last = h[0];
    }
    assert_int_equal(object_signals(last.obj), ZX_CHANNEL_WRITABLE);
    handle_drop(&end[1]);
    assert_int_equal(object_signals(last.obj), ZX_CHANNEL_PEER_CLOSED);
    handle_drop(&last);
}

static void test_create_without_memory(void **state)
{
    struct object *a, *b;
    struct handle ha, hb;
    status_t st;

    (void)state;
    FAIL_EACH(st, st = channel_create(&a, &b));
    ha = handle_make(a, 0);
    hb = handle_make(b, 0);
    object_put(a);
    object_put(b);
    handle_drop(&ha);
    handle_drop(&hb);
}

/* --- calls --- */

struct call {
    struct channel_call call;
    struct task task;
};

static void call_start(struct call *c, const char *text, time_ns_t deadline)
{
    c->call = (struct channel_call){.co = {.resume = channel_call}, .deadline = deadline};
    assert_int_equal(
        channel_exchange_create(end[0].obj, make_message(text, 0), &c->call.exchange), OK);
    spawn(&c->task, &c->call.co);
    settle();
}

/* The number that the server sees on a request. */
static uint32_t serve(void)
{
    struct message *m;
    uint32_t number;

    assert_int_equal(read_any(end[1].obj, &m), OK);
    memcpy(&number, message_bytes(m), sizeof(number));
    message_free(m);
    return number;
}

static void answer(uint32_t number)
{
    struct message *m = message_alloc(sizeof(number), 0);

    memcpy(message_bytes(m), &number, sizeof(number));
    assert_int_equal(channel_write(end[1].obj, m), OK);
}

static void expect_answer(struct call *c, uint32_t number)
{
    assert_true(task_done(&c->task));
    assert_int_equal(c->task.status, OK);
    assert_null(c->call.exchange->request);
    assert_memory_equal(message_bytes(c->call.exchange->reply), &number, sizeof(number));
    channel_exchange_free(c->call.exchange);
}

static void expect_end(struct call *c, status_t why)
{
    assert_true(task_done(&c->task));
    assert_int_equal(c->task.status, why);
    assert_null(c->call.exchange->reply);
    channel_exchange_free(c->call.exchange);
}

static void test_calls_are_told_apart(void **state)
{
    struct call first, second;
    uint32_t one, two;

    (void)state;
    call_start(&first, "0000", TIME_INFINITE);
    call_start(&second, "1111", TIME_INFINITE);
    one = serve();
    two = serve();
    assert_true(one != two && (one & 0x80000000u) && (two & 0x80000000u));
    write_text(end[1].obj, "an event");
    answer(two);
    settle();
    expect_answer(&second, two);
    assert_false(task_done(&first.task));
    answer(one);
    settle();
    expect_answer(&first, one);
    expect_text(end[0].obj, "an event");
}

static void test_call_times_out(void **state)
{
    time_ns_t start = hal_time_now();
    struct message *m;
    struct call c;
    uint32_t number;

    (void)state;
    call_start(&c, "0000", start + 50);
    number = serve();
    pass(49);
    assert_false(task_done(&c.task));
    pass(1);
    expect_end(&c, ERR_TIMED_OUT);
    answer(number); /* too late: a message like any other */
    assert_int_equal(read_any(end[0].obj, &m), OK);
    message_free(m);
}

/* The wait for the same exchange again. */
static void call_again(struct call *c)
{
    struct channel_exchange *exchange = c->call.exchange;

    assert_true(task_done(&c->task));
    assert_int_equal(c->task.status, ERR_INTERRUPTED);
    c->call = (struct channel_call){
        .co = {.resume = channel_call}, .exchange = exchange, .deadline = TIME_INFINITE};
    spawn(&c->task, &c->call.co);
    settle();
}

static void test_call_outlasts_interruptions(void **state)
{
    struct call c;
    uint32_t number;

    (void)state;
    call_start(&c, "0000", TIME_INFINITE);
    number = serve();
    task_interrupt(&c.task, TASK_SIGNAL);
    settle();
    call_again(&c);
    assert_false(task_done(&c.task));
    task_interrupt(&c.task, TASK_SUSPEND);
    settle();
    answer(number); /* while nobody waits */
    call_again(&c);
    expect_answer(&c, number);

    call_start(&c, "0000", TIME_INFINITE);
    task_interrupt(&c.task, TASK_SUSPEND);
    settle();
    call_again(&c);
    task_interrupt(&c.task, TASK_KILL);
    settle();
    expect_end(&c, ERR_CANCELED);
}

/* What comes for an exchange that was given up is a message like any other. */
static void test_exchange_given_up(void **state)
{
    struct message *m;
    struct call c;
    uint32_t number;

    (void)state;
    call_start(&c, "0000", TIME_INFINITE);
    number = serve();
    task_interrupt(&c.task, TASK_SUSPEND);
    settle();
    assert_int_equal(c.task.status, ERR_INTERRUPTED);
    channel_exchange_free(c.call.exchange);
    answer(number);
    assert_int_equal(read_any(end[0].obj, &m), OK);
    message_free(m);
}

static void test_call_and_close(void **state)
{
    struct object *keep = object_get(end[0].obj);
    struct call c;

    (void)state;
    call_start(&c, "0000", TIME_INFINITE);
    handle_drop(&end[1]);
    settle();
    expect_end(&c, ERR_PEER_CLOSED);

    call_start(&c, "0000", TIME_INFINITE);
    assert_non_null(c.call.exchange->request);
    expect_end(&c, ERR_PEER_CLOSED);

    handle_drop(&end[0]);
    object_put(keep);
    make_channel(end);
    keep = object_get(end[0].obj);
    call_start(&c, "0000", TIME_INFINITE);
    handle_drop(&end[0]);
    settle();
    expect_end(&c, ERR_CANCELED);
    object_put(keep);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup_channel, teardown_channel)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_order_and_signals),
        TEST(test_buffer_too_small),
        TEST(test_handles_travel),
        TEST(test_peer_closed),
        TEST(test_close_drops_what_was_not_read),
        TEST(test_close_of_a_long_chain),
        TEST(test_create_without_memory),
        TEST(test_calls_are_told_apart),
        TEST(test_call_times_out),
        TEST(test_call_outlasts_interruptions),
        TEST(test_exchange_given_up),
        TEST(test_call_and_close),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
