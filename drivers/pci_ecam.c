/*
 * pci_ecam.c - configuration space in memory: 4 KiB for each function.
 */
#include "drivers/pci_ecam.h"

#include "hal/device.h"
#include "hal/mmu.h"
#include "mm/page.h"

static paddr_t base; /* constant once the bus has started */

static volatile void *place(struct pci_place at, unsigned offset)
{
    return (volatile char *)hal_phys_to_virt(base) +
           ((uint32_t)at.bus << 20 | (uint32_t)at.device << 15 | (uint32_t)at.function << 12) +
           offset;
}

static uint32_t ecam_read(struct pci_place at, unsigned offset, unsigned width)
{
    volatile void *from = place(at, offset);

    if (width == 1)
        return *(volatile uint8_t *)from;
    return width == 2 ? *(volatile uint16_t *)from : *(volatile uint32_t *)from;
}

static void ecam_write(struct pci_place at, unsigned offset, unsigned width, uint32_t value)
{
    volatile void *to = place(at, offset);

    if (width == 1)
        *(volatile uint8_t *)to = (uint8_t)value;
    else if (width == 2)
        *(volatile uint16_t *)to = (uint16_t)value;
    else
        *(volatile uint32_t *)to = value;
}

/* What the linear map is sure to have and memory is not. */
static bool is_for_devices(uint64_t from, uint64_t size)
{
    return from % ZX_PCI_ECAM_BYTE_PER_BUS == 0 && from && from < 1ull << 32 &&
           size <= (1ull << 32) - from && !page_of_phys(from) && !page_of_phys(from + size - 1);
}

static const struct pci_config_ops *open(const zx_pci_init_window_t *window)
{
    static struct pci_config_ops config = {
        .read = ecam_read, .write = ecam_write, .size = ZX_PCI_EXTENDED_CONFIG_SIZE};

    if (window->cfg_space_type != PCI_CFG_SPACE_TYPE_MMIO ||
        !is_for_devices(window->base, window->size) || !hal_device_answers(window->base))
        return NULL;
    base = window->base;
    config.buses = (unsigned)(window->size / ZX_PCI_ECAM_BYTE_PER_BUS);
    return &config;
}

void pci_ecam_init(void)
{
    static const struct pci_machine machine = {.open = open};

    pci_machine_set(&machine);
}
