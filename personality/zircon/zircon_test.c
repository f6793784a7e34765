/*
 * zircon_test.c - the calls as programs make them: handles, waits, channels, ports, the log.
 */
#include "personality/zircon/zircon_test.h"

#include <string.h>

#include "base/random.h"
#include "mm/counter.h"
#include "uapi/zircon/syscalls/memory.h"
#include "uapi/zircon/syscalls/port.h"

/* Words of the program's memory. */
enum {
    A = DATA,
    B = DATA + 8,
    C = DATA + 16,
    D = DATA + 24,
    BUF = DATA + 256,
    BUF2 = DATA + 1024
};

static _Noreturn void exit_with(struct sim_user *u, int64_t code)
{
    ZX(process_exit, (uint64_t)code);
    sim_user_raise(u, HAL_EXC_ILLEGAL); /* not reached: the process has ended */
    __builtin_unreachable();
}

static uint32_t make_event(struct sim_user *u)
{
    EXPECT(ZX(event_create, 0, A), ZX_OK);
    return load32(u, A);
}

static void handles(struct sim_user *u)
{
    uint32_t event = make_event(u), copy;

    EXPECT(ZX(event_create, 1, A), ZX_ERR_INVALID_ARGS);
    EXPECT(ZX(event_create, 0, BAD), ZX_ERR_INVALID_ARGS);
    EXPECT(ZX(handle_duplicate, event ^ 0x10000, ZX_RIGHT_WAIT, A), ZX_ERR_BAD_HANDLE);
    EXPECT(ZX(handle_duplicate, event, ZX_RIGHT_READ, A), ZX_ERR_INVALID_ARGS);
    EXPECT(ZX(handle_duplicate, event, ZX_RIGHT_WAIT, A), ZX_OK);
    copy = load32(u, A);
    EXPECT(ZX(handle_duplicate, copy, ZX_RIGHT_SAME_RIGHTS, A), ZX_ERR_ACCESS_DENIED);
    EXPECT(ZX(object_signal, copy, 0, ZX_EVENT_SIGNALED), ZX_ERR_ACCESS_DENIED);
    EXPECT(ZX(object_signal, event, 0, ZX_CHANNEL_READABLE), ZX_ERR_INVALID_ARGS);
    EXPECT(ZX(object_signal, event, 0, ZX_EVENT_SIGNALED), ZX_OK);
    EXPECT(ZX(object_signal_peer, event, 0, 0), ZX_ERR_ACCESS_DENIED);

    EXPECT(ZX(handle_replace, copy, ZX_RIGHT_SIGNAL, A), ZX_ERR_INVALID_ARGS);
    EXPECT(ZX(handle_close, copy), ZX_ERR_BAD_HANDLE); /* consumed all the same */
    EXPECT(ZX(handle_replace, event, ZX_RIGHT_WAIT, A), ZX_OK);
    EXPECT(ZX(handle_close, event), ZX_ERR_BAD_HANDLE);
    EXPECT(ZX(handle_close, load32(u, A)), ZX_OK);
    EXPECT(ZX(handle_close, 0), ZX_OK);

    for (unsigned i = 0; i < 40; i++)
        store32(u, BUF + 4 * i, i == 3 ? 0 : make_event(u));
    store32(u, BUF + 4 * 5, 4);
    EXPECT(ZX(handle_close_many, BUF, 40), ZX_ERR_BAD_HANDLE);
    EXPECT(ZX(handle_close, load32(u, BUF + 4 * 39)), ZX_ERR_BAD_HANDLE); /* closed */
    exit_with(u, 3);
}

