/*
 * pci_bus.c - configuration space, and the functions that are found in it.
 */
#include "hal/irq.h"
#include "mm/slab.h"
#include "object/pci.h"

enum { FUNCTIONS_MAX = 64, CAPABILITIES_MAX = 48, MULTIFUNCTION = 0x80, HEADER_DEVICE = 0 };

static const struct pci_machine *machine; /* constant after boot */

/* Accesses are one at a time: those by ports take two steps. */
static struct spinlock lock;

static struct {
    atomic_uint begun;                             /* somebody starts it, or has */
    const struct pci_config_ops *config;           /* constant once it has started */
    struct pci_function *functions[FUNCTIONS_MAX]; /* likewise */
    atomic_uint count; /* release: the functions below are complete */
} bus;

void pci_machine_set(const struct pci_machine *of_machine)
{
    machine = of_machine;
}

bool pci_present(void)
{
    return machine != NULL;
}

/* --- access --- */

uint32_t pci_read(const struct pci_function *f, unsigned offset, unsigned width)
{
    SPIN_GUARD(&lock);

    return bus.config->read(f->at, offset, width);
}

void pci_write(const struct pci_function *f, unsigned offset, unsigned width, uint32_t value)
{
    SPIN_GUARD(&lock);

    bus.config->write(f->at, offset, width, value);
}

void pci_modify(const struct pci_function *f, unsigned offset, uint16_t mask, uint16_t set)
{
    uint32_t value;
    SPIN_GUARD(&lock);

    value = bus.config->read(f->at, offset, 2);
    bus.config->write(f->at, offset, 2, (value & ~(uint32_t)mask) | (set & mask));
}

unsigned pci_config_size(const struct pci_function *f)
{
    return f->express ? bus.config->size : ZX_PCI_BASE_CONFIG_SIZE;
}

static status_t check_ports(unsigned offset, size_t bits)
{
    if (!machine || !machine->ports)
        return ERR_NOT_SUPPORTED;
    if ((bits != 8 && bits != 16 && bits != 32) || offset % (bits / 8))
        return ERR_INVALID_ARGS;
    return OK;
}

status_t pci_ports_read(struct pci_place at, unsigned offset, size_t bits, uint32_t *out)
{
    status_t st = check_ports(offset, bits);

    if (st != OK)
        return st;
    SPIN_GUARD(&lock);
    *out = machine->ports->read(at, offset, (unsigned)bits / 8);
    return OK;
}

status_t pci_ports_write(struct pci_place at, unsigned offset, size_t bits, uint32_t value)
{
    status_t st = check_ports(offset, bits);

    if (st != OK)
        return st;
    SPIN_GUARD(&lock);
    machine->ports->write(at, offset, (unsigned)bits / 8, value);
    return OK;
}

/* --- what a function has --- */

static unsigned capability(const struct pci_function *f, unsigned id)
{
    unsigned at;

    if (!(pci_read(f, PCI_STATUS, 2) & PCI_STATUS_CAPABILITIES))
        return 0;
    at = pci_read(f, PCI_CAPABILITIES, 1) & 0xfc;
    for (unsigned i = 0; i < CAPABILITIES_MAX && at >= PCI_HEADER_SIZE; i++) {
        if (pci_read(f, at, 1) == id)
            return at;
        at = pci_read(f, at + 1, 1) & 0xfc;
    }
    return 0;
}

/* What can be written of a register of addresses tells its size. */
static uint32_t probe(const struct pci_function *f, unsigned offset, uint32_t value)
{
    uint32_t answer;

    pci_write(f, offset, 4, UINT32_MAX);
    answer = pci_read(f, offset, 4);
    pci_write(f, offset, 4, value);
    return answer;
}

