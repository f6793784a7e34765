/*
 * ports.c - I/O ports of the machine. Run with the cases that the machine is for: NoPorts, or
 * all others.
 */
#include "tests/zircon/stopped.h"
#include "uapi/zircon/syscalls/resource.h"

/* isa/ISA/port_io.S */
uint8_t port_read(uint16_t port);
void port_write(uint16_t port, uint8_t value);

/* The clock's, which also keeps some bytes: the first is an index, the second what is there. */
enum { DELAY = 0x80, CLOCK = 0x70, PCI = 0xcf8 };
enum { CLOCK_VALID = 0x0d, ANY = 0x0e };

static zx_handle_t resource(uint16_t first, size_t count)
{
    zx_handle_t h = ZX_HANDLE_INVALID;

    EXPECT_OK(zx_resource_create(ztest_root_resource(), ZX_RSRC_KIND_IOPORT, first, count, "io",
                                 2, &h));
    return h;
}

static uint8_t clock_read(uint8_t index)
{
    port_write(CLOCK, index);
    return port_read(CLOCK + 1);
}

CASE(Resource, Ioports)
{
    zx_handle_t io = resource(DELAY, 1);

    EXPECT_EQ(zx_ioports_request(io, PCI, 1), ZX_ERR_OUT_OF_RANGE);
    ASSERT_OK(zx_ioports_request(io, DELAY, 1));
    port_write(DELAY, 0xff);
    EXPECT_OK(zx_ioports_release(io, DELAY, 1));
    EXPECT_OK(zx_handle_close(io));
}

CASE(Ports, TheClockIsThere)
{
    zx_handle_t io = resource(CLOCK, 2);
    uint8_t was;

    ASSERT_OK(zx_ioports_request(io, CLOCK, 2));
    EXPECT_OK(zx_handle_close(io)); /* the ports stay */
    EXPECT_EQ(clock_read(CLOCK_VALID), 0x80);
    was = clock_read(ANY);
    port_write(CLOCK + 1, (uint8_t)~was);
    EXPECT_EQ(clock_read(ANY), (uint8_t)~was);
    port_write(CLOCK + 1, was);
    EXPECT_OK(zx_ioports_release(ztest_root_resource(), CLOCK, 2));
}

static void read_clock(void *arg)
{
    (void)arg;
    (void)port_read(CLOCK);
    FAIL("a port was read");
}

/* A thread that reads there gets no further. */
static void expect_refused(void)
{
    zx_handle_t channel, exception;
    struct ztest_thread t;

    ASSERT_OK(zx_task_create_exception_channel(ztest_process(), 0, &channel));
    ASSERT_OK(ztest_thread_start(&t, read_clock, NULL));
    exception = take_exception(channel, ZX_EXCP_GENERAL);
    EXPECT_OK(zx_task_kill(t.handle));
    EXPECT_OK(zx_handle_close(exception));
    ztest_thread_join(&t);
    EXPECT_OK(zx_handle_close(channel));
}

CASE(Ports, AreForWhoAsked)
{
    expect_refused();
    ASSERT_OK(zx_ioports_request(ztest_root_resource(), CLOCK + 1, 1));
    expect_refused(); /* a neighbour's */
    ASSERT_OK(zx_ioports_request(ztest_root_resource(), CLOCK, 1));
    (void)port_read(CLOCK);
    ASSERT_OK(zx_ioports_release(ztest_root_resource(), CLOCK, 1));
    expect_refused();
    EXPECT_OK(zx_ioports_release(ztest_root_resource(), CLOCK + 1, 1));
}

CHILD(reads_clock)
{
    (void)channel;
    return port_read(CLOCK);
}

CASE(Ports, AreOneProcesss)
{
    struct ztest_child c;

    ASSERT_OK(zx_ioports_request(ztest_root_resource(), CLOCK, 1));
    ASSERT_TRUE(ztest_child_run(&c, ztest_job(), "reads_clock"));
    EXPECT_EQ(ztest_child_join(&c), ZX_TASK_RETCODE_EXCEPTION_KILL);
    (void)port_read(CLOCK);
    EXPECT_OK(zx_ioports_release(ztest_root_resource(), CLOCK, 1));
}

CASE(Ports, EndAtTheLast)
{
    EXPECT_EQ(zx_ioports_request(ztest_root_resource(), 0xffff, 2), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_ioports_release(ztest_root_resource(), 1, 0x10000), ZX_ERR_INVALID_ARGS);
    EXPECT_OK(zx_ioports_request(ztest_root_resource(), 0, 0x10000));
    EXPECT_OK(zx_ioports_release(ztest_root_resource(), 0, 0x10000));
}

CASE(NoPorts, ToBeHad)
{
    zx_handle_t io = resource(DELAY, 1);

    EXPECT_EQ(zx_ioports_request(ztest_job(), DELAY, 1), ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(zx_ioports_request(io, PCI, 1), ZX_ERR_OUT_OF_RANGE);
    EXPECT_EQ(zx_ioports_request(io, DELAY, 1), ZX_ERR_NOT_SUPPORTED);
    EXPECT_EQ(zx_ioports_release(io, DELAY, 1), ZX_ERR_NOT_SUPPORTED);
    EXPECT_OK(zx_handle_close(io));
}
