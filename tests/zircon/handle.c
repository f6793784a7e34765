/*
 * handle.c - handles: closing, duplicating, replacing, sending; and waiting through them.
 */
#include "tests/zircon/ztest.h"

static zx_handle_t make_event(void)
{
    zx_handle_t h = ZX_HANDLE_INVALID;

    EXPECT_OK(zx_event_create(0, &h));
    return h;
}

static zx_status_t valid(zx_handle_t h)
{
    return zx_object_get_info(h, ZX_INFO_HANDLE_VALID, NULL, 0, NULL, NULL);
}

CASE(HandleCloseTest, Many)
{
    zx_handle_t h[3] = {make_event(), make_event(), make_event()};

    EXPECT_OK(zx_handle_close_many(h, 3));
    for (unsigned i = 0; i < 3; i++)
        EXPECT_EQ(valid(h[i]), ZX_ERR_BAD_HANDLE);
    EXPECT_OK(zx_handle_close_many(h, 0));
    EXPECT_EQ(zx_handle_close_many(NULL, 1), ZX_ERR_INVALID_ARGS);
}

CASE(HandleCloseTest, ManyInvalidHandlesShouldNotFail)
{
    zx_handle_t h[5] = {ZX_HANDLE_INVALID, make_event(), ZX_HANDLE_INVALID, make_event(),
                        ZX_HANDLE_INVALID};

    EXPECT_OK(zx_handle_close_many(h, 5));
    EXPECT_EQ(valid(h[1]), ZX_ERR_BAD_HANDLE);
    EXPECT_EQ(valid(h[3]), ZX_ERR_BAD_HANDLE);
}

CASE(HandleCloseTest, ManyDuplicateTest)
{
    zx_handle_t a = make_event(), b = make_event(), h[4] = {a, b, a, b};

    EXPECT_EQ(zx_handle_close_many(h, 4), ZX_ERR_BAD_HANDLE);
    EXPECT_EQ(valid(a), ZX_ERR_BAD_HANDLE);
    EXPECT_EQ(valid(b), ZX_ERR_BAD_HANDLE);
}

CASE(HandleDup, Duplicate)
{
    zx_handle_t a = make_event(), b, c;

    ASSERT_OK(zx_handle_duplicate(a, ZX_RIGHT_SAME_RIGHTS, &b));
    EXPECT_NE(a, b);
    EXPECT_EQ(ztest_koid(a), ztest_koid(b));
    EXPECT_OK(zx_handle_close(a));
    EXPECT_OK(valid(b));
    EXPECT_EQ(zx_handle_duplicate(a, ZX_RIGHT_SAME_RIGHTS, &c), ZX_ERR_BAD_HANDLE);
    EXPECT_EQ(zx_handle_duplicate(b, ZX_RIGHT_MAP, &c), ZX_ERR_INVALID_ARGS);
    EXPECT_OK(zx_handle_close(b));
}

CASE(HandleDup, Replace)
{
    zx_handle_t a = make_event(), b;
    zx_koid_t koid = ztest_koid(a);

    ASSERT_OK(zx_handle_replace(a, ZX_RIGHT_SAME_RIGHTS, &b));
    EXPECT_NE(a, b);
    EXPECT_EQ(ztest_koid(b), koid);
    EXPECT_OK(zx_handle_close(b));
}

CASE(HandleDup, ReplaceSuccessOrigInvalid)
{
    zx_handle_t a = make_event(), b;

    ASSERT_OK(zx_handle_replace(a, ZX_RIGHT_SAME_RIGHTS, &b));
    EXPECT_EQ(zx_object_signal(a, 0, ZX_EVENT_SIGNALED), ZX_ERR_BAD_HANDLE);
    EXPECT_OK(zx_object_signal(b, 0, ZX_EVENT_SIGNALED));
    EXPECT_OK(zx_handle_close(b));
}

