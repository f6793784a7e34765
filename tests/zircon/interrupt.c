/*
 * interrupt.c - interrupts that programs trigger: waited for, and bound to ports.
 */
#include "uapi/zircon/syscalls/interrupt.h"
#include "tests/zircon/stopped.h"
#include "uapi/zircon/syscalls/resource.h"

enum { TIME_1 = 12345, TIME_2 = 67890, KEY = 789 };

static zx_handle_t virtual_interrupt(void)
{
    zx_handle_t h = ZX_HANDLE_INVALID;

    EXPECT_OK(zx_interrupt_create(ZX_HANDLE_INVALID, 0, ZX_INTERRUPT_VIRTUAL, &h));
    return h;
}

static zx_handle_t make_port(uint32_t options)
{
    zx_handle_t h = ZX_HANDLE_INVALID;

    EXPECT_OK(zx_port_create(options, &h));
    return h;
}

static zx_handle_t bindable_port(void)
{
    return make_port(ZX_PORT_BIND_TO_INTERRUPT);
}

static void expect_packet(zx_handle_t port, zx_time_t when)
{
    zx_port_packet_t p = {0};

    EXPECT_OK(zx_port_wait(port, 0, &p));
    EXPECT_EQ(p.key, KEY);
    EXPECT_EQ(p.type, ZX_PKT_TYPE_INTERRUPT);
    EXPECT_EQ(p.status, ZX_OK);
    EXPECT_EQ(p.interrupt.timestamp, when);
}

static void expect_no_packet(zx_handle_t port)
{
    zx_port_packet_t p;

    EXPECT_EQ(zx_port_wait(port, 0, &p), ZX_ERR_TIMED_OUT);
}

CASE(InterruptTest, NonBindablePort)
{
    zx_handle_t interrupt = virtual_interrupt(), port = make_port(0);

    EXPECT_EQ(zx_interrupt_bind(interrupt, port, KEY, ZX_INTERRUPT_BIND), ZX_ERR_WRONG_TYPE);
    EXPECT_OK(zx_handle_close(interrupt));
    EXPECT_OK(zx_handle_close(port));
}

CASE(InterruptTest, BindTriggeredIrqToPort)
{
    zx_handle_t interrupt = virtual_interrupt(), port = bindable_port();

    EXPECT_OK(zx_interrupt_trigger(interrupt, 0, TIME_1));
    EXPECT_OK(zx_interrupt_bind(interrupt, port, KEY, ZX_INTERRUPT_BIND));
    expect_packet(port, TIME_1);
    EXPECT_OK(zx_handle_close(interrupt));
    EXPECT_OK(zx_handle_close(port));
}

CASE(InterruptTest, BindPort)
{
    zx_handle_t interrupt = virtual_interrupt(), port = bindable_port();

    EXPECT_OK(zx_interrupt_bind(interrupt, port, KEY, ZX_INTERRUPT_BIND));
    EXPECT_OK(zx_interrupt_trigger(interrupt, 0, TIME_1));
    expect_packet(port, TIME_1);

    /* What comes before the acknowledgement is told after it. */
    EXPECT_OK(zx_interrupt_trigger(interrupt, 0, TIME_1));
    expect_no_packet(port);
    EXPECT_OK(zx_interrupt_ack(interrupt));
    expect_packet(port, TIME_1);
    EXPECT_OK(zx_interrupt_ack(interrupt));
    EXPECT_OK(zx_interrupt_trigger(interrupt, 0, TIME_1));
    EXPECT_OK(zx_interrupt_trigger(interrupt, 0, TIME_2));
    expect_packet(port, TIME_1);
    EXPECT_OK(zx_interrupt_ack(interrupt));
    expect_packet(port, TIME_2);

    /* Taken and not acknowledged. */
    EXPECT_EQ(zx_interrupt_destroy(interrupt), ZX_ERR_NOT_FOUND);
    EXPECT_EQ(zx_interrupt_ack(interrupt), ZX_ERR_CANCELED);
    EXPECT_EQ(zx_interrupt_trigger(interrupt, 0, TIME_1), ZX_ERR_CANCELED);
    EXPECT_EQ(zx_interrupt_bind(interrupt, port, KEY, ZX_INTERRUPT_BIND), ZX_ERR_CANCELED);
    EXPECT_OK(zx_handle_close(interrupt));
    EXPECT_OK(zx_handle_close(port));
}

