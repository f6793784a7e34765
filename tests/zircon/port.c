/*
 * port.c - ports: packets of programs, and of objects whose signals are waited for.
 */
#include "tests/zircon/ztest.h"

static zx_handle_t port;

static void open_port(void)
{
    EXPECT_OK(zx_port_create(0, &port));
}

static zx_handle_t make_event(void)
{
    zx_handle_t h = ZX_HANDLE_INVALID;

    EXPECT_OK(zx_event_create(0, &h));
    return h;
}

static zx_status_t async(zx_handle_t h, uint64_t key, zx_signals_t signals)
{
    return zx_object_wait_async(h, port, key, signals, ZX_WAIT_ASYNC_ONCE);
}

static zx_status_t queue(uint64_t key)
{
    const zx_port_packet_t packet = {.key = key, .type = ZX_PKT_TYPE_USER};

    return zx_port_queue(port, &packet);
}

/* What comes without waiting. */
static zx_status_t next(zx_port_packet_t *packet)
{
    return zx_port_wait(port, 0, packet);
}

static void expect_signal(uint64_t key, zx_signals_t observed)
{
    zx_port_packet_t p = {0};

    EXPECT_OK(next(&p));
    EXPECT_EQ(p.key, key);
    EXPECT_EQ(p.type, ZX_PKT_TYPE_SIGNAL_ONE);
    EXPECT_EQ(p.status, ZX_OK);
    EXPECT_EQ(p.signal.observed, observed);
    EXPECT_EQ(p.signal.count, 1);
}

static void expect_nothing(void)
{
    zx_port_packet_t p;

    EXPECT_EQ(next(&p), ZX_ERR_TIMED_OUT);
}

CASE(PortTest, QueueNullPtrReturnsInvalidArgs)
{
    open_port();
    EXPECT_EQ(zx_port_queue(port, NULL), ZX_ERR_INVALID_ARGS);
    EXPECT_OK(zx_handle_close(port));
}

CASE(PortTest, QueueWaitVerifyUserPacket)
{
    const zx_port_packet_t in = {
        .key = 12, .type = ZX_PKT_TYPE_USER + 5, .status = -3, .user = {.u64 = {1, 2, 3, 4}}};
    zx_port_packet_t out;

    open_port();
    EXPECT_OK(zx_port_queue(port, &in));
    EXPECT_OK(zx_port_wait(port, ZX_TIME_INFINITE, &out));
    EXPECT_EQ(out.key, 12);
    EXPECT_EQ(out.type, ZX_PKT_TYPE_USER);
    EXPECT_EQ(out.status, -3);
    EXPECT_EQ(out.user.u64[3], 4);
    EXPECT_OK(zx_handle_close(port));
}

CASE(PortTest, PortTimeout)
{
    zx_port_packet_t p;

    open_port();
    EXPECT_EQ(zx_port_wait(port, ztest_after(1), &p), ZX_ERR_TIMED_OUT);
    EXPECT_EQ(zx_port_wait(port, ZX_TIME_INFINITE_PAST, &p), ZX_ERR_TIMED_OUT);
    EXPECT_OK(zx_handle_close(port));
}

CASE(PortTest, QueueAndClose)
{
    open_port();
    EXPECT_OK(queue(1));
    EXPECT_OK(zx_handle_close(port));
}

CASE(PortTest, QueueTooMany)
{
    zx_port_packet_t p;
    unsigned count = 0;
    zx_status_t st;

    open_port();
    while ((st = queue(count)) == ZX_OK && count < 100000)
        count++;
    EXPECT_EQ(st, ZX_ERR_SHOULD_WAIT);
    EXPECT_GT(count, 1000);
    EXPECT_OK(next(&p));
    EXPECT_EQ(p.key, 0);
    EXPECT_OK(queue(1));
    EXPECT_OK(zx_handle_close(port));
}

CASE(PortTest, AsyncWaitChannel)
{
    zx_handle_t a, b;
    char c;

    open_port();
    ASSERT_OK(zx_channel_create(0, &a, &b));
    for (uint64_t i = 0; i < 5; i++) {
        EXPECT_OK(async(b, i, ZX_CHANNEL_READABLE | ZX_CHANNEL_PEER_CLOSED));
        expect_nothing();
        EXPECT_OK(zx_channel_write(a, 0, "here", 4, NULL, 0));
        EXPECT_OK(zx_channel_write(a, 0, "here", 4, NULL, 0));
        expect_signal(i, ZX_CHANNEL_READABLE | ZX_CHANNEL_WRITABLE);
        expect_nothing();
        for (unsigned k = 0; k < 2; k++)
            EXPECT_EQ(
                zx_channel_read(b, ZX_CHANNEL_READ_MAY_DISCARD, &c, NULL, 1, 0, NULL, NULL),
                ZX_ERR_BUFFER_TOO_SMALL);
    }
    EXPECT_OK(async(b, 9, ZX_CHANNEL_READABLE | ZX_CHANNEL_PEER_CLOSED));
    EXPECT_OK(zx_handle_close(a));
    expect_signal(9, ZX_CHANNEL_PEER_CLOSED);
    EXPECT_OK(zx_handle_close(b));
    EXPECT_OK(zx_handle_close(port));
}

