/*
 * pci_sim.c - the simulated bus: configuration space as bytes and which of them can be written.
 */
#include "drivers/pci_sim.h"

#include "base/string.h"
#include "mm/page.h"

enum { BRIDGE, DEVICE, FUNCTIONS };

struct space {
    uint8_t bytes[ZX_PCI_BASE_CONFIG_SIZE];
    uint8_t writable[ZX_PCI_BASE_CONFIG_SIZE]; /* a bit for each */
};

static struct space spaces[FUNCTIONS]; /* guarded by the bus lock */

static const struct msi_platform messages = {
    .base = 512, .count = MSI_IRQS_MAX, .target_addr = 0xfee00000, .target_data = 0x4000};

static void put(struct space *s, unsigned offset, unsigned width, uint32_t value,
                uint32_t writable)
{
    memcpy(&s->bytes[offset], &value, width);
    memcpy(&s->writable[offset], &writable, width);
}

static uint32_t get(const struct space *s, unsigned offset, unsigned width)
{
    uint32_t value = 0;

    memcpy(&value, &s->bytes[offset], width);
    return value;
}

static void put_header(struct space *s, uint16_t vendor, uint16_t device, uint32_t class)
{
    put(s, PCI_VENDOR, 2, vendor, 0);
    put(s, PCI_DEVICE, 2, device, 0);
    put(s, PCI_COMMAND, 2, 0, 0x0407);
    put(s, PCI_REVISION, 4, class << 8 | 1, 0);
}

/* As it is after a reset; `memory` is where BAR 0 is. */
static void put_device(paddr_t memory)
{
    struct space *s = &spaces[DEVICE];

    put_header(s, PCI_SIM_VENDOR, PCI_SIM_DEVICE, 0xff0000);
    put(s, PCI_STATUS, 2, PCI_STATUS_CAPABILITIES, 0);
    put(s, PCI_BARS, 4, (uint32_t)memory | 4, ~(uint32_t)(PAGE_SIZE - 1));
    put(s, PCI_BARS + 4, 4, (uint32_t)(memory >> 32), UINT32_MAX);
    put(s, PCI_BARS + 8, 4, 0xc000 | 1, ~31u);
    put(s, PCI_CAPABILITIES, 1, PCI_SIM_MSI, 0);
    put(s, PCI_PIN, 1, 1, 0);
    /* 4 messages, addresses of 64 bits, masks. */
    put(s, PCI_SIM_MSI, 4, PCI_CAPABILITY_MSI | PCI_SIM_EXPRESS << 8 | 0x0184u << 16,
        0x71u << 16);
    put(s, PCI_SIM_MSI + 4, 4, 0, ~3u);
    put(s, PCI_SIM_MSI + 8, 4, 0, UINT32_MAX);
    put(s, PCI_SIM_MSI + 12, 2, 0, 0xffff);
    put(s, PCI_SIM_MSI + 16, 4, 0, 15);
    put(s, PCI_SIM_EXPRESS, 4, PCI_CAPABILITY_EXPRESS | 2 << 16, 0);
    put(s, PCI_SIM_EXPRESS + 4, 4, 1u << 28, 0);
    put(s, PCI_SIM_DOORBELL, 1, 0, 0xff);
}

static struct space *space_of(struct pci_place at)
{
    return at.bus || at.function || at.device >= FUNCTIONS ? NULL : &spaces[at.device];
}

/* Under the bus lock: what a message takes is inside of it. */
static void send(struct space *s, uint8_t which)
{
    uint32_t control = get(s, PCI_SIM_MSI + 2, 2), count = 1u << (control >> 4 & 7);
    uint64_t address = get(s, PCI_SIM_MSI + 4, 4) | (uint64_t)get(s, PCI_SIM_MSI + 8, 4) << 32;

    if (control & 1 && which < count)
        msi_message(address, get(s, PCI_SIM_MSI + 12, 2) | which);
}

static uint32_t sim_read(struct pci_place at, unsigned offset, unsigned width)
{
    struct space *s = space_of(at);

    return s && offset + width <= sizeof(s->bytes) ? get(s, offset, width)
                                                   : UINT32_MAX >> (32 - 8 * width);
}

static bool covers(unsigned offset, unsigned width, unsigned at)
{
    return offset <= at && at < offset + width;
}

static void sim_write(struct pci_place at, unsigned offset, unsigned width, uint32_t value)
{
    struct space *s = space_of(at);

    if (!s || offset + width > sizeof(s->bytes))
        return;
    for (unsigned i = 0; i < width; i++) {
        uint8_t mask = s->writable[offset + i], byte = (uint8_t)(value >> 8 * i);

        s->bytes[offset + i] = (uint8_t)((s->bytes[offset + i] & ~mask) | (byte & mask));
    }
    if (s != &spaces[DEVICE])
        return;
    if (covers(offset, width, PCI_SIM_DOORBELL))
        send(s, s->bytes[PCI_SIM_DOORBELL]);
    if (covers(offset, width, PCI_SIM_EXPRESS + 9) &&
        value >> (8 * (PCI_SIM_EXPRESS + 9 - offset)) & 0x80)
        put_device(0); /* its addresses are lost, as a real one's */
}

static const struct pci_config_ops config = {
    .read = sim_read, .write = sim_write, .size = ZX_PCI_BASE_CONFIG_SIZE, .buses = 1};

static const struct pci_config_ops *open(const zx_pci_init_window_t *window)
{
    return window->cfg_space_type == PCI_CFG_SPACE_TYPE_PIO || window->base == PCI_SIM_ECAM
               ? &config
               : NULL;
}

status_t pci_sim_init(void)
{
    static const struct pci_machine machine = {.open = open, .ports = &config};
    paddr_t memory;
    status_t st = page_alloc_frame(&memory); /* the device's own, for good */

    if (st != OK)
        return st;
    put_header(&spaces[BRIDGE], 0x8086, 0x29c0, 0x060000);
    put_device(memory);
    msi_platform_set(&messages);
    pci_machine_set(&machine);
    return OK;
}