/* Of a register that holds an argument of 32 bits the rest may be anything. */
static void wide_registers(struct sim_user *u)
{
    const uint64_t more = 1ull << 32;
    uint32_t vmo;

    EXPECT(ZX(vmo_create, PAGE_SIZE, more | ZX_VMO_DISCARDABLE, A), ZX_OK);
    vmo = load32(u, A);
    EXPECT(ZX(vmo_op_range, vmo, more | ZX_VMO_OP_TRY_LOCK, 0, PAGE_SIZE, 0, 0), ZX_OK);
    EXPECT(ZX(vmo_op_range, vmo, more | ZX_VMO_OP_UNLOCK, 0, PAGE_SIZE, 0, 0), ZX_OK);
    EXPECT(ZX(vmo_op_range, vmo, more | ZX_VMO_OP_UNLOCK, 0, PAGE_SIZE, 0, 0),
           ZX_ERR_BAD_STATE);
    EXPECT(ZX(vmo_op_range, vmo, more | ZX_VMO_OP_LOCK, 0, PAGE_SIZE, BUF,
              sizeof(zx_vmo_lock_state_t)),
           ZX_OK);
    EXPECT(ZX(vmo_op_range, vmo, more | ZX_VMO_OP_UNLOCK, 0, PAGE_SIZE, 0, 0), ZX_OK);
    exit_with(u, 0);
}

static void test_wide_registers(void **state)
{
    (void)state;
    assert_int_equal(run(wide_registers), 0);
}

static void test_handles(void **state)
{
    (void)state;
    assert_int_equal(run(handles), 3);
}

static void waits(struct sim_user *u)
{
    uint32_t event = make_event(u), other = make_event(u);
    uint64_t start = (uint64_t)ZX(clock_get_monotonic_via_kernel, 0);

    EXPECT(ZX(object_wait_one, event, ZX_EVENT_SIGNALED, start + 500, B), ZX_ERR_TIMED_OUT);
    EXPECT(ZX(clock_get_monotonic_via_kernel, 0), start + 500);
    EXPECT(load32(u, B), 0);
    EXPECT(ZX(object_wait_one, event ^ 0x10000, ZX_EVENT_SIGNALED, 0, B), ZX_ERR_BAD_HANDLE);
    EXPECT(ZX(object_signal, event, 0, ZX_EVENT_SIGNALED), ZX_OK);
    EXPECT(ZX(object_wait_one, event, ZX_EVENT_SIGNALED, 0, B), ZX_OK);
    EXPECT(load32(u, B), ZX_EVENT_SIGNALED);
    EXPECT(ZX(object_wait_one, event, ZX_EVENT_SIGNALED, 0, 0), ZX_OK);
    EXPECT(ZX(object_wait_one, event, ZX_EVENT_SIGNALED, 0, BAD), ZX_ERR_INVALID_ARGS);

    store32(u, BUF, other);
    store32(u, BUF + 4, ZX_EVENT_SIGNALED);
    store32(u, BUF + 12, event);
    store32(u, BUF + 16, ZX_EVENT_SIGNALED);
    EXPECT(ZX(object_wait_many, BUF, 2, UINT64_MAX >> 1), ZX_OK);
    EXPECT(load32(u, BUF + 8), 0);
    EXPECT(load32(u, BUF + 20), ZX_EVENT_SIGNALED);
    EXPECT(ZX(object_signal, event, ZX_EVENT_SIGNALED, 0), ZX_OK);
    EXPECT(ZX(object_wait_many, BUF, 2, start + 900), ZX_ERR_TIMED_OUT);
    EXPECT(ZX(object_wait_many, BUF, 65, 0), ZX_ERR_OUT_OF_RANGE);
    EXPECT(ZX(object_wait_many, BAD, 1, 0), ZX_ERR_INVALID_ARGS);
    store32(u, BUF + 12, event ^ 0x10000);
    EXPECT(ZX(object_wait_many, BUF, 2, 0), ZX_ERR_BAD_HANDLE);
    EXPECT(ZX(object_wait_many, BUF, 0, start + 1000), ZX_ERR_TIMED_OUT);
    EXPECT(ZX(nanosleep, start + 2000), ZX_OK);
    EXPECT(ZX(clock_get, 0, BUF), ZX_OK);
    EXPECT(sim_user_load64(u, BUF), start + 2000);
    EXPECT(ZX(nanosleep, 0), ZX_OK);
    EXPECT(ZX(clock_get, 7, BUF), ZX_ERR_INVALID_ARGS);
    exit_with(u, 0);
}