CASE(PortTest, AsyncWaitChannelTimedOut)
{
    zx_port_packet_t p;
    zx_handle_t a, b;

    open_port();
    ASSERT_OK(zx_channel_create(0, &a, &b));
    EXPECT_OK(async(b, 1, ZX_CHANNEL_READABLE));
    EXPECT_EQ(zx_port_wait(port, ztest_after(ZTEST_MSEC(1)), &p), ZX_ERR_TIMED_OUT);
    EXPECT_OK(zx_channel_write(a, 0, NULL, 0, NULL, 0));
    expect_signal(1, ZX_CHANNEL_READABLE | ZX_CHANNEL_WRITABLE);
    EXPECT_OK(zx_handle_close(a));
    EXPECT_OK(zx_handle_close(b));
    EXPECT_OK(zx_handle_close(port));
}

CASE(PortTest, ChannelAsyncWaitOnExistingStateIsNotified)
{
    zx_handle_t a, b;

    open_port();
    ASSERT_OK(zx_channel_create(0, &a, &b));
    EXPECT_OK(zx_channel_write(a, 0, NULL, 0, NULL, 0));
    EXPECT_OK(async(b, 1, ZX_CHANNEL_READABLE));
    expect_signal(1, ZX_CHANNEL_READABLE | ZX_CHANNEL_WRITABLE);
    EXPECT_OK(zx_handle_close(a));
    EXPECT_OK(zx_handle_close(b));
    EXPECT_OK(zx_handle_close(port));
}

/* The port, the event and a second port are closed in every order while a wait is armed. */
CASE(PortTest, AsyncWaitCloseOrder)
{
    static const uint8_t orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                         {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};

    for (unsigned fired = 0; fired < 2; fired++) {
        for (unsigned i = 0; i < 6; i++) {
            zx_handle_t h[3];

            h[0] = make_event();
            open_port();
            h[1] = port;
            EXPECT_OK(async(h[0], 1, ZX_EVENT_SIGNALED));
            open_port();
            h[2] = port;
            EXPECT_OK(async(h[0], 2, ZX_EVENT_SIGNALED));
            if (fired)
                EXPECT_OK(zx_object_signal(h[0], 0, ZX_EVENT_SIGNALED));
            for (unsigned k = 0; k < 3; k++)
                EXPECT_OK(zx_handle_close(h[orders[i][k]]));
        }
    }
}

CASE(PortTest, EventAsyncSignalWaitSingle)
{
    zx_handle_t event = make_event();

    open_port();
    EXPECT_OK(async(event, 1, ZX_EVENT_SIGNALED));
    EXPECT_OK(zx_object_signal(event, 0, ZX_EVENT_SIGNALED));
    EXPECT_OK(zx_object_signal(event, ZX_EVENT_SIGNALED, 0));
    expect_signal(1, ZX_EVENT_SIGNALED);
    expect_nothing();
    EXPECT_OK(zx_handle_close(event));
    EXPECT_OK(zx_handle_close(port));
}

CASE(PortTest, AsyncWaitEventRepeat)
{
    zx_handle_t event = make_event();

    open_port();
    for (uint64_t i = 0; i < 24; i++) {
        EXPECT_OK(async(event, i, ZX_EVENT_SIGNALED));
        EXPECT_OK(zx_object_signal(event, 0, ZX_EVENT_SIGNALED));
        EXPECT_OK(zx_object_signal(event, ZX_EVENT_SIGNALED, 0));
        expect_signal(i, ZX_EVENT_SIGNALED);
    }
    expect_nothing();
    EXPECT_OK(zx_handle_close(event));
    EXPECT_OK(zx_handle_close(port));
}

