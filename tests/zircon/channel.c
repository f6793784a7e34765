/*
 * channel.c - channels: messages and their handles, closing, calls with an answer.
 */
#include "tests/zircon/ztest.h"

static const uint32_t data = 0xdeadbeef;
static zx_handle_t local, remote;

static zx_signals_t signals(zx_handle_t h)
{
    zx_signals_t seen = ~0u;

    (void)zx_object_wait_one(h, 0, 0, &seen);
    return seen;
}

static zx_handle_t make_event(void)
{
    zx_handle_t h = ZX_HANDLE_INVALID;

    EXPECT_OK(zx_event_create(0, &h));
    return h;
}

static void open_channel(void)
{
    EXPECT_OK(zx_channel_create(0, &local, &remote));
}

static void close_channel(void)
{
    EXPECT_OK(zx_handle_close(local));
    EXPECT_OK(zx_handle_close(remote));
}

static zx_status_t write_data(zx_handle_t h)
{
    return zx_channel_write(h, 0, &data, sizeof(data), NULL, 0);
}

CASE(ChannelTest, CreateIsOkAndEndpointsAreRelated)
{
    zx_info_handle_basic_t i[2];

    EXPECT_EQ(zx_channel_create(1, &local, &remote), ZX_ERR_INVALID_ARGS);
    open_channel();
    ASSERT_OK(zx_object_get_info(local, ZX_INFO_HANDLE_BASIC, &i[0], sizeof(i[0]), NULL, NULL));
    ASSERT_OK(
        zx_object_get_info(remote, ZX_INFO_HANDLE_BASIC, &i[1], sizeof(i[1]), NULL, NULL));
    EXPECT_NE(i[0].koid, 0);
    EXPECT_EQ(i[0].koid, i[1].related_koid);
    EXPECT_EQ(i[1].koid, i[0].related_koid);
    EXPECT_EQ(i[0].rights, ZX_DEFAULT_CHANNEL_RIGHTS);
    close_channel();
}

CASE(ChannelTest, IsWriteableByDefault)
{
    open_channel();
    EXPECT_EQ(signals(local), ZX_CHANNEL_WRITABLE);
    EXPECT_EQ(signals(remote), ZX_CHANNEL_WRITABLE);
    close_channel();
}

CASE(ChannelTest, WriteToEndpointCausesOtherToBecomeReadable)
{
    open_channel();
    EXPECT_OK(write_data(local));
    EXPECT_EQ(signals(local), ZX_CHANNEL_WRITABLE);
    EXPECT_EQ(signals(remote), ZX_CHANNEL_WRITABLE | ZX_CHANNEL_READABLE);
    close_channel();
}

CASE(ChannelTest, WriteConsumesAllHandles)
{
    enum { COUNT = ZX_CHANNEL_MAX_MSG_HANDLES + 1 };
    zx_handle_t h[COUNT];

    open_channel();
    for (unsigned i = 0; i < COUNT; i++)
        h[i] = make_event();
    EXPECT_EQ(zx_channel_write(local, 0, NULL, 0, h, COUNT), ZX_ERR_OUT_OF_RANGE);
    for (unsigned i = 0; i < COUNT; i++)
        EXPECT_EQ(zx_handle_close(h[i]), ZX_ERR_BAD_HANDLE);
    close_channel();
}

/* Reads from two channels until both are closed, and signals which it read from. */
struct server {
    zx_handle_t channel[2], event;
    unsigned received[2];
};

static void serve_both(void *arg)
{
    struct server *s = arg;
    zx_wait_item_t items[2] = {
        {s->channel[0], ZX_CHANNEL_READABLE | ZX_CHANNEL_PEER_CLOSED, 0},
        {s->channel[1], ZX_CHANNEL_READABLE | ZX_CHANNEL_PEER_CLOSED, 0}};
    unsigned closed = 0;

    while (closed != 3) {
        ASSERT_OK(zx_object_wait_many(items, 2, ZX_TIME_INFINITE));
        for (unsigned i = 0; i < 2; i++) {
            uint32_t word = 0, size = 0;

            if (items[i].pending & ZX_CHANNEL_READABLE) {
                EXPECT_OK(zx_channel_read(s->channel[i], 0, &word, NULL, 4, 0, &size, NULL));
                EXPECT_EQ(word, data);
                s->received[i] += size;
                EXPECT_OK(zx_object_signal(s->event, 0, ZX_USER_SIGNAL_0 << i));
            } else if (items[i].pending & ZX_CHANNEL_PEER_CLOSED) {
                closed |= 1u << i;
                items[i].waitfor = 0;
            }
        }
    }
}

