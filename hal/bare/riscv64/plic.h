/*
 * plic.h - the platform-level interrupt controller.
 */
#pragma once

struct machine;

/* Once, on the boot CPU, which gets all device interrupts. */
void plic_init(const struct machine *machine);
