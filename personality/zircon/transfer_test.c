/*
 * transfer_test.c - calls whose copies have to wait for pages, and calls by channel.
 */
#include "personality/zircon/zircon_test.h"

#include "uapi/zircon/syscalls/channel.h"
#include "uapi/zircon/syscalls/object.h"
#include "uapi/zircon/syscalls/port.h"

/* Words of the program's memory; SLOW is memory whose pages come late, four of them. */
enum { A = DATA, B = DATA + 8, C = DATA + 16, ARGS = DATA + 128, BUF = DATA + 256 };
#define SLOW    0x50000000ull
#define SLOW_AT (SLOW + 0x1000 - 8) /* across two pages */
#define FOREVER ((uint64_t)ZX_TIME_INFINITE)

static void exit_with(struct sim_user *u, int64_t code)
{
    ZX(process_exit, (uint64_t)code);
}

/* --- a pager that has nothing at hand; page n is full of n + 1 --- */

static unsigned page_ins;

static status_t nothing_at_hand(struct vmo *vmo, uint64_t index, struct page *page)
{
    (void)vmo, (void)index, (void)page;
    return ERR_SHOULD_WAIT;
}

struct late_page {
    VMO_PAGE_IN_FRAME;
    struct sleep_until sleep;
};
CO_FITS(late_page, union vmo_page_in_slot);

static CO_FN(late_page)
{
    status_t st;

    CO_CALL(st, f->sleep, sleep_until, .deadline = hal_time_now() + 10);
    if (st == OK)
        memset(page_data(f->page), (int)f->index + 1, PAGE_SIZE);
    page_ins++;
    CO_RETURN(st);
}
CO_END

static void pager_release(struct vmo *vmo)
{
    (void)vmo;
}

static const struct vmo_pager_ops late_pager = {
    .try_page_in = nothing_at_hand,
    .page_in = late_page,
    .release = pager_release,
};

static handle_t slow_vmo;

/* SLOW is a private mapping of the late pages; the program has a handle to the VMO too. */
static void map_slow(void)
{
    struct vmar_map_args args = {.size = 4 * PAGE_SIZE,
                                 .prot = HAL_PROT_READ | HAL_PROT_WRITE,
                                 .max_prot = HAL_PROT_READ | HAL_PROT_WRITE,
                                 .flags = MAPPING_SHARED,
                                 .place = PLACE_EXACT,
                                 .addr = SLOW};
    struct vmo_object *vo;
    struct vmo *vmo;
    user_addr_t at;

    assert_int_equal(vmo_create_paged(4 * PAGE_SIZE, &late_pager, NULL, &vmo), OK);
    assert_int_equal(vmo_object_create(vmo, &vo), OK);
    slow_vmo = give(&vo->object, ZX_DEFAULT_VMO_RIGHTS);
    object_put(&vo->object);
    assert_int_equal(vmo_clone(vmo, 0, 4 * PAGE_SIZE, &args.vmo), OK);
    vmo_put(vmo);
    assert_int_equal(vmar_map(process->aspace->root, &args, &at), OK);
    vmo_put(args.vmo);
}

static void run_with_slow_memory(sim_program *program)
{
    struct thread *t;

    page_ins = 0;
    set_text(0, program);
    make_process();
    map_slow();
    t = start_thread();
    run_to_end();
    if (failed_line)
        fail_msg("line %u: got %lld", failed_line, (long long)failed_got);
    assert_int_equal(process->return_code, 0);
    object_put(&t->object);
    object_put(&process->object);
}

static void slow_buffers(struct sim_user *u)
{
    uint32_t a, b, event, port;

    EXPECT(ZX(channel_create, 0, A, B), ZX_OK);
    a = load32(u, A);
    b = load32(u, B);
    /* A page and a bit of late bytes out, and into late memory again. */
    EXPECT(ZX(channel_write, a, 0, SLOW, 5000, 0, 0), ZX_OK);
    EXPECT(ZX(channel_read, b, 0, SLOW + 0x2000, 0, 8000, 0, SLOW_AT, 0), ZX_OK);
    EXPECT(load32(u, SLOW_AT), 5000);
    EXPECT(load32(u, SLOW + 0x2000), 0x01010101);
    EXPECT(load32(u, SLOW + 0x3000), 0x02020202);
    EXPECT(load32(u, SLOW + 0x3000 + 904), 0x04040404); /* behind the message */

    /* A plain call is made again when its page is there, and leaves no second handle. */
    EXPECT(ZX(event_create, 0, SLOW_AT + 8), ZX_OK);
    event = load32(u, SLOW_AT + 8);
    EXPECT(ZX(object_get_info, event, ZX_INFO_HANDLE_COUNT, A, 4, 0, 0), ZX_OK);
    EXPECT(load32(u, A), 1);
    EXPECT(ZX(port_create, 0, A), ZX_OK);
    port = load32(u, A);
    EXPECT(ZX(object_wait_async, event, port, 3, ZX_EVENT_SIGNALED, 0), ZX_OK);
    EXPECT(ZX(object_signal, event, 0, ZX_EVENT_SIGNALED), ZX_OK);
    EXPECT(ZX(port_wait, port, FOREVER, SLOW_AT), ZX_OK);
    EXPECT(sim_user_load64(u, SLOW_AT), 3);
    exit_with(u, 0);
}

