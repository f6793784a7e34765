/*
 * fifo.c - FIFOs.
 */
#include "tests/zircon/ztest.h"

typedef uint64_t elem_t;
enum { SIZE = sizeof(elem_t) };

static zx_signals_t signals(zx_handle_t h)
{
    zx_signals_t seen = ~0u;

    (void)zx_object_wait_one(h, 0, 0, &seen);
    return seen;
}

static void fill(elem_t *e, unsigned count, elem_t first)
{
    for (unsigned i = 0; i < count; i++)
        e[i] = first + i;
}

static void expect_elems(const elem_t *e, unsigned count, elem_t first)
{
    for (unsigned i = 0; i < count; i++)
        EXPECT_EQ(e[i], first + i);
}

static void close_both(zx_handle_t a, zx_handle_t b)
{
    EXPECT_OK(zx_handle_close(a));
    EXPECT_OK(zx_handle_close(b));
}

CASE(FifoTest, InvalidParametersReturnOutOfRange)
{
    zx_handle_t a, b;

    EXPECT_EQ(zx_fifo_create(0, 0, 0, &a, &b), ZX_ERR_OUT_OF_RANGE);
    EXPECT_EQ(zx_fifo_create(0, 8, 0, &a, &b), ZX_ERR_OUT_OF_RANGE);
    EXPECT_EQ(zx_fifo_create(8, 0, 0, &a, &b), ZX_ERR_OUT_OF_RANGE);
    EXPECT_EQ(zx_fifo_create(35, 32, 0, &a, &b), ZX_ERR_OUT_OF_RANGE);
    EXPECT_EQ(zx_fifo_create(128, 33, 0, &a, &b), ZX_ERR_OUT_OF_RANGE);
    EXPECT_EQ(zx_fifo_create(1ull << 63, 2, 0, &a, &b), ZX_ERR_OUT_OF_RANGE);
    EXPECT_EQ(zx_fifo_create(0, 0, 1, &a, &b), ZX_ERR_OUT_OF_RANGE);
    ASSERT_OK(zx_fifo_create(128, 32, 0, &a, &b));
    close_both(a, b);
}

CASE(FifoTest, EndpointsAreRelated)
{
    zx_info_handle_basic_t info[2];
    zx_handle_t a, b;

    ASSERT_OK(zx_fifo_create(8, SIZE, 0, &a, &b));
    EXPECT_EQ(signals(a), ZX_FIFO_WRITABLE);
    EXPECT_EQ(signals(b), ZX_FIFO_WRITABLE);
    ASSERT_OK(
        zx_object_get_info(a, ZX_INFO_HANDLE_BASIC, &info[0], sizeof(info[0]), NULL, NULL));
    ASSERT_OK(
        zx_object_get_info(b, ZX_INFO_HANDLE_BASIC, &info[1], sizeof(info[1]), NULL, NULL));
    EXPECT_NE(info[0].koid, 0);
    EXPECT_EQ(info[0].koid, info[1].related_koid);
    EXPECT_EQ(info[1].koid, info[0].related_koid);
    EXPECT_EQ(info[0].type, ZX_OBJ_TYPE_FIFO);
    EXPECT_EQ(info[0].rights, ZX_DEFAULT_FIFO_RIGHTS);
    close_both(a, b);
}

CASE(FifoTest, EmptyQueueReturnsErrShouldWait)
{
    zx_handle_t a, b;
    elem_t e[8];
    uint64_t n;

    ASSERT_OK(zx_fifo_create(8, SIZE, 0, &a, &b));
    EXPECT_EQ(zx_fifo_read(a, SIZE, e, 8, &n), ZX_ERR_SHOULD_WAIT);
    close_both(a, b);
}

CASE(FifoTest, ReadAndWriteValidatesSizeAndElementCount)
{
    zx_handle_t a, b;
    elem_t e[8] = {0};
    uint64_t n;

    ASSERT_OK(zx_fifo_create(8, SIZE, 0, &a, &b));
    EXPECT_EQ(zx_fifo_read(a, SIZE, e, 0, &n), ZX_ERR_OUT_OF_RANGE);
    EXPECT_EQ(zx_fifo_write(a, SIZE, e, 0, &n), ZX_ERR_OUT_OF_RANGE);
    EXPECT_EQ(zx_fifo_read(a, SIZE + 1, e, 8, &n), ZX_ERR_OUT_OF_RANGE);
    EXPECT_EQ(zx_fifo_write(a, SIZE + 1, e, 8, &n), ZX_ERR_OUT_OF_RANGE);
    close_both(a, b);
}

