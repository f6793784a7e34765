/*
 * race_test.c - ports, channels and handle tables used from several CPUs at once, under many
 * schedules: whatever the order, nothing hangs and nothing is left.
 */
#include "object/object_test.h"

#include "object/channel.h"
#include "object/event.h"
#include "object/port.h"

#define SIGNALED ZX_EVENT_SIGNALED

enum { SEEDS = 300, STEPS = 12 };

/* --- a port, the handles that it waits through, and the end of all --- */

static struct handle_table table;
static struct object *event, *port;
static struct handle port_handle;
static handle_t values[STEPS];
static atomic_uint opened, closed;

static void open_one(void)
{
    struct handle h = handle_make(event, ZX_RIGHT_WAIT);

    assert_int_equal(handle_insert(&table, &h, &values[opened]), OK);
    opened++;
}

static void close_one(void)
{
    if (closed < opened)
        assert_int_equal(handle_close(&table, values[closed++]), OK);
}

static void arm_one(void)
{
    unsigned count = opened;
    struct port_wait_args args = {.table = &table, .key = 1, .want = SIGNALED};
    status_t st;

    if (!count)
        return;
    args.handle = values[sim_random(count)];
    st = port_wait_async(port, &args);
    assert_true(st == OK || st == ERR_BAD_HANDLE);
}

static void cancel_one(void)
{
    unsigned count = opened;
    status_t st = count ? port_cancel(port, event, values[sim_random(count)], 1) : OK;

    assert_true(st == OK || st == ERR_NOT_FOUND);
}

static void signal_event(void)
{
    object_signal(event, SIGNALED, sim_random(2) ? SIGNALED : 0);
}

static void take_one(void)
{
    zx_port_packet_t packet;
    status_t st = try_port_wait(port, &packet);

    assert_true(st == OK || st == ERR_SHOULD_WAIT || st == ERR_CANCELED);
}

/* Somewhere in the middle. */
static void close_port(void)
{
    if (port_handle.obj && sim_random(STEPS / 2) == 0)
        handle_drop(&port_handle);
}

static void test_port(void **state)
{
    static void (*const acts[])(void) = {open_one,     arm_one,  close_one, cancel_one,
                                         signal_event, take_one, close_port};

    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct port_wait wait = {.co = {.resume = port_wait}, .deadline = TIME_INFINITE};
        struct task waiter;

        boot_seed(seed);
        handle_table_init(&table);
        opened = closed = 0;
        assert_int_equal(event_create(&event), OK);
        assert_int_equal(port_create(&port), OK);
        port_handle = handle_make(port, 0);
        wait.port = port;
        spawn(&waiter, &wait.co);
        run_actors(acts, countof(acts), STEPS);
        handle_drop(&port_handle);
        assert_int_equal(sim_run(executor_run), SIM_IDLE);
        assert_true(task_done(&waiter));
        handle_table_fini(&table);
        object_put(port);
        object_put(event);
        teardown(NULL);
    }
}

/* --- a channel whose ends close while messages and calls are under way --- */

static struct handle ends[2];
static struct object *channel[2]; /* references for those who still use them */

static void write_end(unsigned i)
{
    struct message *m = message_alloc(8, 1);

    memset(message_bytes(m), 0, 8);
    m->handles[0] = handle_make(event, 0);
    if (channel_write(channel[i], m) != OK)
        message_free(m);
}

static void write_left(void)
{
    write_end(0);
}

static void write_right(void)
{
    write_end(1);
}

/* Answers every message, whether it asks or not. */
static void echo_right(void)
{
    uint32_t size = 64, handles = 64;
    struct message *m;

    if (channel_read(channel[1], CHANNEL_KEEP, &size, &handles, &m) != OK)
        return;
    if (channel_write(channel[1], m) != OK)
        message_free(m);
}

static void read_left(void)
{
    uint32_t size = 64, handles = 64;
    struct message *m;

    if (channel_read(channel[0], CHANNEL_DISCARD, &size, &handles, &m) == OK)
        message_free(m);
}

static void close_left(void)
{
    if (ends[0].obj && sim_random(STEPS) == 0)
        handle_drop(&ends[0]);
}

static void close_right(void)
{
    if (ends[1].obj && sim_random(STEPS) == 0)
        handle_drop(&ends[1]);
}

static void finish_call(struct channel_call *call, struct task *task)
{
    assert_true(task_done(task));
    if (task->status == OK)
        assert_non_null(call->exchange->reply);
    else
        assert_true(task->status == ERR_PEER_CLOSED || task->status == ERR_CANCELED ||
                    task->status == ERR_TIMED_OUT);
    channel_exchange_free(call->exchange);
}

static void test_channel(void **state)
{
    static void (*const acts[])(void) = {write_left, write_right, echo_right,
                                         read_left,  close_left,  close_right};

    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        static struct channel_call calls[2];
        static struct task tasks[2];

        boot_seed(seed);
        assert_int_equal(event_create(&event), OK);
        assert_int_equal(channel_create(&channel[0], &channel[1]), OK);
        for (unsigned i = 0; i < 2; i++) {
            ends[i] = handle_make(channel[i], 0);
            calls[i] = (struct channel_call){.co = {.resume = channel_call},
                                             .deadline = seed % 2 ? NS_PER_MS : TIME_INFINITE};
            assert_int_equal(
                channel_exchange_create(channel[0], message_alloc(8, 0), &calls[i].exchange),
                OK);
            spawn(&tasks[i], &calls[i].co);
        }
        run_actors(acts, countof(acts), STEPS);
        handle_drop(&ends[0]);
        handle_drop(&ends[1]);
        assert_int_equal(sim_run(executor_run), SIM_IDLE);
        for (unsigned i = 0; i < 2; i++) {
            finish_call(&calls[i], &tasks[i]);
            object_put(channel[i]);
        }
        object_put(event);
        teardown(NULL);
    }
}

/* --- waits and the closing of their handles --- */

static struct test_wait waits[4];

static void test_wait_and_close(void **state)
{
    static void (*const acts[])(void) = {signal_event, close_one};

    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        boot_seed(seed);
        handle_table_init(&table);
        opened = closed = 0;
        assert_int_equal(event_create(&event), OK);
        for (unsigned i = 0; i < countof(waits); i++) {
            open_one();
            waits[i] = (struct test_wait){.co = {.resume = test_wait},
                                          .table = &table,
                                          .value = values[i],
                                          .observer = {.want = SIGNALED},
                                          .deadline = TIME_INFINITE};
            spawn(&waits[i].task, &waits[i].co);
        }
        run_actors(acts, countof(acts), STEPS);
        for (unsigned i = 0; i < countof(waits); i++) {
            status_t st = waits[i].task.status;

            assert_true(task_done(&waits[i].task));
            assert_true(st == OK || st == ERR_CANCELED || st == ERR_BAD_HANDLE);
        }
        handle_table_fini(&table);
        object_put(event);
        teardown(NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_port),
        cmocka_unit_test(test_channel),
        cmocka_unit_test(test_wait_and_close),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
