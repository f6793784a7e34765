/*
 * ioapic.c - the I/O APIC (82093AA data sheet), delivering every device to the boot CPU.
 *
 * Whatever comes in stays in service until hal_irq_serve has run its handler: the end of
 * interrupt is the unmasking. So no register here is touched in interrupt context, and since
 * devices share a priority class, at most one is in service at a time.
 */
#include "hal/bare/x86_64/ioapic.h"

#include "base/log.h"
#include "hal/bare/common/irq.h"
#include "hal/bare/x86_64/cpu.h"
#include "hal/bare/x86_64/instructions.h"
#include "hal/bare/x86_64/lapic.h"
#include "hal/mmu.h"
#include "hal/spinlock.h"

enum { REG_VERSION = 1, REG_ENTRIES = 0x10 };

#define ENTRY_ACTIVE_LOW (1u << 13)
#define ENTRY_LEVEL      (1u << 15)
#define ENTRY_MASKED     (1u << 16)

#define PIC1_MASK 0x21
#define PIC2_MASK 0xa1

#define NO_SOURCE UINT32_MAX

static volatile uint32_t *window; /* [0] selects a register, [4] is it; guarded by lock */
static struct spinlock lock;      /* a leaf */

static uint32_t first_source;
static struct acpi_line isa_lines[ACPI_ISA_IRQS];

/* What programs say of a line, HAL_IRQ_EDGE_LOW ... plus one; 0: nothing. Guarded by lock. */
static uint8_t configured[IRQ_MAX_SOURCES];

/* Who has each device vector: given at the first unmask, for good. Written under lock. */
static uint32_t source_of[DEVICE_VECTORS];

static uint32_t reg_read_locked(unsigned reg)
{
    window[0] = reg;
    return window[4];
}

static void reg_write_locked(unsigned reg, uint32_t value)
{
    window[0] = reg;
    window[4] = value;
}

/* Masked first, so that no half-written entry is ever live. */
static void entry_write_locked(unsigned input, uint32_t low, uint32_t high)
{
    reg_write_locked(REG_ENTRIES + 2 * input, ENTRY_MASKED);
    reg_write_locked(REG_ENTRIES + 2 * input + 1, high);
    reg_write_locked(REG_ENTRIES + 2 * input, low);
}

/* Lines of the old controller are as firmware says; the others are PCI's: level, active low. */
static uint32_t line_flags_locked(uint32_t source)
{
    static const uint32_t flags[] = {
        [HAL_IRQ_EDGE_LOW] = ENTRY_ACTIVE_LOW,
        [HAL_IRQ_EDGE_HIGH] = 0,
        [HAL_IRQ_LEVEL_LOW] = ENTRY_LEVEL | ENTRY_ACTIVE_LOW,
        [HAL_IRQ_LEVEL_HIGH] = ENTRY_LEVEL,
    };

    if (configured[source])
        return flags[configured[source] - 1];
    for (unsigned i = 0; i < ACPI_ISA_IRQS; i++)
        if (isa_lines[i].gsi == source)
            return (isa_lines[i].level ? ENTRY_LEVEL : 0) |
                   (isa_lines[i].active_low ? ENTRY_ACTIVE_LOW : 0);
    return ENTRY_LEVEL | ENTRY_ACTIVE_LOW;
}

static unsigned vector_of_locked(uint32_t source)
{
    for (unsigned i = 0; i < DEVICE_VECTORS; i++) {
        if (source_of[i] == NO_SOURCE)
            source_of[i] = source;
        if (source_of[i] == source)
            return VECTOR_DEVICE + i;
    }
    return 0;
}

static bool ioapic_open(unsigned source)
{
    unsigned vector;
    SPIN_GUARD(&lock);

    vector = vector_of_locked(source);
    if (vector)
        entry_write_locked(source - first_source, vector | line_flags_locked(source),
                           cpus[0].apic_id << 24);
    return vector != 0;
}

static void ioapic_unmask(unsigned source)
{
    if (source >= first_source && !ioapic_open(source))
        log_error("interrupt source %u: all %u vectors are taken", source, DEVICE_VECTORS);
}

static void ioapic_mask(unsigned source)
{
    SPIN_GUARD(&lock);

    if (source >= first_source)
        entry_write_locked(source - first_source, ENTRY_MASKED, 0);
}

static void ioapic_configure(unsigned source, enum hal_irq_mode mode)
{
    SPIN_GUARD(&lock);

    configured[source] = (uint8_t)(mode + 1);
}

/* The next device may come as soon as this one is over, hence the order of the last two. */
static void ioapic_serve(void)
{
    struct cpu *cpu = cpu_local();
    unsigned vector = cpu->irq_vector;

    if (!vector)
        return;
    irq_dispatch(source_of[vector - VECTOR_DEVICE]);
    cpu->irq_vector = 0;
    lapic_eoi();
}

unsigned ioapic_isa_source(unsigned irq)
{
    return isa_lines[irq].gsi;
}

void ioapic_init(const struct acpi_machine *machine)
{
    static struct irq_controller controller = {.unmask = ioapic_unmask,
                                               .mask = ioapic_mask,
                                               .configure = ioapic_configure,
                                               .serve = ioapic_serve};
    unsigned inputs;

    port_out8(PIC1_MASK, 0xff);
    port_out8(PIC2_MASK, 0xff);
    if (!machine->ioapic)
        return;
    window = hal_phys_to_virt(machine->ioapic);
    first_source = machine->ioapic_gsi;
    for (unsigned i = 0; i < ACPI_ISA_IRQS; i++)
        isa_lines[i] = machine->isa[i];
    for (unsigned i = 0; i < DEVICE_VECTORS; i++)
        source_of[i] = NO_SOURCE;

    SPIN_GUARD(&lock);
    inputs = (reg_read_locked(REG_VERSION) >> 16 & 0xff) + 1;
    for (unsigned i = 0; i < inputs; i++)
        entry_write_locked(i, ENTRY_MASKED, 0);
    controller.sources = MIN(first_source + inputs, IRQ_MAX_SOURCES);
    irq_controller_set(&controller);
}