/* A device that firmware gave no addresses gets some of those that there are. */
static void place_bar(const struct pci_function *f, unsigned offset, struct pci_bar *bar,
                      bool wide)
{
    if (bar->base || !bar->size)
        return;
    bar->base = pci_range_take(bar->mmio, bar->size);
    if (!bar->base || (!wide && bar->base + bar->size > 1ull << 32)) {
        bar->size = 0;
        return;
    }
    pci_write(f, offset, 4, (uint32_t)bar->base);
    if (wide)
        pci_write(f, offset + 4, 4, (uint32_t)(bar->base >> 32));
}

/* True: it takes the next register too. The lowest bit that can be written is the size. */
static bool read_bar(const struct pci_function *f, unsigned offset, struct pci_bar *bar)
{
    uint32_t low = pci_read(f, offset, 4), flags = low & 1 ? 3 : 15, high = 0;
    uint64_t mask = probe(f, offset, low) & ~(uint64_t)flags;
    bool wide = !(low & 1) && (low & 6) == 4;

    if (wide) {
        high = pci_read(f, offset + 4, 4);
        mask |= (uint64_t)probe(f, offset + 4, high) << 32;
    }
    bar->mmio = !(low & 1);
    bar->base = (uint64_t)high << 32 | (low & ~flags);
    bar->size = mask & -mask;
    place_bar(f, offset, bar, wide);
    return wide;
}

static void read_bars(struct pci_function *f)
{
    uint32_t command = pci_read(f, PCI_COMMAND, 2);

    pci_write(f, PCI_COMMAND, 2,
              (command & ~(uint32_t)(PCI_COMMAND_PORTS | PCI_COMMAND_MEMORY)) |
                  PCI_COMMAND_NO_PIN);
    for (unsigned i = 0; i < ZX_PCI_MAX_BARS; i++)
        if (read_bar(f, PCI_BARS + 4 * i, &f->bars[i]))
            i++;
    pci_write(f, PCI_COMMAND, 2, command | PCI_COMMAND_NO_PIN);
}

static void read_info(struct pci_function *f)
{
    uint32_t class_and_revision = pci_read(f, PCI_REVISION, 4);

    f->info = (zx_pcie_device_info_t){
        .vendor_id = (uint16_t)pci_read(f, PCI_VENDOR, 2),
        .device_id = (uint16_t)pci_read(f, PCI_DEVICE, 2),
        .base_class = (uint8_t)(class_and_revision >> 24),
        .sub_class = (uint8_t)(class_and_revision >> 16),
        .program_interface = (uint8_t)(class_and_revision >> 8),
        .revision_id = (uint8_t)class_and_revision,
        .bus_id = f->at.bus,
        .dev_id = f->at.device,
        .func_id = f->at.function,
    };
}

static uint32_t irq_of_pin(const struct pci_function *f, const zx_pci_init_arg_t *arg)
{
    unsigned pin = pci_read(f, PCI_PIN, 1);

    if (pin == 0 || pin > ZX_PCI_MAX_LEGACY_IRQ_PINS || f->at.bus != 0)
        return ZX_PCI_NO_IRQ_MAPPING;
    return arg->dev_pin_to_global_irq[f->at.device][f->at.function][pin - 1];
}

/* --- finding them --- */

/* NULL: there is none, or no memory for it. */
static struct pci_function *examine(struct pci_place at, const zx_pci_init_arg_t *arg)
{
    struct pci_function *f, here = {.at = at};

    if (pci_read(&here, PCI_VENDOR, 2) == 0xffff)
        return NULL;
    f = kmalloc(sizeof(*f));
    if (!f)
        return NULL;
    *f = here;
    read_info(f);
    if ((pci_read(f, PCI_HEADER_TYPE, 1) & ~MULTIFUNCTION) == HEADER_DEVICE)
        read_bars(f);
    f->msi = capability(f, PCI_CAPABILITY_MSI);
    f->express = capability(f, PCI_CAPABILITY_EXPRESS);
    f->irq = irq_of_pin(f, arg);
    return f;
}

