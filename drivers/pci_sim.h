/*
 * pci_sim.h - a simulated PCI bus (uapi/zcore/pci_sim.h) and the irqs of its messages.
 */
#pragma once

#include "object/pci.h"
#include "uapi/zcore/pci_sim.h"

/* Once, at boot. ERR_NO_MEMORY: there will be no bus. */
status_t pci_sim_init(void) MUST_USE;
