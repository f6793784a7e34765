/*
 * ioapic.h - device interrupts, numbered by GSI, as an irq_controller.
 */
#pragma once

#include "hal/bare/x86_64/acpi.h"

/* All inputs masked, the old interrupt controller too; becomes the controller of irq.c. */
void ioapic_init(const struct acpi_machine *machine);

/* The source number of a line of the old controller. */
unsigned ioapic_isa_source(unsigned irq);