CASE(FifoTest, DequeueSignalsWriteable)
{
    zx_handle_t a, b;
    elem_t e[8], got[8] = {0};
    uint64_t n;

    fill(e, 8, 1);
    ASSERT_OK(zx_fifo_create(8, SIZE, 0, &a, &b));
    EXPECT_OK(zx_fifo_write(a, SIZE, e, 8, &n));
    EXPECT_EQ(n, 8);
    EXPECT_EQ(signals(b), ZX_FIFO_READABLE | ZX_FIFO_WRITABLE);
    EXPECT_EQ(zx_fifo_write(a, SIZE, e, 8, &n), ZX_ERR_SHOULD_WAIT);
    EXPECT_EQ(signals(a), 0);

    EXPECT_OK(zx_fifo_read(b, SIZE, got, 4, &n));
    EXPECT_EQ(n, 4);
    expect_elems(got, 4, 1);
    EXPECT_EQ(got[4], 0);
    EXPECT_EQ(signals(a), ZX_FIFO_WRITABLE);
    EXPECT_OK(zx_fifo_read(b, SIZE, got, 4, &n));
    expect_elems(got, 4, 5);
    EXPECT_EQ(signals(b), ZX_FIFO_WRITABLE);
    close_both(a, b);
}

CASE(FifoTest, FifoOrderIsPreserved)
{
    zx_handle_t a, b;
    elem_t e[8], got[8] = {0};
    uint64_t n;

    fill(e, 8, 1);
    ASSERT_OK(zx_fifo_create(8, SIZE, 0, &a, &b));
    EXPECT_OK(zx_fifo_write(a, SIZE, e, 8, &n));
    EXPECT_OK(zx_fifo_read(b, SIZE, got, 4, &n));
    fill(e, 2, 9);
    EXPECT_OK(zx_fifo_write(a, SIZE, e, 2, &n));
    EXPECT_EQ(n, 2);
    EXPECT_OK(zx_fifo_read(b, SIZE, got, 8, &n));
    EXPECT_EQ(n, 6);
    expect_elems(got, 6, 5);
    fill(e, 5, 11);
    EXPECT_OK(zx_fifo_write(a, SIZE, e, 5, &n));
    EXPECT_EQ(n, 5);
    EXPECT_OK(zx_fifo_read(b, SIZE, got, 8, NULL));
    expect_elems(got, 5, 11);
    close_both(a, b);
}

CASE(FifoTest, PartialWriteQueuesElementsThatFit)
{
    zx_handle_t a, b;
    elem_t e[8];
    uint64_t n;

    fill(e, 8, 1);
    ASSERT_OK(zx_fifo_create(8, SIZE, 0, &a, &b));
    EXPECT_OK(zx_fifo_write(a, SIZE, e, 5, &n));
    EXPECT_OK(zx_fifo_write(a, SIZE, e, 5, &n));
    EXPECT_EQ(n, 3);
    close_both(a, b);
}

CASE(FifoTest, IndividualReadsPreserveOrder)
{
    zx_handle_t a, b;
    elem_t e[8], got;
    uint64_t n;

    fill(e, 8, 1);
    ASSERT_OK(zx_fifo_create(8, SIZE, 0, &a, &b));
    EXPECT_OK(zx_fifo_write(a, SIZE, e, 8, &n));
    for (unsigned i = 0; i < 8; i++) {
        EXPECT_OK(zx_fifo_read(b, SIZE, &got, 1, &n));
        EXPECT_EQ(n, 1);
        EXPECT_EQ(got, e[i]);
    }
    close_both(a, b);
}

