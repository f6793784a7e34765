/*
 * pci.h - the PCI calls (zircon/syscalls/pci.h of June 2020).
 */
#pragma once

#include "uapi/zircon/types.h"

#define ZX_PCI_MAX_BUSSES               256u
#define ZX_PCI_MAX_DEVICES_PER_BUS      32u
#define ZX_PCI_MAX_FUNCTIONS_PER_DEVICE 8u
#define ZX_PCI_MAX_LEGACY_IRQ_PINS      4u
#define ZX_PCI_MAX_BARS                 6u
#define ZX_PCI_MAX_IRQS                 224u
#define ZX_PCI_NO_IRQ_MAPPING           UINT32_MAX

#define ZX_PCI_BASE_CONFIG_SIZE         256u
#define ZX_PCI_STANDARD_CONFIG_HDR_SIZE 64u
#define ZX_PCI_EXTENDED_CONFIG_SIZE     4096u
#define ZX_PCI_ECAM_BYTE_PER_BUS        (1u << 20)

#define ZX_PCI_BAR_TYPE_UNUSED 0u
#define ZX_PCI_BAR_TYPE_MMIO   1u
#define ZX_PCI_BAR_TYPE_PIO    2u

#define ZX_PCIE_IRQ_MODE_DISABLED 0u
#define ZX_PCIE_IRQ_MODE_LEGACY   1u
#define ZX_PCIE_IRQ_MODE_MSI      2u
#define ZX_PCIE_IRQ_MODE_MSI_X    3u

#define PCI_CFG_SPACE_TYPE_PIO     0u
#define PCI_CFG_SPACE_TYPE_MMIO    1u
#define PCI_CFG_SPACE_TYPE_DW_ROOT 2u
#define PCI_CFG_SPACE_TYPE_DW_DS   3u

typedef struct zx_pci_bar {
    uint32_t id, type;
    uint64_t size;
    union {
        uint64_t addr; /* of ports */
        struct {
            zx_handle_t handle; /* MMIO: the memory */
            uint8_t padding[4];
        };
    };
} zx_pci_bar_t;

typedef struct zx_pcie_device_info {
    uint16_t vendor_id, device_id;
    uint8_t base_class, sub_class, program_interface, revision_id;
    uint8_t bus_id, dev_id, func_id;
    uint8_t padding;
} zx_pcie_device_info_t;

typedef uint32_t zx_pci_irq_swizzle_lut_t[ZX_PCI_MAX_DEVICES_PER_BUS]
                                         [ZX_PCI_MAX_FUNCTIONS_PER_DEVICE]
                                         [ZX_PCI_MAX_LEGACY_IRQ_PINS];

typedef struct zx_pci_init_irq {
    uint32_t global_irq;
    uint8_t level_triggered, active_high;
    uint8_t padding[2];
} zx_pci_init_irq_t;

/* Where configuration space is. */
typedef struct zx_pci_init_window {
    uint64_t base, size;
    uint8_t bus_start, bus_end;
    uint8_t cfg_space_type, has_ecam;
    uint8_t padding[4];
} zx_pci_init_window_t;

typedef struct zx_pci_init_arg {
    zx_pci_irq_swizzle_lut_t dev_pin_to_global_irq;
    uint32_t num_irqs;
    zx_pci_init_irq_t irqs[ZX_PCI_MAX_IRQS];
    uint32_t addr_window_count;
    zx_pci_init_window_t addr_windows[];
} zx_pci_init_arg_t;

#define ZX_PCI_INIT_ARG_MAX_SIZE (sizeof(zx_pci_init_arg_t) + 2 * sizeof(zx_pci_init_window_t))
