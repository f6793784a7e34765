/*
 * socket.c - sockets: streams, datagrams, thresholds, ends that may not write.
 */
#include "tests/zircon/ztest.h"

static char big[640 * 1024];

static zx_signals_t signals(zx_handle_t h)
{
    zx_signals_t seen = ~0u;

    (void)zx_object_wait_one(h, 0, 0, &seen);
    return seen;
}

static int same(const char *a, const char *b, uint64_t n)
{
    while (n && *a++ == *b++)
        n--;
    return n == 0;
}

static void write_all(zx_handle_t s, const char *text)
{
    uint64_t n = 0;

    EXPECT_OK(zx_socket_write(s, 0, text, strlen(text), &n));
    EXPECT_EQ(n, strlen(text));
}

static void expect_read(zx_handle_t s, uint32_t options, uint64_t size, const char *text)
{
    char got[64];
    uint64_t n = 0;

    EXPECT_OK(zx_socket_read(s, options, got, size, &n));
    EXPECT_EQ(n, strlen(text));
    EXPECT_TRUE(same(got, text, strlen(text)));
}

static zx_info_socket_t info(zx_handle_t s)
{
    zx_info_socket_t i = {0};

    EXPECT_OK(zx_object_get_info(s, ZX_INFO_SOCKET, &i, sizeof(i), NULL, NULL));
    return i;
}

static void close_both(zx_handle_t a, zx_handle_t b)
{
    EXPECT_OK(zx_handle_close(a));
    EXPECT_OK(zx_handle_close(b));
}

CASE(SocketTest, EndpointsAreRelated)
{
    zx_info_handle_basic_t i[2];
    zx_handle_t a, b;

    EXPECT_EQ(zx_socket_create(2, &a, &b), ZX_ERR_INVALID_ARGS);
    ASSERT_OK(zx_socket_create(0, &a, &b));
    ASSERT_OK(zx_object_get_info(a, ZX_INFO_HANDLE_BASIC, &i[0], sizeof(i[0]), NULL, NULL));
    ASSERT_OK(zx_object_get_info(b, ZX_INFO_HANDLE_BASIC, &i[1], sizeof(i[1]), NULL, NULL));
    EXPECT_NE(i[0].koid, 0);
    EXPECT_EQ(i[0].koid, i[1].related_koid);
    EXPECT_EQ(i[1].koid, i[0].related_koid);
    EXPECT_EQ(i[0].type, ZX_OBJ_TYPE_SOCKET);
    close_both(a, b);
}

CASE(SocketTest, EmptySocketShouldWait)
{
    zx_handle_t a, b;
    uint32_t word;

    ASSERT_OK(zx_socket_create(0, &a, &b));
    EXPECT_EQ(zx_socket_read(a, 0, &word, sizeof(word), NULL), ZX_ERR_SHOULD_WAIT);
    close_both(a, b);
}

CASE(SocketTest, WriteReadDataVerify)
{
    zx_handle_t a, b;

    ASSERT_OK(zx_socket_create(0, &a, &b));
    write_all(a, "dead");
    write_all(a, "coffee");
    expect_read(b, 0, 64, "deadcoffee");
    write_all(a, "beefcafe");
    expect_read(b, 0, 4, "beef");
    expect_read(b, 0, 64, "cafe");
    close_both(a, b);
}

CASE(SocketTest, PeerClosedError)
{
    zx_handle_t a, b;

    ASSERT_OK(zx_socket_create(0, &a, &b));
    EXPECT_OK(zx_handle_close(b));
    EXPECT_EQ(zx_socket_write(a, 0, "x", 1, NULL), ZX_ERR_PEER_CLOSED);
    EXPECT_EQ(zx_socket_read(a, 0, big, 1, NULL), ZX_ERR_PEER_CLOSED);
    EXPECT_OK(zx_handle_close(a));
}

CASE(SocketTest, PeekingLeavesData)
{
    zx_handle_t a, b;

    ASSERT_OK(zx_socket_create(0, &a, &b));
    write_all(a, "dead");
    write_all(a, "coffee");
    expect_read(b, ZX_SOCKET_PEEK, 64, "deadcoffee");
    EXPECT_EQ(signals(a), ZX_SOCKET_WRITABLE);
    EXPECT_EQ(signals(b), ZX_SOCKET_WRITABLE | ZX_SOCKET_READABLE);
    expect_read(b, 0, 64, "deadcoffee");
    EXPECT_EQ(signals(b), ZX_SOCKET_WRITABLE);
    EXPECT_EQ(zx_socket_read(b, 1, big, 1, NULL), ZX_ERR_INVALID_ARGS);
    close_both(a, b);
}

