/*
 * uart16550.h - the 16550 serial port, over register accessors of the target (ports or memory).
 *
 * No lock inside: the console serialises.
 */
#pragma once

#include "base/types.h"

struct uart16550 {
    uint8_t (*read)(const struct uart16550 *uart, unsigned reg);
    void (*write)(const struct uart16550 *uart, unsigned reg, uint8_t value);
    uintptr_t base;     /* the accessors' business: first port, or address in the linear map */
    unsigned reg_shift; /* log2 of the distance of two registers, for the accessors */
};

/* 8 bits, no parity, FIFOs on, no interrupt. The speed stays as firmware set it. */
void uart16550_init(const struct uart16550 *uart);

/* Bytes as they are, each written when the port can take it. */
void uart16550_write(const struct uart16550 *uart, const char *data, size_t size);

/* One received byte; false: none is there. */
bool uart16550_read(const struct uart16550 *uart, char *out);

/* Interrupt while a received byte is there. */
void uart16550_interrupt_on(const struct uart16550 *uart);
void uart16550_interrupt_off(const struct uart16550 *uart);