static void test_waits(void **state)
{
    (void)state;
    assert_int_equal(run(waits), 0);
}

static void write_and_read(struct sim_user *u, uint32_t a, uint32_t b)
{
    uint32_t event = make_event(u);

    sim_user_store(u, BUF, "hello", 5);
    store32(u, C, event);
    EXPECT(ZX(channel_write, a, 0, BUF, 5, C, 1), ZX_OK);
    EXPECT(ZX(handle_close, event), ZX_ERR_BAD_HANDLE);
    EXPECT(ZX(channel_read, b, 0, BUF2, C, 4, 1, A, B), ZX_ERR_BUFFER_TOO_SMALL);
    EXPECT(load32(u, A), 5);
    EXPECT(load32(u, B), 1);
    EXPECT(ZX(channel_read_etc, b, 0, BUF2, BUF, 5, 1, A, B), ZX_OK);
    EXPECT(load32(u, BUF2), 0x6c6c6568); /* "hell" */
    EXPECT(load32(u, BUF + 4), ZX_OBJ_TYPE_EVENT);
    EXPECT(load32(u, BUF + 8), ZX_DEFAULT_EVENT_RIGHTS);
    EXPECT(ZX(object_signal, load32(u, BUF), 0, ZX_EVENT_SIGNALED), ZX_OK);
    EXPECT(ZX(handle_close, load32(u, BUF)), ZX_OK);
    EXPECT(ZX(channel_read, b, 0, BUF2, C, 4, 1, A, B), ZX_ERR_SHOULD_WAIT);
}

/* Each refusal consumes the handle. */
static void refused_write(struct sim_user *u, uint32_t channel, uint64_t bytes, uint64_t size,
                          int32_t want, unsigned line)
{
    store32(u, C, make_event(u));
    note(ZX(channel_write, channel, 0, bytes, size, C, 1), want, line);
    note(ZX(handle_close, load32(u, C)), ZX_ERR_BAD_HANDLE, line);
}

static void channels(struct sim_user *u)
{
    uint32_t a, b;

    EXPECT(ZX(channel_create, 1, A, B), ZX_ERR_INVALID_ARGS);
    EXPECT(ZX(channel_create, 0, A, BAD), ZX_ERR_INVALID_ARGS);
    EXPECT(ZX(channel_create, 0, A, B), ZX_OK);
    a = load32(u, A);
    b = load32(u, B);
    write_and_read(u, a, b);

    refused_write(u, a ^ 0x10000, BUF, 1, ZX_ERR_BAD_HANDLE, __LINE__);
    refused_write(u, a, BUF, 65537, ZX_ERR_OUT_OF_RANGE, __LINE__);
    refused_write(u, a, BAD, 1, ZX_ERR_INVALID_ARGS, __LINE__);
    store32(u, C, b ^ 0x10000);
    EXPECT(ZX(channel_write, a, 0, BUF, 1, C, 1), ZX_ERR_BAD_HANDLE);
    EXPECT(ZX(handle_duplicate, root_job, 0, C), ZX_OK);
    EXPECT(ZX(channel_write, a, 0, BUF, 1, C, 1), ZX_ERR_ACCESS_DENIED); /* no TRANSFER */
    store32(u, C, a);
    EXPECT(ZX(channel_write, a, 0, BUF, 1, C, 1), ZX_ERR_NOT_SUPPORTED); /* itself; and lost */
    EXPECT(ZX(channel_write, b, 0, BUF, 1, 0, 0), ZX_ERR_PEER_CLOSED);
    EXPECT(ZX(object_wait_one, b, ZX_CHANNEL_PEER_CLOSED, 0, 0), ZX_OK);
    exit_with(u, 0);
}

