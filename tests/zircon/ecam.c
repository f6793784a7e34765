/*
 * ecam.c - the real buses of machines that QEMU makes: where each has its configuration space,
 * the bridge to the host is its first device. Run with the machine's case alone.
 */
#include "tests/zircon/bus.h"

static void find_bridge(uint64_t base, uint16_t vendor)
{
    struct bus_arg *arg = bus_arg();
    zx_pcie_device_info_t info = {0};
    zx_handle_t bridge;
    uint32_t value = 0;

    arg->window->base = PAGE; /* memory, or nothing */
    EXPECT_EQ(bus_start(arg), ZX_ERR_INVALID_ARGS);
    arg->window->base = base;
    arg->window->size = 16 * ZX_PCI_ECAM_BYTE_PER_BUS;
    ASSERT_OK(bus_start(arg));
    ASSERT_OK(zx_pci_get_nth_device(ztest_root_resource(), 0, &info, &bridge));
    EXPECT_EQ(info.vendor_id, vendor);
    EXPECT_EQ(info.base_class, 6);
    EXPECT_EQ(info.bus_id | info.dev_id | info.func_id, 0);
    EXPECT_OK(zx_pci_config_read(bridge, 0, 2, &value));
    EXPECT_EQ(value, vendor);
    EXPECT_OK(zx_handle_close(bridge));
}

/* Here a read is answered by nothing at all. */
static void try_where_nothing_is(uint64_t base)
{
    struct bus_arg *arg = bus_arg();

    arg->window->base = base;
    EXPECT_EQ(bus_start(arg), ZX_ERR_INVALID_ARGS);
}

CASE(Ecam, Virt)
{
    try_where_nothing_is(0x08000000);
    find_bridge(0x30000000, 0x1b36);
}

CASE(Ecam, Q35)
{
    find_bridge(0xb0000000, 0x8086);
}
