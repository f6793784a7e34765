/*
 * poll_test.c - waiting for several files: poll's core and epoll sets, over pipes.
 */
#include "fs/fs_test.h"
#include "fs/pipe.h"
#include "hal/time.h"
#include "personality/linux/poll/epoll_internal.h"
#include "personality/linux/poll/poll.h"
#include "uapi/linux/poll.h"

static struct file *reader, *writer;

static int open_pipe(void **state)
{
    setup(state);
    assert_int_equal(pipe_create(FILE_NONBLOCK, 0, 0, &reader, &writer), OK);
    return 0;
}

static int close_pipe(void **state)
{
    file_put(reader);
    file_put(writer);
    return teardown(state);
}

static void send_byte(void)
{
    size_t done;

    assert_int_equal(t_write(writer, "x", 1, FILE_POSITION, &done), OK);
}

static void take_byte(void)
{
    char byte;
    size_t done;

    assert_int_equal(t_read(reader, &byte, 1, FILE_POSITION, &done), OK);
}

static struct poll_set set;
static struct poll_wait wait;
static struct task task;

/* Begin to wait for the reader, and for nothing in particular of the writer. */
static void begin(time_ns_t deadline)
{
    assert_int_equal(poll_set_create(3, &set), OK);
    poll_set_entry(&set, 0)->file = file_get(reader);
    poll_set_entry(&set, 0)->events = POLLIN | POLLERR | POLLHUP;
    poll_set_entry(&set, 1)->file = file_get(writer);
    poll_set_entry(&set, 1)->events = POLLERR | POLLHUP;
    wait = (struct poll_wait){.co = {.resume = poll_wait}, .set = &set, .deadline = deadline};
    task_spawn(&task, "poll", &wait.co, TASK_PRIORITY_DEFAULT, NULL, NULL);
    settle_tasks();
}

/* It is over; how many were ready. */
static unsigned end(status_t want)
{
    unsigned ready = set.ready;

    assert_true(task_done(&task));
    assert_int_equal(task.status, want);
    poll_set_free(&set);
    return ready;
}

static void test_ready_at_once(void **state)
{
    (void)state;
    send_byte();
    begin(TIME_INFINITE);
    assert_int_equal(poll_set_entry(&set, 0)->ready, POLLIN);
    assert_int_equal(end(OK), 1);
}

static void test_no_time(void **state)
{
    (void)state;
    begin(0);
    assert_int_equal(end(OK), 0);
}

static void test_wait(void **state)
{
    (void)state;
    begin(TIME_INFINITE);
    assert_false(task_done(&task));
    send_byte();
    settle_tasks();
    assert_int_equal(end(OK), 1);
}

static void test_timeout(void **state)
{
    (void)state;
    begin(hal_time_now() + NS_PER_SEC);
    assert_false(task_done(&task));
    sim_advance(NS_PER_SEC);
    settle_tasks();
    assert_int_equal(end(OK), 0);
}

static void test_interrupted(void **state)
{
    (void)state;
    begin(TIME_INFINITE);
    task_interrupt(&task, TASK_SIGNAL);
    settle_tasks();
    assert_int_equal(end(ERR_INTERRUPTED), 0);
}

/* What made it wake has gone by the time it looks: it waits on. */
static void test_false_alarm(void **state)
{
    (void)state;
    begin(TIME_INFINITE);
    send_byte();
    take_byte();
    settle_tasks();
    assert_false(task_done(&task));
    send_byte();
    settle_tasks();
    assert_int_equal(end(OK), 1);
}

static void test_hang_up(void **state)
{
    (void)state;
    assert_int_equal(poll_set_create(1, &set), OK);
    poll_set_entry(&set, 0)->file = file_get(reader);
    poll_set_entry(&set, 0)->events = POLLIN | POLLHUP;
    wait =
        (struct poll_wait){.co = {.resume = poll_wait}, .set = &set, .deadline = TIME_INFINITE};
    task_spawn(&task, "poll", &wait.co, TASK_PRIORITY_DEFAULT, NULL, NULL);
    settle_tasks();
    file_put(writer);
    writer = NULL;
    settle_tasks();
    assert_int_equal(poll_set_entry(&set, 0)->ready, POLLHUP);
    assert_int_equal(end(OK), 1);
}

/* An epoll set without a file around it. */
static void epoll_free(struct object *obj)
{
    (void)obj;
}

static const struct object_ops epoll_test_ops = {.name = "epoll", .destroy = epoll_free};
static struct epoll epoll;

