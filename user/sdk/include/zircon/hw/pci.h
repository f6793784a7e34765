/*
 * pci.h - where a function is on the bus, and sizes that the specification gives.
 */
#pragma once

#include <stdint.h>

typedef struct pci_bdf {
    uint8_t bus_id, device_id, function_id;
} pci_bdf_t;

#define PCI_MAX_BUSES                (256u)
#define PCI_MAX_DEVICES_PER_BUS      (32u)
#define PCI_MAX_FUNCTIONS_PER_DEVICE (8u)
#define PCI_MAX_FUNCTIONS_PER_BUS    (PCI_MAX_DEVICES_PER_BUS * PCI_MAX_FUNCTIONS_PER_DEVICE)

#define PCI_STANDARD_CONFIG_HDR_SIZE (64u)
#define PCI_BASE_CONFIG_SIZE         (256u)
#define PCIE_EXTENDED_CONFIG_SIZE    (4096u)
#define PCIE_ECAM_BYTES_PER_BUS      (PCIE_EXTENDED_CONFIG_SIZE * PCI_MAX_FUNCTIONS_PER_BUS)

#define PCI_BAR_REGS_PER_BRIDGE (2u)
#define PCI_BAR_REGS_PER_DEVICE (6u)
#define PCI_MAX_BAR_REGS        (6u)

#define PCI_MAX_LEGACY_IRQ_PINS (4u)
#define PCI_MAX_MSI_IRQS        (32u)
#define PCIE_MAX_MSIX_IRQS      (2048u)

#define PCI_INVALID_VENDOR_ID (0xffff)
