# Devices, real and simulated: classes of object/ on one side, the machine on the other.
module        := drivers
sources-libos := pci_sim
sources-sim   := pci_sim
sources-bare  := pci_ecam pci_sim
tests         := pci_sim_test
