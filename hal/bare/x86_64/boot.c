/*
 * boot.c - brings the machine up, on the boot CPU, in the order of what needs what.
 */
#include "hal/bare/x86_64/boot.h"

#include "hal/bare/x86_64/acpi.h"
#include "hal/bare/x86_64/cpu.h"
#include "hal/bare/x86_64/descriptors.h"
#include "hal/bare/x86_64/devices.h"
#include "hal/bare/x86_64/instructions.h"
#include "hal/bare/x86_64/ioapic.h"
#include "hal/bare/x86_64/lapic.h"
#include "hal/bare/x86_64/time.h"

static struct hal_boot_info boot_info;
static struct acpi_machine machine;

const struct hal_boot_info *hal_boot_info(void)
{
    return &boot_info;
}

static uint32_t boot_apic_id(void)
{
    return cpuid(1, 0).ebx >> 24;
}

/* On the stack that has a guard. */
static void boot_on_stack(void)
{
    cpu_init(0);
    lapic_init(machine.lapic);
    lapic_enable();
    ioapic_init(&machine);
    time_init();
    timer_init_cpu();
    console_attach();
    entropy_start();
    atomic_store_explicit(&cpus[0].online, true, memory_order_relaxed);
    interrupts_on();
    kernel_main();
}

void boot_main(paddr_t start_info)
{
    paddr_t rsdp, memory_end;

    cpu_features_detect();
    start_info_read(start_info, &boot_info, &rsdp, &memory_end);
    acpi_read(rsdp, boot_apic_id(), &machine);
    cpu_set_count(machine.cpu_count);
    for (unsigned i = 0; i < machine.cpu_count; i++)
        cpus[i].apic_id = machine.apic_ids[i];
    idt_init();
    kmap_init(&boot_info, memory_end);
    stack_enter(cpu_stack_top(0), boot_on_stack);
}
