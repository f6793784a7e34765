/*
 * pci_sim.h - the simulated PCI bus of machines that have none, as programs find it.
 *
 * Bus 0 has a host bridge, and a device of class 0xff for programs to drive: BAR 0: a page of
 * memory (64 bits); BAR 2: 32 ports; capabilities for 4 messages, and of PCI Express with a
 * reset. Writing n to its doorbell makes it send message n.
 */
#pragma once

#define PCI_SIM_VENDOR   0x1b36u
#define PCI_SIM_DEVICE   0x7a63u
#define PCI_SIM_MSI      0x50u /* offsets in its configuration space */
#define PCI_SIM_EXPRESS  0x70u
#define PCI_SIM_DOORBELL 0xf0u

/* Where configuration space is said to be, for zx_pci_init: 1 MiB. */
#define PCI_SIM_ECAM 0xe0000000ull
