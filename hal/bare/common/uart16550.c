/*
 * uart16550.c - polled transmission and interrupt-driven reception on a 16550.
 */
#include "hal/bare/common/uart16550.h"

enum { REG_DATA = 0, REG_IER = 1, REG_FCR = 2, REG_LCR = 3, REG_MCR = 4, REG_LSR = 5 };

enum {
    IER_RECEIVED = 1u << 0,
    FCR_ENABLE = 1u << 0,
    LCR_8_BITS = 3u,
    MCR_DTR_RTS = 3u,
    MCR_OUT2 = 1u << 3, /* lets the interrupt line out of the chip on a PC */
    LSR_RECEIVED = 1u << 0,
    LSR_TRANSMIT_EMPTY = 1u << 5,
};

#define FIFO_SIZE 16u

void uart16550_init(const struct uart16550 *uart)
{
    uart->write(uart, REG_IER, 0);
    uart->write(uart, REG_LCR, LCR_8_BITS);
    uart->write(uart, REG_FCR, FCR_ENABLE); /* what was typed during boot stays */
    uart->write(uart, REG_MCR, MCR_DTR_RTS | MCR_OUT2);
}

/* "Empty" speaks of the whole FIFO, so each wait buys room for FIFO_SIZE bytes. */
void uart16550_write(const struct uart16550 *uart, const char *data, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (i % FIFO_SIZE == 0)
            while (!(uart->read(uart, REG_LSR) & LSR_TRANSMIT_EMPTY))
                ;
        uart->write(uart, REG_DATA, (uint8_t)data[i]);
    }
}

bool uart16550_read(const struct uart16550 *uart, char *out)
{
    if (!(uart->read(uart, REG_LSR) & LSR_RECEIVED))
        return false;
    *out = (char)uart->read(uart, REG_DATA);
    return true;
}

void uart16550_interrupt_on(const struct uart16550 *uart)
{
    uart->write(uart, REG_IER, IER_RECEIVED);
}

void uart16550_interrupt_off(const struct uart16550 *uart)
{
    uart->write(uart, REG_IER, 0);
}