static void test_slow_buffers(void **state)
{
    (void)state;
    run_with_slow_memory(slow_buffers);
    assert_true(page_ins >= 4);
}

static void slow_vmos(struct sim_user *u)
{
    EXPECT(ZX(vmo_read, slow_vmo, BUF, 0x2000 - 4, 8), ZX_OK);
    EXPECT(load32(u, BUF), 0x02020202);
    EXPECT(load32(u, BUF + 4), 0x03030303);
    EXPECT(ZX(vmo_read, slow_vmo, SLOW + 0x10, 0x3000, 0x1000), ZX_OK);
    EXPECT(load32(u, SLOW + 0x100c), 0x04040404);
    EXPECT(load32(u, SLOW + 0x1010), 0x02020202);
    EXPECT(ZX(vmo_read, slow_vmo, SLOW + 0x3ff0, 0, 0x20), ZX_ERR_INVALID_ARGS);
    exit_with(u, 0);
}

static void test_slow_vmos(void **state)
{
    (void)state;
    run_with_slow_memory(slow_vmos);
}

/* --- zx_channel_call --- */

/* Answers one request with its number and the handle that came with it. */
static void server(struct sim_user *u)
{
    uint32_t channel = load32(u, B);

    EXPECT(ZX(object_wait_one, channel, ZX_CHANNEL_READABLE, FOREVER, 0), ZX_OK);
    EXPECT(ZX(channel_read, channel, 0, BUF, C, 64, 1, 0, 0), ZX_OK);
    EXPECT(load32(u, BUF + 4), 77);
    store32(u, BUF + 4, 78);
    EXPECT(ZX(channel_write, channel, 0, BUF, 8, C, 1), ZX_OK);
    ZX(thread_exit, 0);
}

static void put_args(struct sim_user *u, uint32_t size, uint32_t handles, uint32_t room)
{
    const zx_channel_call_args_t args = {
        .wr_bytes = (void *)(BUF + 256),
        .wr_handles = (void *)(BUF + 512),
        .rd_bytes = (void *)(BUF + 768),
        .rd_handles = (void *)(BUF + 1024),
        .wr_num_bytes = size,
        .wr_num_handles = handles,
        .rd_num_bytes = room,
        .rd_num_handles = 1,
    };

    sim_user_store(u, ARGS, &args, sizeof(args));
}

static void start_server(struct sim_user *u)
{
    EXPECT(ZX(thread_create, self, BUF, 0, 0, BUF + 1280), ZX_OK);
    EXPECT(ZX(thread_start, load32(u, BUF + 1280), text_pc(vdso_base(process), 1), 0, 0, 0),
           ZX_OK);
}

static void client(struct sim_user *u)
{
    uint64_t now = (uint64_t)ZX(clock_get_monotonic_via_kernel, 0);
    uint32_t a;

    EXPECT(ZX(channel_create, 0, A, B), ZX_OK);
    a = load32(u, A);
    store32(u, BUF + 256 + 4, 77);
    put_args(u, 3, 0, 64);
    EXPECT(ZX(channel_call_noretry, a, 0, FOREVER, ARGS, A, C), ZX_ERR_INVALID_ARGS);
    put_args(u, 8, 0, 64);
    EXPECT(ZX(channel_call_noretry, a, 1, FOREVER, ARGS, A, C), ZX_ERR_INVALID_ARGS);
    EXPECT(ZX(channel_call_noretry, a, 0, FOREVER, BAD, A, C), ZX_ERR_INVALID_ARGS);

    start_server(u);
    EXPECT(ZX(event_create, 0, BUF + 512), ZX_OK);
    put_args(u, 8, 1, 64);
    EXPECT(ZX(channel_call_noretry, a, 0, FOREVER, ARGS, BUF + 1408, BUF + 1412), ZX_OK);
    EXPECT(load32(u, BUF + 768 + 4), 78);
    EXPECT(load32(u, BUF + 1408), 8);
    EXPECT(load32(u, BUF + 1412), 1);
    EXPECT(ZX(object_signal, load32(u, BUF + 1024), 0, ZX_EVENT_SIGNALED), ZX_OK);

    start_server(u); /* its answer is larger than what there is room for */
    store32(u, BUF + 512, load32(u, BUF + 1024));
    put_args(u, 8, 1, 7);
    EXPECT(ZX(channel_call_noretry, a, 0, FOREVER, ARGS, BUF + 1408, BUF + 1412),
           ZX_ERR_BUFFER_TOO_SMALL);
    EXPECT(load32(u, BUF + 1408), 8);

    put_args(u, 8, 0, 64);
    EXPECT(ZX(channel_call_noretry, a, 0, now + 1000, ARGS, BUF + 1408, BUF + 1412),
           ZX_ERR_TIMED_OUT);
    EXPECT(ZX(handle_close, load32(u, B)), ZX_OK);
    EXPECT(ZX(channel_call_noretry, a, 0, FOREVER, ARGS, BUF + 1408, BUF + 1412),
           ZX_ERR_PEER_CLOSED);
    exit_with(u, 0);
}

static void test_channel_call(void **state)
{
    (void)state;
    set_text(1, server);
    assert_int_equal(run(client), 0);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup_zircon, teardown_zircon)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_slow_buffers),
        TEST(test_slow_vmos),
        TEST(test_channel_call),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
