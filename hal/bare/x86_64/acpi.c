/*
 * acpi.c - reads the MADT (ACPI 6.4, 5.2.12) and nothing else: no AML, no ACPICA.
 *
 * Tables may lie unaligned, hence the packed structures and the copies of fields.
 */
#include "hal/bare/x86_64/acpi.h"

#include "base/string.h"
#include "hal/mmu.h"

#define LAPIC_DEFAULT  0xfee00000u
#define IOAPIC_DEFAULT 0xfec00000u

struct rsdp {
    char signature[8];
    uint8_t checksum;
    char oem[6];
    uint8_t revision;
    uint32_t rsdt;
    uint32_t length; /* revision 2 */
    uint64_t xsdt;
} __attribute__((packed));

struct table {
    char signature[4];
    uint32_t length;
    uint8_t revision, checksum;
    char oem[6], oem_table[8];
    uint32_t oem_revision, creator, creator_revision;
} __attribute__((packed));

struct madt {
    struct table header;
    uint32_t lapic, flags;
} __attribute__((packed));

enum { ENTRY_LAPIC = 0, ENTRY_IOAPIC = 1, ENTRY_OVERRIDE = 2 };

#define LAPIC_ENABLED 1u

#define LINE_POLARITY   0x3u
#define LINE_ACTIVE_LOW 0x3u
#define LINE_TRIGGER    0xcu
#define LINE_LEVEL      0xcu

struct entry {
    uint8_t type, length;
    union {
        struct {
            uint8_t processor, apic_id;
            uint32_t flags;
        } __attribute__((packed)) lapic;
        struct {
            uint8_t id, reserved;
            uint32_t address, gsi;
        } __attribute__((packed)) ioapic;
        struct {
            uint8_t bus, irq;
            uint32_t gsi;
            uint16_t flags;
        } __attribute__((packed)) override;
    };
} __attribute__((packed));

/* The table of this name that the root table lists; NULL: none. */
static const struct table *table_find(const struct table *root, size_t pointer_size,
                                      const char *name)
{
    const char *at = (const char *)(root + 1), *end = (const char *)root + root->length;

    for (; at + pointer_size <= end; at += pointer_size) {
        const struct table *table;
        uint64_t address = 0;

        memcpy(&address, at, pointer_size);
        table = hal_phys_to_virt(address);
        if (memcmp(table->signature, name, sizeof(table->signature)) == 0)
            return table;
    }
    return NULL;
}

static const struct madt *madt_find(paddr_t pa)
{
    const struct rsdp *rsdp = hal_phys_to_virt(pa);

    if (pa == 0 || memcmp(rsdp->signature, "RSD PTR ", sizeof(rsdp->signature)) != 0)
        return NULL;
    if (rsdp->revision >= 2 && rsdp->xsdt)
        return (const void *)table_find(hal_phys_to_virt(rsdp->xsdt), 8, "APIC");
    return (const void *)table_find(hal_phys_to_virt(rsdp->rsdt), 4, "APIC");
}

/* A PC without tables: the lines of the old controller one to one, edge-triggered. */
static void machine_default(uint32_t boot_apic_id, struct acpi_machine *machine)
{
    *machine = (struct acpi_machine){
        .cpu_count = 1,
        .apic_ids = {boot_apic_id},
        .lapic = LAPIC_DEFAULT,
        .ioapic = IOAPIC_DEFAULT,
    };
    for (unsigned i = 0; i < ACPI_ISA_IRQS; i++)
        machine->isa[i].gsi = i;
}

static void entry_read(const struct entry *e, struct acpi_machine *machine)
{
    switch (e->type) {
    case ENTRY_LAPIC:
        if ((e->lapic.flags & LAPIC_ENABLED) && e->lapic.apic_id != machine->apic_ids[0] &&
            machine->cpu_count < HAL_MAX_CPUS)
            machine->apic_ids[machine->cpu_count++] = e->lapic.apic_id;
        break;
    case ENTRY_IOAPIC:
        if (!machine->ioapic || e->ioapic.gsi < machine->ioapic_gsi) {
            machine->ioapic = e->ioapic.address;
            machine->ioapic_gsi = e->ioapic.gsi;
        }
        break;
    case ENTRY_OVERRIDE:
        if (e->override.irq < ACPI_ISA_IRQS)
            machine->isa[e->override.irq] = (struct acpi_line){
                .gsi = e->override.gsi,
                .level = (e->override.flags & LINE_TRIGGER) == LINE_LEVEL,
                .active_low = (e->override.flags & LINE_POLARITY) == LINE_ACTIVE_LOW,
            };
        break;
    }
}

void acpi_read(paddr_t rsdp, uint32_t boot_apic_id, struct acpi_machine *machine)
{
    const struct madt *madt = madt_find(rsdp);
    const char *at, *end;

    machine_default(boot_apic_id, machine);
    if (!madt)
        return;
    machine->lapic = madt->lapic;
    machine->ioapic = 0;
    at = (const char *)(madt + 1);
    end = (const char *)madt + madt->header.length;
    while (at + 2 <= end) {
        const struct entry *e = (const void *)at;

        if (e->length < 2 || at + e->length > end)
            return;
        entry_read(e, machine);
        at += e->length;
    }
}