CASE(HandleDup, ReplaceFailureBothInvalid)
{
    zx_handle_t a = make_event(), b = ZX_HANDLE_INVALID;

    EXPECT_EQ(zx_handle_replace(a, ZX_RIGHT_EXECUTE, &b), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(valid(a), ZX_ERR_BAD_HANDLE);
    EXPECT_EQ(b, ZX_HANDLE_INVALID);
}

CASE(HandleInfoTest, DupAndInfoRights)
{
    zx_handle_t a = make_event(), b;

    EXPECT_OK(valid(a));
    ASSERT_OK(zx_handle_duplicate(a, ZX_RIGHT_SAME_RIGHTS, &b));
    EXPECT_EQ(ztest_rights(b), ZX_DEFAULT_EVENT_RIGHTS);
    EXPECT_OK(zx_handle_close(a));
    EXPECT_EQ(valid(a), ZX_ERR_BAD_HANDLE);
    EXPECT_OK(zx_handle_close(b));
    EXPECT_EQ(valid(ZX_HANDLE_INVALID), ZX_ERR_BAD_HANDLE);
}

CASE(HandleInfoTest, RelatedKoid)
{
    zx_info_handle_basic_t i[2];
    zx_handle_t h[2], event = make_event();

    ASSERT_OK(zx_eventpair_create(0, &h[0], &h[1]));
    for (unsigned n = 0; n < 2; n++)
        ASSERT_OK(
            zx_object_get_info(h[n], ZX_INFO_HANDLE_BASIC, &i[n], sizeof(i[n]), NULL, NULL));
    EXPECT_EQ(i[0].koid, i[1].related_koid);
    EXPECT_EQ(i[1].koid, i[0].related_koid);
    ASSERT_OK(zx_object_get_info(event, ZX_INFO_HANDLE_BASIC, &i[0], sizeof(i[0]), NULL, NULL));
    EXPECT_EQ(i[0].related_koid, 0);
    ASSERT_OK(zx_object_get_info(ztest_process(), ZX_INFO_HANDLE_BASIC, &i[0], sizeof(i[0]),
                                 NULL, NULL));
    EXPECT_NE(i[0].related_koid, 0);
    EXPECT_OK(zx_handle_close(h[0]));
    EXPECT_OK(zx_handle_close(h[1]));
    EXPECT_OK(zx_handle_close(event));
}

CASE(HandleInfoTest, DuplicateRights)
{
    zx_handle_t a = make_event(), b, c;

    ASSERT_OK(zx_handle_duplicate(a, ZX_RIGHT_WAIT, &b));
    EXPECT_EQ(ztest_rights(b), ZX_RIGHT_WAIT);
    EXPECT_EQ(zx_handle_duplicate(b, ZX_RIGHT_SAME_RIGHTS, &c), ZX_ERR_ACCESS_DENIED);
    EXPECT_EQ(zx_object_signal(b, 0, ZX_EVENT_SIGNALED), ZX_ERR_ACCESS_DENIED);
    EXPECT_OK(zx_handle_close(a));
    EXPECT_OK(zx_handle_close(b));
}

CASE(HandleInfoTest, ReplaceRights)
{
    zx_handle_t a = make_event(), b;

    ASSERT_OK(zx_handle_replace(a, ZX_RIGHT_WAIT, &b));
    EXPECT_EQ(ztest_rights(b), ZX_RIGHT_WAIT);
    EXPECT_EQ(zx_object_signal(b, 0, ZX_EVENT_SIGNALED), ZX_ERR_ACCESS_DENIED);
    EXPECT_OK(zx_handle_close(b));
}

CASE(HandleTransferTest, OverChannelThenRead)
{
    zx_handle_t a, b, c, d, got;
    uint32_t size, count;
    char text[8] = {0};

    ASSERT_OK(zx_channel_create(0, &a, &b));
    ASSERT_OK(zx_channel_create(0, &c, &d));
    ASSERT_OK(zx_channel_write(c, 0, "hello", 5, NULL, 0));
    ASSERT_OK(zx_channel_write(a, 0, NULL, 0, &d, 1));
    EXPECT_EQ(valid(d), ZX_ERR_BAD_HANDLE);
    ASSERT_OK(zx_channel_read(b, 0, NULL, &got, 0, 1, &size, &count));
    EXPECT_OK(zx_channel_read(got, 0, text, NULL, 8, 0, &size, &count));
    EXPECT_EQ(strcmp(text, "hello"), 0);
    EXPECT_OK(zx_handle_close(a));
    EXPECT_OK(zx_handle_close(b));
    EXPECT_OK(zx_handle_close(c));
    EXPECT_OK(zx_handle_close(got));
}

struct waiting {
    struct ztest_thread thread;
    zx_handle_t handle, ready;
    zx_signals_t signals, seen;
    zx_status_t result;
};

static void wait_there(void *arg)
{
    struct waiting *w = arg;

    EXPECT_OK(zx_object_signal(w->ready, 0, ZX_EVENT_SIGNALED));
    w->result = zx_object_wait_one(w->handle, w->signals, ZX_TIME_INFINITE, &w->seen);
}

/* Returns when the thread is about to wait. */
static void waiting_start(struct waiting *w, zx_handle_t handle, zx_signals_t signals)
{
    *w = (struct waiting){.handle = handle, .signals = signals, .ready = make_event()};
    EXPECT_OK(ztest_thread_start(&w->thread, wait_there, w));
    EXPECT_OK(zx_object_wait_one(w->ready, ZX_EVENT_SIGNALED, ZX_TIME_INFINITE, NULL));
    EXPECT_OK(zx_nanosleep(ztest_after(ZTEST_MSEC(1))));
}

/* A wait that had not begun when its handle went finds none. */
static void waiting_end(struct waiting *w, zx_status_t want)
{
    ztest_thread_join(&w->thread);
    EXPECT_OK(zx_handle_close(w->ready));
    EXPECT_TRUE(w->result == want ||
                (want == ZX_ERR_CANCELED && w->result == ZX_ERR_BAD_HANDLE));
    if (w->result == ZX_ERR_CANCELED)
        EXPECT_TRUE(w->seen & ZX_SIGNAL_HANDLE_CLOSED);
}

CASE(HandleTransferTest, CancelsWait)
{
    zx_handle_t a, b, event = make_event(), got;
    struct waiting w;
    uint32_t size, count;

    ASSERT_OK(zx_channel_create(0, &a, &b));
    waiting_start(&w, event, ZX_EVENT_SIGNALED);
    ASSERT_OK(zx_channel_write(a, 0, NULL, 0, &event, 1));
    waiting_end(&w, ZX_ERR_CANCELED);
    ASSERT_OK(zx_channel_read(b, 0, NULL, &got, 0, 1, &size, &count));
    EXPECT_OK(zx_handle_close(got));
    EXPECT_OK(zx_handle_close(a));
    EXPECT_OK(zx_handle_close(b));
}

CASE(HandleWaitTest, HandleWaitTest)
{
    zx_handle_t event = make_event(), copy;
    struct waiting w;

    ASSERT_OK(zx_handle_duplicate(event, ZX_RIGHT_SAME_RIGHTS, &copy));
    waiting_start(&w, event, ZX_EVENT_SIGNALED);
    EXPECT_OK(zx_handle_close(event));
    waiting_end(&w, ZX_ERR_CANCELED);
    EXPECT_OK(valid(copy));
    EXPECT_OK(zx_handle_close(copy));
}

CASE(HandleWaitTest, HandleWaitMultipleThreads)
{
    zx_handle_t event = make_event(), copy;
    struct waiting w[2];

    ASSERT_OK(zx_handle_duplicate(event, ZX_RIGHT_SAME_RIGHTS, &copy));
    waiting_start(&w[0], event, ZX_EVENT_SIGNALED);
    waiting_start(&w[1], copy, ZX_EVENT_SIGNALED);
    EXPECT_OK(zx_handle_close(event));
    waiting_end(&w[0], ZX_ERR_CANCELED);
    EXPECT_OK(zx_object_signal(copy, 0, ZX_EVENT_SIGNALED));
    waiting_end(&w[1], ZX_OK);
    EXPECT_OK(zx_handle_close(copy));
}

/* ---- waiting for one and for many ---- */

CASE(ObjectWaitOneTest, WaitForEventSignaled)
{
    zx_handle_t event = make_event();
    zx_signals_t seen;

    EXPECT_OK(zx_object_signal(event, 0, ZX_EVENT_SIGNALED));
    EXPECT_OK(zx_object_wait_one(event, ZX_EVENT_SIGNALED, ZX_TIME_INFINITE, &seen));
    EXPECT_EQ(seen, ZX_EVENT_SIGNALED);
    EXPECT_OK(zx_handle_close(event));
}

CASE(ObjectWaitOneTest, WaitForEventTimeout)
{
    zx_handle_t event = make_event();
    zx_signals_t seen = ~0u;

    EXPECT_EQ(zx_object_wait_one(event, ZX_EVENT_SIGNALED, ztest_after(1), &seen),
              ZX_ERR_TIMED_OUT);
    EXPECT_EQ(seen, 0);
    EXPECT_OK(zx_handle_close(event));
}

CASE(ObjectWaitOneTest, WaitForEventTimeoutPreSignalClear)
{
    zx_handle_t event = make_event();
    zx_signals_t seen = ~0u;

    EXPECT_OK(zx_object_signal(event, 0, ZX_EVENT_SIGNALED));
    EXPECT_OK(zx_object_signal(event, ZX_EVENT_SIGNALED, 0));
    EXPECT_EQ(zx_object_wait_one(event, ZX_EVENT_SIGNALED, ztest_after(1), &seen),
              ZX_ERR_TIMED_OUT);
    EXPECT_EQ(seen, 0);
    EXPECT_OK(zx_handle_close(event));
}

CASE(ObjectWaitOneTest, WaitForEventThenSignal)
{
    zx_handle_t event = make_event();
    struct waiting w;

    waiting_start(&w, event, ZX_EVENT_SIGNALED);
    EXPECT_OK(zx_object_signal(event, 0, ZX_EVENT_SIGNALED));
    waiting_end(&w, ZX_OK);
    EXPECT_EQ(w.seen, ZX_EVENT_SIGNALED);
    EXPECT_OK(zx_handle_close(event));
}

CASE(ObjectWaitOneTest, EmptySignalSet)
{
    zx_handle_t event = make_event();
    zx_signals_t seen = 0;

    EXPECT_OK(zx_object_signal(event, 0, ZX_EVENT_SIGNALED));
    EXPECT_EQ(zx_object_wait_one(event, 0, ztest_after(1), &seen), ZX_ERR_TIMED_OUT);
    EXPECT_EQ(seen, ZX_EVENT_SIGNALED);
    EXPECT_OK(zx_handle_close(event));
}

/* A signal that came and went is not among those that are told with another. */
CASE(ObjectWaitOneTest, TransientSignalsNotReturned)
{
    zx_handle_t event = make_event();
    struct waiting w;

    waiting_start(&w, event, ZX_USER_SIGNAL_0);
    EXPECT_OK(zx_object_signal(event, 0, ZX_USER_SIGNAL_1));
    EXPECT_OK(zx_object_signal(event, ZX_USER_SIGNAL_1, 0));
    EXPECT_OK(zx_object_signal(event, 0, ZX_USER_SIGNAL_0));
    waiting_end(&w, ZX_OK);
    EXPECT_EQ(w.seen, ZX_USER_SIGNAL_0);
    EXPECT_OK(zx_handle_close(event));
}

enum { MANY = 3 };

static void items_open(zx_wait_item_t items[MANY])
{
    for (unsigned i = 0; i < MANY; i++)
        items[i] = (zx_wait_item_t){make_event(), ZX_EVENT_SIGNALED, ~0u};
}

static void items_close(zx_wait_item_t items[MANY])
{
    for (unsigned i = 0; i < MANY; i++)
        EXPECT_OK(zx_handle_close(items[i].handle));
}

CASE(ObjectWaitManyTest, TooManyObjects)
{
    static zx_wait_item_t items[ZX_WAIT_MANY_MAX_ITEMS + 1];

    EXPECT_EQ(zx_object_wait_many(items, ZX_WAIT_MANY_MAX_ITEMS + 1, 0), ZX_ERR_OUT_OF_RANGE);
    EXPECT_EQ(zx_object_wait_many(NULL, 0, ztest_after(1)), ZX_ERR_TIMED_OUT);
}

CASE(ObjectWaitManyTest, InvalidHandle)
{
    zx_wait_item_t items[MANY];

    items_open(items);
    EXPECT_OK(zx_handle_close(items[1].handle));
    EXPECT_EQ(zx_object_wait_many(items, MANY, ZX_TIME_INFINITE), ZX_ERR_BAD_HANDLE);
    items[1].handle = make_event();
    items_close(items);
}

CASE(ObjectWaitManyTest, WaitForEventsSignaled)
{
    zx_wait_item_t items[MANY];

    items_open(items);
    EXPECT_EQ(zx_object_wait_many(items, MANY, ztest_after(1)), ZX_ERR_TIMED_OUT);
    EXPECT_OK(zx_object_signal(items[0].handle, 0, ZX_EVENT_SIGNALED));
    EXPECT_OK(zx_object_signal(items[2].handle, 0, ZX_EVENT_SIGNALED));
    EXPECT_OK(zx_object_wait_many(items, MANY, ZX_TIME_INFINITE));
    EXPECT_EQ(items[0].pending, ZX_EVENT_SIGNALED);
    EXPECT_EQ(items[1].pending, 0);
    EXPECT_EQ(items[2].pending, ZX_EVENT_SIGNALED);
    items_close(items);
}

static void signal_second(void *arg)
{
    const zx_wait_item_t *items = arg;

    EXPECT_OK(zx_object_signal(items[0].handle, 0, ZX_USER_SIGNAL_1));
    EXPECT_OK(zx_object_signal(items[0].handle, ZX_USER_SIGNAL_1, 0));
    EXPECT_OK(zx_object_signal(items[1].handle, 0, ZX_EVENT_SIGNALED));
}

/* Both: the second is signalled from a thread, and the first had a signal that went again. */
static void wait_for_second(void)
{
    zx_wait_item_t items[MANY], same[MANY];
    struct ztest_thread t;

    items_open(items);
    for (unsigned i = 0; i < MANY; i++)
        same[i] = items[i];
    ASSERT_OK(ztest_thread_start(&t, signal_second, same));
    EXPECT_OK(zx_object_wait_many(items, MANY, ZX_TIME_INFINITE));
    ztest_thread_join(&t);
    EXPECT_EQ(items[0].pending, 0);
    EXPECT_EQ(items[1].pending, ZX_EVENT_SIGNALED);
    EXPECT_EQ(items[2].pending, 0);
    items_close(items);
}

CASE(ObjectWaitManyTest, WaitForEventsThenSignal)
{
    wait_for_second();
}

CASE(ObjectWaitManyTest, TransientSignalsNotReturned)
{
    wait_for_second();
}

/* ---- event pairs ---- */

CASE(EventPairTest, KoidsAreCorrect)
{
    zx_handle_t a, b;

    ASSERT_OK(zx_eventpair_create(0, &a, &b));
    EXPECT_NE(ztest_koid(a), 0);
    EXPECT_NE(ztest_koid(a), ztest_koid(b));
    EXPECT_OK(zx_handle_close(a));
    EXPECT_OK(zx_handle_close(b));
}

CASE(EventPairTest, HandleRightsAreCorrect)
{
    zx_handle_t a, b;

    ASSERT_OK(zx_eventpair_create(0, &a, &b));
    EXPECT_EQ(ztest_rights(a), ZX_DEFAULT_EVENTPAIR_RIGHTS);
    EXPECT_EQ(ztest_rights(b), ZX_DEFAULT_EVENTPAIR_RIGHTS);
    EXPECT_OK(zx_handle_close(a));
    EXPECT_OK(zx_handle_close(b));
}

CASE(EventPairTest, SignalPeerAndVerifyRecived)
{
    zx_handle_t a, b;

    ASSERT_OK(zx_eventpair_create(0, &a, &b));
    EXPECT_OK(zx_object_signal_peer(a, 0, ZX_USER_SIGNAL_3));
    EXPECT_OK(zx_object_wait_one(b, ZX_USER_SIGNAL_3, 0, NULL));
    EXPECT_EQ(zx_object_wait_one(a, ZX_USER_SIGNAL_3, 0, NULL), ZX_ERR_TIMED_OUT);
    EXPECT_OK(zx_handle_close(a));
    EXPECT_OK(zx_handle_close(b));
}

CASE(EventPairTest, SignalPeerThenCloseAndVerifySignalReceived)
{
    zx_signals_t seen;
    zx_handle_t a, b;

    ASSERT_OK(zx_eventpair_create(0, &a, &b));
    EXPECT_OK(zx_object_signal_peer(a, 0, ZX_USER_SIGNAL_3));
    EXPECT_OK(zx_handle_close(a));
    EXPECT_OK(zx_object_wait_one(b, ZX_USER_SIGNAL_3, 0, &seen));
    EXPECT_EQ(seen, ZX_USER_SIGNAL_3 | ZX_EVENTPAIR_PEER_CLOSED);
    EXPECT_OK(zx_handle_close(b));
}