/* Writes to those of two channels that are in `mask`; the server reads them and no other. */
static void write_some(unsigned mask)
{
    struct server s = {.event = make_event()};
    struct ztest_thread t;
    zx_handle_t mine[2];

    for (unsigned i = 0; i < 2; i++)
        ASSERT_OK(zx_channel_create(0, &mine[i], &s.channel[i]));
    ASSERT_OK(ztest_thread_start(&t, serve_both, &s));
    for (unsigned i = 0; i < 2; i++) {
        if (!(mask & 1u << i))
            continue;
        EXPECT_OK(write_data(mine[i]));
        EXPECT_OK(zx_object_wait_one(s.event, ZX_USER_SIGNAL_0 << i, ZX_TIME_INFINITE, NULL));
    }
    EXPECT_OK(zx_handle_close(mine[0]));
    EXPECT_OK(zx_handle_close(mine[1]));
    ztest_thread_join(&t);
    EXPECT_EQ(signals(s.event), mask * ZX_USER_SIGNAL_0);
    for (unsigned i = 0; i < 2; i++) {
        EXPECT_EQ(s.received[i], mask & 1u << i ? 4 : 0);
        EXPECT_EQ(signals(s.channel[i]), ZX_CHANNEL_PEER_CLOSED);
        EXPECT_OK(zx_handle_close(s.channel[i]));
    }
    EXPECT_OK(zx_handle_close(s.event));
}

CASE(ChannelTest, WaitManyIsSignaledOnAnyElementWrite)
{
    write_some(1);
    write_some(2);
}

CASE(ChannelTest, WaitManyIsSignaledForBothWrites)
{
    write_some(3);
}

CASE(ChannelTest, ReadWhenEmptyReturnsShouldWait)
{
    open_channel();
    EXPECT_EQ(zx_channel_read(remote, 0, NULL, NULL, 0, 0, NULL, NULL), ZX_ERR_SHOULD_WAIT);
    close_channel();
}

CASE(ChannelTest, ReadWhenEmptyAndClosedReturnsPeerClosed)
{
    open_channel();
    EXPECT_OK(zx_handle_close(local));
    EXPECT_EQ(zx_channel_read(remote, 0, NULL, NULL, 0, 0, NULL, NULL), ZX_ERR_PEER_CLOSED);
    EXPECT_OK(zx_handle_close(remote));
}

CASE(ChannelTest, ReadRemainingMessagesWhenPeerIsClosed)
{
    uint32_t word, size;

    open_channel();
    for (unsigned i = 0; i < 4; i++)
        EXPECT_OK(write_data(local));
    EXPECT_OK(zx_handle_close(local));
    EXPECT_EQ(signals(remote), ZX_CHANNEL_READABLE | ZX_CHANNEL_PEER_CLOSED);
    for (unsigned i = 0; i < 4; i++) {
        EXPECT_OK(zx_channel_read(remote, 0, &word, NULL, 4, 0, &size, NULL));
        EXPECT_EQ(size, 4);
        EXPECT_EQ(word, data);
    }
    EXPECT_EQ(signals(remote), ZX_CHANNEL_PEER_CLOSED);
    EXPECT_OK(zx_handle_close(remote));
}

CASE(ChannelTest, CloseSignalsPeerClosed)
{
    open_channel();
    EXPECT_OK(zx_handle_close(local));
    EXPECT_OK(zx_object_wait_one(remote, ZX_CHANNEL_PEER_CLOSED, ZX_TIME_INFINITE, NULL));
    EXPECT_OK(zx_handle_close(remote));
}

CASE(ChannelTest, CloseClearsSignalsWriteable)
{
    open_channel();
    EXPECT_EQ(signals(remote), ZX_CHANNEL_WRITABLE);
    EXPECT_OK(zx_handle_close(local));
    EXPECT_EQ(signals(remote), ZX_CHANNEL_PEER_CLOSED);
    EXPECT_EQ(write_data(remote), ZX_ERR_PEER_CLOSED);
    EXPECT_OK(zx_handle_close(remote));
}

