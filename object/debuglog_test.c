/*
 * debuglog_test.c - the ring of log records, its readers, and what is shown on the console.
 */
#include "object/object_test.h"

#include "object/debuglog.h"

static char console[1024];
static size_t console_size;

static void to_console(const char *text, size_t size)
{
    assert_true(console_size + size < sizeof(console));
    memcpy(console + console_size, text, size);
    console_size += size;
    console[console_size] = '\0';
}

static struct object *reader;
static zx_log_record_t record;

static int setup_log(void **state)
{
    setup(state);
    console_size = 0;
    debuglog_set_console(to_console);
    assert_int_equal(debuglog_create(DEBUGLOG_READABLE, &reader), OK);
    while (debuglog_read(reader, &record) == OK)
        ; /* what other tests left in the ring */
    return 0;
}

static int teardown_log(void **state)
{
    object_put(reader);
    debuglog_set_console(NULL);
    return teardown(state);
}

static void test_write_and_read(void **state)
{
    uint32_t before = record.sequence;

    (void)state;
    assert_int_equal(debuglog_read(reader, &record), ERR_SHOULD_WAIT);
    sim_advance(5);
    debuglog_write(10, 11, "hello", 5);
    debuglog_kernel_line(LOG_WARN, "kernel", 6);
    assert_int_equal(debuglog_read(reader, &record), OK);
    assert_int_equal(record.datalen, 5);
    assert_memory_equal(record.data, "hello", 5);
    assert_int_equal(record.pid, 10);
    assert_int_equal(record.tid, 11);
    assert_int_equal(record.timestamp, hal_time_now());
    assert_true(record.sequence > before || before == 0);
    assert_int_equal(debuglog_read(reader, &record), OK);
    assert_int_equal(record.severity, ZX_LOG_WARNING);
    assert_int_equal(record.pid, 0);
    assert_int_equal(debuglog_read(reader, &record), ERR_SHOULD_WAIT);
    assert_string_equal(console, "hello\n"); /* the kernel's line has its own way there */
}

static void test_lines_on_the_console(void **state)
{
    char text[300];

    (void)state;
    debuglog_write(1, 1, "with newline\n", 13);
    debuglog_write(1, 1, "", 0);
    assert_string_equal(console, "with newline\n\n");
    console_size = 0;
    memset(text, 'x', sizeof(text));
    debuglog_write(1, 1, text, sizeof(text));
    assert_int_equal(console_size, ZX_LOG_RECORD_DATA + 1);
    debuglog_console_write("!", 1);
    assert_int_equal(console_size, ZX_LOG_RECORD_DATA + 2);
}

static void test_readable(void **state)
{
    struct test_wait w;

    (void)state;
    assert_int_equal(object_signals(reader), ZX_LOG_WRITABLE);
    test_wait_start(&w, reader, ZX_LOG_READABLE, TIME_INFINITE);
    debuglog_write(1, 1, "a", 1);
    settle();
    assert_int_equal(w.task.status, OK);
    assert_int_equal(debuglog_read(reader, &record), OK);
    assert_int_equal(object_signals(reader), ZX_LOG_WRITABLE);
}

static void test_a_slow_reader_misses_the_oldest(void **state)
{
    unsigned count = 0;

    (void)state;
    for (unsigned i = 0; i < 1000; i++) {
        char digit = (char)('0' + i % 10);

        console_size = 0;
        debuglog_write(i, 1, &digit, 1);
    }
    assert_int_equal(debuglog_read(reader, &record), OK);
    assert_int_equal(record.pid, 1000 - 256);
    do
        count++;
    while (debuglog_read(reader, &record) == OK);
    assert_int_equal(count, 256);
    assert_int_equal(record.pid, 999);
}

static void test_write_only(void **state)
{
    struct object *other;
    status_t st;

    (void)state;
    FAIL_EACH(st, st = debuglog_create(DEBUGLOG_WRITE_ONLY, &other));
    assert_int_equal(debuglog_read(other, &record), ERR_BAD_STATE);
    debuglog_write(1, 1, "a", 1);
    assert_int_equal(object_signals(other), ZX_LOG_WRITABLE);
    object_put(other);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup_log, teardown_log)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_write_and_read), TEST(test_lines_on_the_console),
        TEST(test_readable),       TEST(test_a_slow_reader_misses_the_oldest),
        TEST(test_write_only),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
