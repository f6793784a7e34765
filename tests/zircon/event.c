/*
 * event.c - events and event pairs.
 */
#include "tests/zircon/ztest.h"

CASE(EventPairTest, HandlesNotInvalid)
{
    zx_handle_t a, b;

    ASSERT_OK(zx_eventpair_create(0, &a, &b));
    EXPECT_NE(a, ZX_HANDLE_INVALID);
    EXPECT_NE(b, ZX_HANDLE_INVALID);
    EXPECT_OK(zx_handle_close(a));
    EXPECT_OK(zx_handle_close(b));
}

CASE(EventPairTest, CheckNoFlagsSupported)
{
    zx_handle_t a = ZX_HANDLE_INVALID, b = ZX_HANDLE_INVALID;

    EXPECT_EQ(zx_eventpair_create(1, &a, &b), ZX_ERR_NOT_SUPPORTED);
    EXPECT_EQ(a, ZX_HANDLE_INVALID);
    EXPECT_EQ(b, ZX_HANDLE_INVALID);
}

CASE(EventPairTest, SignalEventPairAndClearVerifySignals)
{
    zx_handle_t a, b;
    zx_signals_t seen = 0;

    ASSERT_OK(zx_eventpair_create(0, &a, &b));
    EXPECT_EQ(zx_object_wait_one(b, ZX_EVENTPAIR_SIGNALED, 0, &seen), ZX_ERR_TIMED_OUT);
    EXPECT_OK(zx_object_signal_peer(a, 0, ZX_EVENTPAIR_SIGNALED));
    EXPECT_OK(zx_object_wait_one(b, ZX_EVENTPAIR_SIGNALED, 0, &seen));
    EXPECT_EQ(seen & ZX_EVENTPAIR_SIGNALED, ZX_EVENTPAIR_SIGNALED);
    EXPECT_OK(zx_object_signal_peer(a, ZX_EVENTPAIR_SIGNALED, 0));
    EXPECT_EQ(zx_object_wait_one(b, ZX_EVENTPAIR_SIGNALED, 0, &seen), ZX_ERR_TIMED_OUT);
    EXPECT_OK(zx_handle_close(a));
    EXPECT_OK(zx_object_wait_one(b, ZX_EVENTPAIR_PEER_CLOSED, 0, &seen));
    EXPECT_EQ(zx_object_signal_peer(b, 0, ZX_EVENTPAIR_SIGNALED), ZX_ERR_PEER_CLOSED);
    EXPECT_OK(zx_handle_close(b));
}

CASE(EventPairTest, SignalingClosedPeerReturnsPeerClosed)
{
    zx_handle_t a, b;

    ASSERT_OK(zx_eventpair_create(0, &a, &b));
    EXPECT_OK(zx_handle_close(b));
    EXPECT_EQ(zx_object_signal_peer(a, 0, ZX_EVENTPAIR_SIGNALED), ZX_ERR_PEER_CLOSED);
    EXPECT_OK(zx_handle_close(a));
}

static void signal_later(void *arg)
{
    zx_nanosleep(ztest_after(ZTEST_MSEC(1)));
    EXPECT_OK(zx_object_signal(*(zx_handle_t *)arg, 0, ZX_EVENT_SIGNALED));
}

CASE(Event, AThreadIsWokenByASignal)
{
    struct ztest_thread t;
    zx_handle_t event;
    zx_signals_t seen;

    ASSERT_OK(zx_event_create(0, &event));
    ASSERT_OK(ztest_thread_start(&t, signal_later, &event));
    EXPECT_OK(zx_object_wait_one(event, ZX_EVENT_SIGNALED, ZX_TIME_INFINITE, &seen));
    EXPECT_EQ(seen, ZX_EVENT_SIGNALED);
    ztest_thread_join(&t);
    EXPECT_OK(zx_handle_close(event));
}

CHILD(signals_what_it_is_sent)
{
    zx_handle_t event;
    uint32_t size, count;

    if (zx_object_wait_one(channel, ZX_CHANNEL_READABLE, ZX_TIME_INFINITE, NULL) != ZX_OK ||
        zx_channel_read(channel, 0, NULL, &event, 0, 1, &size, &count) != ZX_OK)
        return 1;
    return zx_object_signal(event, 0, ZX_USER_SIGNAL_0) == ZX_OK ? 17 : 2;
}

CASE(Event, AProcessSignalsWhatItIsSent)
{
    struct ztest_child c;
    zx_handle_t event, copy;

    ASSERT_OK(zx_event_create(0, &event));
    ASSERT_OK(zx_handle_duplicate(event, ZX_RIGHT_SAME_RIGHTS, &copy));
    ASSERT_TRUE(ztest_child_run(&c, ztest_job(), "signals_what_it_is_sent"));
    EXPECT_OK(zx_channel_write(c.channel, 0, NULL, 0, &copy, 1));
    EXPECT_OK(zx_object_wait_one(event, ZX_USER_SIGNAL_0, ZX_TIME_INFINITE, NULL));
    EXPECT_EQ(ztest_child_join(&c), 17);
    EXPECT_OK(zx_handle_close(event));
}