CASE(ChannelTest, CloseSignalsPeerReturnsPeerClosed)
{
    open_channel();
    EXPECT_OK(zx_handle_close(local));
    EXPECT_EQ(zx_object_signal_peer(remote, 0, ZX_USER_SIGNAL_0), ZX_ERR_PEER_CLOSED);
    EXPECT_OK(zx_handle_close(remote));
}

CASE(ChannelTest, OnFlightHandlesSignalledWhenPeerIsClosed)
{
    zx_handle_t mine[2], theirs[2];

    open_channel();
    for (unsigned i = 0; i < 2; i++)
        ASSERT_OK(zx_channel_create(0, &mine[i], &theirs[i]));
    EXPECT_OK(zx_channel_write(local, 0, NULL, 0, &theirs[0], 1));
    EXPECT_OK(zx_channel_write(remote, 0, NULL, 0, &theirs[1], 1));
    EXPECT_OK(zx_handle_close(local));
    EXPECT_EQ(signals(mine[1]), ZX_CHANNEL_PEER_CLOSED);
    EXPECT_EQ(signals(mine[0]), ZX_CHANNEL_WRITABLE);
    EXPECT_OK(zx_handle_close(remote));
    EXPECT_EQ(signals(mine[0]), ZX_CHANNEL_PEER_CLOSED);
    EXPECT_OK(zx_handle_close(mine[0]));
    EXPECT_OK(zx_handle_close(mine[1]));
}

CASE(ChannelTest, WriteNonTransferableHandleReturnsAccessDeniedAndClosesHandle)
{
    zx_handle_t event = make_event(), less;

    open_channel();
    EXPECT_OK(zx_handle_replace(event, ZX_DEFAULT_EVENT_RIGHTS & ~ZX_RIGHT_TRANSFER, &less));
    EXPECT_EQ(zx_channel_write(local, 0, NULL, 0, &less, 1), ZX_ERR_ACCESS_DENIED);
    EXPECT_EQ(zx_handle_close(less), ZX_ERR_BAD_HANDLE);
    close_channel();
}

CASE(ChannelTest, WriteRepeatedHandlesReturnsBadHandlesAndClosesHandle)
{
    zx_handle_t event = make_event(), h[2] = {event, event};

    open_channel();
    EXPECT_EQ(zx_channel_write(local, 0, NULL, 0, h, 2), ZX_ERR_BAD_HANDLE);
    EXPECT_EQ(zx_handle_close(event), ZX_ERR_BAD_HANDLE);
    close_channel();
}

CASE(ChannelTest, WriteSelfHandleReturnsNotSupported)
{
    open_channel();
    EXPECT_EQ(zx_channel_write(local, 0, NULL, 0, &local, 1), ZX_ERR_NOT_SUPPORTED);
    EXPECT_EQ(zx_handle_close(local), ZX_ERR_BAD_HANDLE);
    EXPECT_OK(zx_handle_close(remote));
}

enum { MESSAGES = 2000 };
static _Atomic unsigned times_read[MESSAGES];

static void read_half(void *arg)
{
    uint64_t previous = 0, value;

    (void)arg;
    for (unsigned i = 0; i < MESSAGES / 2; i++) {
        value = 0;
        ASSERT_OK(zx_channel_read(remote, 0, &value, NULL, 8, 0, NULL, NULL));
        ASSERT_GT(value, previous);
        times_read[value - 1]++;
        previous = value;
    }
}

CASE(ChannelTest, ConcurrentReadsConsumeUniqueElements)
{
    struct ztest_thread t[2];

    open_channel();
    for (uint64_t i = 1; i <= MESSAGES; i++)
        ASSERT_OK(zx_channel_write(local, 0, &i, sizeof(i), NULL, 0));
    ASSERT_OK(ztest_thread_start(&t[0], read_half, NULL));
    ASSERT_OK(ztest_thread_start(&t[1], read_half, NULL));
    ztest_thread_join(&t[0]);
    ztest_thread_join(&t[1]);
    for (unsigned i = 0; i < MESSAGES; i++)
        EXPECT_EQ(times_read[i], 1);
    close_channel();
}

static char bytes[ZX_CHANNEL_MAX_MSG_BYTES];

