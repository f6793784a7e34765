/*
 * peer_test.c - FIFOs, sockets and timers used from several CPUs at once while an end of them
 * is closed, under many schedules; and without memory.
 */
#include "object/object_test.h"

#include "hal/time.h"
#include "object/fifo.h"
#include "object/socket_object.h"
#include "object/timer_object.h"
#include "uapi/zircon/syscalls/clock.h"
#include "uapi/zircon/syscalls/socket.h"

enum { SEEDS = 200, STEPS = 16, ELEMENTS = 4 };

/* --- two ends; the one that reads goes in the middle --- */

static struct object *writer, *reader;
static struct handle writer_handle, reader_handle;
static uint32_t written, taken; /* numbers; one task each */

static void begin(void)
{
    writer_handle = handle_make(writer, 0);
    reader_handle = handle_make(reader, 0);
    written = taken = 0;
}

static void close_reader(void)
{
    if (reader_handle.obj && sim_random(STEPS) == 0)
        handle_drop(&reader_handle);
}

static void look_at_peer(void)
{
    signals_t seen = object_signals(writer);

    if (seen & ZX_FIFO_PEER_CLOSED)
        assert_int_equal(seen & ZX_FIFO_WRITABLE, 0);
}

static void finish(void)
{
    handle_drop(&reader_handle);
    assert_int_equal(object_signals(writer) & ZX_FIFO_PEER_CLOSED, ZX_FIFO_PEER_CLOSED);
    assert_int_equal(object_signals(writer) & ZX_FIFO_WRITABLE, 0);
    handle_drop(&writer_handle);
    object_put(writer);
    object_put(reader);
    teardown(NULL);
}

static void write_fifo(void)
{
    uint64_t count = 1;
    status_t st = fifo_write(writer, &written, &count);

    if (st == OK)
        written++;
    else
        assert_true(st == ERR_SHOULD_WAIT || st == ERR_PEER_CLOSED);
}

static void read_fifo(void)
{
    uint32_t elements[ELEMENTS];
    uint64_t count = ELEMENTS, turn;
    status_t st = fifo_peek(reader, sizeof(uint32_t), elements, &count, &turn);

    if (st != OK) {
        assert_true(st == ERR_SHOULD_WAIT || st == ERR_PEER_CLOSED);
        return;
    }
    assert_true(fifo_consume(reader, turn, count));
    for (uint64_t i = 0; i < count; i++)
        assert_int_equal(elements[i], taken++);
}

static void test_fifo(void **state)
{
    static void (*const acts[])(void) = {write_fifo, read_fifo, look_at_peer, close_reader};

    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        boot_seed(seed);
        assert_int_equal(fifo_create(ELEMENTS, sizeof(uint32_t), &writer, &reader), OK);
        begin();
        run_actors(acts, countof(acts), STEPS);
        finish();
    }
}

/* Bytes, each the low one of its number. */
static void write_socket(void)
{
    struct socket_chunk *chunk = socket_object_chunk_alloc(3);
    struct list chunks;
    uint64_t size = 0;
    status_t st;

    list_init(&chunks);
    assert_non_null(chunk);
    for (unsigned i = 0; i < chunk->end; i++)
        chunk->data[i] = (unsigned char)(written + i);
    list_push_back(&chunks, &chunk->link);
    st = socket_object_write(writer, &chunks, &size);
    if (st == OK)
        written += (uint32_t)size;
    else
        assert_true(st == ERR_SHOULD_WAIT || st == ERR_PEER_CLOSED);
    socket_object_chunks_free(&chunks);
}

static void read_socket(void)
{
    unsigned char bytes[8];
    uint64_t size = sizeof(bytes), turn;
    status_t st = socket_object_peek(reader, 0, bytes, &size, &turn);

    if (st != OK) {
        assert_true(st == ERR_SHOULD_WAIT || st == ERR_PEER_CLOSED);
        return;
    }
    assert_true(socket_object_consume(reader, turn, size));
    for (uint64_t i = 0; i < size; i++)
        assert_int_equal(bytes[i], (unsigned char)taken++);
}

static void test_socket(void **state)
{
    static void (*const acts[])(void) = {write_socket, read_socket, look_at_peer, close_reader};

    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        boot_seed(seed);
        assert_int_equal(socket_object_create(ZX_SOCKET_STREAM, &writer, &reader), OK);
        begin();
        run_actors(acts, countof(acts), STEPS);
        finish();
    }
}

/* --- a timer, set and cancelled while it fires --- */

static struct object *timer;
static struct handle timer_handle;

static void set_timer(void)
{
    timer_object_set(timer, hal_time_now() + (time_ns_t)sim_random(1000),
                     (time_ns_t)sim_random(1000), 0);
}

static void cancel_timer(void)
{
    if (sim_random(2))
        timer_object_cancel(timer);
}

static void drop_timer(void)
{
    if (timer_handle.obj && sim_random(STEPS) == 0)
        handle_drop(&timer_handle);
}

/* At the end it has fired, or does not run. */
static void test_timer(void **state)
{
    static void (*const acts[])(void) = {set_timer, set_timer, cancel_timer, drop_timer};
    struct timer_object_state s;

    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        boot_seed(seed);
        assert_int_equal(timer_object_create(ZX_TIMER_SLACK_CENTER, &timer), OK);
        timer_handle = handle_make(timer, 0);
        run_actors(acts, countof(acts), STEPS);
        timer_object_state(timer, &s);
        assert_int_equal(s.deadline, 0);
        handle_drop(&timer_handle);
        object_put(timer);
        teardown(NULL);
    }
}

/* --- no memory --- */

static void test_no_memory(void **state)
{
    struct object *a, *b;

    (void)state;
    setup(NULL);
    for (unsigned n = 1; n <= 2; n++) {
        inject_failure_at(n);
        assert_int_equal(fifo_create(2, 8, &a, &b), ERR_NO_MEMORY);
        inject_failure_at(n);
        assert_int_equal(socket_object_create(ZX_SOCKET_STREAM, &a, &b), ERR_NO_MEMORY);
    }
    inject_failure_at(1);
    assert_int_equal(timer_object_create(0, &a), ERR_NO_MEMORY);
    inject_failure_at(1);
    assert_null(socket_object_chunk_alloc(100));
    inject_failure_at(0);
    teardown(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fifo),
        cmocka_unit_test(test_socket),
        cmocka_unit_test(test_timer),
        cmocka_unit_test(test_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