static void test_channels(void **state)
{
    (void)state;
    assert_int_equal(run(channels), 0);
}

static void ports(struct sim_user *u)
{
    uint32_t event = make_event(u), port;

    EXPECT(ZX(port_create, 2, A), ZX_ERR_INVALID_ARGS);
    EXPECT(ZX(port_create, 0, A), ZX_OK);
    port = load32(u, A);
    EXPECT(ZX(object_wait_async, event, event, 1, ZX_EVENT_SIGNALED, 0), ZX_ERR_WRONG_TYPE);
    EXPECT(ZX(object_wait_async, event, port, 1, ZX_EVENT_SIGNALED, 8), ZX_ERR_INVALID_ARGS);
    EXPECT(ZX(object_wait_async, port, port, 1, ZX_EVENT_SIGNALED, 0), ZX_ERR_ACCESS_DENIED);
    EXPECT(ZX(object_wait_async, event, port, 77, ZX_EVENT_SIGNALED, 0), ZX_OK);
    EXPECT(ZX(port_wait, port, ZX(clock_get_monotonic_via_kernel, 0) + 10, BUF),
           ZX_ERR_TIMED_OUT);
    EXPECT(ZX(object_signal, event, 0, ZX_EVENT_SIGNALED), ZX_OK);
    EXPECT(ZX(port_wait, port, UINT64_MAX >> 1, BUF), ZX_OK);
    EXPECT(sim_user_load64(u, BUF), 77);
    EXPECT(load32(u, BUF + 8), ZX_PKT_TYPE_SIGNAL_ONE);
    EXPECT(load32(u, BUF + 20), ZX_EVENT_SIGNALED);
    EXPECT(ZX(port_cancel, port, event, 77), ZX_ERR_NOT_FOUND);
    EXPECT(ZX(port_queue, port, BAD), ZX_ERR_INVALID_ARGS);
    EXPECT(ZX(port_queue, port, BUF), ZX_OK);
    EXPECT(ZX(port_wait, port, 0, BUF), ZX_OK);
    EXPECT(load32(u, BUF + 8), ZX_PKT_TYPE_USER);
    exit_with(u, 0);
}

static void test_ports(void **state)
{
    (void)state;
    assert_int_equal(run(ports), 0);
}

static char console[256];

static void to_console(const char *text, size_t size)
{
    strncat(console, text, size);
}

static void logs(struct sim_user *u)
{
    uint32_t reader;

    EXPECT(ZX(debuglog_create, 0, 1, A), ZX_ERR_INVALID_ARGS);
    EXPECT(ZX(debuglog_create, root_job, 0, A), ZX_ERR_WRONG_TYPE);
    EXPECT(ZX(debuglog_create, 0, ZX_LOG_FLAG_READABLE, A), ZX_OK);
    reader = load32(u, A);
    while (ZX(debuglog_read, reader, 0, BUF, 256) > 0)
        ;
    sim_user_store(u, BUF, "a line", 6);
    EXPECT(ZX(debuglog_write, reader, 1, BUF, 6), ZX_ERR_INVALID_ARGS);
    EXPECT(ZX(debuglog_write, reader, 0, BUF, 6), ZX_OK);
    EXPECT(ZX(debuglog_read, reader, 0, BUF2, 256), 38);
    EXPECT(load32(u, BUF2 + 32), 0x696c2061);
    EXPECT(ZX(debuglog_read, reader, 0, BUF2, 256), ZX_ERR_SHOULD_WAIT);
    EXPECT(ZX(debug_write, BUF, 3), ZX_OK);
    EXPECT(ZX(cprng_draw_once, BUF, 257), ZX_ERR_INVALID_ARGS);
    EXPECT(ZX(cprng_draw_once, BUF, 16), ZX_OK);
    exit_with(u, 0);
}

