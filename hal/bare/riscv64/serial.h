/*
 * serial.h - the machine's 16550, as its console.
 */
#pragma once

struct machine;

void serial_init(const struct machine *machine);