CASE(InterruptTest, UnBindPort)
{
    zx_handle_t interrupt = virtual_interrupt(), port = bindable_port();
    zx_handle_t other = bindable_port();

    EXPECT_OK(zx_interrupt_bind(interrupt, port, KEY, ZX_INTERRUPT_BIND));
    EXPECT_OK(zx_interrupt_trigger(interrupt, 0, TIME_1));
    expect_packet(port, TIME_1);
    EXPECT_EQ(zx_interrupt_bind(interrupt, port, 0, 2), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_interrupt_bind(interrupt, other, 0, ZX_INTERRUPT_UNBIND), ZX_ERR_NOT_FOUND);
    EXPECT_OK(zx_interrupt_bind(interrupt, port, 0, ZX_INTERRUPT_UNBIND));

    /* Not to a port that it was bound to; and unbinding takes back what nobody has read. */
    EXPECT_OK(zx_interrupt_trigger(interrupt, 0, TIME_1));
    expect_no_packet(port);
    EXPECT_OK(zx_interrupt_bind(interrupt, port, KEY, ZX_INTERRUPT_BIND));
    EXPECT_OK(zx_interrupt_trigger(interrupt, 0, TIME_1));
    EXPECT_OK(zx_interrupt_bind(interrupt, port, 0, ZX_INTERRUPT_UNBIND));
    expect_no_packet(port);

    EXPECT_OK(zx_interrupt_bind(interrupt, port, KEY, ZX_INTERRUPT_BIND));
    EXPECT_EQ(zx_interrupt_destroy(interrupt), ZX_ERR_NOT_FOUND);
    EXPECT_EQ(zx_interrupt_bind(interrupt, port, 0, ZX_INTERRUPT_UNBIND), ZX_ERR_CANCELED);
    EXPECT_EQ(zx_interrupt_bind(interrupt, other, 0, ZX_INTERRUPT_UNBIND), ZX_ERR_NOT_FOUND);
    EXPECT_OK(zx_handle_close(interrupt));
    EXPECT_OK(zx_handle_close(port));
    EXPECT_OK(zx_handle_close(other));
}

CASE(InterruptTest, VirtualInterrupts)
{
    zx_handle_t interrupt, canceled = virtual_interrupt();
    zx_time_t when = 0;

    EXPECT_EQ(zx_interrupt_create(ZX_HANDLE_INVALID, 0, ZX_INTERRUPT_SLOT_USER, &interrupt),
              ZX_ERR_INVALID_ARGS);
    interrupt = virtual_interrupt();
    EXPECT_EQ(ztest_rights(interrupt), ZX_DEFAULT_INTERRUPT_RIGHTS);
    EXPECT_OK(zx_interrupt_destroy(canceled));
    EXPECT_EQ(zx_interrupt_trigger(canceled, 0, TIME_1), ZX_ERR_CANCELED);
    EXPECT_OK(zx_interrupt_trigger(interrupt, 0, TIME_1));
    EXPECT_EQ(zx_interrupt_wait(canceled, &when), ZX_ERR_CANCELED);
    EXPECT_OK(zx_interrupt_wait(interrupt, &when));
    EXPECT_EQ(when, TIME_1);
    EXPECT_OK(zx_interrupt_trigger(interrupt, 0, TIME_2));
    EXPECT_OK(zx_interrupt_trigger(interrupt, 0, TIME_1)); /* the first one's time counts */
    EXPECT_OK(zx_interrupt_wait(interrupt, &when));
    EXPECT_EQ(when, TIME_2);
    EXPECT_OK(zx_handle_close(interrupt));
    EXPECT_OK(zx_handle_close(canceled));
}

CASE(InterruptTest, NullOutputTimestamp)
{
    zx_handle_t interrupt = virtual_interrupt();

    EXPECT_OK(zx_interrupt_trigger(interrupt, 0, TIME_1));
    EXPECT_OK(zx_interrupt_wait(interrupt, NULL));
    EXPECT_OK(zx_handle_close(interrupt));
}

