/*
 * acpi.h - what the ACPI tables say about processors and interrupt controllers.
 */
#pragma once

#include "hal/cpu.h"

/* How an interrupt line behaves. */
struct acpi_line {
    uint32_t gsi;
    bool level, active_low;
};

#define ACPI_ISA_IRQS 16u

struct acpi_machine {
    unsigned cpu_count;
    uint32_t apic_ids[HAL_MAX_CPUS]; /* the boot CPU's first */
    paddr_t lapic;
    paddr_t ioapic; /* that of the lowest inputs; 0: none */
    uint32_t ioapic_gsi;
    struct acpi_line
        isa[ACPI_ISA_IRQS]; /* where the lines of the old interrupt controller go */
};

/* `rsdp` is 0 where the machine has no tables; `boot_apic_id` is of the CPU that asks. */
void acpi_read(paddr_t rsdp, uint32_t boot_apic_id, struct acpi_machine *machine);