/* A message of that size does not fit into that room, and is lost with its handle. */
static void discard(uint32_t size, uint32_t handles, uint32_t room, uint32_t handle_room,
                    int null)
{
    zx_handle_t event = make_event(), copy, got[4];
    uint32_t actual = 77, actual_handles = 77, count = 0;

    open_channel();
    EXPECT_OK(zx_handle_duplicate(event, ZX_RIGHT_SAME_RIGHTS, &copy));
    if (!handles)
        EXPECT_OK(zx_handle_close(copy));
    EXPECT_OK(zx_channel_write(local, 0, bytes, size, &copy, handles));
    EXPECT_EQ(zx_channel_read(remote, ZX_CHANNEL_READ_MAY_DISCARD, null ? NULL : bytes,
                              null ? NULL : got, room, handle_room, &actual, &actual_handles),
              ZX_ERR_BUFFER_TOO_SMALL);
    EXPECT_EQ(actual, size);
    EXPECT_EQ(actual_handles, handles);
    EXPECT_EQ(signals(remote), ZX_CHANNEL_WRITABLE);
    EXPECT_OK(
        zx_object_get_info(event, ZX_INFO_HANDLE_COUNT, &count, sizeof(count), NULL, NULL));
    EXPECT_EQ(count, 1);
    EXPECT_OK(zx_handle_close(event));
    close_channel();
}

CASE(ChannelTest, ReadMayDiscardWithNullBuffersReturnsBufferTooSmall)
{
    discard(1, 1, 0, 0, 1);
}

CASE(ChannelTest, ReadMayDiscardWithNullBufferDiscardsDataReturnsBufferTooSmall)
{
    discard(2, 0, 1, 0, 1);
}

CASE(ChannelTest, ReadMayDiscardWithNullBufferDiscardHandlesReturnsBufferTooSmall)
{
    discard(0, 1, 0, 0, 1);
}

CASE(ChannelTest, ReadMayDiscardWithZeroSizeBuffersDiscardHandlesAndDataReturnsBufferTooSmall)
{
    discard(1, 1, 0, 0, 0);
}

CASE(ChannelTest, ReadMayDiscardWithSmallerBufferDiscardHandlesAndDateReturnsBufferTooSmall)
{
    discard(11, 1, 10, 0, 0);
}

CASE(ChannelTest, ReadAndWriteWithMultipleSizes)
{
    static const uint32_t sizes[] = {0, 1, 7, 4095, 4096, 4097, ZX_CHANNEL_MAX_MSG_BYTES};
    static char got[ZX_CHANNEL_MAX_MSG_BYTES];
    uint32_t size;

    open_channel();
    for (unsigned i = 0; i < sizeof(bytes); i++)
        bytes[i] = (char)(i + i / 256);
    for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        EXPECT_OK(zx_channel_write(local, 0, bytes, sizes[i], NULL, 0));
        memset(got, 0, sizeof(got));
        EXPECT_OK(zx_channel_read(remote, 0, got, NULL, sizeof(got), 0, &size, NULL));
        EXPECT_EQ(size, sizes[i]);
        for (uint32_t k = 0; k < size; k++)
            ASSERT_EQ(got[k], bytes[k]);
    }
    close_channel();
}

CASE(ChannelTest, NestingIsOk)
{
    zx_handle_t inner[2], deepest[2], got, got2;
    uint32_t word = 0;

    open_channel();
    ASSERT_OK(zx_channel_create(0, &inner[0], &inner[1]));
    ASSERT_OK(zx_channel_create(0, &deepest[0], &deepest[1]));
    EXPECT_OK(write_data(deepest[0]));
    EXPECT_OK(zx_channel_write(inner[0], 0, NULL, 0, &deepest[1], 1));
    EXPECT_OK(zx_channel_write(local, 0, NULL, 0, &inner[1], 1));
    ASSERT_OK(zx_channel_read(remote, 0, NULL, &got, 0, 1, NULL, NULL));
    ASSERT_OK(zx_channel_read(got, 0, NULL, &got2, 0, 1, NULL, NULL));
    ASSERT_OK(zx_channel_read(got2, 0, &word, NULL, 4, 0, NULL, NULL));
    EXPECT_EQ(word, data);
    EXPECT_OK(zx_handle_close(got));
    EXPECT_OK(zx_handle_close(got2));
    EXPECT_OK(zx_handle_close(inner[0]));
    EXPECT_OK(zx_handle_close(deepest[0]));
    close_channel();
}

