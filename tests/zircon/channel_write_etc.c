/*
 * channel_write_etc.c - zx_channel_write_etc: handles that move or are duplicated on their way,
 * and what is told of each; messages gathered from pieces.
 */
#include "tests/zircon/ztest.h"

#define MOVE      ZX_HANDLE_OP_MOVE
#define DUPLICATE ZX_HANDLE_OP_DUPLICATE
#define SAME      ZX_RIGHT_SAME_RIGHTS

static const uint32_t data = 0xbaadcafe;
static zx_handle_t local, remote; /* a channel */

static zx_handle_disposition_t one(uint32_t op, zx_handle_t handle)
{
    return (zx_handle_disposition_t){op, handle, ZX_OBJ_TYPE_NONE, SAME, ZX_OK};
}

static zx_status_t send(zx_handle_t channel, zx_handle_disposition_t *d, uint32_t count)
{
    return zx_channel_write_etc(channel, 0, &data, sizeof(data), d, count);
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

/* A handle that moved is gone, whatever came of it; one that was duplicated is there. */
static void expect_left(uint32_t op, zx_handle_t handle)
{
    EXPECT_EQ(zx_handle_close(handle), op == DUPLICATE ? ZX_OK : ZX_ERR_BAD_HANDLE);
}

static zx_handle_t receive(void)
{
    zx_handle_t handle = ZX_HANDLE_INVALID;
    uint32_t got = 0, size, count;

    EXPECT_OK(zx_channel_read(remote, 0, &got, &handle, sizeof(got), 1, &size, &count));
    EXPECT_EQ(got, data);
    EXPECT_EQ(count, 1);
    return handle;
}

#define BOTH(op) for (uint32_t op = MOVE; op <= DUPLICATE; op++)

CASE(ChannelWriteEtcTest, MultipleHandlesSomeInvalidResultsReportedCorrectly)
{
    zx_handle_t s[2], c[2];

    open_channel();
    ASSERT_OK(zx_socket_create(0, &s[0], &s[1]));
    ASSERT_OK(zx_channel_create(0, &c[0], &c[1]));
    zx_handle_disposition_t d[] = {one(MOVE, s[0]),         one(MOVE, s[1]),
                                   one(DUPLICATE, c[0]),    one(MOVE, make_event()),
                                   one(MOVE, make_event()), one(DUPLICATE, ZX_HANDLE_INVALID)};
    d[0].type = ZX_OBJ_TYPE_PORT;
    EXPECT_EQ(send(local, d, 6), ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(d[0].result, ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(d[1].result, ZX_OK);
    EXPECT_EQ(d[2].result, ZX_ERR_ACCESS_DENIED);
    EXPECT_EQ(d[3].result, ZX_OK);
    EXPECT_EQ(d[4].result, ZX_OK);
    EXPECT_EQ(d[5].result, ZX_ERR_BAD_HANDLE);
    EXPECT_OK(zx_handle_close(c[0]));
    EXPECT_OK(zx_handle_close(c[1]));
    close_channel();
}

CASE(ChannelWriteEtcTest, ImproperlyInitalizedResultsArgReportedBackAsOriginallyInitalized)
{
    zx_handle_disposition_t d;

    open_channel();
    d = one(MOVE, make_event());
    d.result = ZX_ERR_WRONG_TYPE;
    EXPECT_OK(send(local, &d, 1));
    EXPECT_EQ(d.result, ZX_ERR_WRONG_TYPE);
    close_channel();
}

CASE(ChannelWriteEtcTest, FailureDoesNotResultInReceivedPacket)
{
    zx_handle_disposition_t d;

    open_channel();
    d = one(MOVE, make_event());
    d.type = ZX_OBJ_TYPE_SOCKET;
    EXPECT_EQ(send(local, &d, 1), ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(zx_channel_read(remote, 0, NULL, NULL, 0, 0, NULL, NULL), ZX_ERR_SHOULD_WAIT);
    close_channel();
}

CASE(ChannelWriteEtcTest, SentHandleReferrsToSameObject)
{
    open_channel();
    BOTH(op)
    {
        zx_handle_disposition_t d = one(op, make_event());
        zx_koid_t koid = ztest_koid(d.handle);
        zx_rights_t rights = ztest_rights(d.handle);
        zx_handle_t got;

        EXPECT_OK(send(local, &d, 1));
        expect_left(op, d.handle);
        got = receive();
        EXPECT_EQ(ztest_koid(got), koid);
        EXPECT_EQ(ztest_rights(got), rights);
        EXPECT_OK(zx_handle_close(got));
    }
    close_channel();
}

CASE(ChannelWriteEtcTest, InvalidOpArgShouldFail)
{
    static const uint32_t ops[] = {2, 0xffffffff};

    open_channel();
    for (unsigned i = 0; i < 2; i++) {
        zx_handle_disposition_t d = one(ops[i], make_event());

        EXPECT_EQ(send(local, &d, 1), ZX_ERR_INVALID_ARGS);
        EXPECT_EQ(zx_handle_close(d.handle), ZX_ERR_BAD_HANDLE);
    }
    close_channel();
}

CASE(ChannelWriteEtcTest, HandleArgNotAChannelHandleShouldFail)
{
    zx_handle_t event = make_event();

    BOTH(op)
    {
        zx_handle_disposition_t d = one(op, make_event());

        EXPECT_EQ(send(event, &d, 1), ZX_ERR_WRONG_TYPE);
        expect_left(op, d.handle);
    }
    EXPECT_OK(zx_handle_close(event));
}

CASE(ChannelWriteEtcTest, ChannelHandleNotValidShouldFail)
{
    open_channel();
    close_channel();
    BOTH(op)
    {
        zx_handle_disposition_t d = one(op, make_event());

        EXPECT_EQ(send(local, &d, 1), ZX_ERR_BAD_HANDLE);
        expect_left(op, d.handle);
    }
}

CASE(ChannelWriteEtcTest, ChannelHandleWithoutWriteRightShouldFail)
{
    open_channel();
    EXPECT_OK(zx_handle_replace(local, ztest_rights(local) & ~ZX_RIGHT_WRITE, &local));
    BOTH(op)
    {
        zx_handle_disposition_t d = one(op, make_event());

        EXPECT_EQ(send(local, &d, 1), ZX_ERR_ACCESS_DENIED);
        expect_left(op, d.handle);
    }
    close_channel();
}

/* An event without those rights. */
static zx_handle_t lesser_event(zx_rights_t without)
{
    zx_handle_t h = make_event(), less = ZX_HANDLE_INVALID;

    EXPECT_OK(zx_handle_replace(h, ztest_rights(h) & ~without, &less));
    return less;
}

CASE(ChannelWriteEtcTest, HandleWithoutTransferRightShouldFail)
{
    open_channel();
    BOTH(op)
    {
        zx_handle_disposition_t d = one(op, lesser_event(ZX_RIGHT_TRANSFER));

        EXPECT_EQ(send(local, &d, 1), ZX_ERR_ACCESS_DENIED);
        expect_left(op, d.handle);
    }
    close_channel();
}

CASE(ChannelWriteEtcTest, HandleWithoutDuplicateRightsMoveOpSucceedsDuplicateOpFails)
{
    open_channel();
    BOTH(op)
    {
        zx_handle_disposition_t d = one(op, lesser_event(ZX_RIGHT_DUPLICATE));

        EXPECT_EQ(send(local, &d, 1), op == MOVE ? ZX_OK : ZX_ERR_ACCESS_DENIED);
        expect_left(op, d.handle);
    }
    close_channel();
}

CASE(ChannelWriteEtcTest, InvalidHandleInTransferredHandlesShouldFail)
{
    zx_handle_t bad[3] = {make_event(), ZX_HANDLE_INVALID, 0xffffffff};

    open_channel();
    EXPECT_OK(zx_handle_close(bad[0]));
    for (unsigned i = 0; i < 3; i++) {
        zx_handle_disposition_t d = one(DUPLICATE, bad[i]);

        EXPECT_EQ(send(local, &d, 1), ZX_ERR_BAD_HANDLE);
    }
    close_channel();
}

CASE(ChannelWriteEtcTest, RepeatedHandlesWithOpMoveHandlesShouldFail)
{
    zx_handle_t event = make_event();
    zx_handle_disposition_t d[2] = {one(MOVE, event), one(MOVE, event)};

    open_channel();
    EXPECT_EQ(send(local, d, 2), ZX_ERR_BAD_HANDLE);
    EXPECT_EQ(zx_handle_close(event), ZX_ERR_BAD_HANDLE);
    close_channel();
}

CASE(ChannelWriteEtcTest, DuplicateHandlesInTransferredHandlesShouldSucceed)
{
    open_channel();
    BOTH(op)
    {
        zx_handle_t event = make_event(), copy;

        ASSERT_OK(zx_handle_duplicate(event, SAME, &copy));
        zx_handle_disposition_t d[2] = {one(op, event), one(op, copy)};
        EXPECT_OK(send(local, d, 2));
        expect_left(op, event);
        expect_left(op, copy);
    }
    close_channel();
}

CASE(ChannelWriteEtcTest, HandleDoesNotMatchTypeShouldFail)
{
    open_channel();
    for (uint32_t type = 1; type < 64; type++) {
        if (type == ZX_OBJ_TYPE_EVENT)
            continue;
        BOTH(op)
        {
            zx_handle_disposition_t d = one(op, make_event());

            d.type = type;
            EXPECT_EQ(send(local, &d, 1), ZX_ERR_WRONG_TYPE);
            expect_left(op, d.handle);
        }
    }
    close_channel();
}

CASE(ChannelWriteEtcTest, OptionsArgNonZeroShouldFail)
{
    open_channel();
    BOTH(op)
    {
        zx_handle_disposition_t d = one(op, make_event());

        EXPECT_EQ(zx_channel_write_etc(local, 1, &data, sizeof(data), &d, 1),
                  ZX_ERR_INVALID_ARGS);
        expect_left(op, d.handle);
    }
    close_channel();
}

CASE(ChannelWriteEtcTest, ChannelHandleInTransferredHandlesShouldFail)
{
    BOTH(op)
    {
        zx_handle_disposition_t d;

        open_channel();
        d = one(op, local);
        EXPECT_EQ(send(local, &d, 1), ZX_ERR_NOT_SUPPORTED);
        expect_left(op, local);
        EXPECT_OK(zx_handle_close(remote));
    }
}

CASE(ChannelWriteEtcTest, OppositeChannelEndClosedShouldFail)
{
    open_channel();
    EXPECT_OK(zx_handle_close(remote));
    BOTH(op)
    {
        zx_handle_disposition_t d = one(op, make_event());

        EXPECT_EQ(send(local, &d, 1), ZX_ERR_PEER_CLOSED);
        expect_left(op, d.handle);
    }
    EXPECT_OK(zx_handle_close(local));
}

static void send_many(uint32_t op, uint32_t count, uint32_t told, zx_status_t want)
{
    zx_handle_disposition_t d[ZX_CHANNEL_MAX_MSG_HANDLES + 1];

    open_channel();
    for (uint32_t i = 0; i < count; i++)
        d[i] = one(op, make_event());
    EXPECT_EQ(send(local, d, told), want);
    for (uint32_t i = 0; i < count; i++)
        expect_left(i < told ? op : DUPLICATE, d[i].handle);
    close_channel();
}

CASE(ChannelWriteEtcTest, HandleCountBoundaryChecks)
{
    BOTH(op)
    {
        send_many(op, 0, 0, ZX_OK);
        send_many(op, ZX_CHANNEL_MAX_MSG_HANDLES, ZX_CHANNEL_MAX_MSG_HANDLES, ZX_OK);
        send_many(op, ZX_CHANNEL_MAX_MSG_HANDLES + 1, ZX_CHANNEL_MAX_MSG_HANDLES + 1,
                  ZX_ERR_OUT_OF_RANGE);
    }
}

CASE(ChannelWriteEtcTest, HandleCountAndDataCountBothZeroShouldSucceed)
{
    open_channel();
    EXPECT_OK(zx_channel_write_etc(local, 0, NULL, 0, NULL, 0));
    close_channel();
}

CASE(ChannelWriteEtcTest, MaximumNumberHandlesWithZeroCountArrayArgShouldSucceed)
{
    BOTH(op)
    send_many(op, ZX_CHANNEL_MAX_MSG_HANDLES, 0, ZX_OK);
}

static char bytes[ZX_CHANNEL_MAX_MSG_BYTES + 1];

CASE(ChannelWriteEtcTest, ByteCountIsMaxShouldSucceed)
{
    open_channel();
    EXPECT_OK(zx_channel_write_etc(local, 0, bytes, ZX_CHANNEL_MAX_MSG_BYTES, NULL, 0));
    close_channel();
}

CASE(ChannelWriteEtcTest, ByteCountIsMaxPlusOneShouldFail)
{
    open_channel();
    EXPECT_EQ(zx_channel_write_etc(local, 0, bytes, sizeof(bytes), NULL, 0),
              ZX_ERR_OUT_OF_RANGE);
    close_channel();
}

CASE(ChannelWriteEtcTest, NullptrArgWhenSizeNonZeroShouldFail)
{
    open_channel();
    EXPECT_EQ(zx_channel_write_etc(local, 0, NULL, 10, NULL, 0), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_channel_write_etc(local, 0, NULL, 0, NULL, 10), ZX_ERR_INVALID_ARGS);
    close_channel();
}

/* Sent with these rights, it comes with those. */
static void send_with(zx_rights_t rights, zx_rights_t want)
{
    open_channel();
    BOTH(op)
    {
        zx_handle_disposition_t d = one(op, make_event());
        zx_info_handle_basic_t info;
        zx_handle_t got;

        d.rights = rights;
        EXPECT_OK(send(local, &d, 1));
        if (op == DUPLICATE)
            EXPECT_EQ(ztest_rights(d.handle), ZX_DEFAULT_EVENT_RIGHTS);
        expect_left(op, d.handle);
        got = receive();
        EXPECT_OK(
            zx_object_get_info(got, ZX_INFO_HANDLE_BASIC, &info, sizeof(info), NULL, NULL));
        EXPECT_EQ(info.rights, want);
        EXPECT_EQ(info.type, ZX_OBJ_TYPE_EVENT);
        EXPECT_OK(zx_handle_close(got));
    }
    close_channel();
}

CASE(ChannelWriteEtcTest, RemoveAllHandleRightsShouldSucceed)
{
    send_with(ZX_RIGHT_NONE, ZX_RIGHT_NONE);
}

CASE(ChannelWriteEtcTest, RemovingSomeHandleRightsShouldSucceed)
{
    send_with(ZX_DEFAULT_EVENT_RIGHTS & ~ZX_RIGHT_SIGNAL,
              ZX_DEFAULT_EVENT_RIGHTS & ~ZX_RIGHT_SIGNAL);
}

CASE(ChannelWriteEtcTest, SameHandleRightsBitsShouldSucceed)
{
    send_with(ZX_DEFAULT_EVENT_RIGHTS, ZX_DEFAULT_EVENT_RIGHTS);
}

CASE(ChannelWriteEtcTest, SameHandleRightsFlagShouldSucceed)
{
    send_with(SAME, ZX_DEFAULT_EVENT_RIGHTS);
}

CASE(ChannelWriteEtc, RightsThatThereAreNot)
{
    open_channel();
    BOTH(op)
    {
        zx_handle_disposition_t d = one(op, make_event());

        d.rights = ZX_RIGHT_MAP;
        EXPECT_EQ(send(local, &d, 1), ZX_ERR_INVALID_ARGS);
        EXPECT_EQ(d.result, ZX_ERR_INVALID_ARGS);
        expect_left(op, d.handle);
    }
    close_channel();
}

CASE(ChannelWriteIovec, PiecesAreOneMessage)
{
    zx_channel_iovec_t v[3] = {{"one", 3, 0}, {NULL, 0, 0}, {"three", 5, 0}};
    char got[16] = {0};
    uint32_t size;

    open_channel();
    EXPECT_OK(zx_channel_write(local, ZX_CHANNEL_WRITE_USE_IOVEC, v, 3, NULL, 0));
    EXPECT_OK(zx_channel_read(remote, 0, got, NULL, sizeof(got), 0, &size, NULL));
    EXPECT_EQ(size, 8);
    EXPECT_EQ(strcmp(got, "onethree"), 0);
    EXPECT_OK(zx_channel_write_etc(local, ZX_CHANNEL_WRITE_USE_IOVEC, v, 0, NULL, 0));
    EXPECT_OK(zx_channel_read(remote, 0, got, NULL, sizeof(got), 0, &size, NULL));
    EXPECT_EQ(size, 0);
    close_channel();
}

CASE(ChannelWriteIovec, WhatIsRefused)
{
    static zx_channel_iovec_t v[ZX_CHANNEL_MAX_MSG_IOVECS + 1];
    const uint32_t gather = ZX_CHANNEL_WRITE_USE_IOVEC;
    zx_handle_t event = make_event();

    open_channel();
    EXPECT_OK(zx_channel_write(local, gather, v, ZX_CHANNEL_MAX_MSG_IOVECS, NULL, 0));
    EXPECT_EQ(zx_channel_write(local, gather, v, ZX_CHANNEL_MAX_MSG_IOVECS + 1, NULL, 0),
              ZX_ERR_OUT_OF_RANGE);
    v[1] = (zx_channel_iovec_t){NULL, 1, 0};
    EXPECT_EQ(zx_channel_write(local, gather, v, 2, &event, 1), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_handle_close(event), ZX_ERR_BAD_HANDLE);
    v[1] = (zx_channel_iovec_t){bytes, 1, 1};
    EXPECT_EQ(zx_channel_write(local, gather, v, 2, NULL, 0), ZX_ERR_INVALID_ARGS);
    v[0] = (zx_channel_iovec_t){bytes, ZX_CHANNEL_MAX_MSG_BYTES, 0};
    v[1] = (zx_channel_iovec_t){bytes, 1, 0};
    EXPECT_EQ(zx_channel_write(local, gather, v, 2, NULL, 0), ZX_ERR_OUT_OF_RANGE);
    v[1] = (zx_channel_iovec_t){bytes, UINT32_MAX, 0};
    EXPECT_EQ(zx_channel_write(local, gather, v, 2, NULL, 0), ZX_ERR_OUT_OF_RANGE);
    EXPECT_OK(zx_channel_write(local, gather, v, 1, NULL, 0));
    close_channel();
}
