/*
 * bus.h - the simulated PCI bus, for the tests of devices: started, and its device.
 */
#pragma once

#include "tests/zircon/ztest.h"
#include "uapi/zcore/pci_sim.h"
#include "uapi/zircon/syscalls/interrupt.h"
#include "uapi/zircon/syscalls/memory.h"
#include "uapi/zircon/syscalls/pci.h"

/* What starts the bus: no pin has an irq. */
struct bus_arg {
    zx_pci_init_window_t *window; /* the one */
    union {
        zx_pci_init_arg_t arg;
        unsigned char bytes[ZX_PCI_INIT_ARG_MAX_SIZE];
    };
};
enum { BUS_ARG_SIZE = sizeof(zx_pci_init_arg_t) + sizeof(zx_pci_init_window_t) };

static inline struct bus_arg *bus_arg(void)
{
    static struct bus_arg arg;

    memset(&arg.arg.dev_pin_to_global_irq, 0xff, sizeof(arg.arg.dev_pin_to_global_irq));
    arg.arg.num_irqs = 0;
    arg.arg.addr_window_count = 1;
    arg.window = &arg.arg.addr_windows[0];
    *arg.window = (zx_pci_init_window_t){.base = PCI_SIM_ECAM,
                                         .size = ZX_PCI_ECAM_BYTE_PER_BUS,
                                         .cfg_space_type = PCI_CFG_SPACE_TYPE_MMIO,
                                         .has_ecam = 1};
    return &arg;
}

static inline zx_status_t bus_start(struct bus_arg *arg)
{
    return zx_pci_init(ztest_root_resource(), &arg->arg, BUS_ARG_SIZE);
}

/* A handle on the device. */
static inline zx_handle_t bus_device(void)
{
    zx_pcie_device_info_t info = {0};
    zx_handle_t device = ZX_HANDLE_INVALID;

    for (uint32_t i = 0; info.device_id != PCI_SIM_DEVICE; i++) {
        if (device != ZX_HANDLE_INVALID)
            EXPECT_OK(zx_handle_close(device));
        device = ZX_HANDLE_INVALID;
        if (zx_pci_get_nth_device(ztest_root_resource(), i, &info, &device) != ZX_OK) {
            FAIL("no device");
            break;
        }
    }
    return device;
}

/* The device's memory, and where it is mapped; it is the device's for good. */
static inline volatile void *bus_memory(zx_handle_t device, zx_handle_t *vmo)
{
    zx_pci_bar_t bar = {0};
    zx_vaddr_t at = 0;

    EXPECT_OK(zx_pci_get_bar(device, 0, &bar, vmo));
    EXPECT_OK(zx_vmo_set_cache_policy(*vmo, ZX_CACHE_POLICY_UNCACHED_DEVICE));
    EXPECT_OK(zx_vmar_map(ztest_root_vmar(), ZX_VM_PERM_READ | ZX_VM_PERM_WRITE, 0, *vmo, 0,
                          PAGE, &at));
    memset((void *)at, 0, PAGE);
    return (volatile void *)at;
}

static inline void bus_memory_end(volatile void *at, zx_handle_t vmo)
{
    EXPECT_OK(zx_vmar_unmap(ztest_root_vmar(), (zx_vaddr_t)at, PAGE));
    EXPECT_OK(zx_handle_close(vmo));
}