CASE(ChannelTest, ReadEtcHandleInfoValidation)
{
    zx_handle_t h[3] = {make_event(), ZX_HANDLE_INVALID, ZX_HANDLE_INVALID}, less, other;
    zx_handle_info_t got[3];
    uint32_t count;

    open_channel();
    less = make_event();
    EXPECT_OK(zx_handle_replace(less, ZX_RIGHT_TRANSFER | ZX_RIGHT_WAIT, &h[1]));
    EXPECT_OK(zx_fifo_create(4, 4, 0, &h[2], &other));
    EXPECT_OK(zx_channel_write(local, 0, NULL, 0, h, 3));
    ASSERT_OK(zx_channel_read_etc(remote, 0, NULL, got, 0, 3, NULL, &count));
    EXPECT_EQ(count, 3);
    EXPECT_EQ(got[0].type, ZX_OBJ_TYPE_EVENT);
    EXPECT_EQ(got[0].rights, ZX_DEFAULT_EVENT_RIGHTS);
    EXPECT_EQ(got[1].rights, ZX_RIGHT_TRANSFER | ZX_RIGHT_WAIT);
    EXPECT_EQ(got[2].type, ZX_OBJ_TYPE_FIFO);
    for (unsigned i = 0; i < 3; i++)
        EXPECT_OK(zx_handle_close(got[i].handle));
    EXPECT_OK(zx_handle_close(other));
    close_channel();
}

/* ---- calls ---- */

enum { WORDS = 6 };

/* Answers `calls` requests, when `gather` of them are there, with `size` bytes and `handles`
 * handles; or closes its end. */
struct answers {
    struct ztest_thread thread;
    unsigned calls, gather;
    uint32_t size, handles;
    int closes;
};

static void answer_one(const struct answers *a, uint32_t id)
{
    uint32_t reply[WORDS] = {id, 1, 2, 3, 4, 5};
    zx_handle_t h[2];

    for (unsigned i = 0; i < a->handles; i++)
        h[i] = make_event();
    EXPECT_OK(zx_channel_write(remote, 0, reply, a->size, h, a->handles));
}

static void give_answers(void *arg)
{
    const struct answers *a = arg;
    uint32_t ids[4], request[WORDS], size, count;
    zx_handle_t h[2];

    for (unsigned done = 0; done < a->calls; done += a->gather) {
        for (unsigned i = 0; i < a->gather; i++) {
            ASSERT_OK(zx_object_wait_one(remote, ZX_CHANNEL_READABLE, ZX_TIME_INFINITE, NULL));
            ASSERT_OK(
                zx_channel_read(remote, 0, request, h, sizeof(request), 2, &size, &count));
            EXPECT_OK(zx_handle_close_many(h, count));
            EXPECT_TRUE(request[0] & 1u << 31);
            for (unsigned k = 0; k < i; k++)
                EXPECT_NE(ids[k], request[0]);
            ids[i] = request[0];
        }
        for (unsigned i = a->gather; i-- > 0 && !a->closes;)
            answer_one(a, ids[i]);
    }
    if (a->closes)
        EXPECT_OK(zx_handle_close(remote));
}

static void answers_start(struct answers *a)
{
    open_channel();
    EXPECT_OK(ztest_thread_start(&a->thread, give_answers, a));
}

/* Ours: a request with `handles` events, and room for a reply. */
static zx_status_t call(uint32_t handles, uint32_t room, uint32_t handle_room)
{
    uint32_t request[2] = {0x112233, 7}, reply[WORDS] = {0}, size = 0, count = 0;
    zx_handle_t sent[2] = {0}, got[2] = {0};
    zx_channel_call_args_t args = {request,         sent,    reply, got,
                                   sizeof(request), handles, room,  handle_room};
    zx_status_t st;

    for (unsigned i = 0; i < handles; i++)
        sent[i] = make_event();
    st = zx_channel_call(local, 0, ZX_TIME_INFINITE, &args, &size, &count);
    for (unsigned i = 0; i < handles; i++)
        EXPECT_EQ(zx_handle_close(sent[i]), ZX_ERR_BAD_HANDLE);
    if (st == ZX_OK)
        EXPECT_OK(zx_handle_close_many(got, count));
    if (st == ZX_OK && size > 4)
        EXPECT_EQ(reply[1], 1);
    return st;
}