static void epoll_begin(void)
{
    epoll = (struct epoll){0};
    object_init(&epoll.object, &epoll_test_ops, 0);
    list_init(&epoll.items);
    list_init(&epoll.ready);
    object_handle_get(&reader->object); /* as if a descriptor referred to it */
}

static void epoll_end(void)
{
    epoll_clear(&epoll);
    object_put(&epoll.object);
    object_handle_put(&reader->object);
}

/* The events of the next ready item, reported; 0: none. */
static uint32_t next_event(uint64_t *data)
{
    unsigned budget = epoll_ready_count(&epoll);
    struct epoll_item *item;
    uint32_t events = 0;

    if (epoll_take(&epoll, &budget, &item, &events) == OK) {
        *data = item->data;
        epoll_reported(&epoll, item);
        epoll_item_put(item);
    } else {
        events = 0;
    }
    epoll_settle(&epoll);
    return events;
}

static void test_epoll_level(void **state)
{
    uint64_t data = 0;

    (void)state;
    epoll_begin();
    assert_int_equal(epoll_add(&epoll, reader, 3, POLLIN, 77), OK);
    assert_int_equal(epoll_add(&epoll, reader, 3, POLLIN, 78), ERR_ALREADY_EXISTS);
    assert_int_equal(epoll_add(&epoll, reader, 4, 0, 79), OK);
    assert_int_equal(next_event(&data), 0);
    assert_int_equal(object_signals(&epoll.object), 0);
    send_byte();
    assert_int_equal(object_signals(&epoll.object), FILE_IN);
    assert_int_equal(next_event(&data), POLLIN);
    assert_int_equal(data, 77);
    assert_int_equal(next_event(&data), POLLIN); /* still */
    take_byte();
    assert_int_equal(next_event(&data), 0);
    assert_int_equal(object_signals(&epoll.object), 0);
    epoll_end();
}

static void test_epoll_edge(void **state)
{
    uint64_t data;

    (void)state;
    epoll_begin();
    assert_int_equal(epoll_add(&epoll, reader, 3, POLLIN | EPOLLET, 1), OK);
    send_byte();
    assert_int_equal(next_event(&data), POLLIN);
    assert_int_equal(next_event(&data), 0);
    take_byte();
    send_byte();
    assert_int_equal(next_event(&data), POLLIN);
    epoll_end();
}

static void test_epoll_one_shot(void **state)
{
    uint64_t data;

    (void)state;
    epoll_begin();
    assert_int_equal(epoll_add(&epoll, reader, 3, POLLIN | EPOLLONESHOT, 1), OK);
    send_byte();
    assert_int_equal(next_event(&data), POLLIN);
    take_byte();
    send_byte();
    assert_int_equal(next_event(&data), 0);
    assert_int_equal(epoll_modify(&epoll, reader, 3, POLLIN, 2), OK);
    assert_int_equal(next_event(&data), POLLIN);
    assert_int_equal(data, 2);
    epoll_end();
}

static void test_epoll_remove(void **state)
{
    uint64_t data;

    (void)state;
    epoll_begin();
    send_byte();
    assert_int_equal(epoll_remove(&epoll, reader, 3), ERR_NOT_FOUND);
    assert_int_equal(epoll_modify(&epoll, reader, 3, POLLIN, 0), ERR_NOT_FOUND);
    assert_int_equal(epoll_add(&epoll, reader, 3, POLLIN, 1), OK);
    assert_int_equal(epoll_remove(&epoll, reader, 3), OK);
    assert_int_equal(next_event(&data), 0);
    assert_int_equal(epoll_add(&epoll, reader, 3, POLLIN, 1), OK);
    epoll_file_closed(reader);
    assert_int_equal(next_event(&data), 0);
    assert_true(list_empty(&epoll.items));
    epoll_end();
}

/* A file without descriptors is not kept: it may have closed while it was added. */
static void test_epoll_closed_before(void **state)
{
    (void)state;
    epoll_begin();
    assert_int_equal(epoll_add(&epoll, writer, 4, POLLOUT, 1), OK);
    assert_true(list_empty(&epoll.items));
    epoll_end();
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, open_pipe, close_pipe)
    const struct CMUnitTest tests[] = {
        TEST(test_ready_at_once),  TEST(test_no_time),      TEST(test_wait),
        TEST(test_timeout),        TEST(test_interrupted),  TEST(test_false_alarm),
        TEST(test_hang_up),        TEST(test_epoll_level),  TEST(test_epoll_edge),
        TEST(test_epoll_one_shot), TEST(test_epoll_remove), TEST(test_epoll_closed_before),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
