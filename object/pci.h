/*
 * pci.h - the PCI bus: its devices, found and configured through whatever reaches configuration
 * space, and device objects for the programs that drive them (PCI Local Bus 3.0, PCI Express
 * Base 3.0).
 *
 * A machine registers how configuration space is reached. A program that has learnt of the
 * windows (from ACPI or a device tree) starts the bus, once; its devices are those of then.
 *
 * Lock order: pci_function.lock -> bus lock (pci_bus.c) -> the machine's own, or msi.c's.
 */
#pragma once

#include "object/msi.h"
#include "uapi/zircon/syscalls/pci.h"

struct pci_place {
    uint8_t bus, device, function;
};

/* How a machine reaches configuration space. Under the bus lock; a leaf. */
struct pci_config_ops {
    /* `width` bytes, 1, 2 or 4, at an offset that is a multiple of it. All ones where nothing
     * is. */
    uint32_t (*read)(struct pci_place at, unsigned offset, unsigned width);
    void (*write)(struct pci_place at, unsigned offset, unsigned width, uint32_t value);
    unsigned size;  /* of a function's space: 256, or 4096 */
    unsigned buses; /* 0 ... buses - 1 */
};

struct pci_machine {
    /* What is behind a window of pci_init; NULL: nothing that we know. One at a time, and not
     * after it was found. */
    const struct pci_config_ops *(*open)(const zx_pci_init_window_t *window);
    /* The two ports of the PC; NULL: it has none. */
    const struct pci_config_ops *ports;
};

/* Once, at boot; without, there is no PCI. It stays the caller's. */
void pci_machine_set(const struct pci_machine *machine);
bool pci_present(void);

struct pci_bar {
    uint64_t base, size; /* size 0: unused, or the upper half of the one before */
    bool mmio;
};

/* One function of a device. It lives for good once the bus has started. */
struct pci_function {
    struct pci_place at; /* this and the following are constant */
    zx_pcie_device_info_t info;
    struct pci_bar bars[ZX_PCI_MAX_BARS];
    unsigned msi, express; /* offsets of these capabilities; 0: none */
    uint32_t irq;          /* of its pin; ZX_PCI_NO_IRQ_MAPPING: none */
    struct spinlock lock;
    uint32_t irq_mode, irq_count;    /* guarded by lock */
    struct msi_allocation *messages; /* in mode MSI: a reference; guarded by lock */
};

/*
 * Start the bus. `arg` may be changed. ERR_NOT_SUPPORTED: no PCI; ERR_INVALID_ARGS: windows
 * that there are not; ERR_BAD_STATE: it has started; ERR_NO_MEMORY.
 */
status_t pci_start(zx_pci_init_arg_t *arg) MUST_USE;
bool pci_started(void);

/* Addresses for devices that have none. ERR_NOT_SUPPORTED, ERR_INVALID_ARGS (empty, or beyond
 * 64 bits), ERR_NO_RESOURCES (too many pieces), ERR_BAD_STATE (the bus has started). */
status_t pci_range_add(bool mmio, uint64_t base, uint64_t size) MUST_USE;
status_t pci_range_subtract(bool mmio, uint64_t base, uint64_t size) MUST_USE;
/* `size` of them, aligned to it, a power of two; 0: none are left. */
uint64_t pci_range_take(bool mmio, uint64_t size);

/* The nth function; NULL: there are not so many. */
struct pci_function *pci_nth(unsigned n);

uint32_t pci_read(const struct pci_function *f, unsigned offset, unsigned width);
void pci_write(const struct pci_function *f, unsigned offset, unsigned width, uint32_t value);
/* The bits of `mask` become those of `set`; of two bytes. */
void pci_modify(const struct pci_function *f, unsigned offset, uint16_t mask, uint16_t set);
/* How much configuration space it has. */
unsigned pci_config_size(const struct pci_function *f);

/* Through the ports. ERR_NOT_SUPPORTED: none; ERR_INVALID_ARGS: not 8, 16 or 32 bits, or not
 * aligned to them. */
status_t pci_ports_read(struct pci_place at, unsigned offset, size_t bits,
                        uint32_t *out) MUST_USE;
status_t pci_ports_write(struct pci_place at, unsigned offset, size_t bits,
                         uint32_t value) MUST_USE;

/* Offsets of a header, and bits of its command. */
enum {
    PCI_VENDOR = 0x00,
    PCI_DEVICE = 0x02,
    PCI_COMMAND = 0x04,
    PCI_STATUS = 0x06,
    PCI_REVISION = 0x08,
    PCI_HEADER_TYPE = 0x0e,
    PCI_BARS = 0x10,
    PCI_CAPABILITIES = 0x34,
    PCI_PIN = 0x3d,
    PCI_HEADER_SIZE = 0x40,
    PCI_CAPABILITY_MSI = 0x05,
    PCI_CAPABILITY_EXPRESS = 0x10,
};
enum {
    PCI_COMMAND_PORTS = 1 << 0,
    PCI_COMMAND_MEMORY = 1 << 1,
    PCI_COMMAND_MASTER = 1 << 2,
    PCI_COMMAND_NO_PIN = 1 << 10,
    PCI_STATUS_CAPABILITIES = 1 << 4,
};

/* --- objects of devices --- */

struct pci_device {
    struct object object;
    struct pci_function *function;
};

static inline struct pci_device *pci_device_of(struct object *obj)
{
    return container_of(obj, struct pci_device, object);
}

/* ERR_OUT_OF_RANGE: there are not so many. */
status_t pci_device_create(unsigned n, struct object **out) MUST_USE;

/* The most irqs that it can have in that mode. ERR_NOT_SUPPORTED: not that mode;
 * ERR_INVALID_ARGS: no such mode. */
status_t pci_irq_query(struct pci_function *f, uint32_t mode, uint32_t *max) MUST_USE;
/* As pci_irq_query; ERR_INVALID_ARGS also: none, or more than that; ERR_BAD_STATE: it has
 * another mode than DISABLED. Interrupts of a mode that is left never come again. */
status_t pci_irq_set(struct pci_function *f, uint32_t mode, uint32_t count) MUST_USE;
/* ERR_INVALID_ARGS: not that many; ERR_ALREADY_BOUND: it has an interrupt. */
status_t pci_irq_map(struct pci_function *f, int32_t which, struct object **out) MUST_USE;

/* A reset by the device itself (PCI Express, 6.6.2); what the header says of addresses stays.
 * It is over PCI_RESET_TIME after pci_reset_begin. ERR_NOT_SUPPORTED: it has none. */
#define PCI_RESET_TIME 100000000
struct pci_saved {
    uint32_t bars[ZX_PCI_MAX_BARS];
    uint16_t command;
};
status_t pci_reset_begin(struct pci_function *f, struct pci_saved *saved) MUST_USE;
void pci_reset_end(struct pci_function *f, const struct pci_saved *saved);
