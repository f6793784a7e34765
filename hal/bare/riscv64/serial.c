/*
 * serial.c - the machine's 16550, its registers in memory.
 */
#include "hal/bare/riscv64/serial.h"

#include "hal/bare/common/console.h"
#include "hal/bare/riscv64/machine.h"
#include "hal/bare/riscv64/mmio.h"

static uint8_t serial_read(const struct uart16550 *uart, unsigned reg)
{
    return mmio_read8(uart->base + ((paddr_t)reg << uart->reg_shift));
}

static void serial_write(const struct uart16550 *uart, unsigned reg, uint8_t value)
{
    mmio_write8(uart->base + ((paddr_t)reg << uart->reg_shift), value);
}

void serial_init(const struct machine *machine)
{
    static struct uart16550 uart = {.read = serial_read, .write = serial_write};

    if (!machine->uart.base)
        return;
    uart.base = machine->uart.base;
    uart.reg_shift = machine->uart.reg_shift;
    console_init(&uart, machine->uart.source);
}