CASE(SocketTest, PeekingIntoEmpty)
{
    zx_handle_t a, b;

    ASSERT_OK(zx_socket_create(0, &a, &b));
    EXPECT_EQ(zx_socket_read(a, ZX_SOCKET_PEEK, big, 1, NULL), ZX_ERR_SHOULD_WAIT);
    close_both(a, b);
}

CASE(SocketTest, Signals)
{
    enum { CHUNK = 8 * 1024 };
    zx_handle_t a, b;
    uint64_t n;

    ASSERT_OK(zx_socket_create(0, &a, &b));
    EXPECT_EQ(signals(a), ZX_SOCKET_WRITABLE);
    EXPECT_EQ(signals(b), ZX_SOCKET_WRITABLE);
    EXPECT_OK(zx_socket_write(a, 0, big, CHUNK, &n));
    EXPECT_EQ(n, CHUNK);
    EXPECT_EQ(signals(a), ZX_SOCKET_WRITABLE);
    EXPECT_EQ(signals(b), ZX_SOCKET_READABLE | ZX_SOCKET_WRITABLE);
    EXPECT_OK(zx_socket_read(b, 0, big, sizeof(big), &n));
    EXPECT_EQ(n, CHUNK);
    EXPECT_EQ(signals(a), ZX_SOCKET_WRITABLE);
    EXPECT_EQ(signals(b), ZX_SOCKET_WRITABLE);
    EXPECT_EQ(zx_object_signal_peer(a, ZX_SOCKET_WRITABLE, 0), ZX_ERR_INVALID_ARGS);
    EXPECT_OK(zx_object_signal_peer(a, 0, ZX_USER_SIGNAL_1));
    EXPECT_EQ(signals(a), ZX_SOCKET_WRITABLE);
    EXPECT_EQ(signals(b), ZX_SOCKET_WRITABLE | ZX_USER_SIGNAL_1);
    EXPECT_OK(zx_handle_close(b));
    EXPECT_EQ(signals(a), ZX_SOCKET_PEER_CLOSED);
    EXPECT_OK(zx_handle_close(a));
}

static zx_status_t set_threshold(zx_handle_t s, uint32_t property, uint64_t value)
{
    return zx_object_set_property(s, property, &value, sizeof(value));
}

static uint64_t threshold(zx_handle_t s, uint32_t property)
{
    uint64_t value = ~0ull;

    EXPECT_OK(zx_object_get_property(s, property, &value, sizeof(value)));
    return value;
}

CASE(SocketTest, SetThreshholdsProp)
{
    zx_handle_t a, b, event;
    uint32_t half;

    ASSERT_OK(zx_socket_create(0, &a, &b));
    EXPECT_OK(set_threshold(a, ZX_PROP_SOCKET_RX_THRESHOLD, 0));
    EXPECT_EQ(set_threshold(a, ZX_PROP_SOCKET_RX_THRESHOLD, 0xefffffff), ZX_ERR_INVALID_ARGS);
    EXPECT_OK(set_threshold(a, ZX_PROP_SOCKET_TX_THRESHOLD, 0));
    EXPECT_EQ(set_threshold(a, ZX_PROP_SOCKET_TX_THRESHOLD, 0xefffffff), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_object_set_property(a, ZX_PROP_SOCKET_RX_THRESHOLD, &half, sizeof(half)),
              ZX_ERR_BUFFER_TOO_SMALL);
    EXPECT_EQ(zx_object_get_property(a, ZX_PROP_SOCKET_RX_THRESHOLD, &half, sizeof(half)),
              ZX_ERR_BUFFER_TOO_SMALL);
    close_both(a, b);
    ASSERT_OK(zx_event_create(0, &event));
    EXPECT_OK(zx_handle_close(event));
}