/* One call that is answered so, with such room. */
static void call_once(uint32_t size, uint32_t handles, uint32_t room, uint32_t handle_room,
                      zx_status_t want)
{
    struct answers a = {.calls = 1, .gather = 1, .size = size, .handles = handles};

    answers_start(&a);
    EXPECT_EQ(call(1, room, handle_room), want);
    ztest_thread_join(&a.thread);
    close_channel();
}

CASE(ChannelTest, CallBytesFitIsOk)
{
    call_once(24, 0, 24, 0, ZX_OK);
}

CASE(ChannelTest, CallHandlesFitIsOk)
{
    call_once(4, 2, 4, 2, ZX_OK);
}

CASE(ChannelTest, CallHandleAndBytesFitsIsOk)
{
    call_once(24, 2, 24, 2, ZX_OK);
}

CASE(ChannelTest, CallConsumesHandlesOnSuccess)
{
    call_once(4, 0, 24, 2, ZX_OK);
}

CASE(ChannelTest, CallResponseBiggerThanRdNumBytesReturnsBufferTooSmall)
{
    call_once(24, 0, 23, 0, ZX_ERR_BUFFER_TOO_SMALL);
}

CASE(ChannelTest, CallResponseBiggerThanRdNumHandlesReturnsBufferTooSmall)
{
    call_once(4, 2, 24, 1, ZX_ERR_BUFFER_TOO_SMALL);
}

CASE(ChannelTest, CallWrittenBytesSmallerThanZxTxIdReturnsInvalidArgs)
{
    uint32_t request = 0, size, count;
    zx_channel_call_args_t args = {&request, NULL, bytes, NULL, 3, 0, sizeof(bytes), 0};

    open_channel();
    EXPECT_EQ(zx_channel_call(local, 0, ZX_TIME_INFINITE, &args, &size, &count),
              ZX_ERR_INVALID_ARGS);
    close_channel();
}

CASE(ChannelTest, CallDeadlineExceededReturnsTimedOut)
{
    uint32_t request[2] = {0}, size, count;
    zx_channel_call_args_t args = {request, NULL, bytes, NULL, 8, 0, sizeof(bytes), 0};

    open_channel();
    EXPECT_EQ(zx_channel_call(local, 0, ztest_after(ZTEST_MSEC(1)), &args, &size, &count),
              ZX_ERR_TIMED_OUT);
    EXPECT_EQ(signals(remote), ZX_CHANNEL_READABLE | ZX_CHANNEL_WRITABLE);
    close_channel();
}

CASE(ChannelTest, CallConsumesHandlesOnError)
{
    uint32_t request[2] = {0}, size, count;
    zx_handle_t sent[2] = {make_event(), make_event()};
    zx_channel_call_args_t args = {request, sent, bytes, NULL, 8, 2, sizeof(bytes), 0};

    open_channel();
    EXPECT_EQ(zx_channel_call(local, 0, ztest_after(1), &args, &size, &count),
              ZX_ERR_TIMED_OUT);
    EXPECT_EQ(zx_handle_close(sent[0]), ZX_ERR_BAD_HANDLE);
    EXPECT_EQ(zx_handle_close(sent[1]), ZX_ERR_BAD_HANDLE);
    close_channel();
}

CASE(ChannelTest, CallNotifiedOnPeerClosed)
{
    struct answers a = {.calls = 1, .gather = 1, .closes = 1};

    answers_start(&a);
    EXPECT_EQ(call(0, 24, 0), ZX_ERR_PEER_CLOSED);
    ztest_thread_join(&a.thread);
    EXPECT_OK(zx_handle_close(local));
}

static void call_from_thread(void *arg)
{
    (void)arg;
    EXPECT_OK(call(0, 24, 0));
}

CASE(ChannelTest, CallPendingTransactionsUseDifferentIds)
{
    struct answers a = {.calls = 4, .gather = 4, .size = 24};
    struct ztest_thread t[4];

    answers_start(&a);
    for (unsigned i = 0; i < 4; i++)
        ASSERT_OK(ztest_thread_start(&t[i], call_from_thread, NULL));
    for (unsigned i = 0; i < 4; i++)
        ztest_thread_join(&t[i]);
    ztest_thread_join(&a.thread);
    close_channel();
}

