/*
 * debuglog.c - the debug log and the console.
 */
#include "tests/zircon/ztest.h"
#include "uapi/zircon/syscalls/log.h"

static zx_handle_t readable_log(void)
{
    zx_handle_t log = ZX_HANDLE_INVALID;

    EXPECT_OK(zx_debuglog_create(ztest_root_resource(), ZX_LOG_FLAG_READABLE, &log));
    return log;
}

/* The record that is ours, of all that are in the log. */
static zx_status_t find(zx_handle_t log, const char *text, zx_log_record_t *record)
{
    zx_status_t st;

    do {
        memset(record, 0, sizeof(*record));
        st = zx_debuglog_read(log, 0, record, sizeof(*record));
    } while (st > 0 && strcmp((const char *)record->data, text) != 0);
    return st;
}

CASE(DebugLogTest, WriteRead)
{
    static const char message[] = "Debuglog test message.\n";
    zx_handle_t log = readable_log();
    char text[512] = {0};

    EXPECT_OK(zx_debuglog_write(log, 0, message, sizeof(message)));
    EXPECT_EQ(zx_debuglog_read(log, 0, text, 3), 3); /* what has no room is not written */
    for (unsigned i = 3; i < sizeof(text); i++)
        EXPECT_EQ(text[i], 0);
    EXPECT_OK(zx_handle_close(log));
}

CASE(DebugLogTest, InvalidOptions)
{
    zx_handle_t log = ZX_HANDLE_INVALID;

    EXPECT_EQ(zx_debuglog_create(ztest_root_resource(), 1, &log), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_debuglog_create(ztest_root_resource(), 1 | ZX_LOG_FLAG_READABLE, &log),
              ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(log, ZX_HANDLE_INVALID);
}

CASE(DebugLog, Records)
{
    zx_handle_t log = readable_log(), writer;
    zx_log_record_t record;

    ASSERT_OK(zx_debuglog_create(ztest_root_resource(), 0, &writer));
    EXPECT_OK(zx_debuglog_write(writer, 0, "first of ours\n", 14));
    EXPECT_GT(find(log, "first of ours\n", &record), 0);
    EXPECT_EQ(record.pid, ztest_koid(ztest_process()));
    EXPECT_NE(record.tid, 0);
    EXPECT_GT(record.timestamp, 0);

    /* Readable while there is something, and not longer. */
    EXPECT_OK(zx_debuglog_write(writer, 0, "second\n", 7));
    EXPECT_OK(zx_object_wait_one(log, ZX_LOG_READABLE, ZX_TIME_INFINITE, NULL));
    EXPECT_GT(find(log, "second\n", &record), 0);
    while (zx_debuglog_read(log, 0, &record, sizeof(record)) > 0)
        ;
    EXPECT_EQ(zx_debuglog_read(log, 0, &record, sizeof(record)), ZX_ERR_SHOULD_WAIT);
    EXPECT_EQ(zx_object_wait_one(log, ZX_LOG_READABLE, 0, NULL), ZX_ERR_TIMED_OUT);
    EXPECT_OK(zx_handle_close(log));
    EXPECT_OK(zx_handle_close(writer));
}

CASE(DebugLog, Arguments)
{
    zx_handle_t log = readable_log(), writer, weak;
    char text[64];

    ASSERT_OK(zx_debuglog_create(ztest_root_resource(), 0, &writer));
    EXPECT_EQ(ztest_rights(writer), ZX_DEFAULT_LOG_RIGHTS);
    EXPECT_EQ(ztest_rights(log), ZX_DEFAULT_LOG_RIGHTS | ZX_RIGHT_READ);
    EXPECT_EQ(zx_debuglog_read(writer, 0, text, sizeof(text)), ZX_ERR_ACCESS_DENIED);
    EXPECT_EQ(zx_debuglog_read(log, 1, text, sizeof(text)), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_debuglog_read(ztest_job(), 0, text, sizeof(text)), ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(zx_debuglog_write(log, 1, text, 1), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_debuglog_write(log, 0, NULL, 1), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_debuglog_write(ztest_job(), 0, text, 1), ZX_ERR_WRONG_TYPE);
    weak = ztest_without(writer, ZX_RIGHT_WRITE);
    EXPECT_EQ(zx_debuglog_write(weak, 0, text, 1), ZX_ERR_ACCESS_DENIED);
    EXPECT_EQ(zx_debuglog_create(ztest_job(), 0, &weak), ZX_ERR_WRONG_TYPE);
    EXPECT_OK(zx_handle_close(weak));
    EXPECT_OK(zx_handle_close(writer));
    EXPECT_OK(zx_handle_close(log));
}

CASE(Console, WriteIsCutAndReadAsksFirst)
{
    char bytes[8];
    size_t actual = 77;

    EXPECT_OK(zx_debug_write("from debug_write\n", 17));
    EXPECT_EQ(zx_debug_write(NULL, 1), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_debug_read(ztest_job(), bytes, 1, &actual), ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(zx_debug_read(ZX_HANDLE_INVALID, bytes, 1, &actual), ZX_ERR_BAD_HANDLE);
    EXPECT_OK(zx_debug_read(ztest_root_resource(), bytes, 0, &actual));
    EXPECT_EQ(actual, 0);
    EXPECT_EQ(zx_debug_read(ztest_root_resource(), bytes, 0, NULL), ZX_ERR_INVALID_ARGS);
}

/* What tests/zircon/run types: `echo typed | zcore zircon ...`. */
CASE(Console, ReadsWhatIsTyped)
{
    char bytes[7] = "";
    size_t actual = 0;

    ASSERT_OK(zx_debug_read(ztest_root_resource(), bytes, 6, &actual));
    EXPECT_EQ(actual, 6);
    EXPECT_EQ(strcmp(bytes, "typed\n"), 0);
}

/* Of the library OS, whose input can end. Cases may be run in any order: it reads to the end.
 */
CASE(ConsoleInput, Ends)
{
    char bytes[8];
    size_t actual;

    while (zx_debug_read(ztest_root_resource(), bytes, sizeof(bytes), &actual) == ZX_OK)
        EXPECT_GT(actual, 0);
}