CASE(SocketTest, SetThreshholdsAndCheckSignals)
{
    enum { RX = 101 };
    const zx_signals_t w = ZX_SOCKET_WRITABLE, r = ZX_SOCKET_READABLE,
                       rt = ZX_SOCKET_READ_THRESHOLD, wt = ZX_SOCKET_WRITE_THRESHOLD;
    zx_handle_t a, b, copy;
    uint64_t tx, size, n;

    ASSERT_OK(zx_socket_create(0, &a, &b));
    EXPECT_OK(set_threshold(a, ZX_PROP_SOCKET_RX_THRESHOLD, RX));
    EXPECT_EQ(threshold(a, ZX_PROP_SOCKET_RX_THRESHOLD), RX);
    tx = info(b).tx_buf_max - (RX + 2);
    EXPECT_OK(set_threshold(b, ZX_PROP_SOCKET_TX_THRESHOLD, tx));
    ASSERT_OK(zx_handle_duplicate(b, ZX_RIGHT_SAME_RIGHTS, &copy));
    EXPECT_EQ(threshold(copy, ZX_PROP_SOCKET_TX_THRESHOLD), tx);
    EXPECT_EQ(signals(a), w);
    EXPECT_EQ(signals(b), w | wt);

    EXPECT_OK(zx_socket_write(b, 0, big, RX - 1, &n));
    EXPECT_EQ(signals(a), w | r);
    EXPECT_EQ(signals(copy), w | wt);
    EXPECT_OK(zx_socket_write(b, 0, big, 1, &n));
    EXPECT_EQ(signals(a), w | r | rt);
    EXPECT_EQ(signals(b), w | wt);
    EXPECT_OK(set_threshold(a, ZX_PROP_SOCKET_RX_THRESHOLD, RX + 50));
    EXPECT_EQ(signals(a), w | r);
    EXPECT_OK(set_threshold(a, ZX_PROP_SOCKET_RX_THRESHOLD, RX));
    EXPECT_EQ(signals(a), w | r | rt);
    EXPECT_OK(set_threshold(b, ZX_PROP_SOCKET_TX_THRESHOLD, info(b).tx_buf_max - 10));
    EXPECT_EQ(signals(b), w);
    EXPECT_OK(set_threshold(b, ZX_PROP_SOCKET_TX_THRESHOLD, tx));
    EXPECT_EQ(signals(b), w | wt);

    size = tx - (RX + 1);
    EXPECT_OK(zx_socket_write(b, 0, big, size, &n));
    EXPECT_EQ(n, size);
    EXPECT_EQ(signals(a), w | r | rt);
    EXPECT_EQ(signals(b), w);
    EXPECT_OK(zx_socket_read(a, 0, big, size + 10, &n));
    EXPECT_EQ(n, size + 10);
    EXPECT_EQ(signals(a), w | r);
    EXPECT_EQ(signals(b), w | wt);
    EXPECT_OK(zx_handle_close(copy));
    close_both(a, b);
}

CASE(SocketTest, SignalClosedPeer)
{
    zx_handle_t a, b;

    ASSERT_OK(zx_socket_create(0, &a, &b));
    EXPECT_OK(zx_handle_close(b));
    EXPECT_EQ(zx_object_signal_peer(a, 0, ZX_USER_SIGNAL_0), ZX_ERR_PEER_CLOSED);
    EXPECT_OK(zx_handle_close(a));
}

CASE(SocketTest, PeerClosedSetProperty)
{
    zx_handle_t a, b;

    ASSERT_OK(zx_socket_create(0, &a, &b));
    EXPECT_OK(set_threshold(a, ZX_PROP_SOCKET_TX_THRESHOLD, 1));
    EXPECT_OK(zx_handle_close(b));
    EXPECT_EQ(set_threshold(a, ZX_PROP_SOCKET_TX_THRESHOLD, 1), ZX_ERR_PEER_CLOSED);
    EXPECT_OK(zx_handle_close(a));
}

