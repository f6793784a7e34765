/*
 * console.h - the console of a bare machine (hal/console.h) on a serial port.
 */
#pragma once

#include "hal/bare/common/uart16550.h"
#include "hal/console.h"

/* Once at boot. Output works from here on; input asks for interrupt source `source` when
 * somebody sets a handler. The port stays the caller's and must stay. */
void console_init(const struct uart16550 *uart, unsigned source);