/* ---- the etc. form, and interruptions ---- */

CASE(ChannelCallEtc, DispositionsGoAndInfosCome)
{
    struct answers a = {.calls = 1, .gather = 1, .size = 24, .handles = 2};
    uint32_t request[2] = {0}, reply[WORDS], size, count;
    zx_handle_disposition_t sent = {ZX_HANDLE_OP_DUPLICATE, make_event(), ZX_OBJ_TYPE_EVENT,
                                    ZX_RIGHT_SAME_RIGHTS, ZX_OK};
    zx_handle_info_t got[2];
    zx_channel_call_etc_args_t args = {request, &sent, reply, got, 8, 1, sizeof(reply), 2};

    answers_start(&a);
    EXPECT_OK(zx_channel_call_etc(local, 0, ZX_TIME_INFINITE, &args, &size, &count));
    EXPECT_EQ(size, 24);
    EXPECT_EQ(count, 2);
    EXPECT_EQ(got[1].type, ZX_OBJ_TYPE_EVENT);
    EXPECT_EQ(got[1].rights, ZX_DEFAULT_EVENT_RIGHTS);
    EXPECT_OK(zx_handle_close(got[0].handle));
    EXPECT_OK(zx_handle_close(got[1].handle));
    ztest_thread_join(&a.thread);

    sent.type = ZX_OBJ_TYPE_PORT;
    EXPECT_EQ(zx_channel_call_etc(local, 0, ZX_TIME_INFINITE, &args, &size, &count),
              ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(sent.result, ZX_ERR_WRONG_TYPE);
    EXPECT_OK(zx_handle_close(sent.handle));
    close_channel();
}

CASE(ChannelCall, GoesOnAfterASuspension)
{
    uint32_t request[WORDS], size;
    struct ztest_thread t;
    zx_handle_t token;

    open_channel();
    ASSERT_OK(ztest_thread_start(&t, call_from_thread, NULL));
    ASSERT_OK(zx_object_wait_one(remote, ZX_CHANNEL_READABLE, ZX_TIME_INFINITE, NULL));
    for (unsigned i = 0; i < 3; i++) {
        ASSERT_OK(zx_task_suspend_token(t.handle, &token));
        ASSERT_OK(zx_object_wait_one(t.handle, ZX_THREAD_SUSPENDED, ZX_TIME_INFINITE, NULL));
        if (i == 2) { /* the answer comes while it is suspended */
            struct answers a = {.size = 24};

            ASSERT_OK(
                zx_channel_read(remote, 0, request, NULL, sizeof(request), 0, &size, NULL));
            answer_one(&a, request[0]);
        }
        ASSERT_OK(zx_handle_close(token));
        ASSERT_OK(zx_object_wait_one(t.handle, ZX_THREAD_RUNNING | ZX_THREAD_TERMINATED,
                                     ZX_TIME_INFINITE, NULL));
    }
    ztest_thread_join(&t);
    EXPECT_EQ(signals(remote), ZX_CHANNEL_WRITABLE); /* the request was made once */
    close_channel();
}

/* The call is made and answered, but how much came cannot be told. */
static void call_with_nowhere_to_tell(int size, int count)
{
    struct answers a = {.calls = 1, .gather = 1, .size = sizeof(uint32_t)};
    uint32_t request[2] = {0}, reply[WORDS], out;
    const zx_channel_call_args_t args = {.wr_bytes = request,
                                         .wr_num_bytes = sizeof(request),
                                         .rd_bytes = reply,
                                         .rd_num_bytes = sizeof(reply)};

    answers_start(&a);
    EXPECT_EQ(zx_channel_call(local, 0, ZX_TIME_INFINITE, &args, size ? &out : NULL,
                              count ? &out : NULL),
              ZX_ERR_INVALID_ARGS);
    ztest_thread_join(&a.thread);
    close_channel();
}

CASE(ChannelTest, CallNullptrNumBytesIsInvalidArgs)
{
    call_with_nowhere_to_tell(0, 1);
}

CASE(ChannelTest, CallNullptrNumHandlesInvalidArgs)
{
    call_with_nowhere_to_tell(1, 0);
}