/* What shutting down b's writing does, from b (WRITE) or from a (READ). */
static void check_shutdown(zx_handle_t a, zx_handle_t b, int from_reader, int look_at_info)
{
    write_all(b, "12345");
    EXPECT_OK(from_reader ? zx_socket_shutdown(a, ZX_SOCKET_SHUTDOWN_READ)
                          : zx_socket_shutdown(b, ZX_SOCKET_SHUTDOWN_WRITE));
    EXPECT_EQ(signals(a),
              ZX_SOCKET_WRITABLE | ZX_SOCKET_READABLE | ZX_SOCKET_PEER_WRITE_DISABLED);
    EXPECT_EQ(signals(b), ZX_SOCKET_WRITE_DISABLED);
    write_all(a, "abcde");
    EXPECT_EQ(signals(b), ZX_SOCKET_READABLE | ZX_SOCKET_WRITE_DISABLED);
    EXPECT_EQ(zx_socket_write(b, 0, "fghij", 5, NULL), ZX_ERR_BAD_STATE);
    if (look_at_info)
        EXPECT_EQ(info(a).rx_buf_available, 5);
    expect_read(a, 0, 10, "12345");
    EXPECT_EQ(zx_socket_read(a, 0, big, 1, NULL), ZX_ERR_BAD_STATE);
    EXPECT_EQ(signals(a), ZX_SOCKET_WRITABLE | ZX_SOCKET_PEER_WRITE_DISABLED);
    expect_read(b, 0, 10, "abcde");
}

CASE(SocketTest, ShutdownWrite)
{
    zx_handle_t a, b;

    ASSERT_OK(zx_socket_create(0, &a, &b));
    check_shutdown(a, b, 0, 0);
    EXPECT_OK(zx_handle_close(a));
    EXPECT_OK(zx_socket_shutdown(b, ZX_SOCKET_SHUTDOWN_READ));
    EXPECT_EQ(signals(b),
              ZX_SOCKET_PEER_WRITE_DISABLED | ZX_SOCKET_WRITE_DISABLED | ZX_SOCKET_PEER_CLOSED);
    EXPECT_OK(zx_handle_close(b));
}

CASE(SocketTest, ShutdownRead)
{
    zx_handle_t a, b;

    ASSERT_OK(zx_socket_create(0, &a, &b));
    EXPECT_EQ(zx_socket_shutdown(a, 4), ZX_ERR_INVALID_ARGS);
    check_shutdown(a, b, 1, 0);
    close_both(a, b);
}

CASE(SocketTest, BytesOutstanding)
{
    zx_handle_t a, b;

    ASSERT_OK(zx_socket_create(0, &a, &b));
    EXPECT_EQ(zx_socket_read(a, 0, big, 8, NULL), ZX_ERR_SHOULD_WAIT);
    write_all(a, "dead");
    write_all(a, "beef");
    EXPECT_EQ(info(b).rx_buf_available, 8);
    EXPECT_EQ(info(b).rx_buf_size, 8);
    EXPECT_EQ(info(a).tx_buf_size, 8);
    expect_read(b, 0, 64, "deadbeef");
    EXPECT_OK(zx_handle_close(b));
    EXPECT_EQ(zx_socket_write(a, 0, "x", 1, NULL), ZX_ERR_PEER_CLOSED);
    EXPECT_EQ(info(a).tx_buf_max, 0);
    EXPECT_OK(zx_handle_close(a));
}

CASE(SocketTest, ShutdownWriteBytesOutstanding)
{
    zx_handle_t a, b;

    ASSERT_OK(zx_socket_create(0, &a, &b));
    check_shutdown(a, b, 0, 1);
    close_both(a, b);
}

CASE(SocketTest, ShutdownReadBytesOutstanding)
{
    zx_handle_t a, b;

    ASSERT_OK(zx_socket_create(0, &a, &b));
    check_shutdown(a, b, 1, 1);
    close_both(a, b);
}

CASE(SocketTest, ShortWrite)
{
    zx_handle_t a, b;
    uint64_t n = ~0ull, max;

    ASSERT_OK(zx_socket_create(0, &a, &b));
    max = info(a).rx_buf_max;
    ASSERT_GE(sizeof(big), max + 1);
    EXPECT_OK(zx_socket_write(a, 0, big, max + 1, &n));
    EXPECT_EQ(n, max);
    EXPECT_EQ(signals(a), 0);
    EXPECT_EQ(zx_socket_write(a, 0, big, 1, &n), ZX_ERR_SHOULD_WAIT);
    EXPECT_OK(zx_socket_read(b, 0, big, 1, NULL));
    EXPECT_EQ(signals(a), ZX_SOCKET_WRITABLE);
    EXPECT_OK(zx_socket_write(a, 0, big, 2, &n));
    EXPECT_EQ(n, 1);
    close_both(a, b);
}

