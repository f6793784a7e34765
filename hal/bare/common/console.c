/*
 * console.c - the serial console: bytes go out verbatim, and come in through a ring.
 *
 * A full ring turns the receive interrupt off, so that the port's own flow control holds the
 * sender back; the reader who makes room turns it on again. Nothing that was typed is lost.
 */
#include "hal/bare/common/console.h"

#include "base/ring.h"
#include "base/status.h"
#include "base/string.h"
#include "hal/irq.h"
#include "hal/spinlock.h"

#define INPUT_SIZE 1024u

/* Rounds that a writer waits for another CPU. A CPU that was stopped in the middle of a line
 * holds the lock for ever, and a panic must still be read: then lines mix. */
#define OUTPUT_PATIENCE 10000000u

static const struct uart16550 *port; /* NULL: a machine without a console */
static unsigned port_source;

static atomic_uint output_busy; /* 1 while a CPU writes */

/* Set before the first program runs. */
static const char *frame_begin = "", *frame_end = "";

/* Guards the ring, the receiving half of the port, and the two fields below. */
static struct spinlock input_lock;
static unsigned char input_buf[INPUT_SIZE];
static struct ring input = {.buf = input_buf, .size = INPUT_SIZE};
static void (*input_handler)(void *arg);
static void *input_arg;

void console_init(const struct uart16550 *uart, unsigned source)
{
    port = uart;
    port_source = source;
    uart16550_init(uart);
}

static bool output_begin(void)
{
    for (unsigned tries = 0; tries < OUTPUT_PATIENCE; tries++) {
        if (!atomic_exchange_explicit(&output_busy, 1, memory_order_acquire))
            return true;
        hal_cpu_relax(tries);
    }
    return false;
}

/* `begin`, the bytes, and `end`, with nothing of another CPU's between them. */
static void write_whole(const char *begin, const char *data, size_t size, const char *end)
{
    bool ours;

    if (!port)
        return;
    hal_preempt_disable();
    ours = output_begin();
    uart16550_write(port, begin, strlen(begin));
    uart16550_write(port, data, size);
    uart16550_write(port, end, strlen(end));
    if (ours)
        atomic_store_explicit(&output_busy, 0, memory_order_release);
    hal_preempt_enable();
}

void hal_console_write(const char *data, size_t size)
{
    write_whole(frame_begin, data, size, frame_end);
}

void hal_trace_write(const char *data, size_t size)
{
    hal_console_write(data, size);
}

void hal_console_write_tty(const char *data, size_t size)
{
    write_whole("", data, size, "");
}

void hal_console_set_frame(const char *begin, const char *end)
{
    frame_begin = begin;
    frame_end = end;
}

/* Caller holds input_lock. */
static void input_fill_locked(void)
{
    char c;

    while (ring_space(&input) && uart16550_read(port, &c))
        ring_write(&input, &c, 1);
    if (!ring_space(&input))
        uart16550_interrupt_off(port);
    else if (input_handler)
        uart16550_interrupt_on(port);
}

size_t hal_console_read(char *buf, size_t size)
{
    size_t got = 0;
    uint32_t part;

    if (!port)
        return 0;
    SPIN_GUARD(&input_lock);

    do {
        input_fill_locked();
        part = ring_read(&input, buf + got, (uint32_t)MIN(size - got, (size_t)INPUT_SIZE));
        got += part;
    } while (part);
    return got;
}

static void input_interrupt(void *unused UNUSED)
{
    {
        SPIN_GUARD(&input_lock);

        input_fill_locked();
    }
    input_handler(input_arg);
}

/* Input that is there already interrupts as soon as it may. */
void hal_console_set_handler(void (*handler)(void *arg), void *arg)
{
    if (!port)
        return;
    {
        SPIN_GUARD(&input_lock);

        input_handler = handler;
        input_arg = arg;
    }
    if (hal_irq_register(port_source, input_interrupt, NULL) != OK)
        return; /* set before: the interrupt finds the new handler */
    uart16550_interrupt_on(port);
}
