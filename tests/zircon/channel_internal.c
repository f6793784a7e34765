/*
 * channel_internal.c - calls over a channel whose end leaves the process meanwhile.
 */
#include "tests/zircon/stopped.h"

struct request {
    uint32_t id;
    uint32_t payload;
};
enum { REQUEST = 0xc0ffee, REPLY = 0xdeadbee };

static zx_handle_t local, remote;

static void call_over_local(void *arg)
{
    struct request out = {.payload = REQUEST}, in = {0};
    const zx_channel_call_args_t args = {.wr_bytes = &out,
                                         .wr_num_bytes = sizeof(out),
                                         .rd_bytes = &in,
                                         .rd_num_bytes = sizeof(in)};
    uint32_t bytes = 0, handles = 77;

    (void)arg;
    EXPECT_OK(zx_channel_call(local, 0, ZX_TIME_INFINITE, &args, &bytes, &handles));
    EXPECT_EQ(bytes, sizeof(in));
    EXPECT_EQ(handles, 0);
    EXPECT_EQ(in.payload, REPLY);
}

/* Writes through the handle that it gets. */
CHILD(writer)
{
    zx_handle_t got = ZX_HANDLE_INVALID;

    if (zx_object_wait_one(channel, ZX_CHANNEL_READABLE, ZX_TIME_INFINITE, NULL) != ZX_OK ||
        zx_channel_read(channel, 0, NULL, &got, 0, 1, NULL, NULL) != ZX_OK)
        return 1;
    if (zx_channel_write(got, 0, "w", 1, NULL, 0) != ZX_OK)
        return 2;
    /* The end stays open until the other is told to go. */
    zx_object_wait_one(channel, ZX_CHANNEL_PEER_CLOSED, ZX_TIME_INFINITE, NULL);
    return 0;
}

static void expect_byte(void)
{
    uint32_t bytes = 0;
    char byte = 0;

    wait_signal(remote, ZX_CHANNEL_READABLE);
    EXPECT_OK(zx_channel_read(remote, 0, &byte, NULL, 1, 0, &bytes, NULL));
    EXPECT_EQ(byte, 'w');
}

CASE(ChannelInternalTest, TransferChannelWithPendingCallInSourceProcess)
{
    struct request request = {0};
    struct ztest_thread thread;
    struct ztest_child child;

    ASSERT_OK(zx_channel_create(0, &local, &remote));
    ASSERT_OK(ztest_thread_start(&thread, call_over_local, NULL));
    wait_signal(remote, ZX_CHANNEL_READABLE);
    wait_state(thread.handle, ZX_THREAD_STATE_BLOCKED_CHANNEL);
    EXPECT_OK(zx_channel_read(remote, 0, &request, NULL, sizeof(request), 0, NULL, NULL));
    EXPECT_EQ(request.payload, REQUEST);

    ASSERT_TRUE(ztest_child_run(&child, ztest_job(), "writer"));
    EXPECT_OK(zx_channel_write(child.channel, 0, NULL, 0, &local, 1));
    expect_byte();
    EXPECT_EQ(thread_state(thread.handle), ZX_THREAD_STATE_BLOCKED_CHANNEL);

    request.payload = REPLY;
    EXPECT_OK(zx_channel_write(remote, 0, &request, sizeof(request), NULL, 0));
    ztest_thread_join(&thread);
    EXPECT_OK(zx_handle_close(child.channel));
    child.channel = ZX_HANDLE_INVALID;
    EXPECT_EQ(ztest_child_join(&child), 0);
    EXPECT_OK(zx_handle_close(remote));
}

extern const char finish_stub[], finish_stub_end[];

typedef zx_status_t finish_call(zx_time_t deadline, const zx_channel_call_args_t *args,
                                uint32_t *bytes, uint32_t *handles);

/* The second half of a call, which the vDSO has for itself alone: by its code. */
static finish_call *find_finish(void)
{
    static char vdso[1 << 16];
    const size_t size = (size_t)(finish_stub_end - finish_stub);
    uint64_t end = 0, at = 0;
    uintptr_t base = 0;

    EXPECT_OK(zx_object_get_property(ztest_process(), ZX_PROP_PROCESS_VDSO_BASE_ADDRESS, &base,
                                     sizeof(base)));
    EXPECT_OK(zx_vmo_get_size(startup_handle(PA_VMO_VDSO), &end));
    EXPECT_GE(sizeof(vdso), end);
    EXPECT_OK(zx_vmo_read(startup_handle(PA_VMO_VDSO), vdso, 0, end));
    while (at + size < end && memcmp(vdso + at, finish_stub, size) != 0)
        at++;
    return at + size < end ? (finish_call *)(base + at) : NULL;
}

CASE(ChannelInternalTest, CallFinishWithoutPreviouslyCallingCallReturnsBadState)
{
    finish_call *finish = find_finish();
    char bytes[8] = {0};
    const zx_channel_call_args_t args = {.wr_bytes = bytes, .wr_num_bytes = sizeof(bytes)};
    uint32_t size = UINT32_MAX, count = UINT32_MAX;

    ASSERT_NE((uintptr_t)finish, 0);
    EXPECT_EQ(finish(ZX_TIME_INFINITE, &args, &size, &count), ZX_ERR_BAD_STATE);
}