/* Where there are no guests, there is no VCPU to bind to. */
CASE(InterruptTest, UnableToBindVirtualInterruptToVcpu)
{
    zx_handle_t interrupt = virtual_interrupt();

    EXPECT_EQ(zx_interrupt_bind_vcpu(ZX_HANDLE_INVALID, interrupt, 0), ZX_ERR_BAD_HANDLE);
    EXPECT_EQ(zx_interrupt_bind_vcpu(interrupt, ZX_HANDLE_INVALID, 0), ZX_ERR_BAD_HANDLE);
    EXPECT_EQ(zx_interrupt_bind_vcpu(interrupt, interrupt, 0), ZX_ERR_WRONG_TYPE);
    EXPECT_OK(zx_handle_close(interrupt));
}

static zx_status_t waited;

static void wait_for_all(void *arg)
{
    zx_handle_t interrupt = *(zx_handle_t *)arg;

    do
        waited = zx_interrupt_wait(interrupt, NULL);
    while (waited == ZX_OK);
}

CASE(InterruptTest, WaitThreadFunctionsAfterSuspendResume)
{
    zx_handle_t interrupt = virtual_interrupt(), token;
    struct ztest_thread thread;

    ASSERT_OK(ztest_thread_start(&thread, wait_for_all, &interrupt));
    wait_state(thread.handle, ZX_THREAD_STATE_BLOCKED_INTERRUPT);
    ASSERT_OK(zx_task_suspend(thread.handle, &token));
    wait_state(thread.handle, ZX_THREAD_STATE_SUSPENDED);
    EXPECT_OK(zx_handle_close(token));
    wait_state(thread.handle, ZX_THREAD_STATE_BLOCKED_INTERRUPT);
    EXPECT_OK(zx_task_kill(thread.handle));
    ztest_thread_join(&thread);
    EXPECT_OK(zx_handle_close(interrupt));
}

CASE(Interrupts, DestroyEndsAWait)
{
    zx_handle_t interrupt = virtual_interrupt(), port = bindable_port();
    struct ztest_thread thread;

    ASSERT_OK(ztest_thread_start(&thread, wait_for_all, &interrupt));
    wait_state(thread.handle, ZX_THREAD_STATE_BLOCKED_INTERRUPT);
    EXPECT_EQ(zx_interrupt_bind(interrupt, port, KEY, ZX_INTERRUPT_BIND), ZX_ERR_BAD_STATE);
    EXPECT_EQ(zx_interrupt_wait(interrupt, NULL), ZX_ERR_BAD_STATE); /* there is one */
    EXPECT_OK(zx_interrupt_destroy(interrupt));
    ztest_thread_join(&thread);
    EXPECT_EQ(waited, ZX_ERR_CANCELED);
    EXPECT_OK(zx_handle_close(interrupt));
    EXPECT_OK(zx_handle_close(port));
}

CASE(Interrupts, LastHandleEndsAWait)
{
    zx_handle_t interrupt = virtual_interrupt();
    struct ztest_thread thread;

    ASSERT_OK(ztest_thread_start(&thread, wait_for_all, &interrupt));
    wait_state(thread.handle, ZX_THREAD_STATE_BLOCKED_INTERRUPT);
    EXPECT_OK(zx_handle_close(interrupt));
    ztest_thread_join(&thread);
    EXPECT_EQ(waited, ZX_ERR_CANCELED);
}