CASE(SocketTest, Datagram)
{
    zx_handle_t a, b;
    uint64_t n;

    for (unsigned i = 0; i < PAGE; i++)
        big[i] = (char)(i * 7);
    ASSERT_OK(zx_socket_create(ZX_SOCKET_DATAGRAM, &a, &b));
    write_all(a, "packet1");
    write_all(a, "pkt2");
    EXPECT_OK(zx_socket_write(a, 0, big, PAGE, &n));
    EXPECT_EQ(n, PAGE);
    EXPECT_EQ(info(b).rx_buf_available, 7);
    EXPECT_EQ(info(b).rx_buf_size, 11 + PAGE);
    expect_read(b, 0, 6, "packet");
    EXPECT_EQ(info(b).rx_buf_available, 4);
    expect_read(b, 0, 64, "pkt2");
    EXPECT_EQ(info(b).rx_buf_available, PAGE);
    EXPECT_OK(zx_socket_read(b, 0, big + PAGE, 2 * PAGE, &n));
    EXPECT_EQ(n, PAGE);
    EXPECT_TRUE(same(big, big + PAGE, PAGE));
    EXPECT_EQ(info(b).rx_buf_available, 0);
    close_both(a, b);
}

CASE(SocketTest, DatagramPeek)
{
    zx_handle_t a, b;

    ASSERT_OK(zx_socket_create(ZX_SOCKET_DATAGRAM, &a, &b));
    write_all(a, "packet1");
    write_all(a, "pkt2");
    expect_read(b, ZX_SOCKET_PEEK, 3, "pac");
    expect_read(b, ZX_SOCKET_PEEK, 64, "packet1");
    expect_read(b, 0, 64, "packet1");
    expect_read(b, ZX_SOCKET_PEEK, 64, "pkt2");
    close_both(a, b);
}

CASE(SocketTest, DatagramPeekEmpty)
{
    zx_handle_t a, b;

    ASSERT_OK(zx_socket_create(ZX_SOCKET_DATAGRAM, &a, &b));
    EXPECT_EQ(zx_socket_read(a, ZX_SOCKET_PEEK, big, 1, NULL), ZX_ERR_SHOULD_WAIT);
    close_both(a, b);
}

CASE(SocketTest, DatagramNoShortWrite)
{
    zx_handle_t a, b;
    uint64_t n = ~0ull, max;

    ASSERT_OK(zx_socket_create(ZX_SOCKET_DATAGRAM, &a, &b));
    max = info(b).tx_buf_max;
    ASSERT_GT(max, 0);
    ASSERT_GE(sizeof(big), 2 * max);
    EXPECT_EQ(zx_socket_write(a, 0, big, 2 * max, &n), ZX_ERR_OUT_OF_RANGE);
    EXPECT_EQ(n, ~0ull);
    EXPECT_OK(zx_socket_write(a, 0, big, max - 1, &n));
    EXPECT_EQ(zx_socket_write(a, 0, big, 2, &n), ZX_ERR_SHOULD_WAIT);
    EXPECT_OK(zx_socket_write(a, 0, big, 1, &n));
    close_both(a, b);
}

CASE(SocketTest, ZeroSize)
{
    zx_handle_t a, b;
    char c;

    ASSERT_OK(zx_socket_create(0, &a, &b));
    EXPECT_EQ(zx_socket_read(a, 0, &c, 0, NULL), ZX_ERR_SHOULD_WAIT);
    EXPECT_OK(zx_socket_write(a, 0, "a", 1, NULL));
    EXPECT_OK(zx_socket_write(a, 0, NULL, 0, NULL));
    EXPECT_OK(zx_socket_read(b, 0, &c, 0, NULL));
    EXPECT_OK(zx_socket_read(b, 0, &c, 0, NULL));
    close_both(a, b);
    ASSERT_OK(zx_socket_create(ZX_SOCKET_DATAGRAM, &a, &b));
    EXPECT_EQ(zx_socket_read(a, 0, &c, 0, NULL), ZX_ERR_SHOULD_WAIT);
    EXPECT_OK(zx_socket_write(b, 0, "a", 1, NULL));
    EXPECT_OK(zx_socket_read(a, 0, &c, 0, NULL));
    EXPECT_OK(zx_socket_read(a, 0, &c, 0, NULL));
    close_both(a, b);
}