CASE(PortTest, AsyncWaitEventManyAllProcessed)
{
    enum { COUNT = 20 };
    zx_handle_t event = make_event();
    uint32_t seen = 0;

    open_port();
    for (uint64_t i = 0; i < COUNT; i++)
        EXPECT_OK(async(event, i, ZX_EVENT_SIGNALED));
    EXPECT_OK(zx_object_signal(event, 0, ZX_EVENT_SIGNALED));
    for (unsigned i = 0; i < COUNT; i++) {
        zx_port_packet_t p = {0};

        EXPECT_OK(next(&p));
        seen |= 1u << p.key;
    }
    EXPECT_EQ(seen, (1u << COUNT) - 1);
    expect_nothing();
    EXPECT_OK(zx_handle_close(event));
    EXPECT_OK(zx_handle_close(port));
}

CASE(PortTest, AsyncWaitInvalidOption)
{
    zx_handle_t event = make_event();

    open_port();
    EXPECT_EQ(zx_object_wait_async(event, port, 1, ZX_EVENT_SIGNALED, 20), ZX_ERR_INVALID_ARGS);
    EXPECT_OK(zx_handle_close(event));
    EXPECT_OK(zx_handle_close(port));
}

CASE(PortTest, Timestamp)
{
    zx_handle_t event = make_event();
    zx_port_packet_t p;
    zx_time_t before;

    open_port();
    EXPECT_OK(zx_object_wait_async(event, port, 1, ZX_EVENT_SIGNALED, ZX_WAIT_ASYNC_TIMESTAMP));
    EXPECT_OK(zx_object_wait_async(event, port, 2, ZX_EVENT_SIGNALED, ZX_WAIT_ASYNC_ONCE));
    before = zx_clock_get_monotonic();
    EXPECT_OK(zx_object_signal(event, 0, ZX_EVENT_SIGNALED));
    for (unsigned i = 0; i < 2; i++) {
        EXPECT_OK(next(&p));
        if (p.key == 1) {
            EXPECT_GE(p.signal.timestamp, before);
            EXPECT_LE(p.signal.timestamp, zx_clock_get_monotonic());
        } else {
            EXPECT_EQ(p.signal.timestamp, 0);
        }
    }
    EXPECT_OK(zx_handle_close(event));
    EXPECT_OK(zx_handle_close(port));
}

/* Waits with keys 128 and 13 on two events, which `after` are signalled, and one is cancelled.
 */
static void cancel(int after)
{
    zx_handle_t event[2] = {make_event(), make_event()};

    open_port();
    EXPECT_OK(async(event[0], 128, ZX_EVENT_SIGNALED));
    EXPECT_OK(async(event[0], 13, ZX_EVENT_SIGNALED));
    EXPECT_OK(async(event[1], 128, ZX_EVENT_SIGNALED));
    for (unsigned i = 0; i < 2 && after; i++)
        EXPECT_OK(zx_object_signal(event[i], 0, ZX_EVENT_SIGNALED));
    EXPECT_OK(zx_port_cancel(port, event[0], 128));
    EXPECT_EQ(zx_port_cancel(port, event[0], 128), ZX_ERR_NOT_FOUND);
    EXPECT_EQ(zx_port_cancel(port, event[0], 77), ZX_ERR_NOT_FOUND);
    for (unsigned i = 0; i < 2 && !after; i++)
        EXPECT_OK(zx_object_signal(event[i], 0, ZX_EVENT_SIGNALED));
    expect_signal(13, ZX_EVENT_SIGNALED);
    expect_signal(128, ZX_EVENT_SIGNALED);
    expect_nothing();
    EXPECT_EQ(zx_port_cancel(port, ZX_HANDLE_INVALID, 1), ZX_ERR_BAD_HANDLE);
    EXPECT_OK(zx_handle_close(event[0]));
    EXPECT_OK(zx_handle_close(event[1]));
    EXPECT_OK(zx_handle_close(port));
}

CASE(PortTest, CancelEventKey)
{
    cancel(0);
}

CASE(PortTest, CancelEventKeyAfter)
{
    cancel(1);
}

static void queue_until_closed(void *arg)
{
    zx_handle_t p = *(zx_handle_t *)arg;
    const zx_port_packet_t packet = {.key = 1};
    zx_status_t st;

    while ((st = zx_port_queue(p, &packet)) == ZX_OK || st == ZX_ERR_SHOULD_WAIT)
        ;
    EXPECT_EQ(st, ZX_ERR_BAD_HANDLE);
}

CASE(PortTest, CloseQueueRace)
{
    struct ztest_thread t[2];

    open_port();
    for (unsigned i = 0; i < 2; i++)
        ASSERT_OK(ztest_thread_start(&t[i], queue_until_closed, &port));
    EXPECT_OK(zx_nanosleep(ztest_after(ZTEST_MSEC(1))));
    EXPECT_OK(zx_handle_close(port));
    for (unsigned i = 0; i < 2; i++)
        ztest_thread_join(&t[i]);
}