CASE(Interrupts, Arguments)
{
    zx_handle_t interrupt = virtual_interrupt(), port = bindable_port(), other, weak;
    zx_handle_t job = ztest_job();

    EXPECT_EQ(zx_interrupt_wait(ZX_HANDLE_INVALID, NULL), ZX_ERR_BAD_HANDLE);
    EXPECT_EQ(zx_interrupt_wait(port, NULL), ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(zx_interrupt_trigger(interrupt, 1, TIME_1), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_interrupt_trigger(port, 0, TIME_1), ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(zx_interrupt_ack(interrupt), ZX_ERR_BAD_STATE); /* not bound */
    EXPECT_EQ(zx_interrupt_ack(port), ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(zx_interrupt_destroy(port), ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(zx_interrupt_bind(interrupt, job, KEY, ZX_INTERRUPT_BIND), ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(zx_interrupt_create(job, 0, 0, &other), ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(zx_interrupt_create(ZX_HANDLE_INVALID, 0, 0, &other), ZX_ERR_BAD_HANDLE);
    EXPECT_EQ(zx_interrupt_create(ZX_HANDLE_INVALID, 0, ZX_INTERRUPT_VIRTUAL, NULL),
              ZX_ERR_INVALID_ARGS);

    weak = ztest_without(interrupt, ZX_RIGHT_WAIT | ZX_RIGHTS_IO | ZX_RIGHT_SIGNAL);
    EXPECT_EQ(zx_interrupt_wait(weak, NULL), ZX_ERR_ACCESS_DENIED);
    EXPECT_EQ(zx_interrupt_trigger(weak, 0, TIME_1), ZX_ERR_ACCESS_DENIED);
    EXPECT_EQ(zx_interrupt_ack(weak), ZX_ERR_ACCESS_DENIED);
    EXPECT_EQ(zx_interrupt_bind(weak, port, KEY, ZX_INTERRUPT_BIND), ZX_ERR_ACCESS_DENIED);
    EXPECT_OK(zx_handle_close(weak));
    weak = ztest_without(port, ZX_RIGHT_WRITE);
    EXPECT_EQ(zx_interrupt_bind(interrupt, weak, KEY, ZX_INTERRUPT_BIND), ZX_ERR_ACCESS_DENIED);
    EXPECT_OK(zx_handle_close(weak));

    EXPECT_OK(zx_interrupt_bind(interrupt, port, KEY, ZX_INTERRUPT_BIND));
    EXPECT_EQ(zx_interrupt_bind(interrupt, port, KEY, ZX_INTERRUPT_BIND), ZX_ERR_ALREADY_BOUND);
    EXPECT_EQ(zx_interrupt_wait(interrupt, NULL), ZX_ERR_BAD_STATE);
    EXPECT_OK(zx_handle_close(interrupt));
    EXPECT_OK(zx_handle_close(port));
}

/* Packets of interrupts come before others, and go with their interrupt. */
CASE(Interrupts, PacketsComeFirst)
{
    const zx_port_packet_t user = {.key = 1};
    zx_handle_t interrupt = virtual_interrupt(), port = bindable_port();
    zx_port_packet_t p = {0};

    EXPECT_OK(zx_interrupt_bind(interrupt, port, KEY, ZX_INTERRUPT_BIND));
    EXPECT_OK(zx_port_queue(port, &user));
    EXPECT_OK(zx_interrupt_trigger(interrupt, 0, TIME_1));
    expect_packet(port, TIME_1);
    EXPECT_OK(zx_interrupt_ack(interrupt));
    EXPECT_OK(zx_interrupt_trigger(interrupt, 0, TIME_2));
    EXPECT_OK(zx_interrupt_trigger(interrupt, 0, TIME_1));
    EXPECT_EQ(zx_interrupt_ack(interrupt), ZX_ERR_BAD_STATE); /* nobody has read it */
    EXPECT_OK(zx_interrupt_destroy(interrupt));
    EXPECT_OK(zx_port_wait(port, 0, &p));
    EXPECT_EQ(p.key, 1);
    expect_no_packet(port);
    EXPECT_OK(zx_handle_close(interrupt));
    EXPECT_OK(zx_handle_close(port));
}

/* Nobody is there to be told. */
CASE(Interrupts, OutliveTheirPort)
{
    zx_handle_t interrupt = virtual_interrupt(), port = bindable_port();

    EXPECT_OK(zx_interrupt_bind(interrupt, port, KEY, ZX_INTERRUPT_BIND));
    EXPECT_OK(zx_handle_close(port));
    EXPECT_OK(zx_interrupt_trigger(interrupt, 0, TIME_1));
    EXPECT_OK(zx_interrupt_ack(interrupt));
    EXPECT_OK(zx_handle_close(interrupt));
}