CASE(SocketTest, ReadIntoNullBuffer)
{
    zx_handle_t a, b;
    uint64_t n;

    ASSERT_OK(zx_socket_create(0, &a, &b));
    write_all(a, "A");
    EXPECT_EQ(zx_socket_read(b, 0, NULL, 1, &n), ZX_ERR_INVALID_ARGS);
    expect_read(b, 0, 1, "A");
    close_both(a, b);
}

CASE(SocketTest, WriteFromNullBuffer)
{
    zx_handle_t a, b;

    ASSERT_OK(zx_socket_create(0, &a, &b));
    EXPECT_EQ(zx_socket_write(a, 0, NULL, 1, NULL), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(signals(b), ZX_SOCKET_WRITABLE);
    close_both(a, b);
}

/* A page that is mapped, and may be neither read nor written. */
static zx_vaddr_t map_closed(void)
{
    zx_vaddr_t at = 0;
    zx_handle_t vmo;

    EXPECT_OK(zx_vmo_create(PAGE, 0, &vmo));
    EXPECT_OK(zx_vmar_map(ztest_root_vmar(), 0, 0, vmo, 0, PAGE, &at));
    EXPECT_OK(zx_handle_close(vmo));
    return at;
}

CASE(SocketTest, ReadIntoBadBuffer)
{
    zx_vaddr_t closed = map_closed();
    zx_handle_t a, b;
    uint64_t n = 99;

    ASSERT_OK(zx_socket_create(0, &a, &b));
    write_all(a, "A");
    EXPECT_EQ(zx_socket_read(b, 0, (void *)closed, 1, &n), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(n, 99);
    close_both(a, b);
    EXPECT_OK(zx_vmar_unmap(ztest_root_vmar(), closed, PAGE));
}

CASE(SocketTest, WriteFromBadBuffer)
{
    zx_vaddr_t closed = map_closed();
    zx_handle_t a, b;

    ASSERT_OK(zx_socket_create(0, &a, &b));
    EXPECT_EQ(zx_socket_write(b, 0, (void *)closed, 1, NULL), ZX_ERR_INVALID_ARGS);
    close_both(a, b);
    EXPECT_OK(zx_vmar_unmap(ztest_root_vmar(), closed, PAGE));
}

CASE(SocketTest, SetDispositionHandleWithoutRight)
{
    zx_handle_t a, b, less;

    ASSERT_OK(zx_socket_create(0, &a, &b));
    EXPECT_TRUE(ztest_rights(a) & ZX_RIGHT_MANAGE_SOCKET);
    less = ztest_without(a, ZX_RIGHT_MANAGE_SOCKET);
    EXPECT_EQ(zx_socket_set_disposition(less, ZX_SOCKET_DISPOSITION_WRITE_DISABLED, 0),
              ZX_ERR_ACCESS_DENIED);
    EXPECT_EQ(zx_socket_set_disposition(less, 0, ZX_SOCKET_DISPOSITION_WRITE_DISABLED),
              ZX_ERR_ACCESS_DENIED);
    EXPECT_OK(zx_handle_close(less));
    close_both(a, b);
}

CASE(SocketTest, SetDispositionInvalidArgs)
{
    zx_handle_t a, b;

    ASSERT_OK(zx_socket_create(0, &a, &b));
    EXPECT_EQ(zx_socket_set_disposition(a, 3, 0), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_socket_set_disposition(a, 0, 3), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_socket_set_disposition(a, 1337, 0), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_socket_set_disposition(a, 0, 1336), ZX_ERR_INVALID_ARGS);
    close_both(a, b);
}

/* Writing is disabled at a, at its peer, or at both; and then enabled again. */
static void check_disposition(int own, int peers)
{
    const uint32_t off = ZX_SOCKET_DISPOSITION_WRITE_DISABLED,
                   on = ZX_SOCKET_DISPOSITION_WRITE_ENABLED;
    zx_handle_t a, b;

    ASSERT_OK(zx_socket_create(0, &a, &b));
    write_all(a, "12345");
    write_all(b, "abc");
    EXPECT_OK(zx_socket_set_disposition(a, own ? off : 0, peers ? off : 0));
    EXPECT_EQ(signals(a), ZX_SOCKET_READABLE |
                              (own ? ZX_SOCKET_WRITE_DISABLED : ZX_SOCKET_WRITABLE) |
                              (peers ? ZX_SOCKET_PEER_WRITE_DISABLED : 0));
    EXPECT_EQ(signals(b), ZX_SOCKET_READABLE |
                              (peers ? ZX_SOCKET_WRITE_DISABLED : ZX_SOCKET_WRITABLE) |
                              (own ? ZX_SOCKET_PEER_WRITE_DISABLED : 0));
    EXPECT_EQ(zx_socket_write(a, 0, "", 0, NULL), own ? ZX_ERR_BAD_STATE : ZX_OK);
    EXPECT_EQ(zx_socket_write(b, 0, "", 0, NULL), peers ? ZX_ERR_BAD_STATE : ZX_OK);
    EXPECT_EQ(zx_socket_set_disposition(a, on, on), ZX_ERR_BAD_STATE);
    expect_read(a, 0, 64, "abc");
    expect_read(b, 0, 64, "12345");
    EXPECT_EQ(zx_socket_read(a, 0, big, 1, NULL),
              peers ? ZX_ERR_BAD_STATE : ZX_ERR_SHOULD_WAIT);
    EXPECT_EQ(zx_socket_read(b, 0, big, 1, NULL), own ? ZX_ERR_BAD_STATE : ZX_ERR_SHOULD_WAIT);
    EXPECT_OK(zx_socket_set_disposition(a, on, on));
    EXPECT_EQ(signals(a), ZX_SOCKET_WRITABLE);
    EXPECT_EQ(signals(b), ZX_SOCKET_WRITABLE);
    write_all(a, "there");
    write_all(b, "back");
    expect_read(a, 0, 64, "back");
    expect_read(b, 0, 64, "there");
    close_both(a, b);
}

CASE(SocketTest, DisableWriteLocal)
{
    check_disposition(1, 0);
}

CASE(SocketTest, DisableWritePeer)
{
    check_disposition(0, 1);
}

CASE(SocketTest, DisableWriteBoth)
{
    check_disposition(1, 1);
}

CASE(SocketTest, SetDispositionOfClosedPeerWithBufferedData)
{
    zx_handle_t a, b;

    ASSERT_OK(zx_socket_create(0, &a, &b));
    write_all(b, "12345");
    EXPECT_OK(zx_socket_set_disposition(a, 0, ZX_SOCKET_DISPOSITION_WRITE_DISABLED));
    EXPECT_EQ(zx_socket_set_disposition(a, 0, ZX_SOCKET_DISPOSITION_WRITE_ENABLED),
              ZX_ERR_BAD_STATE);
    EXPECT_OK(zx_handle_close(b));
    EXPECT_EQ(zx_socket_set_disposition(a, 0, ZX_SOCKET_DISPOSITION_WRITE_ENABLED),
              ZX_ERR_BAD_STATE);
    EXPECT_OK(zx_handle_close(a));
}

static void pump_in(void *arg)
{
    zx_handle_t s = *(zx_handle_t *)arg;
    uint64_t n;

    for (unsigned i = 0; i < sizeof(big); i += n) {
        if (zx_socket_write(s, 0, big + i, sizeof(big) - i, &n) == ZX_OK)
            continue;
        n = 0;
        EXPECT_OK(zx_object_wait_one(s, ZX_SOCKET_WRITABLE, ZX_TIME_INFINITE, NULL));
    }
}

CASE(Socket, AThreadWritesMoreThanFits)
{
    struct ztest_thread t;
    zx_handle_t a, b;
    char part[3000];
    uint64_t n;

    for (unsigned i = 0; i < sizeof(big); i++)
        big[i] = (char)(i * 13 + i / 251);
    ASSERT_OK(zx_socket_create(0, &a, &b));
    ASSERT_OK(ztest_thread_start(&t, pump_in, &a));
    for (unsigned i = 0; i < sizeof(big); i += n) {
        n = 0;
        ASSERT_OK(zx_object_wait_one(b, ZX_SOCKET_READABLE, ZX_TIME_INFINITE, NULL));
        ASSERT_OK(zx_socket_read(b, 0, part, sizeof(part), &n));
        ASSERT_TRUE(same(part, big + i, n));
    }
    ztest_thread_join(&t);
    close_both(a, b);
}