CASE(FifoTest, EndpointCloseSignalsPeerClosed)
{
    zx_handle_t a, b;
    elem_t e = 19, got[8];
    uint64_t n;

    ASSERT_OK(zx_fifo_create(8, SIZE, 0, &a, &b));
    EXPECT_OK(zx_fifo_write(a, SIZE, &e, 1, &n));
    EXPECT_OK(zx_handle_close(a));
    EXPECT_EQ(signals(b), ZX_FIFO_READABLE | ZX_FIFO_PEER_CLOSED);
    EXPECT_EQ(zx_fifo_write(b, SIZE, &e, 1, &n), ZX_ERR_PEER_CLOSED);
    EXPECT_OK(zx_fifo_read(b, SIZE, got, 8, &n));
    EXPECT_EQ(n, 1);
    EXPECT_EQ(got[0], 19);
    EXPECT_EQ(signals(b), ZX_FIFO_PEER_CLOSED);
    EXPECT_EQ(zx_fifo_read(b, SIZE, got, 8, &n), ZX_ERR_PEER_CLOSED);
    EXPECT_EQ(zx_object_signal_peer(b, 0, ZX_USER_SIGNAL_0), ZX_ERR_PEER_CLOSED);
    EXPECT_OK(zx_handle_close(b));
}

CASE(FifoTest, ReadNullBuffer)
{
    zx_handle_t a, b;
    elem_t e = 1;
    uint64_t n;

    ASSERT_OK(zx_fifo_create(4, SIZE, 0, &a, &b));
    EXPECT_OK(zx_fifo_write(a, SIZE, &e, 1, &n));
    EXPECT_EQ(zx_fifo_read(b, SIZE, NULL, 1, &n), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(signals(b), ZX_FIFO_READABLE | ZX_FIFO_WRITABLE);
    EXPECT_OK(zx_fifo_read(b, SIZE, &e, 1, &n));
    close_both(a, b);
}

CASE(FifoTest, WriteNullBuffer)
{
    zx_handle_t a, b;
    uint64_t n;

    ASSERT_OK(zx_fifo_create(4, SIZE, 0, &a, &b));
    EXPECT_EQ(zx_fifo_write(a, SIZE, NULL, 1, &n), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(signals(b), ZX_FIFO_WRITABLE);
    close_both(a, b);
}

CASE(Fifo, RightsAndTypes)
{
    zx_handle_t a, b, event, no_read, no_write;
    elem_t e = 1;

    ASSERT_OK(zx_fifo_create(4, SIZE, 0, &a, &b));
    ASSERT_OK(zx_event_create(0, &event));
    no_read = ztest_without(a, ZX_RIGHT_READ);
    no_write = ztest_without(a, ZX_RIGHT_WRITE);
    EXPECT_EQ(zx_fifo_read(no_read, SIZE, &e, 1, NULL), ZX_ERR_ACCESS_DENIED);
    EXPECT_EQ(zx_fifo_write(no_write, SIZE, &e, 1, NULL), ZX_ERR_ACCESS_DENIED);
    EXPECT_EQ(zx_fifo_read(event, SIZE, &e, 1, NULL), ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(zx_fifo_write(ZX_HANDLE_INVALID, SIZE, &e, 1, NULL), ZX_ERR_BAD_HANDLE);
    EXPECT_OK(zx_fifo_write(no_read, SIZE, &e, 1, NULL));
    EXPECT_OK(zx_handle_close(event));
    EXPECT_OK(zx_handle_close(no_read));
    EXPECT_OK(zx_handle_close(no_write));
    close_both(a, b);
}

struct pump {
    zx_handle_t fifo;
    uint64_t count;
};

static void pump_in(void *arg)
{
    struct pump *p = arg;

    for (elem_t i = 0; i < p->count;) {
        elem_t e[3];
        uint64_t n;

        fill(e, 3, i);
        if (zx_fifo_write(p->fifo, SIZE, e, p->count - i < 3 ? p->count - i : 3, &n) == ZX_OK)
            i += n;
        else
            EXPECT_OK(zx_object_wait_one(p->fifo, ZX_FIFO_WRITABLE, ZX_TIME_INFINITE, NULL));
    }
}

CASE(Fifo, WhatIsWrittenByAThreadComesInOrder)
{
    struct ztest_thread t;
    struct pump p = {.count = 1000};
    zx_handle_t b;
    elem_t e[4];
    uint64_t n;

    ASSERT_OK(zx_fifo_create(8, SIZE, 0, &p.fifo, &b));
    ASSERT_OK(ztest_thread_start(&t, pump_in, &p));
    for (elem_t i = 0; i < p.count; i += n) {
        n = 0;
        ASSERT_OK(zx_object_wait_one(b, ZX_FIFO_READABLE, ZX_TIME_INFINITE, NULL));
        ASSERT_OK(zx_fifo_read(b, SIZE, e, 4, &n));
        expect_elems(e, (unsigned)n, i);
    }
    ztest_thread_join(&t);
    close_both(p.fifo, b);
}