static _Atomic unsigned taken;

static void take_events(void *arg)
{
    zx_port_packet_t p;

    (void)arg;
    for (;;) {
        ASSERT_OK(zx_port_wait(port, ZX_TIME_INFINITE, &p));
        if (p.type == ZX_PKT_TYPE_USER)
            return;
        taken++;
    }
}

CASE(PortTest, ThreadEvents)
{
    enum { THREADS = 3, EVENTS = 30 };
    struct ztest_thread t[THREADS];
    zx_handle_t event[EVENTS];

    open_port();
    taken = 0;
    for (unsigned i = 0; i < THREADS; i++)
        ASSERT_OK(ztest_thread_start(&t[i], take_events, NULL));
    for (unsigned i = 0; i < EVENTS; i++) {
        event[i] = make_event();
        EXPECT_OK(async(event[i], i, ZX_EVENT_SIGNALED));
        EXPECT_OK(zx_object_signal(event[i], 0, ZX_EVENT_SIGNALED));
    }
    for (unsigned i = 0; i < THREADS; i++)
        EXPECT_OK(queue(i));
    for (unsigned i = 0; i < THREADS; i++)
        ztest_thread_join(&t[i]);
    EXPECT_EQ(taken, EVENTS);
    EXPECT_OK(zx_handle_close_many(event, EVENTS));
    EXPECT_OK(zx_handle_close(port));
}

/* ---- races, as long as it takes to make so many rounds ---- */

enum { ROUNDS = 500 };
static zx_handle_t shared; /* what two threads work on */

static void arm_and_cancel(void *arg)
{
    (void)arg;
    for (unsigned i = 0; i < ROUNDS; i++) {
        zx_port_packet_t p;

        EXPECT_OK(async(shared, i, ZX_EVENT_SIGNALED));
        if (zx_port_cancel(port, shared, i) == ZX_ERR_NOT_FOUND)
            EXPECT_OK(next(&p));
    }
}

static void signal_often(void *arg)
{
    (void)arg;
    for (unsigned i = 0; i < ROUNDS; i++) {
        EXPECT_OK(zx_object_signal(shared, 0, ZX_EVENT_SIGNALED));
        EXPECT_OK(zx_object_signal(shared, ZX_EVENT_SIGNALED, 0));
    }
}

CASE(PortStressTest, WaitSignalCancel)
{
    struct ztest_thread t[2];

    open_port();
    shared = make_event();
    ASSERT_OK(ztest_thread_start(&t[0], arm_and_cancel, NULL));
    ASSERT_OK(ztest_thread_start(&t[1], signal_often, NULL));
    ztest_thread_join(&t[0]);
    ztest_thread_join(&t[1]);
    expect_nothing();
    EXPECT_OK(zx_handle_close(shared));
    EXPECT_OK(zx_handle_close(port));
}

static void signal_and_close(void *arg)
{
    zx_handle_t event = *(zx_handle_t *)arg;

    EXPECT_OK(zx_object_signal(event, 0, ZX_EVENT_SIGNALED));
    EXPECT_OK(zx_handle_close(event));
}

CASE(PortStressTest, SignalCloseWait)
{
    open_port();
    for (unsigned i = 0; i < 40; i++) {
        zx_handle_t event = make_event();
        struct ztest_thread t;

        EXPECT_OK(async(event, i, ZX_EVENT_SIGNALED));
        ASSERT_OK(ztest_thread_start(&t, signal_and_close, &event));
        ztest_thread_join(&t);
        expect_signal(i, ZX_EVENT_SIGNALED);
    }
    expect_nothing();
    EXPECT_OK(zx_handle_close(port));
}

static void close_port(void *arg)
{
    EXPECT_OK(zx_handle_close(*(zx_handle_t *)arg));
}

CASE(PortStressTest, CloseWaitRace)
{
    for (unsigned i = 0; i < 40; i++) {
        zx_handle_t event = make_event(), closing;
        struct ztest_thread t;
        zx_status_t st = ZX_OK;

        open_port();
        closing = port;
        ASSERT_OK(ztest_thread_start(&t, close_port, &closing));
        for (unsigned k = 0; k < 50 && st == ZX_OK; k++)
            st = async(event, k, ZX_EVENT_SIGNALED);
        EXPECT_TRUE(st == ZX_OK || st == ZX_ERR_BAD_HANDLE);
        ztest_thread_join(&t);
        EXPECT_OK(zx_handle_close(event));
    }
}