static void test_logs(void **state)
{
    (void)state;
    console[0] = '\0';
    debuglog_set_console(to_console);
    assert_int_equal(run(logs), 0);
    assert_string_equal(console, "a line\na l");
    debuglog_set_console(NULL);
}

/* --- unknown calls, faults, and nonsense --- */

static void unknown(struct sim_user *u)
{
    EXPECT(ZX(vcpu_kick, 0), ZX_ERR_NOT_SUPPORTED);
    EXPECT(ZX(vcpu_kick, 0), ZX_ERR_NOT_SUPPORTED);
    exit_with(u, 0);
}

static void no_call(struct sim_user *u)
{
    call(u, 4000, (const uint64_t[8]){0});
    exit_with(u, 0);
}

static void not_ours(struct sim_user *u)
{
    sim_user_syscall(u, 1, (const uint64_t[6]){0});
    exit_with(u, 0);
}

static void test_unknown_calls(void **state)
{
    int64_t before = counter_sum(COUNTER_CALLS_MISSING);

    (void)state;
    assert_int_equal(run(unknown), 0);
    assert_int_equal(run(no_call), ZX_TASK_RETCODE_EXCEPTION_KILL);
    assert_int_equal(run(not_ours), ZX_TASK_RETCODE_EXCEPTION_KILL);
    assert_int_equal(counter_sum(COUNTER_CALLS_MISSING) - before, 4);
}

static void faulting(struct sim_user *u)
{
    store32(u, BAD, 1);
}

static void illegal(struct sim_user *u)
{
    sim_user_raise(u, HAL_EXC_ILLEGAL);
}

static void test_a_fault_is_the_death_of_the_process(void **state)
{
    (void)state;
    assert_int_equal(run(faulting), ZX_TASK_RETCODE_EXCEPTION_KILL);
    assert_int_equal(run(illegal), ZX_TASK_RETCODE_EXCEPTION_KILL);
}

/* Every call with arguments that are handles it has, addresses, or anything. */
static void fuzz(struct sim_user *u)
{
    struct random r;

    random_seed(&r, 7);
    for (unsigned i = 0; i < 20000; i++) {
        uint32_t number = (uint32_t)random_below(&r, zircon_syscall_count);
        const uint64_t nice[] = {root_vmar,    0,         1, BUF, BUF2, load32(u, A),
                                 load32(u, B), PAGE_SIZE, 7, BAD};
        uint64_t a[8];

        for (unsigned k = 0; k < countof(a); k++)
            a[k] = random_below(&r, 8) ? nice[random_below(&r, countof(nice))] : random_u64(&r);
        /* These would end the test, or wait for what nobody does. */
        if (!zircon_syscalls[number].name || number == ZIRCON_NR_process_exit ||
            number == ZIRCON_NR_thread_exit || number == ZIRCON_NR_restricted_enter ||
            number == ZIRCON_NR_nanosleep || number == ZIRCON_NR_vmar_unmap ||
            number == ZIRCON_NR_vmar_protect || number == ZIRCON_NR_vmar_map)
            continue;
        if (number == ZIRCON_NR_object_wait_one || number == ZIRCON_NR_object_wait_many ||
            number == ZIRCON_NR_channel_call_noretry)
            a[2] = 0;
        if (number == ZIRCON_NR_port_wait)
            a[1] = 0;
        call(u, number, a);
    }
    exit_with(u, 0);
}

static void test_nonsense(void **state)
{
    (void)state;
    assert_int_equal(run(fuzz), 0);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup_zircon, teardown_zircon)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_handles),       TEST(test_wide_registers),
        TEST(test_waits),         TEST(test_channels),
        TEST(test_ports),         TEST(test_logs),
        TEST(test_unknown_calls), TEST(test_a_fault_is_the_death_of_the_process),
        TEST(test_nonsense),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
