/*
 * pci_ecam.h - configuration space in memory, as PCI Express has it (Base 3.0, 7.2.2).
 */
#pragma once

#include "object/pci.h"

/* Once, at boot of a machine whose devices are in the linear map. */
void pci_ecam_init(void);