static void scan_device(unsigned number, unsigned device, const zx_pci_init_arg_t *arg,
                        unsigned *count)
{
    unsigned functions = 1;

    for (unsigned i = 0; i < functions && *count < FUNCTIONS_MAX; i++) {
        struct pci_place at = {(uint8_t)number, (uint8_t)device, (uint8_t)i};
        struct pci_function *f = examine(at, arg);

        if (!f)
            continue;
        bus.functions[(*count)++] = f;
        if (i == 0 && pci_read(f, PCI_HEADER_TYPE, 1) & MULTIFUNCTION)
            functions = ZX_PCI_MAX_FUNCTIONS_PER_DEVICE;
    }
}

/* A line that the machine has no such source for is no device's. */
static void forget_irq(zx_pci_init_arg_t *arg, uint32_t irq)
{
    uint32_t *map = &arg->dev_pin_to_global_irq[0][0][0];

    for (size_t i = 0; i < sizeof(arg->dev_pin_to_global_irq) / sizeof(*map); i++)
        if (map[i] == irq)
            map[i] = ZX_PCI_NO_IRQ_MAPPING;
}

static void configure_irqs(zx_pci_init_arg_t *arg)
{
    for (unsigned i = 0; i < arg->num_irqs; i++) {
        const zx_pci_init_irq_t *irq = &arg->irqs[i];
        enum hal_irq_mode mode =
            irq->level_triggered ? (irq->active_high ? HAL_IRQ_LEVEL_HIGH : HAL_IRQ_LEVEL_LOW)
                                 : (irq->active_high ? HAL_IRQ_EDGE_HIGH : HAL_IRQ_EDGE_LOW);

        if (hal_irq_configure(irq->global_irq, mode) == ERR_OUT_OF_RANGE)
            forget_irq(arg, irq->global_irq);
    }
}

/* One window, from bus 0 on. */
static status_t check_arg(const zx_pci_init_arg_t *arg)
{
    const zx_pci_init_window_t *window = &arg->addr_windows[0];

    if (arg->num_irqs > ZX_PCI_MAX_IRQS || arg->addr_window_count != 1 || window->bus_start)
        return ERR_INVALID_ARGS;
    if (window->cfg_space_type != PCI_CFG_SPACE_TYPE_MMIO)
        return window->cfg_space_type == PCI_CFG_SPACE_TYPE_PIO ? OK : ERR_INVALID_ARGS;
    return window->size < ZX_PCI_ECAM_BYTE_PER_BUS ||
                   window->size / ZX_PCI_ECAM_BYTE_PER_BUS > ZX_PCI_MAX_BUSSES
               ? ERR_INVALID_ARGS
               : OK;
}

bool pci_started(void)
{
    return atomic_load(&bus.begun);
}

status_t pci_start(zx_pci_init_arg_t *arg)
{
    const struct pci_config_ops *config;
    unsigned count = 0;
    status_t st;

    if (!machine)
        return ERR_NOT_SUPPORTED;
    st = check_arg(arg);
    if (st != OK)
        return st;
    if (atomic_exchange(&bus.begun, 1))
        return ERR_BAD_STATE;
    config = machine->open(&arg->addr_windows[0]);
    if (!config) {
        atomic_store(&bus.begun, 0);
        return ERR_INVALID_ARGS;
    }
    bus.config = config;
    configure_irqs(arg);
    for (unsigned i = 0; i < config->buses; i++)
        for (unsigned device = 0; device < ZX_PCI_MAX_DEVICES_PER_BUS; device++)
            scan_device(i, device, arg, &count);
    atomic_store_explicit(&bus.count, count, memory_order_release);
    return OK;
}

/* The acquire pairs with the release in pci_start. */
struct pci_function *pci_nth(unsigned n)
{
    return n < atomic_load_explicit(&bus.count, memory_order_acquire) ? bus.functions[n] : NULL;
}
